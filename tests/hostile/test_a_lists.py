"""Lists of feeds from others, 13: too long, full of scripts, or made to blow up; imported by the real command."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cli_programs import Ended, run_here

from seeds.lists import MAX_TOLD, read_feeds
from stancewire.wiring.feeds import MAX_BYTES

GOOD = '<outline text="Good" xmlUrl="https://good.example/rss"/>'


def imported(folder: Path, text: str | bytes) -> tuple[Ended, tuple[str, ...]]:
    """How the import of this list ends, and the addresses that are in the user's list then."""
    given = folder / "given.opml"
    given.write_bytes(text.encode() if isinstance(text, str) else text)
    ended = run_here(folder, "feeds", "import", str(given))
    listed = folder / ".config" / "stancewire" / "feeds.toml"
    return ended, tuple(feed.url for feed in read_feeds(listed.read_text(), "list")) if listed.exists() else ()


def opml(*outlines: str) -> str:
    lines = "\n".join(outlines)
    return f'<?xml version="1.0"?>\n<opml version="2.0"><body>\n{lines}\n</body></opml>'


def test_13_scripts_and_other_addresses_are_left_out_and_told_with_their_lines(tmp_path: Path) -> None:
    bad = (
        *("javascript:alert(1)", "JavaScript:alert(1)", "data:text/xml,x", "file:///etc/passwd", "feed://a.example/"),
        *("http://user:word@a.example/", "http://a.example\\@b.example/", "http://", "//a.example/rss", "a.example"),
    )
    outlines = (f'<outline text="Bad" xmlUrl="{url}"/>' for url in bad)
    ended, urls = imported(tmp_path, opml(*outlines, GOOD))

    assert ended.status == 0
    assert urls == ("https://good.example/rss",)
    lines = [line for line in ended.err.splitlines() if line.startswith("left out: ")]
    for number, line in enumerate(lines, 3):
        assert f"given.opml:{number}:" in line, line
    assert len(lines) == len(bad)


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    + f']><opml><body><outline text="&k;" xmlUrl="https://a.example/&k;"/>{GOOD}</body></opml>'
)
OUTSIDE_ENTITY = (
    '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "http://127.0.0.1:9/"> %y;]>'
    f'<opml><body><outline text="&x;" xmlUrl="https://a.example/"/>{GOOD}</body></opml>'
)
QUADRATIC = (
    f'<!DOCTYPE opml [<!ENTITY a "{"a" * 50_000}">]><opml><body>'
    f'<outline text="{"&a;" * 50_000}" xmlUrl="https://a.example/"/></body></opml>'
)


@pytest.mark.parametrize("text", [BILLION_LAUGHS, OUTSIDE_ENTITY, QUADRATIC], ids=["laughs", "outside", "quadratic"])
def test_13_of_a_list_with_entities_nothing_is_taken_and_it_is_said(tmp_path: Path, text: str) -> None:
    started = time.monotonic()
    ended, urls = imported(tmp_path, text)

    assert (ended.status, urls) == (2, ())
    assert "a document type or entities" in ended.err
    assert time.monotonic() - started < 5


@pytest.mark.slow
def test_13_of_a_list_without_end_a_hundred_thousand_feeds_are_taken_and_the_rest_told(tmp_path: Path) -> None:
    outlines = (f'<outline text="x" xmlUrl="http://a.example/{number}"/>' for number in range(100_003))
    given = tmp_path / "given.opml"
    given.write_text(opml(*outlines))
    ended = run_here(tmp_path, "feeds", "import", str(given))

    assert ended.status == 0
    assert (tmp_path / ".config" / "stancewire" / "feeds.toml").read_text().count("[[feed]]") == 100_000
    assert "given.opml:100003: more than 100000 feeds" in ended.err


@pytest.mark.slow
def test_13_a_hundred_thousand_scripts_are_told_in_a_hundred_lines(tmp_path: Path) -> None:
    outlines = (f'<outline text="x" xmlUrl="javascript:alert({number})"/>' for number in range(99_999))
    ended, urls = imported(tmp_path, opml(*outlines, GOOD))

    assert ended.status == 0
    assert urls == ("https://good.example/rss",)
    assert ended.err.count("left out: ") == MAX_TOLD + 1
    assert "99899 more problems" in ended.err


@pytest.mark.parametrize(
    "text",
    [
        "<opml>" + "<outline>" * 100_000,
        "<opml><body>" + '<outline text="' * 50_000,
        "<opml><body><outline " + " ".join(f'a{number}="x"' for number in range(100_000)) + "/></body></opml>",
        "<opml><body><outline text=" + "'\"" * 100_000,
        "<opml><body>" + "&" * 200_000,
        "<opml><body>" + "<!--" * 100_000,
        "<opml><body><![CDATA[" * 50_000,
        "<opml>\0\0\0</opml>",
        "<",
        "<opml></opml>",
    ],
    ids=["deep", "quotes", "attributes", "signs", "ampersands", "comments", "sections", "nulls", "a sign", "empty"],
)
def test_13_what_is_hardly_a_list_is_told_at_once(tmp_path: Path, text: str) -> None:
    started = time.monotonic()
    ended, urls = imported(tmp_path, text)

    assert (ended.status, urls) == (2, ())
    assert ended.err.startswith("error: ")
    assert "Traceback" not in ended.err
    assert time.monotonic() - started < 5


def test_13_a_list_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    endless = tmp_path / "endless.opml"
    with endless.open("wb") as file:
        # A hole in the file: it takes no room.
        file.truncate(50 * MAX_BYTES)
    ended = run_here(tmp_path, "feeds", "import", str(endless))

    assert ended.status == 2
    assert "more than 64,000,000 bytes" in ended.err
