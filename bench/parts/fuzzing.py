"""What must hold for any bytes at all: each target hands them to one part of the program, and fails where it does not.

Where the bytes come from is not its matter: from hypothesis in the tests, from atheris in `bench/fuzz.py`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from bench.parts.passages import article
from config.characters import UNWANTED
from seeds.lists import sift_feeds
from services.poller.dates import TOLERANCE, judge_date, read_date
from services.poller.decoding import Decoder, OverflowedError, UndecodableError
from services.poller.discovery import feeds_named_in
from services.poller.entries import web_link
from services.poller.guard import Target, read_url
from services.poller.links import canonical_link, fold_link, kind_of, number_in
from services.poller.parse import parse_feed
from services.poller.plain_text import to_plain_text
from stancewire import codec
from stancewire.errors import CodecError
from stancewire.marks import decode_mark, encode_mark
from stancewire.types import FetchFailed, PageReading, PageRefused, ParsedFeed
from workers.pipeline import Pipeline, load
from workers.read.dates import parse_date
from workers.read.extraction import read_page

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://news.example/2026/11/story.html"
#: Seconds of the processor that one feed or page may take.
CPU_S = 1.0
#: What `analyse` is given at most: longer texts are the matter of `bench/length.py`.
MAX_ANALYSED = 4_000

_BEGINS_TAG = re.compile("<[a-zA-Z/!?]")
_PARSED: TypeAdapter[ParsedFeed | FetchFailed] = TypeAdapter(ParsedFeed | FetchFailed)
_READ: TypeAdapter[PageReading | PageRefused] = TypeAdapter(PageReading | PageRefused)


def feed(data: bytes) -> None:
    """A feed's document becomes entries of plain text and web links, or a failure; it breaks no parser."""
    begun = time.process_time()
    parsed = parse_feed(data, url=URL, content_type=_type_in(data), max_entries=100, now=NOW)
    assert time.process_time() - begun <= CPU_S
    # As the child hands it over.
    assert _PARSED.validate_json(_PARSED.dump_json(parsed)) == parsed
    if isinstance(parsed, FetchFailed):
        assert "breaks the parser" not in parsed.detail, parsed.detail
        return
    for entry in parsed.entries:
        for text in (entry.title, entry.summary, entry.content, *entry.authors):
            _check_plain(text)
        _check_link(entry.link)
        assert "\n" not in entry.title
        for moment in (entry.published_at, entry.updated_at):
            assert moment is None or moment <= NOW + TOLERANCE
    _check_plain(parsed.title)
    assert not UNWANTED.search("".join((parsed.malformed or "", *(skip.reason for skip in parsed.skips))))
    for link in parsed.documents:
        _check_link(link)


def page(data: bytes) -> None:
    """A page becomes an article's text and fields in plain text, or a refusal; it breaks no extractor."""
    begun = time.process_time()
    read = read_page(data, content_type=_type_in(data), url=URL, before=NOW)
    assert time.process_time() - begun <= CPU_S
    assert _READ.validate_json(_READ.dump_json(read)) == read
    if isinstance(read, PageRefused):
        assert "breaks the extractor" not in read.reason, read.reason
        return
    for text in (read.text, read.title, read.site_name or "", *read.authors, *read.headings):
        _check_plain(text)
    assert read.published_at is None or read.published_at <= NOW + timedelta(days=1)


def link(data: bytes) -> None:
    """Any text is a link of the web or none, and what a link folds to folds to itself."""
    text = _text(data)
    _check_link(web_link(text, URL))
    canonical, folded = canonical_link(text), fold_link(text)
    _check_link(canonical)
    for named in feeds_named_in(text, URL):
        _check_link(named.url)
    if folded is not None:
        assert kind_of(folded)
        number_in(folded)


def date(data: bytes) -> None:
    """Any text is a date in UTC that can be true, or none."""
    text = _text(data)
    read = read_date(text)
    if read is not None:
        moment, _ = judge_date(read.parsed, read.written, NOW)
        assert moment is None or (moment.utcoffset() == timedelta() and moment <= NOW + TOLERANCE)
    of_page = parse_date(text)
    assert of_page is None or of_page.at.tzinfo is not None


def markup(data: bytes) -> None:
    """Any markup becomes plain text."""
    _check_plain(to_plain_text(_text(data)))


def feed_list(data: bytes) -> None:
    """A list of feeds, OPML or TOML, gives feeds of web addresses and problems, never an error."""
    sifted = sift_feeds(_text(data), "list")
    assert sifted.feeds or sifted.problems
    for each in sifted.feeds:
        assert re.fullmatch("[a-z0-9-]+", each.id)
        assert each.url.startswith(("http://", "https://"))


def stored(data: bytes) -> None:
    """What is read from the store is what was written, or refused as such."""
    for one in (
        *(codec.signals, codec.articles, codec.feed_states, codec.subscriptions, codec.ledgers, codec.listings),
        *(codec.dead_letters, codec.statements),
    ):
        _check_codec(one.decode, one.encode, data)
    _check_codec(codec.decode_item, codec.encode_item, data)
    _check_codec(lambda raw: decode_mark(raw, "article"), encode_mark, data)


def body(data: bytes) -> None:
    """A compressed body is a body within its bound, or refused."""
    for encoding in ("gzip", "deflate"):
        try:
            decoder = Decoder((encoding,), 100_000)
            for start in range(0, len(data), 7):
                decoder.feed(data[start : start + 7])
            assert len(decoder.finish()) <= 100_000
        except (OverflowedError, UndecodableError):
            continue


def analyse(data: bytes) -> None:
    """Any text is analysed, twice to the same bytes, and every span is cut from the field that it names."""
    text = _text(data)[:MAX_ANALYSED]
    given = article(text, title=text[:200], language="en")
    analysis = _pipeline().analyse(given)
    found = [codec.signals.encode(signal) for signal in analysis.signals]
    assert found == [codec.signals.encode(signal) for signal in _pipeline().analyse(given).signals]
    for signal in map(codec.signals.to_dict, analysis.signals):
        field = given.title if signal["evidence"]["field"] == "title" else given.text
        for words, start, end in _spans(signal):
            assert codec._clean(field[start:end]) == words


TARGETS: dict[str, Callable[[bytes], None]] = {
    "feed": feed,
    "page": page,
    "link": link,
    "date": date,
    "markup": markup,
    "feed_list": feed_list,
    "stored": stored,
    "body": body,
    "analyse": analyse,
}


@cache
def _pipeline() -> Pipeline:
    return load()


def _type_in(data: bytes) -> str:
    """The first line of some documents is taken for the type that the server gives."""
    first, newline, _ = data[:100].partition(b"\n")
    return first.decode("latin-1") if newline and b"/" in first and b"<" not in first else ""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass") if _is_utf_8(data) else data.decode("latin-1")


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _check_plain(text: str) -> None:
    assert not UNWANTED.search(text), ascii(text)
    assert not _BEGINS_TAG.search(text), ascii(text)
    text.encode("utf-8")


def _check_link(found: str | None) -> None:
    assert found is None or (found.startswith(("http://", "https://")) and isinstance(read_url(found), Target)), found


def _check_codec(decode: Callable[[bytes], Any], encode: Callable[[Any], bytes], data: bytes) -> None:
    try:
        value = decode(data)
    except CodecError:
        return
    assert decode(encode(value)) == value


def _spans(value: object) -> Iterator[tuple[str, int, int]]:
    if isinstance(value, dict):
        if {"text", "start", "end"} <= value.keys():
            yield value["text"], value["start"], value["end"]
        for part in value.values():
            yield from _spans(part)
    elif isinstance(value, list):
        for part in value:
            yield from _spans(part)
