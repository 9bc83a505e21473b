"""Fills a server's stream as workers do: signals of articles that were really analysed, under many other names.

A program of its own, so that what it takes in memory is nobody else's: `python -m bench.parts.published URL ENTRIES`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import redis

from bench.parts.news import compose
from stancewire import codec, keys
from stancewire.adapters.worklist import entry_fields
from stancewire.codec import digest
from stancewire.types import Announcement, Article, Extractor, Gone, Revision, Signal, Standing
from workers.pipeline import load

ARTICLES, CHARACTERS = 60, 6_000
#: Articles by outlet, so that one outlet has a hundredth of them.
OUTLETS = 100
#: One of so many articles is revised, and its first signal taken back.
REVISED = 50
START = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """What is published of one article, and which signals it carries afterwards."""

    article_id: str
    entries: tuple[Announcement, ...]
    standing: Standing


def outlet(number: int) -> str:
    """The name of an outlet, one of `OUTLETS`."""
    return f"The Gazette of District {number % OUTLETS}"


def analysed() -> Sequence[tuple[Signal, ...]]:
    """The signals of some articles that have any."""
    analyse = load().analyse
    found = [analyse(_article(number)).signals for number in range(ARTICLES)]
    return [signals for signals in found if signals]


def _article(number: int) -> Article:
    text = compose(CHARACTERS, number)
    return Article(
        id=str(number),
        revision=digest(text),
        url=None,
        title=text.splitlines()[0],
        text=text,
        outlet=None,
        outlet_country="GB",
        ownership="public",
        feed_id="gazette",
        authors=(),
        published_at=START,
        time_confidence="stated",
        language="en",
        quality="full",
    )


def published(templates: Sequence[tuple[Signal, ...]]) -> Iterator[Carrying]:
    """Articles without end, each with the signals of one of the templates."""
    for number, signals in enumerate(cycle(templates)):
        at = START + timedelta(seconds=number)
        article = replace(
            signals[0].article,
            id=digest("article", str(number)),
            revision=digest("revision", str(number)),
            url=f"https://gazette-{number % OUTLETS}.example/{at:%Y/%m/%d}/a-story-with-a-name-{number}",
            outlet=outlet(number),
            published_at=at,
        )
        entries: list[Announcement] = [
            replace(signal, id=digest("signal", str(number), str(place)), article=article, detected_at=at)
            for place, signal in enumerate(signals)
        ]
        standing = Standing(
            number=1,
            revision=article.revision,
            quality="full",
            language="en",
            signal_ids=tuple(each.id for each in entries),
        )
        if number % REVISED == 0:
            entries.append(_revision(entries, number, at))
            standing = replace(standing, number=2, signal_ids=standing.signal_ids[1:])
        yield Carrying(article_id=article.id, entries=tuple(entries), standing=standing)


def _revision(entries: Sequence[Announcement], number: int, at: datetime) -> Revision:
    first = entries[0]
    return Revision(
        id=digest("revised", str(number)),
        article=first.article,
        language="en",
        number=2,
        former_revision=first.article.revision,
        change="correction",
        reason="known link, another text in its body",
        extractor=Extractor(name="stancewire", version="0"),
        detected_at=at,
        unchanged=tuple(each.id for each in entries[1:]),
        changed=(),
        gone=(Gone(id=first.id, kind="stance", by="Kenya", toward="Ghana", evidence="Kenya condemned Ghana."),),
        added=(),
    )


def fill(client: redis.Redis, entries: int) -> None:
    """Put so many entries on the stream, and on record what their articles carry."""
    left, articles = entries, published(analysed())
    while left > 0:
        pipe = client.pipeline(transaction=False)
        for each in islice(articles, _AT_ONCE):
            for announced in each.entries[:left]:
                pipe.xadd(keys.SIGNALS_STREAM, dict(entry_fields(announced)))
            pipe.set(keys.carried(each.article_id), b"1:" + codec.standings.encode(each.standing))
            left = max(left - len(each.entries), 0)
            if not left:
                break
        pipe.execute()


if __name__ == "__main__":
    fill(redis.Redis.from_url(sys.argv[1]), int(sys.argv[2]))
