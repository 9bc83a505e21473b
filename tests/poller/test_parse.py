"""Reading feed documents, good and hostile; the numbers are those of the list of hostile inputs."""

from __future__ import annotations

import gzip
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import orjson
import pytest

from config.characters import UNSAFE
from services.poller.parse import parse_feed
from services.poller.parser import ChildParser
from stancewire.bounded import ChildDiedError, ChildOverranError, ChildProcess
from stancewire.types import Entry, Fetched, FetchFailed, ParsedFeed, Validators

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://news.example/feeds/world.xml"
SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def parse(body: bytes | str, content_type: str = "", max_entries: int = 1_000) -> ParsedFeed | FetchFailed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, url=URL, content_type=content_type, max_entries=max_entries, now=NOW)


def parsed(body: bytes | str, content_type: str = "", max_entries: int = 1_000) -> ParsedFeed:
    result = parse(body, content_type, max_entries)
    assert isinstance(result, ParsedFeed), result
    return result


def failed(body: bytes | str) -> FetchFailed:
    result = parse(body)
    assert isinstance(result, FetchFailed), result
    return result


def rss(*items: str, head: str = "", prolog: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>World</title>{head}{body}</channel></rss>'


def only_entry(body: bytes | str) -> Entry:
    feed = parsed(body)
    assert len(feed.entries) == 1
    return feed.entries[0]


def test_47_rss_gives_its_entries_in_plain_text() -> None:
    feed = parsed(
        rss(
            "<title>A &amp;amp; B</title><link>/a?x=1</link><guid>g1</guid><author>Ann</author>"
            "<description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>"
            "<pubDate>Mon, 23 Nov 2026 10:00:00 +0200</pubDate>",
            head="<language>en-GB</language><ttl>30</ttl>",
        )
    )

    entry = feed.entries[0]
    assert (feed.title, feed.language, feed.ttl, feed.malformed) == ("World", "en", 1_800, None)
    assert (entry.title, entry.link, entry.guid) == ("A & B", "https://news.example/a?x=1", "g1")
    assert (entry.summary, entry.authors) == ("One.\nTwo.", ("Ann",))
    assert (entry.published_at, entry.time_confidence) == (datetime(2026, 11, 23, 8, tzinfo=UTC), "stated")


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>30</ttl>", 1_800),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>999999999</ttl>", 604_800),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", 3_600),
        ("<sy:updatePeriod> Daily\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21_600),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 604_800),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3_600),
        ("<sy:updatePeriod>dayly</sy:updatePeriod>", None),
        ("<ttl>15</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3_600),
    ],
)
def test_a_feed_says_how_long_to_wait_by_ttl_or_by_its_update_period(head: str, seconds: int | None) -> None:
    declared = rss(head=head).replace("<rss ", '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" ', 1)

    assert parsed(declared).ttl == seconds


def test_47_atom_rdf_and_json_feed_are_read() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Monde</title><entry><id>tag:1</id>'
        '<title>Un</title><link rel="alternate" href="https://a.example/1"/><updated>2026-11-20T10:00:00Z</updated></entry></feed>'
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>R</title></channel><item><title>Deux</title><link>https://a.example/2</link></item></rdf:RDF>"
    )
    item = {"id": 3, "url": "https://a.example/3", "content_text": "1 < 2 & so", "date_published": "2026-11-20"}
    json = orjson.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [item, "no", {}]})

    assert (parsed(atom).language, only_entry(atom).link) == ("fr", "https://a.example/1")
    assert only_entry(atom).published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert only_entry(rdf).title == "Deux"
    assert (only_entry(json).guid, only_entry(json).content) == ("3", "1 < 2 & so")
    assert only_entry(json).time_confidence == "assumed_utc"
    assert [skip.position for skip in parsed(json).skips] == [1, 2]


def test_a_news_sitemap_is_read_and_another_sitemap_is_not() -> None:
    news = (
        "<news:news><news:publication><news:name>E</news:name><news:language>fr</news:language></news:publication>"
        "<news:publication_date>2026-11-20T10:00:00Z</news:publication_date><news:title>Un</news:title></news:news>"
    )
    head = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/news">'
    )
    entry = only_entry(f'<?xml version="1.0"?>{head}<url><loc>https://a.example/1</loc>{news}</url></urlset>')

    assert (entry.title, entry.link, entry.language) == ("Un", "https://a.example/1", "fr")
    assert entry.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert failed(f"{head}<url><loc>https://a.example/1</loc></url></urlset>").kind == "not_a_feed"
    declaring = parsed(f"<!DOCTYPE u [<!ENTITY a 'b'>]>{head}<url>{news}</url></urlset>")
    assert (len(declaring.entries), declaring.malformed) == (1, "declares entities of its own")


def test_30_47_a_web_page_is_no_feed_but_may_name_one() -> None:
    page = (
        '<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head>Just a moment'
    )

    assert failed(page).kind == "not_a_feed"
    assert failed(page).detail == "the answer is a web page; it names a feed at https://news.example/rss"
    assert failed(b"").kind == "not_a_feed"
    assert failed('{"version": "2", "items": []}').kind == "not_a_feed"
    assert failed(b"%PDF-1.7").kind == "not_a_feed"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'<?xml version="1.0" encoding="windows-1251"?>' + rss("<title>Выборы</title>").encode("cp1251"), ""),
        (rss("<title>Выборы</title>").encode("utf-16"), "text/xml; charset=utf-8"),
        (rss("<title>Выборы</title>").encode("utf-16-le"), ""),
        (b"\xef\xbb\xbf" + rss("<title>Выборы</title>").encode(), "text/xml; charset=iso-8859-1"),
        (rss("<title>Выборы</title>").encode("koi8-r"), "text/xml; charset=koi8-r"),
        (
            b'<?xml version="1.0" encoding="iso-8859-1"?>' + rss("<title>Выборы</title>").encode("cp1251"),
            "x; charset=cp1251",
        ),
        (
            b'<?xml version="1.0" encoding="cp1251"?>' + rss("<title>Выборы</title>").encode("cp1251"),
            "x; charset=utf-8",
        ),
        (b'<?xml version="1.0" encoding="utf-16"?>' + rss("<title>Выборы</title>").encode(), ""),
    ],
)
def test_32_documents_are_decoded_by_what_they_are(body: bytes, content_type: str) -> None:
    assert parsed(body, content_type).entries[0].title == "Выборы"


def test_32_what_has_no_label_is_utf_8_with_damage_or_else_of_windows() -> None:
    damaged = rss("<title>Größe, Häuser</title>").encode() + b"<!-- \xff -->"

    assert parsed(damaged).entries[0].title == "Größe, Häuser"
    assert parsed(rss("<title>Größe</title>").encode("cp1252")).entries[0].title == "Größe"
    assert (
        parsed(rss("<title>“Größe”</title>").encode("cp1252"), "text/xml; charset=utf-8").entries[0].title == "“Größe”"
    )


@pytest.mark.parametrize("charset", ["rot13", "base64", "utf-7", "idna", "x-unknown", "hex", "zip", "punycode"])
def test_32_labels_that_are_no_text_encodings_are_passed_over(charset: str) -> None:
    declared = f'<?xml version="1.0" encoding="{charset}"?>' + rss("<title>Plain</title>")

    assert parsed(declared, f"text/xml; charset={charset}").entries[0].title == "Plain"
    assert parsed(declared.encode() + b"\xff", f"text/xml; charset={charset}").entries[0].title == "Plain"


def test_34_a_document_type_alone_is_read_and_not_fetched() -> None:
    prolog = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'

    assert only_entry(rss("<title>Old</title>", prolog=prolog)).title == "Old"


def test_38_nul_and_control_characters_go() -> None:
    assert only_entry(rss("<title>a\x00b\x1b[31mc\x08d</title>")).title == "abcd"


@pytest.mark.parametrize(
    "written",
    [
        "a\x1b[2J\x1b[1;31mb\x1b[0m\x1b]0;title\x07c",
        "a\x1b]8;;https://x.example\x1b\\bc\x1b(B",
        "a\x9b31mb\x9d0;title\x9cc",
        "a&#27;[31mb&#x1B;]0;title&#7;c",
        "a\x1bcb\x1b7c",
        "<![CDATA[a\x1b[31m<b>b</b>\x1b[0mc]]>",
    ],
)
def test_38_commands_for_a_terminal_go_as_a_whole(written: str) -> None:
    assert only_entry(rss(f"<title>{written}</title>")).title == "abc"


def test_38_commands_for_a_terminal_go_as_a_whole_in_json_too() -> None:
    item = {"id": "1", "title": "a\x1b[2J\x1b]0;title\x07b", "content_html": "<p>c\x9b31m<b>d</b>\x1b[0m</p>"}
    entry = only_entry(orjson.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))

    assert (entry.title, entry.content) == ("ab", "cd")


def test_38_a_command_without_its_end_takes_no_words_along() -> None:
    entry = only_entry(rss("<title>\x1b]0;one</title><description>two \x1b[</description>"))

    assert (entry.title, entry.summary) == ("]0;one", "two [")


@pytest.mark.parametrize(
    "reference",
    ["&#xD800;", "&#xdfff", "&#55296;", "&#x110000;", "&#1114112;", "&#x0000000110000", f"&#{'9' * 5_000};"],
)
def test_44_a_reference_to_no_character_costs_a_malformed_feed_nothing_else(reference: str) -> None:
    broken = rss(f"<title>One {reference} two & three &nbsp;</title>", "<title>Two &#8217;</title>") + "<"
    feed = parsed(broken)

    assert [entry.title for entry in feed.entries] == ["One \ufffd two & three", "Two \u2019"]


def test_40_entries_beyond_the_limit_are_counted_and_not_looked_at() -> None:
    many = rss(*(f"<title>Number {number}</title><link>https://a.example/{number}</link>" for number in range(100_000)))
    started = time.monotonic()

    feed = parsed(many, max_entries=100)

    assert time.monotonic() - started < 5
    assert (len(feed.entries), feed.truncated, feed.malformed) == (100, 99_900, None)


@pytest.mark.parametrize(
    ("written", "confidence"),
    [
        ("", "observed"),
        ("Fri, 31 Feb 0001 25:61:61 +9999", "observed"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "observed"),
        ("9" * 5_000, "observed"),
        ("Tue, 24 Nov 2026 12:00:00 GMT", "observed"),
        ("Mon, 23 Nov 2026 10:00:00", "assumed_utc"),
        ("Mon, 23 Nov 2026 10:00:00 MSK", "stated"),
        ("2026-11-23", "assumed_utc"),
        ("Sun, 22 Nov 2026 10:00:00 EST", "stated"),
        ("2026-11-23T10:00:00+01:00", "stated"),
        ("Δευ, 23 Νοε 2026 10:00:00 GMT", "stated"),
    ],
)
def test_42_dates_are_taken_as_far_as_they_can_be_true(written: str, confidence: str) -> None:
    entry = only_entry(rss(f"<title>x</title><pubDate>{written}</pubDate>"))

    assert entry.time_confidence == confidence
    assert (entry.published_at is None) == (confidence == "observed")


@pytest.mark.parametrize(
    ("written", "confidence"),
    [
        ("Nov 23, 2026 7:00 AM +0000", "stated"),
        ("lun., 23 nov. 2026 08:00:00 +0100", "stated"),
        ("23 de noviembre de 2026 07:00:00 GMT", "stated"),
        ("Mo, 23. November 2026 08:00 +01:00", "stated"),
        ("Пн, 23 ноя 2026 10:00:00 +0300", "stated"),
        ("Δευ, 23 Νοε 2026 09:00:00 EET", "stated"),
        ("Δευτέρα, 23 Νοεμβρίου 2026 07:00 GMT", "stated"),
        ("2026-november-23T8:00+01:00", "stated"),
        ("2026. november 23. 07:00", "assumed_utc"),
        ("Mon, 23 Nov 2026 10:00:00 GMT+3", "stated"),
        ("2026-11-23T12:30:00+0530", "stated"),
        ("23/11/2026 07:00", "assumed_utc"),
        ("2026/11/23 07:00:00", "assumed_utc"),
        ("11/23/2026 7:00 AM", "assumed_utc"),
    ],
)
def test_42_dates_of_no_standard_are_repaired_and_keep_their_zone(written: str, confidence: str) -> None:
    for mark in ("", "<x>&</x>"):
        entry = only_entry(rss(f"<title>x</title><pubDate>{written}</pubDate>{mark}"))

        assert entry.published_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
        assert entry.time_confidence == confidence


def test_42_a_date_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    assert only_entry(rss("<title>x</title><pubDate>03/04/2026 10:00</pubDate>")).published_at is None


def test_42_a_clock_a_little_ahead_counts_as_now() -> None:
    assert only_entry(rss("<title>x</title><pubDate>Mon, 23 Nov 2026 12:05:00 GMT</pubDate>")).published_at == NOW


def test_44_overrides_go_and_lone_surrogates_become_json() -> None:
    entry = only_entry(rss("<title>gate \u202egpj.etag\u202c &#xD800;x\u200b</title>"))
    item = '{"version":"https://jsonfeed.org/version/1","items":[{"title":"a\\ud800b"}]}'

    assert "\u202e" not in entry.title
    assert orjson.dumps(entry.title)
    assert only_entry(item).title == "a\ufffdb"


def test_44_long_fields_are_cut() -> None:
    entry = only_entry(rss(f"<title>{'x' * 1_000_000}</title><description>{'y ' * 500_000}</description>"))

    assert len(entry.title) == 1_000
    assert len(entry.summary) == 20_000


def test_48_only_the_link_to_the_article_is_kept() -> None:
    entry = only_entry(rss('<title>x</title><enclosure url="https://a.example/a.mp3" type="audio/mpeg" length="1"/>'))

    assert entry.link is None


def test_44_the_hostile_feed_of_the_newsroom_gives_nothing_that_drives_a_terminal() -> None:
    text = (resources.files("seeds") / "newsroom/hostile.xml").read_text("utf-8")
    feed = parsed(text)

    assert feed.malformed == "declares entities of its own"
    kettle = next(entry for entry in feed.entries if "kettle" in entry.title)
    assert kettle.title == "A red kettle 2026-01-01 00:00:00 [error ] everything is fine really"
    assert kettle.summary == "The kettle is red. It was blue."
    words = " ".join(f"{entry}" for entry in feed.entries)
    assert not UNSAFE.search(words)


def test_49_line_breaks_in_a_title_become_blanks() -> None:
    assert (
        only_entry(rss("<title>red\n2026-01-01 [error] fine\n\treally</title>")).title
        == "red 2026-01-01 [error] fine really"
    )


def test_an_entry_without_words_is_skipped_by_its_place() -> None:
    feed = parsed(rss("<title>One</title>", "<link>https://a.example/</link>", "<title>Three</title>"))

    assert [(skip.position, skip.reason) for skip in feed.skips] == [(1, "no words")]


def document(body: bytes) -> Fetched:
    return Fetched(url=URL, status=200, headers=(), body=body, validators=Validators())


@pytest.fixture
async def parser() -> AsyncIterator[ChildParser]:
    made = ChildParser(seconds=10, max_entries=50, now=lambda: NOW, children=1)
    yield made
    await made.aclose()


async def test_a_child_parses_as_the_function_does(parser: ChildParser) -> None:
    body = rss("<title>Выборы</title><link>https://a.example/1</link>").encode()

    assert await parser.parse(document(body)) == parse(body, max_entries=50)
    assert await parser.parse(document(b"nothing")) == parse(b"nothing")


SLEEPER = """
import sys, time
sys.path[:0] = {path!r}
from stancewire.bounded import serve

def answer(request):
    if request == b"sleep":
        time.sleep(60)
    if request == b"die":
        raise SystemExit(3)
    if request == b"eat":
        bytearray(4_000_000_000)
    print("noise that is no answer")
    return request * 2

serve(answer)
"""


@pytest.fixture
async def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChildProcess]:
    (tmp_path / "sleeper_program.py").write_text(SLEEPER.format(path=[]))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = ChildProcess("sleeper_program", max_memory_bytes=1_000_000_000, seconds=1.5, max_answer_bytes=1_000_000)
    yield made
    await made.aclose()


async def test_a_child_that_overruns_dies_or_eats_memory_is_replaced(child: ChildProcess) -> None:
    assert await child.ask(b"ab") == b"abab"
    with pytest.raises(ChildOverranError):
        await child.ask(b"sleep")
    for end in (b"die", b"eat"):
        with pytest.raises(ChildDiedError):
            await child.ask(end)
    with pytest.raises(ChildDiedError):
        await child.ask(b"x" * 600_000)

    assert await child.ask(b"again") == b"againagain"


async def test_a_child_killed_between_requests_is_replaced(child: ChildProcess) -> None:
    await child.ask(b"a")
    process = child._process
    assert process is not None
    process.kill()
    await process.wait()

    assert await child.ask(b"b") == b"bb"


@pytest.mark.skipif(not (SHARED / "feeds").is_dir(), reason="the real feeds are not here")
def test_real_feeds_are_read_with_their_entries() -> None:
    for path in sorted((SHARED / "feeds").glob("*.xml.gz")):
        feed = parsed(gzip.decompress(path.read_bytes()))
        assert feed.entries, path.name
        assert all(entry.title or entry.summary or entry.content for entry in feed.entries), path.name
        dates = [entry.published_at for entry in feed.entries if entry.published_at]
        assert all(date <= NOW + timedelta(minutes=1) for date in dates), path.name
