"""Reads a feed document: RSS, RDF, Atom, JSON Feed or a news sitemap, from bytes and headers to a `ParsedFeed`.

Pure and without exceptions: what cannot be read is a `FetchFailed`. It does not bound its own time and memory; see
`parser` for that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from services.poller import json_feed
from services.poller.dates import from_struct, from_written, has_named_zone
from services.poller.document import BoundedDocument, ExcessiveError, bound_xml, decode
from services.poller.entries import RawDate, RawEntry, language_of, to_entry
from services.poller.plain_text import clean_line, to_plain_text
from services.poller.sitemap import SITEMAP_ROOT, read_news_sitemap
from stancewire.types import Entry, FetchFailed, ParsedFeed, Skip

MAX_FEED_TITLE = 300
MAX_TTL_MINUTES = 7 * 24 * 60

_UPDATE_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}

_FEED_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed)(?=[\s>])", re.IGNORECASE)
_HTML_ROOT = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_LINK_TAG = re.compile(r"<link\b([^<>]{1,1000})>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)


def parse_feed(
    body: bytes, *, url: str, content_type: str, max_entries: int, now: datetime
) -> ParsedFeed | FetchFailed:
    """What the document holds; `now` is what dates of the future are told by."""
    text = decode(body, content_type)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _parse_json(text, url, max_entries, now)
    is_sitemap = SITEMAP_ROOT.search(text) is not None
    if not is_sitemap and not _FEED_ROOT.search(text):
        return _not_a_feed(text, url)
    try:
        document = bound_xml(text, max_entries)
    except ExcessiveError as error:
        return FetchFailed(url=url, kind="parse", detail=f"the document {error}")
    if is_sitemap:
        return _parse_sitemap(document, url, max_entries, now)
    return _parse_xml(document, url, max_entries, now)


def _parse_sitemap(document: BoundedDocument, url: str, max_entries: int, now: datetime) -> ParsedFeed | FetchFailed:
    found = read_news_sitemap(document.text)
    if not found:
        return FetchFailed(url=url, kind="not_a_feed", detail="a sitemap without news")
    entries, skips = _entries(found[:max_entries], _as_it_is, url, now)
    return ParsedFeed(
        title="",
        language=entries[0].language if entries else None,
        entries=entries,
        skips=skips,
        truncated=max(0, len(found) - max_entries),
        ttl=None,
        malformed=None,
    )


def _as_it_is(raw: RawEntry) -> RawEntry:
    return raw


def _parse_xml(document: BoundedDocument, url: str, max_entries: int, now: datetime) -> ParsedFeed | FetchFailed:
    parsed = _run_feedparser(document.text, url)
    if isinstance(parsed, FetchFailed):
        return parsed
    if not parsed.get("version") and not parsed["entries"]:
        return _not_a_feed(document.text, url)
    feed = parsed["feed"]
    entries, skips = _entries(parsed["entries"][:max_entries], _raw_of, url, now)
    return ParsedFeed(
        title=clean_line(to_plain_text(_text(feed, "title")))[:MAX_FEED_TITLE],
        language=language_of(_text(feed, "language")),
        entries=entries,
        skips=skips,
        truncated=document.truncated + max(0, len(parsed["entries"]) - max_entries),
        ttl=_asked_wait(feed),
        malformed=_malformed(parsed),
    )


def _run_feedparser(text: str, url: str) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            # Half of its time, for what `entries` does anyway.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - hostile documents find new ways; one must not stop the others
        detail = clean_line(f"{type(error).__name__}: {error}")[:200]
        return FetchFailed(url=url, kind="parse", detail=f"the document breaks the parser: {detail}")


def _parse_json(text: str, url: str, max_entries: int, now: datetime) -> ParsedFeed | FetchFailed:
    feed = json_feed.read_json_feed(text)
    if feed is None:
        return FetchFailed(url=url, kind="not_a_feed", detail="JSON, but not a JSON Feed")
    items = feed["items"]
    entries, skips = _entries(items[:max_entries], json_feed.to_raw_entry, url, now)
    return ParsedFeed(
        title=clean_line(to_plain_text(json_feed.title_of(feed)))[:MAX_FEED_TITLE],
        language=language_of(json_feed.language_tag_of(feed)),
        entries=entries,
        skips=skips,
        truncated=max(0, len(items) - max_entries),
        ttl=None,
        malformed=None,
    )


def _entries(
    found: Iterable[Any], to_raw: Callable[[Any], RawEntry | None], url: str, now: datetime
) -> tuple[tuple[Entry, ...], tuple[Skip, ...]]:
    entries, skips = [], []
    for position, each in enumerate(found):
        raw = to_raw(each)
        entry = "not an object" if raw is None else to_entry(raw, base=url, now=now)
        if isinstance(entry, str):
            skips.append(Skip(position=position, reason=entry))
        else:
            entries.append(entry)
    return tuple(entries), tuple(skips)


def _raw_of(entry: Any) -> RawEntry:
    contents = sorted((_text(part, "value") for part in dict.get(entry, "content") or ()), key=len)
    guid = _text(entry, "id")
    alternates = [_text(link, "href") for link in dict.get(entry, "links") or () if link.get("rel") == "alternate"]
    authors = [_text(author, "name") for author in dict.get(entry, "authors") or ()]
    return RawEntry(
        guid=guid,
        links=(_text(entry, "feedburner_origlink"), _text(entry, "link"), *alternates[:3], _as_link(guid)),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=contents[-1] if contents else "",
        content_is_text=False,
        authors=tuple(authors) if any(authors) else (_text(entry, "author"),),
        published=_date(entry, "published"),
        updated=_date(entry, "updated"),
        language=_text(dict.get(entry, "title_detail") or {}, "language"),
    )


def _text(fields: Any, name: str) -> str:
    # Plain dict access: feedparser's own falls back to other fields, with warnings.
    value = dict.get(fields, name)
    return value if isinstance(value, str) else ""


def _as_link(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def _date(entry: Any, name: str) -> RawDate | None:
    written = _text(entry, name)
    if not written:
        return None
    written = written.strip()[:100]
    parsed = None if has_named_zone(written) else from_struct(dict.get(entry, f"{name}_parsed"))
    return RawDate(written=written, parsed=parsed or from_written(written))


def _asked_wait(feed: Any) -> int | None:
    """Seconds to wait by ttl, or by sy:updatePeriod and sy:updateFrequency; the longer where both stand."""
    minutes = _whole_number(_text(feed, "ttl")) or 0
    period = _UPDATE_PERIODS.get(_text(feed, "sy_updateperiod").strip().lower(), 0)
    times = _whole_number(_text(feed, "sy_updatefrequency")) or 1
    return min(max(minutes * 60, period // times), MAX_TTL_MINUTES * 60) or None


def _whole_number(written: str) -> int | None:
    text = written.strip()
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def _malformed(parsed: Any) -> str | None:
    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or error is None:
        return None
    return clean_line(f"{type(error).__name__}: {error}")[:200]


def _not_a_feed(text: str, url: str) -> FetchFailed:
    what = "a web page" if _HTML_ROOT.search(text[:100_000]) else "neither RSS, Atom, JSON Feed nor a news sitemap"
    found = _advertised_feed(text[:200_000], url)
    hint = f"; it names a feed at {found}" if found else ""
    return FetchFailed(url=url, kind="not_a_feed", detail=f"the answer is {what}{hint}")


def _advertised_feed(text: str, url: str) -> str | None:
    for match in _LINK_TAG.finditer(text):
        href = _HREF.search(match[1])
        if href and "alternate" in match[1].lower() and _FEED_TYPE.search(match[1]):
            try:
                return clean_line(urljoin(url, href[1]))[:300]
            except ValueError:
                return None
    return None
