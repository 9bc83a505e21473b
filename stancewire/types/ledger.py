"""What is kept of each feed to tell whether its polls saw all that it listed: gaps, cuts, delays, rhythm and alarms.

Times are aware datetimes in UTC, durations whole seconds. Nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AlarmKind = Literal["gap", "truncated", "quiet", "late", "reads worse"]

#: Hours of a weekday, and after them those of a day of the weekend.
HOURS_KEPT = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time in which a feed may have listed entries that no poll saw."""

    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something about a feed that people should know, from when it was found until it is over."""

    kind: AlarmKind
    since: datetime
    #: One line for people, as things stood at the latest poll.
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChange:
    """An alarm that was raised, or one that is over."""

    alarm: Alarm
    is_raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """In which hours of the day (UTC) a feed brings something new, weekdays and weekends apart."""

    #: How often each hour was watched, and in how many of these something new came.
    watched: tuple[int, ...] = (0,) * HOURS_KEPT
    brought: tuple[int, ...] = (0,) * HOURS_KEPT
    #: Start of the hour under way, and whether it brought something so far.
    hour: datetime | None = None
    hour_brought: bool = False
    #: Whole hours watched since something new came, and how many of them bring something by this rhythm.
    silent: int = 0
    expected: float = 0.0
    #: Natural logarithm of the probability of a silence as long, by this rhythm.
    odds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the polls of one feed have and have not seen."""

    feed_id: str
    #: When the feed last gave a document with entries, or said that nothing has changed since.
    heard_at: datetime | None = None
    #: When something new was last seen.
    new_at: datetime | None = None
    #: Polls that could be compared with the one before, and those among them without an entry in common with it.
    compared: int = 0
    gaps: int = 0
    #: The latest gaps, the newest last.
    windows: tuple[Window, ...] = ()
    #: Polls whose document had more entries than are looked at.
    truncated: int = 0
    #: Of the latest document: entries looked at, those of no use and why the first of them, what was wrong.
    entries: int = 0
    unusable: int = 0
    unusable_reason: str | None = None
    malformed: str | None = None
    #: Of the latest new entries: seconds from the time they give until they were seen, the newest last.
    delays: tuple[int, ...] = ()
    #: Of these: seconds after that time at which a poll had found them not listed yet.
    lags: tuple[int, ...] = ()
    rhythm: Rhythm = Rhythm()
    #: When it was last judged how the pages of its articles read.
    pages_at: datetime | None = None
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerUpdate:
    """What a poll makes of a feed's ledger."""

    ledger: Ledger
    #: Alarms that were raised or are over.
    changes: tuple[AlarmChange, ...] = ()
    has_gap: bool = False
    is_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTally:
    """What became of the pages of some articles of one feed."""

    pages: int = 0
    #: Those that were not had, not read, or are not taken for the article.
    poor: int = 0
    #: Words in the texts of the others.
    words: int = 0

    def __add__(self, other: PageTally) -> PageTally:
        return PageTally(pages=self.pages + other.pages, poor=self.poor + other.poor, words=self.words + other.words)


NO_PAGES = PageTally()
