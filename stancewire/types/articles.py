"""An article on its way: the item that waits in the queue, and the text that is analysed.

Offsets into an article count characters of exactly the `title` and `text` held here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.feeds import Entry, Feed, TimeConfidence
from stancewire.types.pages import NOWHERE, Provenance, TextQuality
from stancewire.types.words import Change, Ownership

Quality = Literal["full", "feed", "thin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article's page as fetched."""

    url: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An accepted entry with all that a worker needs to turn it into an article."""

    #: Names this revision of this article.
    id: str
    article_id: str
    fingerprint: str
    revision: int
    feed: Feed
    entry: Entry
    #: None where the page could not be had; `page_error` then says why.
    page: Page | None
    page_error: str | None
    fetched_at: datetime
    #: What was revised and how that was seen; None and empty for a first version.
    change: Change | None = None
    change_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as it is analysed and stored."""

    #: Names the article, through all its revisions.
    id: str
    #: Hash of identity, title and text: the same words give the same revision.
    revision: str
    #: Address of its page, as the feed gives it.
    url: str | None
    #: Its headline; empty where it has none.
    title: str
    #: Its text, plain; all offsets count its characters (Unicode code points).
    text: str
    #: Name of the outlet, as readers know it.
    outlet: str | None
    #: ISO 3166 alpha-2 of the outlet's home, as the feed list has it.
    outlet_country: str | None
    #: Who owns the outlet, as the feed list has it.
    ownership: Ownership | None
    #: Feed that it came with.
    feed_id: str | None
    #: Names of its authors.
    authors: tuple[str, ...]
    #: When it was published, as the feed or the page says.
    published_at: datetime | None
    #: Whether that was stated with a zone, without one and taken for UTC, or is when it was first seen.
    time_confidence: TimeConfidence | None
    #: BCP 47 primary subtag, or None where it could not be told.
    language: str | None
    #: `full` from the page, `feed` from the feed's own words, `thin` where hardly any text was found.
    quality: Quality
    #: Characters that `text` lacks at its end, as there were too many.
    left_out: int = 0
    #: Where each field comes from.
    provenance: Provenance = NOWHERE
    #: How good the text of the page is; None where there is no page, or it was not read.
    page_quality: TextQuality | None = None
    #: Why there is no page, or why it was not read.
    page_error: str | None = None
    #: What the page calls its own address; recorded, never trusted.
    canonical_url: str | None = None
    #: What the page calls its site.
    site_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A stored article that cannot be read, and why."""

    article_id: str
    reason: str
