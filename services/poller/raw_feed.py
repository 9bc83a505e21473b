"""What a feed document's reader hands over, whatever the format: the fields as written, markup and all.

Nothing here is checked or cleaned; that is done in `entries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDate:
    """A date as written, and as the format's reader understood it."""

    written: str
    parsed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """An entry's fields as the format has them: markup and all."""

    guid: str
    #: Candidates, the best first.
    links: tuple[str, ...]
    title: str
    summary: str
    #: Markup, unless `content_is_text`.
    content: str
    content_is_text: bool
    authors: tuple[str, ...]
    published: RawDate | None
    updated: RawDate | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A document's fields as the format has them."""

    title: str
    language: str
    #: Minutes to wait between polls, as written.
    ttl: str
    #: In the order of the document; text is why one cannot be used.
    entries: tuple[RawEntry | str, ...]
    #: Entries beyond the limit, not looked at.
    truncated: int
    #: How often it is renewed, as written: sy:updatePeriod and sy:updateFrequency.
    update_period: str = ""
    update_frequency: str = ""
    #: What was wrong with the document though it could be read.
    malformed: str | None = None
    #: Addresses of further documents that hold the entries, the newest first.
    documents: tuple[str, ...] = ()
