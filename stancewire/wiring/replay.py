"""Analyses stored articles once more, in this process, and publishes what was not found before.

For articles that an older version analysed: what it found as well is on record and is not published again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from config.settings import Settings
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import limits_of
from stancewire.adapters.replaying import RedisReplay
from stancewire.ports import Archive
from stancewire.types import Analysis, Article, Outcome, Unreadable
from stancewire.wiring.outside import now
from stancewire.wiring.stores import Server
from stancewire.wiring.watches import load_watches
from workers.publishing import publish

#: Where an article stands in the order of time that gives none.
_NO_DATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which articles; all that are given must fit."""

    since: datetime | None = None
    until: datetime | None = None
    feed_id: str | None = None
    #: An id, its beginning, or an address.
    article: str | None = None

    def includes(self, article: Article) -> bool:
        """Whether an article is among them; one without a date is not excluded by dates."""
        published = article.published_at
        if published is not None and self.since is not None and published < self.since:
            return False
        if published is not None and self.until is not None and published >= self.until:
            return False
        if self.feed_id is not None and article.feed_id != self.feed_id:
            return False
        return self.article is None or article.id.startswith(self.article) or article.url == self.article

    def may_include(self, article: Unreadable) -> bool:
        """Whether an article may be among them of which only the id is known."""
        named = self.article
        return named is None or "://" in named or article.article_id.startswith(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The articles of a choice."""

    #: By the time they give, the oldest first, those without one last.
    article_ids: tuple[str, ...]
    #: Which of those stored cannot be read, and so may be among them.
    unreadable: tuple[Unreadable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one article."""

    article: Article
    found: int
    #: Ids of the signals that are new on the stream.
    published: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReplayed:
    """An article that was passed over, and why."""

    article_id: str
    reason: str


def choose(store: Archive, choice: Choice, told: Callable[[int], None]) -> Chosen:
    """Look through all stored articles, of which only ids are kept; `told` how many were. Raises StoreError."""
    found: dict[str, datetime] = {}
    unreadable: dict[str, Unreadable] = {}
    for count, article in enumerate(store.articles(), start=1):
        if isinstance(article, Unreadable):
            if choice.may_include(article):
                unreadable[article.article_id] = article
        elif choice.includes(article):
            found[article.id] = article.published_at or _NO_DATE
        told(count)
    in_order = sorted(found, key=lambda article_id: (found[article_id], article_id))
    return Chosen(article_ids=tuple(in_order), unreadable=tuple(unreadable.values()))


def replay(
    articles: Iterable[Article | Unreadable],
    settings: Settings,
    server: Server,
    analyse: Callable[[Article], Analysis],
) -> Iterator[Replayed | NotReplayed]:
    """Analyse and publish one article after the other; raises StoreError, and ConfigurationError for its watches."""
    watches = load_watches(settings)
    with connect(server.url, purpose="worker") as client:
        store = RedisReplay(client, limits_of(settings))
        for article in articles:
            if isinstance(article, Unreadable):
                yield NotReplayed(article_id=article.article_id, reason=article.reason)
                continue
            try:
                signals = analyse(article).signals
            except Exception as error:  # noqa: BLE001 - one article's failure must not take the others along
                yield NotReplayed(article_id=article.id, reason=f"{type(error).__name__}: {error}")
                continue
            outcome = Outcome(
                item_id=f"replay-{uuid.uuid4().hex}",
                article=article,
                signals=signals,
                change="extractor",
                reason="the same words, analysed anew",
            )
            published = publish(store, outcome, now(), watches)
            yield Replayed(article=article, found=len(signals), published=published.signal_ids)
