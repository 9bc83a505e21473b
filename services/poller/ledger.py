"""Keeps the ledger of a feed: whether each poll saw all that the feed listed, how late, and when the feed goes quiet.

    what a poll saw | gap, cut, delays, rhythm | alarms raised, alarms over

Pure. A poll that failed is no matter of the ledger: it sees nothing, and the feed's state tells why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from services.poller.silence import watched_until
from stancewire.types import Alarm, AlarmChange, AlarmKind, Ledger, LedgerUpdate, Rhythm, Window

#: What is kept of the latest gaps, of the delays of new entries, and of how long polls had found them not listed.
WINDOWS_KEPT, DELAYS_KEPT, LAGS_KEPT = 8, 50, 20

#: Seconds of lag of half of the latest `LAGS_KEPT` new entries above which a feed is late, and below which no more.
LATE, LATE_NO_MORE = 3_600, 1_800

#: Probability below which a silence is against a feed's rhythm. `python -m bench.quiet` measures it.
UNLIKELY = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A new entry: when it says that it was published, None where it does not say so with its zone."""

    published_at: datetime | None
    #: Whether a hub had brought it before, so that how late it was is known already.
    was_delivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one poll saw of a feed's document."""

    #: Entries looked at, and those beyond the limit.
    entries: int
    beyond: int = 0
    #: Entries of which the poll before, or an earlier one, had seen the feed list them; None where none is on record.
    common: int | None
    #: The new ones.
    new: tuple[Arrival, ...] = ()
    #: The oldest time that an entry gives.
    oldest: datetime | None = None
    unusable: int = 0
    unusable_reason: str | None = None
    malformed: str | None = None


def after_unchanged(ledger: Ledger, now: datetime) -> LedgerUpdate:
    """The ledger after the answer that nothing has changed, which overlaps with the poll before in all."""
    ledger = _by_this_clock(ledger, now)
    if ledger.heard_at is not None and ledger.entries == 0:
        # Still empty: nothing is known of what was listed before it was.
        return LedgerUpdate(ledger=ledger)
    compared = ledger.compared + (ledger.heard_at is not None)
    rhythm = watched_until(ledger.rhythm, now, (), whole=True)
    ledger = replace(ledger, heard_at=now, compared=compared, rhythm=rhythm)
    ledger, changes = with_alarms(ledger, {"gap": None, "quiet": _quiet(ledger)}, now)
    return LedgerUpdate(ledger=ledger, changes=changes)


def after_document(ledger: Ledger, sight: Sight, now: datetime) -> LedgerUpdate:
    """The ledger after a complete document.

    What the first document of a feed lists is no arrival: nobody knows for how long it has been there.
    """
    ledger = replace(
        _by_this_clock(ledger, now),
        truncated=ledger.truncated + (sight.beyond > 0),
        entries=sight.entries,
        unusable=sight.unusable,
        unusable_reason=sight.unusable_reason,
        malformed=sight.malformed,
    )
    reasons: dict[AlarmKind, str | None] = {"truncated": _truncated(sight)}
    window = None
    if sight.entries > 0:
        window = _gap(ledger, sight, now)
        ledger = _with_arrivals(ledger, sight, now, whole=window is None)
        ledger = replace(
            ledger,
            heard_at=now,
            compared=ledger.compared + (sight.common is not None),
            gaps=ledger.gaps + (window is not None),
            windows=(*ledger.windows, window)[-WINDOWS_KEPT:] if window else ledger.windows,
        )
        reasons |= {"gap": _gap_reason(sight, window), "quiet": _quiet(ledger), "late": _late(ledger)}
    ledger, changes = with_alarms(ledger, reasons, now)
    return LedgerUpdate(ledger=ledger, changes=changes, has_gap=window is not None, is_truncated=sight.beyond > 0)


def after_delivery(ledger: Ledger, sight: Sight, now: datetime) -> LedgerUpdate:
    """The ledger after a hub's delivery: how late its entries were; when feeds bring something, polls find out."""
    new = [each for each in sight.new if not each.was_delivered]
    if sight.common is None or not new:
        return LedgerUpdate(ledger=ledger)
    return LedgerUpdate(ledger=replace(ledger, new_at=now, delays=_with_delays(ledger, new, now)))


def percentiles(delays: Sequence[int]) -> tuple[int, int, int] | None:
    """The median, the ninth decile and the longest of some delays, in seconds; None where there are none.

    >>> percentiles(range(1, 101))
    (50, 90, 100)
    """
    if not delays:
        return None
    ranked = sorted(delays)
    middle, high = (ranked[math.ceil(share * len(ranked)) - 1] for share in (0.5, 0.9))
    return middle, high, ranked[-1]


def written(window: Window) -> str:
    """Both ends of a window, to the minute."""
    same_day = window.after.date() == window.before.date()
    return f"{window.after:%Y-%m-%d %H:%M} and {window.before:{'%H:%M' if same_day else '%Y-%m-%d %H:%M'}} UTC"


def span(seconds: float) -> str:
    """A length of time as people say it.

    >>> span(40), span(5_400), span(200_000)
    ('40 s', '90 min', '56 h')
    """
    for size, name, most in ((1, "s", 120), (60, "min", 120), (3_600, "h", 72)):
        if seconds < most * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def _by_this_clock(ledger: Ledger, now: datetime) -> Ledger:
    """The ledger, which compares nothing with a poll that was later than now: the clock was set back since."""
    return ledger if ledger.heard_at is None or ledger.heard_at <= now else replace(ledger, heard_at=None)


def _gap(ledger: Ledger, sight: Sight, now: datetime) -> Window | None:
    if sight.common is None or sight.common > 0 or ledger.heard_at is None:
        return None
    reaches_back = sight.oldest is not None and ledger.heard_at < sight.oldest < now
    return Window(after=ledger.heard_at, before=sight.oldest if reaches_back and sight.oldest else now)


def _with_arrivals(ledger: Ledger, sight: Sight, now: datetime, *, whole: bool) -> Ledger:
    before = ledger.heard_at
    if before is None or sight.common is None:
        return replace(ledger, rhythm=watched_until(ledger.rhythm, now, (), whole=False))
    said = _times(sight.new, now)
    # What was listed later than it says appeared since the poll before; without a time nobody knows in which hour.
    appeared = [moment if moment > before else now for moment in said]
    undated = len(sight.new) - len(said)
    whole = whole and not (undated and now - before > timedelta(hours=1))
    arrivals = (*appeared, *(now for _ in range(undated)))
    here = [each for each in sight.new if not each.was_delivered]
    lags = (*ledger.lags, *(max(round((before - moment).total_seconds()), 0) for moment in _times(here, now)))
    return replace(
        ledger,
        new_at=now if here else ledger.new_at,
        delays=_with_delays(ledger, here, now),
        lags=lags[-LAGS_KEPT:],
        rhythm=watched_until(ledger.rhythm, now, arrivals, whole=whole),
    )


def _times(new: Sequence[Arrival], now: datetime) -> list[datetime]:
    """The times that they give, none of them of the future, the oldest first."""
    return sorted(min(each.published_at, now) for each in new if each.published_at is not None)


def _with_delays(ledger: Ledger, new: Sequence[Arrival], now: datetime) -> tuple[int, ...]:
    return (*ledger.delays, *(round((now - moment).total_seconds()) for moment in _times(new, now)))[-DELAYS_KEPT:]


def _gap_reason(sight: Sight, window: Window | None) -> str | None:
    if window is None:
        return None
    entries = "its one entry was not" if sight.entries == 1 else f"none of its {sight.entries} entries was"
    return f"{entries} listed before; what came between {written(window)} may be missed"


def _truncated(sight: Sight) -> str | None:
    if not sight.beyond:
        return None
    total = sight.entries + sight.unusable + sight.beyond
    return f"it lists {total} entries; {sight.beyond} beyond the limit are not looked at"


def _quiet(ledger: Ledger) -> str | None:
    rhythm: Rhythm = ledger.rhythm
    if rhythm.odds > math.log(UNLIKELY):
        return None
    return f"nothing new in {rhythm.silent} hours; by its own rhythm {rhythm.expected:.0f} of them bring something"


def _late(ledger: Ledger) -> str | None:
    if len(ledger.lags) < LAGS_KEPT:
        return None
    is_raised = any(alarm.kind == "late" for alarm in ledger.alarms)
    lag = median(ledger.lags)
    if lag < (LATE_NO_MORE if is_raised else LATE):
        return None
    return f"half of its latest {LAGS_KEPT} new entries were not listed yet {span(lag)} after the time they give"


def with_alarms(
    ledger: Ledger, reasons: dict[AlarmKind, str | None], now: datetime
) -> tuple[Ledger, tuple[AlarmChange, ...]]:
    """Raise and end alarms of the kinds in `reasons`; one that stands keeps its time and gets the new reason."""
    standing = {alarm.kind: alarm for alarm in ledger.alarms}
    changes: list[AlarmChange] = []
    for kind, reason in reasons.items():
        known = standing.get(kind)
        if reason is None:
            if known is not None:
                del standing[kind]
                changes.append(AlarmChange(alarm=known, is_raised=False))
            continue
        standing[kind] = Alarm(kind=kind, since=known.since if known else now, reason=reason)
        if known is None:
            changes.append(AlarmChange(alarm=standing[kind], is_raised=True))
    return replace(ledger, alarms=tuple(standing.values())), tuple(changes)
