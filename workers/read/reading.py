"""Makes an article of an accepted item: from its page if that holds it, else from the feed's own words.

What is said of it comes from the feed first, as that is what was published; only the text comes from the page first,
and not from a page that is flagged as something else than the article.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from stancewire.codec import digest
from stancewire.types import (
    Article,
    FieldSource,
    Item,
    Page,
    PageFlag,
    PageReading,
    PageRefused,
    Provenance,
    Quality,
    TimeConfidence,
)
from workers.read.cleaning import clean_line, clean_text, count_words
from workers.read.quality import FULL_WORDS, THIN_WORDS
from workers.read.titles import without_headline
from workers.text.language import tell_language

MAX_TEXT = 200_000
MAX_TITLE = 1_000


class ReadPage(Protocol):
    """What reads a page published before a time, and searches its words for that time unless it is known already."""

    def __call__(self, page: Page, before: datetime, *, is_dated: bool) -> PageReading | PageRefused:
        """What the page says, or why it was not read."""
        ...


def read_here(page: Page, before: datetime, *, is_dated: bool) -> PageReading | PageRefused:
    """The page, read in this process: for pages that are trusted, as those of a test."""
    # A worker has its pages read in a child, and needs none of what that takes.
    from workers.read.extraction import read_page  # noqa: PLC0415

    return read_page(page.body, content_type=page.content_type, url=page.url, before=before, is_dated=is_dated)


def read(item: Item, read_page: ReadPage = read_here) -> Article:
    """The article; its text is empty only where neither page nor feed has any words."""
    entry = item.entry
    page, error = _page_of(item, read_page)
    title = (clean_line(entry.title) or (page.title if page else ""))[:MAX_TITLE]
    body = without_headline(page.text, (title,)) if page else ""
    flags = page.quality.flags if page else ()
    whole, quality, is_pages = choose_text(body, entry.content, entry.summary, flags=flags)
    text = whole[:MAX_TEXT]
    published_at, time_confidence, date_source = _published(item, page)
    language, language_source = _language(item, page, text or title)
    authors = entry.authors or (page.authors if page else ())
    found = page.provenance if page else Provenance()
    return Article(
        id=item.article_id,
        revision=digest(item.article_id, title, text),
        url=entry.link or (item.page.url if item.page else None),
        title=title,
        text=text,
        outlet=item.feed.outlet,
        outlet_country=item.feed.country,
        ownership=item.feed.ownership,
        feed_id=item.feed.id,
        authors=authors,
        published_at=published_at,
        time_confidence=time_confidence,
        language=language,
        quality=quality,
        left_out=len(whole) - len(text),
        provenance=Provenance(
            text=(found.text if is_pages else "feed") if text else None,
            title=("feed" if clean_line(entry.title) else found.title) if title else None,
            authors=("feed" if entry.authors else found.authors) if authors else None,
            published_at=date_source,
            language=language_source,
            canonical_url=found.canonical_url,
            site_name=found.site_name,
        ),
        page_quality=page.quality if page else None,
        page_error=error,
        canonical_url=page.canonical_url if page else None,
        site_name=page.site_name if page else None,
    )


def choose_text(
    page: str, content: str, summary: str, *, flags: Collection[PageFlag] = ()
) -> tuple[str, Quality, bool]:
    """The best of three texts, how good it is, and whether it is the page's.

    A page that is flagged is no article: the feed's own words stand in for it, or nothing. A doubtful one only gives
    way to a feed that carries a text of some length. Otherwise the page wins unless it is hardly more than a notice, or
    far shorter than what the feed carries.
    """
    own = max((clean_text(content), clean_text(summary)), key=count_words)
    doubtful = tuple(flags) == ("doubtful",)
    page = clean_text(page) if doubtful or not flags else ""
    page_words, own_words = count_words(page), count_words(own)
    if doubtful:
        return (own, "feed", False) if own_words >= FULL_WORDS else (page, "thin", True)
    if page_words >= FULL_WORDS and page_words >= own_words / 2:
        return page, "full", True
    is_pages = not (own_words >= page_words / 2 and own_words)
    text = page if is_pages else own
    if count_words(text) < THIN_WORDS:
        return text, "thin", is_pages
    return text, "thin" if is_pages else "feed", is_pages


def _page_of(item: Item, read_page: ReadPage) -> tuple[PageReading | None, str | None]:
    if item.page is None:
        return None, item.page_error
    # The feed's time is believed before the page's, which is then not worth a search.
    match read_page(item.page, item.fetched_at, is_dated=item.entry.published_at is not None):
        case PageReading() as page:
            return page, None
        case PageRefused(reason=reason):
            return None, reason


def _published(item: Item, page: PageReading | None) -> tuple[datetime, TimeConfidence, FieldSource]:
    if item.entry.published_at is not None:
        return item.entry.published_at, item.entry.time_confidence, "feed"
    if page is not None and page.published_at is not None and page.published_at <= item.fetched_at:
        confidence: TimeConfidence = "stated" if page.time_is_stated else "assumed_utc"
        return page.published_at, confidence, page.provenance.published_at or "html"
    return item.fetched_at, "observed", "fetch"


def _language(item: Item, page: PageReading | None, text: str) -> tuple[str | None, FieldSource | None]:
    stated = page.language if page else None
    told = tell_language(text, page=None, entry=None, feed=None)
    if told is not None:
        return told, "text"
    if page is not None and stated:
        return stated, page.provenance.language
    if item.entry.language:
        return item.entry.language, "feed"
    return item.feed.language, "catalogue" if item.feed.language else None
