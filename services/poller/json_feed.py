"""Reads JSON Feed 1.0 and 1.1.

It takes what is there and of the right type, and leaves out the rest; limits of length are `entries`' part.
"""

from __future__ import annotations

from typing import Any

import orjson

from services.poller.dates import from_iso
from services.poller.entries import RawDate, RawEntry


def read_json_feed(text: str) -> dict[str, Any] | None:
    """The feed object of a document, or None where it is not a JSON Feed."""
    try:
        document = orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    return document if "jsonfeed.org" in _text(document.get("version")) else None


def title_of(feed: dict[str, Any]) -> str:
    """The feed's title."""
    return _text(feed.get("title"))


def language_tag_of(feed: dict[str, Any]) -> str:
    """The feed's language tag, or nothing."""
    return _text(feed.get("language"))


def to_raw_entry(item: Any) -> RawEntry | None:
    """The fields of one item, or None where it is not an object."""
    if not isinstance(item, dict):
        return None
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
