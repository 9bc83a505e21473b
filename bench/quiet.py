"""How well silences of feeds are told, on recorded feeds: `python -m bench.quiet`.

Each feed of the recording is watched as if polled every ten minutes, and each entry seen at the next poll after the
time it gives. Counted are alarms while the feed goes on as recorded, which are false, and hours until one is raised
when the feed is cut off, at times spread over the second week. The recording lies beside the repository.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bench.identity import FOLDER, read_records
from services.poller.ledger import Arrival, Sight, after_document, after_unchanged
from stancewire.types import Ledger
from stancewire.wiring.identifying import observed_from_record

_STEP = timedelta(minutes=10)
#: Fewer entries than this are no recording of a feed.
_FEWEST = 10
_CUT_FROM, _CUT_TO, _CUT_STEP = timedelta(days=7), timedelta(days=10), timedelta(hours=17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told of the recorded feeds."""

    feed_days: int
    false_alarms: int
    #: Hours from a cut to the alarm, for each cut that one followed.
    hours: tuple[float, ...]
    #: Cuts that no alarm followed within the recording.
    missed: int


def recorded_times(records: Sequence[dict[str, str]]) -> dict[str, list[datetime]]:
    """When the entries of each feed appeared, in order, within the time of the recording."""
    times: dict[str, dict[str, datetime]] = defaultdict(dict)
    observed = [observed_from_record(record) for record in records]
    first, last = min(each.at for each in observed), max(each.at for each in observed)
    for each in observed:
        published = each.entry.published_at
        if published is not None and first < published < last:
            times[each.source].setdefault(each.entry.link or each.entry.title, published)
    return {source: sorted(found.values()) for source, found in times.items() if len(found) >= _FEWEST}


def alarms(times: Sequence[datetime], start: datetime, end: datetime) -> Iterator[datetime]:
    """When a feed is called quiet that brings something at some times and is polled from `start` to `end`."""
    ledger, place, now = Ledger(feed_id="recorded"), 0, start
    ledger = after_document(ledger, Sight(entries=20, common=None), now).ledger
    while now < end:
        now += _STEP
        first = place
        while place < len(times) and times[place] <= now:
            place += 1
        new = tuple(Arrival(published_at=time) for time in times[first:place])
        sight = Sight(entries=20, common=19, new=new)
        update = after_document(ledger, sight, now) if new else after_unchanged(ledger, now)
        ledger = update.ledger
        if any(change.is_raised and change.alarm.kind == "quiet" for change in update.changes):
            yield now


def judge(times: dict[str, list[datetime]]) -> Told:
    """What is told of the feeds as recorded, and of the same feeds cut off."""
    start, end = min(found[0] for found in times.values()), max(found[-1] for found in times.values())
    hours: list[float] = []
    false = missed = 0
    for found in times.values():
        false += sum(1 for _ in alarms(found, start, end))
        cut = start + _CUT_FROM
        while cut < start + _CUT_TO:
            raised = [at for at in alarms([time for time in found if time <= cut], start, end) if at > cut]
            hours += [(raised[0] - cut) / timedelta(hours=1)] if raised else []
            missed += not raised
            cut += _CUT_STEP
    return Told(feed_days=len(times) * (end - start).days, false_alarms=false, hours=tuple(hours), missed=missed)


def main() -> None:
    """Print the figures."""
    if not FOLDER.exists():
        sys.exit(f"the recorded feeds are not at {FOLDER}")
    told = judge(recorded_times(read_records()))
    cuts = len(told.hours) + told.missed
    ranked = sorted(told.hours)
    half, most = median(ranked), ranked[len(ranked) * 9 // 10]
    print(f"alarms without cause     {told.false_alarms} in {told.feed_days} days of feeds")
    print(f"feeds cut off            {len(told.hours)} of {cuts} told before the recording ends")
    print(f"hours until it is told   {half:.0f} for half of them, {most:.0f} for nine of ten")


if __name__ == "__main__":
    main()
