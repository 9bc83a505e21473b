"""From the times at which a feed had something new to the seconds between two polls of it.

Pure. What a server asks for, failures and chance are the schedule's matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

#: Times kept of a feed.
KEPT = 20

#: Polls in the mean time from one arrival to the next. News come by day, so that by day the gaps are half of the mean.
POLLS_A_GAP = 4.0

#: Times below this are too few to be a rhythm: the feed is not asked more often than one without any.
_FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often any feed is asked; in seconds."""

    #: Between polls of a feed whose rhythm is not known.
    start: float
    shortest: float
    longest: float
    #: Longest wait that a feed or its server may ask for.
    longest_asked: float
    #: Longest wait after failures.
    longest_backoff: float


def with_arrivals(
    known: tuple[datetime, ...], new: Iterable[datetime], now: datetime, pace: Pace
) -> tuple[datetime, ...]:
    """The latest `KEPT` times at which something new appeared, oldest first; those of the future count as now.

    Entries that came out together are one arrival, so that a bundle a day is no torrent.
    """
    found: list[datetime] = []
    for each in sorted({*known, *(min(each, now) for each in new)}):
        if not found or (each - found[-1]).total_seconds() >= pace.shortest:
            found.append(each)
    return tuple(found[-KEPT:])


def interval_for(arrivals: tuple[datetime, ...], now: datetime, pace: Pace) -> float:
    """Seconds between two polls: a quarter of the mean time from one arrival to the next, the silence since included.

    >>> from datetime import UTC, timedelta
    >>> pace = Pace(start=600, shortest=60, longest=86_400, longest_asked=86_400, longest_backoff=86_400)
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> interval_for(tuple(noon - timedelta(hours=4 * before) for before in (3, 2, 1)), noon, pace) / 3_600
    1.0
    """
    wait = 0.0
    if arrivals:
        wait = max((now - arrivals[0]).total_seconds(), 0.0) / len(arrivals) / POLLS_A_GAP
    if len(arrivals) < _FEWEST:
        wait = max(wait, pace.start)
    # Whoever starts below the shortest interval means it.
    return min(max(wait, min(pace.shortest, pace.start)), pace.longest)
