"""All that is on record of one feed, as lines for a terminal: its state and alarms, gaps, delays, rhythm and document.

It decides nothing about the feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.text import Text

from services.poller.ledger import percentiles, span, written
from services.poller.silence import share_of
from services.poller.standing import Standing, alarms_of, oddities_of
from stancewire.cli.feeds_health import ago, ahead
from stancewire.cli.terminal import show
from stancewire.types import Ledger, Rhythm

_BARS = "·▁▂▃▄▅▆▇█"
_WIDTH = 14


def show_details(console: Console, each: Standing, at: datetime) -> None:
    """Print them."""
    show(console, Text.assemble((each.feed.id, "bold"), f"  {each.feed.outlet}  ", (each.feed.url, "dim")))
    for name, line in _lines(each, at):
        show(console, Text.assemble((f"{name:{_WIDTH}}", "dim"), line))


def _lines(each: Standing, at: datetime) -> Iterator[tuple[str, str]]:
    state, ledger = each.state, each.ledger
    yield "state", each.words if each.level != "alarm" else "can be read; see the alarms"
    if each.level == "failing":
        yield "try it", f"stancewire feeds check {each.feed.id}"
    yield "last success", ago(state.last_success_at, at)
    yield "next poll", ahead(state.next_poll_at, at)
    for alarm in alarms_of(ledger):
        yield "alarm", f"{alarm.kind} since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.reason}"
    yield from _on_gaps(ledger)
    yield "truncated", f"{ledger.truncated} polls"
    yield "seen after", _delays(ledger)
    yield "newest entry", f"first seen {ago(ledger.new_at, at)}" if ledger.new_at else "none since the first document"
    yield "weekdays", _bars(ledger.rhythm, 0)
    yield "weekends", _bars(ledger.rhythm, 24)
    yield "hours, UTC", "".join(f"{hour:<6}" for hour in range(0, 24, 6)).rstrip()
    document = f"{ledger.entries} entries" if ledger.heard_at else "none yet"
    yield "document", "; ".join((document, *oddities_of(ledger)))


def _on_gaps(ledger: Ledger) -> Iterator[tuple[str, str]]:
    yield "gaps", f"{ledger.gaps} in {ledger.compared} polls that could be compared with the one before"
    for window in reversed(ledger.windows):
        yield "", f"entries between {written(window)} may be missed"


def _delays(ledger: Ledger) -> str:
    found = percentiles(ledger.delays)
    if found is None:
        return "no new entry with a time yet"
    half, most, longest = (span(seconds) for seconds in found)
    return f"half within {half}, nine of ten within {most}, all within {longest}: the latest {len(ledger.delays)}"


def _bars(rhythm: Rhythm, first: int) -> str:
    """A bar for each hour of the day; a blank for one that was never watched."""
    shares = (share_of(rhythm, place) for place in range(first, first + 24))
    return "".join(" " if share is None else _BARS[round(share * (len(_BARS) - 1))] for share in shares)
