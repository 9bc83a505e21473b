"""Says in words how a feed stands, from its state and its ledger, and which feed stands worse than another.

Pure: time is an argument, and nothing is read or shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.poller.conduct import server_standing
from services.poller.ledger import written
from stancewire.types import Alarm, AlarmKind, Feed, FeedState, Ledger

Level = Literal["failing", "alarm", "odd", "waiting", "good"]

#: The worst first.
LEVELS: tuple[Level, ...] = ("failing", "alarm", "odd", "waiting", "good")
#: Likewise of the alarms of one feed.
ALARMS: tuple[AlarmKind, ...] = ("quiet", "gap", "reads worse", "truncated", "late")

#: How long a feed does not count as good after a gap.
GAP_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a feed stands."""

    feed: Feed
    state: FeedState
    ledger: Ledger
    level: Level
    #: One line for people.
    words: str


def standing(feed: Feed, state: FeedState | None, ledger: Ledger | None, now: datetime) -> Standing:
    """How a feed stands, by what is on record of it."""
    state, ledger = state or FeedState(feed_id=feed.id), ledger or Ledger(feed_id=feed.id)
    level, words = _said_of(state, ledger, now)
    return Standing(feed=feed, state=state, ledger=ledger, level=level, words=words)


def worst_first(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """The standings in the order in which to look at them."""
    return tuple(sorted(standings, key=_rank))


def alarms_of(ledger: Ledger) -> tuple[Alarm, ...]:
    """The alarms that stand, the worst first."""
    return tuple(sorted(ledger.alarms, key=lambda alarm: ALARMS.index(alarm.kind)))


def count_alarms(ledgers: Iterable[Ledger]) -> dict[str, int]:
    """On how many feeds an alarm of each kind stands; 0 where on none."""
    counts: dict[str, int] = dict.fromkeys(ALARMS, 0)
    for ledger in ledgers:
        for alarm in ledger.alarms:
            counts[alarm.kind] += 1
    return counts


def is_overdue(state: FeedState, now: datetime, patience_s: float) -> bool:
    """Whether a poll should have been made by now, with some patience for a poller that has much to do."""
    return state.next_poll_at is not None and (now - state.next_poll_at).total_seconds() > patience_s


def _said_of(state: FeedState, ledger: Ledger, now: datetime) -> tuple[Level, str]:
    alarms, served = alarms_of(ledger), server_standing(state)
    if served.kind in {"failing", "forbidden", "retired"}:
        return "failing", served.words
    if alarms:
        return "alarm", "; ".join(f"{alarm.kind}: {alarm.reason}" for alarm in alarms)
    if served.kind in {"new", "held"}:
        return "waiting", served.words
    oddities = (
        *((served.words,) if served.kind in {"moved", "misleading"} else ()),
        *_recent_gap(ledger, now),
        *oddities_of(ledger),
    )
    return ("odd", "; ".join(oddities)) if oddities else ("good", "good")


def oddities_of(ledger: Ledger) -> tuple[str, ...]:
    """What was wrong with the latest document though it could be read."""
    found = []
    if ledger.unusable:
        entries = "1 entry cannot" if ledger.unusable == 1 else f"{ledger.unusable} entries cannot"
        found.append(f"{entries} be used: {ledger.unusable_reason}")
    if ledger.malformed:
        found.append(f"malformed: {ledger.malformed}")
    if ledger.heard_at is not None and ledger.entries == 0:
        found.append("its document has no entries")
    return tuple(found)


def _recent_gap(ledger: Ledger, now: datetime) -> tuple[str, ...]:
    """A gap that is over, but not for long."""
    if not ledger.windows or now - ledger.windows[-1].before > GAP_REMEMBERED:
        return ()
    return (f"what came between {written(ledger.windows[-1])} may be missed",)


def _rank(each: Standing) -> tuple[int, int, int, str]:
    alarms = alarms_of(each.ledger)
    worst = ALARMS.index(alarms[0].kind) if alarms else len(ALARMS)
    return LEVELS.index(each.level), -each.state.failures, worst, each.feed.id
