"""Reads any RSS, RDF or Atom document with feedparser, which takes what the world calls a feed.

It is slow, and has no bound on its time: documents are bounded before, in `document`, and the common ones never come
here, see `wellformed`.
"""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from services.poller.dates import read_date
from services.poller.plain_text import clean_line
from services.poller.raw_feed import RawEntry, RawFeed

_NAMESPACE = re.compile(r"""(\sxmlns(?::[\w.-]{1,100})?\s?=\s?)("[^"<>]{0,2000}"|'[^'<>]{0,2000}')""")
_BLANK = re.compile(r"\s+|&#\w{1,8};")


class UnreadableError(Exception):
    """The document is no feed, or breaks the parser; says which."""


def read_tolerantly(text: str, *, max_entries: int) -> RawFeed | None:
    """The feed, or None where the document is none; raises UnreadableError where it breaks the parser."""
    parsed = _run_feedparser(text)
    if not parsed.get("version") and not parsed["entries"]:
        return None
    feed, entries = parsed["feed"], parsed["entries"]
    return RawFeed(
        title=_text(feed, "title"),
        language=_text(feed, "language"),
        ttl=_text(feed, "ttl"),
        entries=tuple(_raw_of(entry) for entry in entries[:max_entries]),
        truncated=max(0, len(entries) - max_entries),
        update_period=_text(feed, "sy_updateperiod"),
        update_frequency=_text(feed, "sy_updatefrequency"),
        malformed=_malformed(parsed),
    )


def _run_feedparser(text: str) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(_NAMESPACE.sub(_without_blanks, text).encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            # Half of its time, for what `entries` does anyway.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - hostile documents find new ways; one must not stop the others
        detail = clean_line(f"{type(error).__name__}: {error}")[:200]
        raise UnreadableError(f"the document breaks the parser: {detail}") from None


def _without_blanks(declaration: re.Match[str]) -> str:
    """The name of a namespace is an address, in which no blank is; feedparser takes names apart at them, and fails."""
    return declaration[1] + _BLANK.sub("", declaration[2])


def _raw_of(entry: Any) -> RawEntry:
    contents = sorted((_text(part, "value") for part in dict.get(entry, "content") or ()), key=len)
    guid = _text(entry, "id")
    alternates = [_text(link, "href") for link in dict.get(entry, "links") or () if link.get("rel") == "alternate"]
    authors = [_text(author, "name") for author in dict.get(entry, "authors") or ()]
    return RawEntry(
        guid=guid,
        links=(_text(entry, "feedburner_origlink"), _text(entry, "link"), *alternates[:3], guid_as_link(guid)),
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=contents[-1] if contents else "",
        content_is_text=False,
        authors=tuple(authors) if any(authors) else (_text(entry, "author"),),
        published=read_date(_text(entry, "published")),
        updated=read_date(_text(entry, "updated")),
        language=_text(dict.get(entry, "title_detail") or {}, "language"),
    )


def guid_as_link(guid: str) -> str:
    """A guid that is an address, which may stand in for a link that lacks; else nothing."""
    return guid if guid.startswith(("http://", "https://")) else ""


def _text(fields: Any, name: str) -> str:
    # Plain dict access: feedparser's own falls back to other fields, with warnings.
    value = dict.get(fields, name)
    return value if isinstance(value, str) else ""


def _malformed(parsed: Any) -> str | None:
    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or error is None:
        return None
    return clean_line(f"{type(error).__name__}: {error}")[:200]
