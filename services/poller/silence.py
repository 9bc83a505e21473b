"""Learns in which hours of the day a feed brings something new, and says how unlikely its present silence is by that.

    hours watched since the last poll | each brought something or not | counts by hour of the day, and the silence since

Pure. An hour counts as watched only if no entry listed in it can have been missed; a night that is always silent makes
no silence unlikely, and an hour never watched before makes none either.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from stancewire.types import Rhythm

#: Times that an hour of the day is counted before older days begin to weigh less: four weeks of weekdays.
FULL = 20

#: Longest time between two polls whose hours are told apart by what the entries say of their times.
LONGEST = timedelta(days=7)

_HOUR = timedelta(hours=1)


def watched_until(rhythm: Rhythm, now: datetime, arrivals: Collection[datetime], *, whole: bool) -> Rhythm:
    """The rhythm after a poll at `now`; `arrivals` are the times at which its new entries appeared, up to now.

    `whole` says that nothing can have been missed since the poll before.
    """
    here, hours = _hour_of(now), {_hour_of(moment) for moment in arrivals}
    known = rhythm.hour
    if whole and known is not None and known <= here <= known + LONGEST:
        while known < here:
            brought = known in hours or (known == rhythm.hour and rhythm.hour_brought)
            rhythm = replace(_ended(rhythm, known, brought=brought), hour=known + _HOUR, hour_brought=False)
            known += _HOUR
        rhythm = replace(rhythm, hour_brought=rhythm.hour_brought or here in hours)
    else:
        rhythm = replace(rhythm, hour=here, hour_brought=bool(arrivals))
    return _broken(rhythm) if arrivals else rhythm


def usual_share(rhythm: Rhythm, hour: datetime) -> float:
    """How often such an hour brings something, once it is more than chance: with one more that brought nothing.

    >>> from datetime import UTC
    >>> usual_share(Rhythm(watched=(3,) * 48, brought=(3,) * 48), datetime(2026, 1, 1, 12, tzinfo=UTC))
    0.75
    """
    place = _place_of(hour)
    return rhythm.brought[place] / (rhythm.watched[place] + 1)


def share_of(rhythm: Rhythm, place: int) -> float | None:
    """In how many of the hours watched at one of the `HOURS_KEPT` places something new came; None where none was."""
    return rhythm.brought[place] / rhythm.watched[place] if rhythm.watched[place] else None


def _ended(rhythm: Rhythm, hour: datetime, *, brought: bool) -> Rhythm:
    share, place = usual_share(rhythm, hour), _place_of(hour)
    watched, came = rhythm.watched[place] + 1, rhythm.brought[place] + brought
    if watched > FULL:
        watched, came = watched // 2, round(came / 2)
    rhythm = replace(rhythm, watched=_with(rhythm.watched, place, watched), brought=_with(rhythm.brought, place, came))
    if brought:
        return _broken(rhythm)
    return replace(
        rhythm,
        silent=rhythm.silent + 1,
        expected=round(rhythm.expected + share, 3),
        odds=round(rhythm.odds + math.log1p(-share), 3),
    )


def _broken(rhythm: Rhythm) -> Rhythm:
    return replace(rhythm, silent=0, expected=0.0, odds=0.0)


def _with(counts: tuple[int, ...], place: int, count: int) -> tuple[int, ...]:
    return (*counts[:place], count, *counts[place + 1 :])


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _place_of(hour: datetime) -> int:
    return hour.hour + (24 if hour.weekday() >= 5 else 0)
