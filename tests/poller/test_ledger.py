"""The ledger of a feed: gaps, cuts, delays and silences, by cases that tell what polls saw and what follows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.identity import FOLDER, read_records
from bench.quiet import alarms, recorded_times
from services.poller.ledger import (
    DELAYS_KEPT,
    LAGS_KEPT,
    WINDOWS_KEPT,
    Arrival,
    Sight,
    after_document,
    after_unchanged,
    percentiles,
)
from stancewire import codec
from stancewire.types import Ledger, LedgerUpdate

CASES = tomllib.loads((Path(__file__).parent / "ledger_cases.toml").read_text("utf-8"))
#: A Monday.
DAY = datetime(2026, 5, 4, tzinfo=UTC)
START = Ledger(feed_id="world")


def at(written: str) -> datetime:
    hours, minutes = written.split(":")
    return DAY + timedelta(hours=int(hours), minutes=int(minutes))


class Polls:
    """Polls of one feed, which remember what it listed."""

    def __init__(self) -> None:
        self.ledger = START
        self.events: list[str] = []
        self._listed: set[str] = set()

    def poll(self, poll: dict[str, Any]) -> None:
        now = at(poll["at"])
        if "lists" in poll or "many" in poll:
            update = after_document(self.ledger, self._sight(poll), now)
        else:
            update = after_unchanged(self.ledger, now)
        self.take(update, poll["at"])

    def take(self, update: LedgerUpdate, when: str) -> None:
        self.ledger = update.ledger
        over = {True: "", False: " over"}
        self.events += [f"{when} {change.alarm.kind}{over[change.is_raised]}" for change in update.changes]

    def _sight(self, poll: dict[str, Any]) -> Sight:
        names = [f"entry {number}" for number in range(poll["many"])] if "many" in poll else poll["lists"].split()
        entries = [name.partition("@") for name in names]
        times = {name: at(time) if time else None for name, _, time in entries}
        common = sum(name in self._listed for name in times)
        sight = Sight(
            entries=len(times),
            beyond=poll.get("beyond", 0),
            common=common if self._listed else None,
            new=tuple(Arrival(published_at=time) for name, time in times.items() if name not in self._listed),
            oldest=min((time for time in times.values() if time is not None), default=None),
        )
        self._listed |= set(times)
        return sight


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["says"])
def test_what_polls_see_raises_alarms_once_and_ends_them_once(case: dict[str, Any]) -> None:
    polls = Polls()
    for poll in case["polls"]:
        polls.poll(poll)

    assert polls.events == case["expect"]
    windows = [f"{window.after:%H:%M} {window.before:%H:%M}" for window in polls.ledger.windows]
    assert windows == case.get("windows", [])
    assert polls.ledger.gaps == len(windows)


def hourly(case: dict[str, Any]) -> Iterator[tuple[datetime, bool]]:
    """Each ten minutes of the days of a case and of its silence, and whether something new is there."""
    end = DAY + timedelta(days=case["days"] - 1, hours=case.get("ends_at", 12))
    now = DAY
    while now <= end + timedelta(hours=case["silent_for"]):
        hours = case["weekend"] if now.weekday() >= 5 else case["weekday"]
        is_open = bool(hours) and hours[0] <= now.hour < hours[1]
        yield now, now < end and is_open and now.minute == 20
        now += timedelta(minutes=10)


@pytest.mark.parametrize("case", CASES["silence"], ids=lambda case: case["says"])
def test_a_feed_is_quiet_when_it_is_silent_against_its_own_rhythm(case: dict[str, Any]) -> None:
    polls = Polls()
    polls.take(after_document(START, Sight(entries=20, common=None), DAY - timedelta(minutes=10)), "")
    end = DAY + timedelta(days=case["days"] - 1, hours=case.get("ends_at", 12))
    raised: list[float] = []
    for now, is_new in hourly(case):
        if is_new:
            sight = Sight(entries=20, common=19, new=(Arrival(published_at=now - timedelta(minutes=1)),))
            update = after_document(polls.ledger, sight, now)
        else:
            update = after_unchanged(polls.ledger, now)
        polls.take(update, "")
        raised += [(now - end) / timedelta(hours=1) for change in update.changes if change.is_raised]

    if not case["quiet"]:
        assert raised == []
    else:
        assert len(raised) == 1
        assert case["quiet"][0] <= raised[0] <= case["quiet"][1]
        assert "nothing new in" in polls.ledger.alarms[0].reason


def test_a_feed_that_was_quiet_is_so_no_more_with_its_next_entry() -> None:
    case = {"weekday": [0, 24], "weekend": [0, 24], "days": 16, "silent_for": 12}
    polls = Polls()
    polls.take(after_document(START, Sight(entries=20, common=None), DAY - timedelta(minutes=10)), "")
    for now, is_new in hourly(case):
        new = (Arrival(published_at=None),) if is_new else ()
        polls.take(after_document(polls.ledger, Sight(entries=20, common=19, new=new), now), "")
    polls.take(after_document(polls.ledger, Sight(entries=20, common=19, new=(Arrival(published_at=None),)), now), "")

    assert polls.events == [" quiet", " quiet over"]


def test_hours_in_which_nobody_watched_are_no_silence() -> None:
    case = {"weekday": [0, 24], "weekend": [0, 24], "days": 16, "silent_for": 0}
    ledger = after_document(START, Sight(entries=20, common=None), DAY - timedelta(minutes=10)).ledger
    for now, is_new in hourly(case):
        new = (Arrival(published_at=None),) if is_new else ()
        ledger = after_document(ledger, Sight(entries=20, common=19, new=new), now).ledger

    # Nothing of what was listed when the polls stopped is there a day later, and an entry without a time.
    later = after_document(ledger, Sight(entries=20, common=0), now + timedelta(days=1))

    assert [change.alarm.kind for change in later.changes] == ["gap"]
    assert later.ledger.rhythm.watched == ledger.rhythm.watched


def late(ledger: Ledger, count: int, hours: float, start: datetime) -> LedgerUpdate:
    """Entries that were each listed some hours after the time they give, one a poll."""
    update = LedgerUpdate(ledger=ledger)
    for number in range(count):
        now = start + timedelta(minutes=10 * number)
        new = (Arrival(published_at=now - timedelta(hours=hours)),)
        update = after_document(update.ledger, Sight(entries=20, common=19, new=new), now)
        if update.changes:
            return update
    return update


def test_a_feed_is_late_when_half_of_its_entries_were_not_listed_an_hour_after_their_time() -> None:
    ledger = after_document(START, Sight(entries=20, common=None), DAY).ledger
    ledger = late(ledger, LAGS_KEPT, 0.1, DAY + timedelta(minutes=10)).ledger
    assert ledger.alarms == ()
    assert percentiles(ledger.delays) == (360, 360, 360)

    raised = late(ledger, LAGS_KEPT, 3, DAY + timedelta(hours=5))
    assert [(change.alarm.kind, change.is_raised) for change in raised.changes] == [("late", True)]
    assert "not listed yet" in raised.changes[0].alarm.reason

    over = late(raised.ledger, LAGS_KEPT, 0.1, DAY + timedelta(hours=10))
    assert [(change.alarm.kind, change.is_raised) for change in over.changes] == [("late", False)]


def test_entries_that_our_own_absence_delayed_do_not_make_a_feed_late() -> None:
    ledger = after_document(START, Sight(entries=20, common=None), DAY).ledger
    new = tuple(Arrival(published_at=DAY + timedelta(minutes=number)) for number in range(1, LAGS_KEPT + 1))

    update = after_document(ledger, Sight(entries=30, common=1, new=new), DAY + timedelta(hours=9))

    assert update.changes == ()
    assert percentiles(update.ledger.delays) == (31_740, 32_220, 32_340)


def test_a_ledger_keeps_within_its_bounds_and_goes_to_the_store_and_back() -> None:
    ledger = after_document(START, Sight(entries=1, common=None), DAY).ledger
    for number in range(1, 2_000):
        now = DAY + timedelta(minutes=47 * number)
        new = tuple(Arrival(published_at=now - timedelta(days=20, seconds=place)) for place in range(9))
        sight = Sight(entries=9, beyond=1, common=0, new=new, unusable_reason="u" * 200, malformed="m" * 200)
        ledger = after_document(ledger, sight, now).ledger

    assert (len(ledger.windows), len(ledger.delays), len(ledger.lags)) == (WINDOWS_KEPT, DELAYS_KEPT, LAGS_KEPT)
    assert codec.ledgers.decode(codec.ledgers.encode(ledger)) == ledger
    assert len(codec.ledgers.encode(ledger)) < 4_000


@pytest.mark.skipif(not FOLDER.exists(), reason="the recorded feeds lie beside the repository, and are not here")
def test_feeds_that_go_on_as_recorded_are_never_called_quiet() -> None:
    times = recorded_times(read_records())
    start, end = min(found[0] for found in times.values()), max(found[-1] for found in times.values())

    assert len(times) > 20
    assert [source for source, found in times.items() if list(alarms(found, start, end))] == []
