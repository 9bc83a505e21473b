"""Articles from outside the feeds, for a look at one of them on a desk: a text, a page in a file, or an address.

They go through the same fetcher and the same reader as the feeds' articles; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args
from urllib.parse import urlsplit

from config.settings import Settings
from services.poller.pages import PageSource
from stancewire.codec import digest
from stancewire.errors import StancewireError, UsageError
from stancewire.types import Article, Entry, Feed, Item, Ownership, Page
from stancewire.wiring.outside import fetching, now
from workers.read import read
from workers.read.bounded_reader import BoundedReader

#: Characters of the title in a line of JSON: every signal carries it.
MAX_TITLE = 10_000


def article_from_text(
    text: str,
    *,
    name: str,
    title: str = "",
    language: str | None = None,
    outlet: str | None = None,
    outlet_country: str | None = None,
    ownership: Ownership | None = None,
    published_at: datetime | None = None,
) -> Article:
    """An article of exactly these words; `language` None: to be told from them."""
    return Article(
        id=name,
        revision=digest(name, title, text),
        url=None,
        title=title,
        text=text,
        outlet=outlet,
        outlet_country=outlet_country,
        ownership=ownership,
        feed_id=None,
        authors=(),
        published_at=published_at,
        time_confidence="stated" if published_at else None,
        language=language,
        quality="full",
    )


def article_from_record(record: Any) -> Article:
    """The article of one line of JSON: `id`, `text`, optional `title`, `lang`, `published_at`, `outlet` and what it is.

    Raises UsageError that says what is wrong.
    """
    if not isinstance(record, Mapping):
        raise UsageError("not a JSON object")
    name = record.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise UsageError("`id` is missing, or neither text nor a whole number")
    if not isinstance(record.get("text"), str):
        raise UsageError("`text` is missing or not a text")
    for field in ("title", "lang", "published_at", "outlet", "outlet_country", "ownership"):
        if not isinstance(record.get(field), str | None):
            raise UsageError(f"`{field}` is not a text")
    if (ownership := record.get("ownership") or None) not in (None, *get_args(Ownership)):
        raise UsageError(f"`ownership` is none of {', '.join(get_args(Ownership))}")
    title = record.get("title") or ""
    if not holds_words(title) and not holds_words(record["text"]):
        raise UsageError("`text` is empty or holds no words, and so does the title")
    if len(title) > MAX_TITLE:
        raise UsageError(f"`title` has {len(title):,} characters; it may have {MAX_TITLE:,}")
    language = primary_subtag(record.get("lang"))
    return article_from_text(
        record["text"],
        name=str(name),
        title=title,
        language=language,
        outlet=record.get("outlet") or None,
        outlet_country=record.get("outlet_country") or None,
        ownership=ownership,
        published_at=_moment(record.get("published_at")),
    )


def article_from_page(page: Page, *, language: str | None = None) -> Article:
    """The article that stands in a page; raises StancewireError where none is found."""
    host = urlsplit(page.url).hostname or ""
    item = Item(
        id=digest(page.url),
        article_id=digest(page.url),
        fingerprint="",
        revision=1,
        feed=Feed(id="desk", url=page.url, outlet=host.removeprefix("www.")),
        entry=_entry(page.url if host else None, language),
        page=page,
        page_error=None,
        fetched_at=now(),
    )
    pages = BoundedReader()
    try:
        article = read(item, pages)
    finally:
        pages.close()
    if not article.text.strip():
        raise StancewireError(
            f"no article text was found in {page.url}{_reason(article)}",
            "the page may be built by scripts or stand behind a wall: save its text to a file and give that",
        )
    return article


def _reason(article: Article) -> str:
    """Why a page is not taken for an article."""
    if article.page_quality is None:
        return f": {article.page_error}" if article.page_error else ""
    flags = ", ".join(article.page_quality.flags).replace("_", " ")
    return f": {flags} ({'; '.join(article.page_quality.reasons)})" if flags else ""


async def fetch_page(url: str, settings: Settings) -> Page:
    """The page at `url`, through the guard and limits of the poller; raises StancewireError."""
    async with fetching(settings) as fetcher:
        pages = PageSource(fetcher, max_bytes=settings.fetch.max_page_bytes, enabled=True)
        page = await pages.page_of(_entry(url, None))
    if isinstance(page, str):
        hint = (
            "addresses in private networks are let through with fetch.allow_networks, ports with fetch.allow_ports"
            if page.startswith("blocked_address")
            else "open the address in a browser to see whether it is there"
        )
        raise StancewireError(f"{url} could not be fetched: {page}", hint)
    return page


def _entry(link: str | None, language: str | None) -> Entry:
    """An entry that says nothing but where its article is."""
    return Entry(
        guid=None,
        link=link,
        title="",
        summary="",
        content="",
        authors=(),
        published_at=None,
        updated_at=None,
        time_confidence="observed",
        language=language,
    )


def holds_words(text: str) -> bool:
    """Whether there is a letter in `text`."""
    return any(map(str.isalpha, text))


def primary_subtag(language: str | None) -> str | None:
    """`en` of `en-GB`; None of nothing."""
    return (language or "").replace("_", "-").partition("-")[0].strip().lower() or None


def _moment(written: str | None) -> datetime | None:
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UsageError("`published_at` is not a time as ISO 8601 writes it") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
