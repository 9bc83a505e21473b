"""A feed whose dates change at every poll, with what really happened in it: the same seed gives the same feed.

The words are composed and nothing in them is true. It serves nothing and polls nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

START = datetime(2026, 5, 1, tzinfo=UTC)
INTERVAL = timedelta(minutes=10)
#: Entries of a document.
_WINDOW = 25
_NOTES = ("Correction: the number was wrong.", "This article has been amended to name the second ship.")
_WORDS = (
    "harbour corridor ministers grain storm valley road school crane ferry bridge market talks strike teachers bakers "
    "flour river winter budget council vote border station pilots reservoir museum clinic island tunnel carriers prices"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How much of everything is to happen."""

    polls: int = 1_588
    edits: int = 46
    date_changes: int = 3_620
    returns: int = 244
    new_in_hundred_polls: int = 20


@dataclass(slots=True, kw_only=True)
class _Item:
    number: int
    title: str
    text: str
    published: datetime
    stamped: bool
    #: The poll with which it comes back; 0 where it is listed.
    away_until: int = 0


@dataclass(slots=True, kw_only=True)
class Happened:
    """What happened, told by the feed itself."""

    new: int = 0
    edits: int = 0
    date_changes: int = 0
    returns: int = 0
    links: set[str] = field(default_factory=set)


def documents(asked: Asked, seed: int, happened: Happened) -> Iterator[tuple[datetime, bytes]]:
    """The time and the document of each poll; `happened` is filled on the way."""
    source = random.Random(seed)
    edits = _spread(source, asked.edits, asked.polls)
    leaves = _spread(source, asked.returns, asked.polls - 20)
    dates = _spread(source, asked.date_changes, asked.polls)
    arrivals = _spread(source, asked.polls * asked.new_in_hundred_polls // 100, asked.polls)
    items = [_item(source, number, START) for number in range(_WINDOW)]
    items.reverse()
    happened.new = len(items)
    for poll in range(asked.polls):
        at = START + poll * INTERVAL
        for item in items:
            if item.away_until == poll and poll:
                item.away_until = 0
                happened.returns += 1
        untouched = [item for item in items if not item.away_until]
        if poll:
            for _ in range(arrivals[poll]):
                items.insert(0, _item(source, happened.new, at))
                happened.new += 1
            for item in _drawn(source, untouched, edits[poll]):
                _edit(source, item)
                happened.edits += 1
            for item in _drawn(source, untouched, dates[poll]):
                item.published = at - timedelta(seconds=source.randrange(600))
                happened.date_changes += 1
            # What has been there for long only, so that it is not pushed out before it is back.
            for item in _drawn(source, [item for item in untouched if item in items[3:10]], leaves[poll]):
                item.away_until = poll + source.randint(1, 3)
        # Items that are away are kept whatever their place: they will come back.
        items = [item for place, item in enumerate(items) if place < _WINDOW or item.away_until]
        listed = [item for item in items if not item.away_until]
        happened.links |= {_link(item) for item in listed}
        yield at, _document(listed, at)


def _spread(source: random.Random, number: int, polls: int) -> list[int]:
    """How many of `number` events happen at each poll but the first."""
    counts = [0] * polls
    for _ in range(number):
        counts[source.randrange(1, polls)] += 1
    return [*counts, *[0] * 20]


def _drawn(source: random.Random, items: Sequence[_Item], number: int) -> list[_Item]:
    return source.sample(list(items), min(number, len(items)))


def _item(source: random.Random, number: int, at: datetime) -> _Item:
    title = " ".join(source.sample(_WORDS, 6)).capitalize()
    text = " ".join(" ".join(source.sample(_WORDS, 11)).capitalize() + "." for _ in range(4))
    return _Item(number=number, title=title, text=text, published=at, stamped=number % 4 == 0)


def _edit(source: random.Random, item: _Item) -> None:
    kind = source.randrange(3)
    if kind == 0:
        item.title = f"{item.title} {source.choice(_WORDS)} {source.randrange(1_000)}"
    elif kind == 1:
        item.text = f"{item.text} {source.choice(_WORDS).capitalize()} {source.randrange(1_000)}."
    else:
        item.text = f"{item.text} {source.choice(_NOTES)} {source.randrange(1_000)}."


def _link(item: _Item) -> str:
    return f"https://news.example/2026/05/story-number-{1_000_000 + item.number}"


def _document(items: Sequence[_Item], at: datetime) -> bytes:
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{_link(item)}</link><guid>{_link(item)}</guid>"
        f"<pubDate>{format_datetime(item.published)}</pubDate>"
        f"<description>{_stamp(item)}{escape(item.text)}</description></item>"
        for item in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>'
        f"<lastBuildDate>{format_datetime(at)}</lastBuildDate>{entries}</channel></rss>"
    ).encode()


def _stamp(item: _Item) -> str:
    return f"Updated: {item.published:%d %B %Y, %H:%M} GMT. " if item.stamped else ""
