"""Articles of the mix as the poller hands them to the store, with their pages, for benches that begin there.

What a poller decides about them is not decided here: each is taken for new.
"""

from __future__ import annotations

from datetime import datetime

from bench.parts.mixed_news import Story, page_of
from stancewire.codec import digest
from stancewire.types import Acceptance, Entry, Feed, Item, Page


def item_of(each: Story, at: datetime) -> Item:
    """An article that was found in the feed of its outlet, with its page."""
    base = f"https://paper-{each.outlet}.example"
    entry = Entry(
        guid=f"{each.outlet}-{each.number}",
        link=base + each.path,
        title=each.title,
        summary=each.paragraphs[0],
        content="",
        authors=(),
        published_at=at,
        updated_at=None,
        time_confidence="stated",
        language=each.language,
    )
    page = Page(url=base + each.path, content_type="text/html; charset=utf-8", body=page_of(each))
    article_id = digest("bench", entry.guid or "")
    return Item(
        id=digest(article_id, "1"),
        article_id=article_id,
        fingerprint=digest(each.title)[:16],
        revision=1,
        feed=Feed(id=f"paper-{each.outlet}", url=f"{base}/feed.xml", outlet=f"Paper {each.outlet}"),
        entry=entry,
        page=page,
        page_error=None,
        fetched_at=at,
    )


def acceptance_of(items: tuple[Item, ...], batch_id: str, at: datetime) -> Acceptance:
    """The step that takes them in as one batch."""
    return Acceptance(items=items, feed_state=None, batch_id=batch_id, at=at)
