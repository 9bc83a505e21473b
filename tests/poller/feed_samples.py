"""Feeds and entries to make tests from."""

from __future__ import annotations

from datetime import UTC, datetime

from stancewire.types import Entry, Feed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def feed(feed_id: str = "world", outlet: str = "The Example", url: str = "https://news.example/feed") -> Feed:
    return Feed(id=feed_id, url=url, outlet=outlet)


def entry(
    title: str = "Title",
    *,
    link: str | None = None,
    guid: str | None = None,
    summary: str = "",
    published_at: datetime | None = NOW,
) -> Entry:
    return Entry(
        guid=guid,
        link=link,
        title=title,
        summary=summary,
        content="",
        authors=(),
        published_at=published_at,
        updated_at=None,
        time_confidence="stated" if published_at else "observed",
        language=None,
    )
