"""Analyses stored articles once more, in this process, and publishes what was not found before.

For articles that an older version analysed: what it found as well is on record and is not published again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import limits_of
from stancewire.adapters.replaying import RedisReplay
from stancewire.types import Analysis, Article, Outcome
from stancewire.wiring.outside import now
from stancewire.wiring.stores import Server, open_store
from workers.publishing import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which articles; all that are given must fit."""

    since: datetime | None = None
    feed_id: str | None = None
    #: An id, its beginning, or an address.
    article: str | None = None

    def includes(self, article: Article) -> bool:
        """Whether an article is among them; one without a date is not excluded by dates."""
        if self.since is not None and article.published_at is not None and article.published_at < self.since:
            return False
        if self.feed_id is not None and article.feed_id != self.feed_id:
            return False
        return self.article is None or article.id.startswith(self.article) or article.url == self.article


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one article."""

    article: Article
    found: int
    #: Ids of the signals that are new on the stream.
    published: tuple[str, ...]


def chosen_articles(settings: Settings, server: Server, choice: Choice) -> tuple[Article, ...]:
    """The stored articles of a choice, the oldest first; raises StoreError."""
    store = open_store(settings, server, purpose="worker")
    articles = [article for article in store.articles() if choice.includes(article)]
    return tuple(sorted(articles, key=lambda article: (article.published_at or now(), article.id)))


def replay(
    articles: tuple[Article, ...], settings: Settings, server: Server, analyse: Callable[[Article], Analysis]
) -> Iterator[Replayed]:
    """Analyse and publish one article after the other; raises StoreError."""
    with connect(server.url, purpose="worker") as client:
        store = RedisReplay(client, limits_of(settings))
        for article in articles:
            signals = analyse(article).signals
            outcome = Outcome(
                item_id=f"replay-{uuid.uuid4().hex}",
                article=article,
                signals=signals,
                change="extractor",
                reason="the same words, analysed anew",
            )
            published = publish(store, outcome, now())
            yield Replayed(article=article, found=len(signals), published=published.signal_ids)
