"""Reads JSON Feed 1.0 and 1.1.

It takes what is there and of the right type, and leaves out the rest; limits of length are `entries`' part.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from services.poller.dates import from_iso
from services.poller.raw_feed import RawDate, RawEntry, RawFeed


def read_json_feed(text: str, *, max_entries: int) -> RawFeed | None:
    """The feed, or None where the document is not a JSON Feed."""
    document = _load(text.lstrip("\ufeff"))
    if not isinstance(document, dict) or "jsonfeed.org" not in _text(document.get("version")):
        return None
    items = document.get("items")
    if not isinstance(items, list):
        return None
    return RawFeed(
        title=_text(document.get("title")),
        language=_text(document.get("language")),
        ttl="",
        entries=tuple(_to_raw_entry(item) for item in items[:max_entries]),
        truncated=max(0, len(items) - max_entries),
    )


def _load(text: str) -> Any:
    """The document, also one with half a character in a text, or None."""
    try:
        return orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _to_raw_entry(item: Any) -> RawEntry | str:
    if not isinstance(item, dict):
        return "not an object"
    html = _text(item.get("content_html"))
    return RawEntry(
        guid=_text(item.get("id")),
        links=(_text(item.get("url")), _text(item.get("external_url"))),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        content=html or _text(item.get("content_text")),
        content_is_text=not html,
        authors=_authors(item),
        published=_date(item.get("date_published")),
        updated=_date(item.get("date_modified")),
        language=_text(item.get("language")),
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    # The ids of some feeds are numbers, which the specification asks readers to accept.
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    listed = item.get("authors")
    authors = listed if isinstance(listed, list) else [item.get("author")]
    return tuple(_text(author.get("name")) for author in authors if isinstance(author, dict))


def _date(value: Any) -> RawDate | None:
    written = _text(value)
    return RawDate(written=written[:100], parsed=from_iso(written)) if written else None
