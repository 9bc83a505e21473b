"""Makes an article of an accepted item: from its page if that holds it, else from the feed's own words.

What is said of it comes from the feed first, as that is what was published; only the text comes from the page first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from stancewire.codec import digest
from stancewire.types import Article, Item, Quality, TimeConfidence
from workers.read.page_text import PageText, clean_line, clean_text, extract_page
from workers.text.language import tell_language

MAX_TEXT = 200_000
MAX_TITLE = 1_000

#: Words below which a page's text is a teaser or a notice rather than an article.
FULL_WORDS = 40
#: Words below which hardly anything can be told from a text.
THIN_WORDS = 15

# Scripts written without blanks between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def read(item: Item) -> Article:
    """The article; its text is empty only where neither page nor feed has any words."""
    entry = item.entry
    page = _page_text(item)
    title = (clean_line(entry.title) or (page.title if page else ""))[:MAX_TITLE]
    body = without_headline(page.text, (title, page.title, *page.headings)) if page else ""
    whole, quality = choose_text(body, entry.content, entry.summary)
    text = whole[:MAX_TEXT]
    published_at, time_confidence = _published(item, page)
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
        authors=entry.authors or (page.authors if page else ()),
        published_at=published_at,
        time_confidence=time_confidence,
        language=tell_language(
            text or title, page=page.language if page else None, entry=entry.language, feed=item.feed.language
        ),
        quality=quality,
        left_out=len(whole) - len(text),
    )


def choose_text(page: str, content: str, summary: str) -> tuple[str, Quality]:
    """The best of three texts and how good it is.

    The page wins unless it is a teaser, or far shorter than what the feed carries, as behind a paywall.
    """
    own = max((clean_text(content), clean_text(summary)), key=count_words)
    page = clean_text(page)
    page_words, own_words = count_words(page), count_words(own)
    if page_words >= FULL_WORDS and page_words >= own_words / 2:
        return page, "full"
    text = own if own_words >= page_words / 2 and own_words else page
    if count_words(text) < THIN_WORDS:
        return text, "thin"
    return text, "feed" if text is own else "thin"


def without_headline(text: str, titles: Iterable[str]) -> str:
    """`text` without a first paragraph that only repeats a title, and would say it twice."""
    first, newline, rest = text.partition("\n")
    said = _letters(first)
    return rest if newline and said and any(said == _letters(title) for title in titles) else text


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def count_words(text: str) -> int:
    """Words of a text; where a script has no blanks, two characters count as a word."""
    return len(_UNSPACED.sub(" ", text).split()) + len(_UNSPACED.findall(text)) // 2


def _page_text(item: Item) -> PageText | None:
    if item.page is None:
        return None
    entry = item.entry
    lacking = not entry.title or not entry.authors or entry.published_at is None
    page = extract_page(item.page.body, with_metadata=lacking)
    return None if isinstance(page, str) else page


def _published(item: Item, page: PageText | None) -> tuple[datetime, TimeConfidence]:
    if item.entry.published_at is not None:
        return item.entry.published_at, item.entry.time_confidence
    if page is not None and page.published_at is not None and page.published_at <= item.fetched_at:
        return page.published_at, "assumed_utc"
    return item.fetched_at, "observed"
