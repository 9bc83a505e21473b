"""The stored stream, searched: entries of a time that a filter wants, and whether their articles still carry them.

How they are shown is the commands' part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from stancewire.filtering import fits

if TYPE_CHECKING:
    from stancewire.ports import Archive
    from stancewire.types import Filter, StreamEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched for; times are those of publication."""

    wanted: Filter
    #: From then on, and until before then.
    began: datetime | None = None
    ended: datetime | None = None
    #: Only so many, the newest first; None: all, in the order published.
    last: int | None = None
    #: As it was published: with what was taken back since, and with what became of revised articles' signals.
    with_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that was searched for."""

    entry: StreamEntry
    #: Whether its article carries it still; None where nothing is on record of the article.
    stands: bool | None


class Search:
    """Goes through the stream once, a stretch at a time, and knows afterwards what it left out.

    It ends where the stream ended when it began. Raises StoreError.
    """

    def __init__(self, store: Archive, query: Query, seen: Callable[[Search], None]) -> None:
        """`seen` is called after each stretch."""
        self._store = store
        self._query = query
        self._seen = seen
        #: So many entries were looked at, as far as that moment, of so many, where that is known.
        self.looked_at = 0
        self.reached: datetime | None = None
        self.total: int | None = None
        #: Fit, but were replaced since or are gone; not among those found unless all are asked for.
        self.taken_back = 0
        #: Found, although it is not on record whether they still stand.
        self.unsure = 0
        self.unreadable = 0
        self.found = 0

    def __iter__(self) -> Iterator[Sequence[Found]]:
        query = self._query
        first, last = bounds(query.began, query.ended, self._store.end())
        self.total = None if query.began or query.ended or query.last else self._store.length()
        for stretch in self._store.stretches(first, last, newest_first=query.last is not None):
            self.looked_at += len(stretch.entries) + stretch.unreadable
            self.reached = stretch.entries[-1].signal.detected_at if stretch.entries else self.reached
            self.unreadable += stretch.unreadable
            found = self._judged([each for each in stretch.entries if self._fits(each)])
            if query.last is not None:
                found = found[: query.last - self.found]
            self.found += len(found)
            self.unsure += sum(each.stands is None for each in found)
            self._seen(self)
            if found:
                yield found
            if query.last is not None and self.found >= query.last:
                return

    def _fits(self, entry: StreamEntry) -> bool:
        query = self._query
        if entry.signal.kind == "revision" and not query.with_all and "revision" not in query.wanted.kinds:
            return False
        return fits(entry.signal, query.wanted)

    def _judged(self, entries: Sequence[StreamEntry]) -> Sequence[Found]:
        of_signals = (entry.signal.article.id for entry in entries if entry.signal.kind != "revision")
        carried = self._store.carried_by(tuple(dict.fromkeys(of_signals)))
        found = []
        for entry in entries:
            ids = carried.get(entry.signal.article.id)
            stands = entry.signal.kind == "revision" or (None if ids is None else entry.signal.id in ids)
            if stands is False:
                self.taken_back += 1
                if not self._query.with_all:
                    continue
            found.append(Found(entry=entry, stands=stands))
        return found


def bounds(began: datetime | None, ended: datetime | None, newest: str) -> tuple[str, str]:
    """The first and the last stream id of a time, both included, `newest` being that of the newest entry.

    >>> from datetime import UTC
    >>> bounds(datetime.fromtimestamp(2, UTC), datetime.fromtimestamp(3, UTC), "9000-1")
    ('2000-0', '2999-18446744073709551615')
    >>> bounds(None, None, "9000-1")
    ('0-0', '9000-1')
    """
    first = f"{max(milliseconds(began), 0)}-0" if began else "0-0"
    if ended is None or milliseconds(ended) > int(newest.partition("-")[0]):
        return first, newest
    return first, f"{max(milliseconds(ended) - 1, 0)}-18446744073709551615"


def milliseconds(moment: datetime) -> int:
    """Since 1970, as stream ids count them."""
    return round(moment.timestamp() * 1000)
