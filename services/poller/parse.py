"""Reads a feed document: RSS, RDF, Atom, JSON Feed or a news sitemap, from bytes and headers to a `ParsedFeed`.

    bytes | well-formed and usual: read | else unpack, decode, tell the format | bound | read | clean each entry

Pure and without exceptions: what cannot be read is a `FetchFailed`. It does not bound its own time and memory; see
`parser` for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from services.poller.charset import decode
from services.poller.discovery import feeds_named_in
from services.poller.document import bound_xml, unpacked
from services.poller.entries import language_of, to_entry, web_link
from services.poller.json_feed import read_json_feed
from services.poller.plain_text import to_plain_line
from services.poller.raw_feed import RawEntry, RawFeed
from services.poller.sitemap import SITEMAP_ENTRIES, SITEMAP_ROOT, read_sitemap
from services.poller.tolerant import UnreadableError, read_tolerantly
from services.poller.wellformed import read_wellformed
from stancewire.types import Entry, FetchFailed, ParsedFeed, Skip

MAX_FEED_TITLE = 300
MAX_TTL_MINUTES = 7 * 24 * 60

_UPDATE_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}

_FEED_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed)(?=[\s>])", re.IGNORECASE)
_HTML_ROOT = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)


def parse_feed(
    body: bytes, *, url: str, content_type: str, max_entries: int, now: datetime
) -> ParsedFeed | FetchFailed:
    """What the document holds; `now` is what dates of the future are told by."""
    document = unpacked(body)
    if isinstance(document, str):
        return FetchFailed(url=url, kind="parse", detail=f"the document {document}")
    feed = read_wellformed(document, max_entries=max_entries)
    if feed is not None:
        return _parsed(feed, url, now)
    text = decode(document, content_type)
    try:
        feed = _read(text, max_entries)
    except UnreadableError as error:
        return FetchFailed(url=url, kind="parse", detail=str(error))
    return _not_a_feed(text, url) if feed is None else _parsed(feed, url, now)


def _read(text: str, max_entries: int) -> RawFeed | None:
    """The feed by what the document looks like, or None where it is none; raises UnreadableError."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return read_json_feed(text, max_entries=max_entries)
    if SITEMAP_ROOT.search(text):
        document = bound_xml(text, max_entries, SITEMAP_ENTRIES)
        feed = read_sitemap(document.text)
    elif _FEED_ROOT.search(text):
        document = bound_xml(text, max_entries)
        feed = read_tolerantly(document.text, max_entries=max_entries)
    else:
        return None
    return None if feed is None else document.completed(feed)


def _parsed(feed: RawFeed, url: str, now: datetime) -> ParsedFeed:
    entries, skips = _entries(feed.entries, url, now)
    links = (web_link(document, url) for document in feed.documents)
    return ParsedFeed(
        title=to_plain_line(feed.title)[:MAX_FEED_TITLE],
        language=language_of(feed.language),
        entries=entries,
        skips=skips,
        truncated=feed.truncated,
        ttl=_asked_wait(feed.ttl, feed.update_period, feed.update_frequency),
        malformed=feed.malformed,
        documents=tuple(dict.fromkeys(link for link in links if link is not None)),
    )


def _entries(found: Iterable[RawEntry | str], url: str, now: datetime) -> tuple[tuple[Entry, ...], tuple[Skip, ...]]:
    entries, skips = [], []
    for position, raw in enumerate(found):
        entry = raw if isinstance(raw, str) else to_entry(raw, base=url, now=now)
        if isinstance(entry, str):
            skips.append(Skip(position=position, reason=entry))
        else:
            entries.append(entry)
    return tuple(entries), tuple(skips)


def _asked_wait(ttl: str, period: str, frequency: str) -> int | None:
    """Seconds to wait by ttl, or by sy:updatePeriod and sy:updateFrequency; the longer where both stand."""
    minutes = _whole_number(ttl) or 0
    seconds = _UPDATE_PERIODS.get(period.strip().lower(), 0)
    times = _whole_number(frequency) or 1
    return min(max(minutes * 60, seconds // times), MAX_TTL_MINUTES * 60) or None


def _whole_number(written: str) -> int | None:
    text = written.strip()
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def _not_a_feed(text: str, url: str) -> FetchFailed:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return FetchFailed(url=url, kind="not_a_feed", detail="JSON, but not a JSON Feed")
    if SITEMAP_ROOT.search(text):
        return FetchFailed(url=url, kind="not_a_feed", detail="a sitemap without news")
    what = "a web page" if _HTML_ROOT.search(text[:100_000]) else "neither RSS, Atom, JSON Feed nor a news sitemap"
    named = feeds_named_in(text, url)
    hint = f"; it names a feed at {named[0].url[:300]}" if named else ""
    return FetchFailed(url=url, kind="not_a_feed", detail=f"the answer is {what}{hint}")
