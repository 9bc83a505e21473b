"""Feeds labelled with what is no charset, with another one's name or with two at once, 32: whole polls of each."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import pytest
from fetchers import Clock, fetcher_with
from polls import Desk, desk_with, feed_at, rss
from raw_site import RawSite, page

#: Greek and Cyrillic, and what a news text has of signs.
TITLE = "Ειρήνη – мир “now”"
PLAIN = "Plain words"
NO_CHARSETS = (
    *("rot13", "rot_13", "base64", "hex", "bz2", "zlib", "uu", "quopri", "utf-7", "UTF7", "idna", "punycode"),
    *("unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "string-escape", "x-user-defined"),
    *("no-such-charset", "a" * 40, "a" * 4_000, "../../etc/passwd", "%s%n", "__class__", ""),
)


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


async def titles_in(site: RawSite, documents: dict[str, tuple[bytes, str | None]]) -> dict[str, list[str]]:
    """Titles of the entries that a poll of each document brings, with its body and its label; no poll fails."""
    clock, found = Clock(), dict[str, list[str]]()
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for number, (name, (body, label)) in enumerate(documents.items()):
            header = () if label is None else (f"content-type: application/rss+xml; charset={label}",)
            site.answers[f"/{number}"] = page(body, *header)
            # A store for each: the same words in two feeds are one article.
            own = Desk(fetcher, desk.parser, clock)
            report = await own.poll(feed_at(site.url(f"/{number}")))
            assert report.outcome == "polled", (name, report.failure)
            found[name] = [entry.title for entry in own.entries()]
    return found


async def assert_title(site: RawSite, documents: dict[str, tuple[bytes, str | None]], title: str = TITLE) -> None:
    found = await titles_in(site, documents)
    assert {name: titles for name, titles in found.items() if titles != [title]} == {}


async def test_32_a_label_that_is_no_charset_of_text_changes_nothing(site: RawSite) -> None:
    documents: dict[str, tuple[bytes, str | None]] = {}
    for label in NO_CHARSETS:
        declared = "".join(character for character in label if character.isalnum() or character in "._-")
        documents[f"served {label}"] = rss(TITLE), label
        documents[f"declared {label}"] = rss(TITLE, declared=declared), None
    await assert_title(site, documents)


async def test_32_utf_7_is_not_decoded_into_markup(site: RawSite) -> None:
    hidden = "+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
    labels = ("utf-7", "UTF-7", "unicode-1-1-utf-7", "csUTF7")
    await assert_title(site, {label: (rss(hidden, declared=label), label) for label in labels}, hidden)


async def test_32_a_byte_order_mark_counts_more_than_labels(site: RawSite) -> None:
    marked = (
        ("utf-8", codecs.BOM_UTF8, "utf-16"),
        ("utf-8", codecs.BOM_UTF8, "windows-1251"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-8"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-8"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16-be"),
        ("utf-32-le", codecs.BOM_UTF32_LE, "iso-8859-1"),
        ("utf-32-be", codecs.BOM_UTF32_BE, "utf-16"),
    )
    await assert_title(
        site,
        {
            f"{encoding} as {label}": (mark + rss(TITLE, encoding=encoding, declared="iso-8859-7"), label)
            for encoding, mark, label in marked
        },
    )


async def test_32_utf_16_without_a_mark_is_seen_whatever_its_label(site: RawSite) -> None:
    await assert_title(
        site,
        {
            f"{encoding} as {label}": (rss(TITLE, encoding=encoding, declared="utf-8"), label)
            for encoding in ("utf-16-le", "utf-16-be")
            for label in ("utf-8", "iso-8859-1", "utf-16", None)
        },
    )


async def test_32_what_is_utf_8_and_said_to_be_wider_is_read_as_utf_8(site: RawSite) -> None:
    labels = ("utf-16", "utf-16le", "utf-32", "utf-32-be", "iso-2022-jp", "ebcdic-cp-us", "cp037")
    await assert_title(site, {f"served {label}": (rss(TITLE), label) for label in labels})
    await assert_title(site, {f"declared {label}": (rss(TITLE, declared=label), None) for label in labels})


async def test_32_what_is_rightly_labelled_is_read_by_its_label(site: RawSite) -> None:
    written = {
        "windows-1251": "Мир сейчас",
        "koi8-r": "Мир сейчас",
        "iso-8859-7": "Ειρήνη τώρα",
        "gb18030": "和平新闻",
        "big5": "和平新聞",
        "shift_jis": "平和のニュース",
        "euc-kr": "평화 소식",
        "iso-2022-jp": "平和のニュース",
        "windows-1256": "سلام الآن",
    }
    bodies = {name: rss(title, encoding=name, declared=name) for name, title in written.items()}
    by_declaration = await titles_in(site, {name: (body, None) for name, body in bodies.items()})
    by_header = await titles_in(site, {name: (body, name) for name, body in bodies.items()})

    assert by_declaration == by_header == {name: [title] for name, title in written.items()}


SPOILT = {
    "a mark of UTF-16 before UTF-8": b"\xff\xfe" + rss(PLAIN),
    "another mark of UTF-16 before UTF-8": b"\xfe\xff" + rss(PLAIN),
    "half a unit at the end": codecs.BOM_UTF16_LE + rss(PLAIN, encoding="utf-16-le")[:-1],
    "a mark of UTF-32 before UTF-8": codecs.BOM_UTF32_LE + rss(PLAIN),
    "a lone surrogate at the end": rss(PLAIN, encoding="utf-16-le")[:-1] + b"\xd8",
    "a surrogate in UTF-8": rss(PLAIN).replace(b"Plain", b"Pl\xed\xa0\x80in"),
    "a byte that is none of UTF-8": rss(PLAIN).replace(b"Plain", b"Pl\xffin"),
    "an overlong form": rss(PLAIN).replace(b"Plain", b"Pl\xc0\xafin"),
    "two documents": rss(PLAIN) * 2,
    "all bytes before it": bytes(range(256)) + rss(PLAIN),
}


async def test_32_what_cannot_be_decoded_is_read_as_far_as_it_goes_or_told(site: RawSite) -> None:
    clock, read = Clock(), list[str]()
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for number, body in enumerate(SPOILT.values()):
            site.answers[f"/{number}"] = page(body, "content-type: text/xml; charset=utf-8")
            own = Desk(fetcher, desk.parser, clock)
            report = await own.poll(feed_at(site.url(f"/{number}")))
            if report.failure is not None:
                assert report.failure.kind in {"not_a_feed", "parse"}
                assert report.failure.detail
            read += [entry.title for entry in own.entries()]
    assert read
    assert all(title.encode("utf-8") and title.endswith("words") for title in read)
