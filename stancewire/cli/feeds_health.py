"""`stancewire feeds health`: how each feed stands, the worst first, and all that is on record of one of them.

It shows what the poller has put on record; whether a feed can be read from here is `feeds check`'s matter.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Table
from rich.text import Text

from config.characters import cell, escaped
from stancewire.cli.options import Config, config_folder, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import UsageError

if TYPE_CHECKING:
    from services.poller.standing import Level, Standing
    from stancewire.wiring.feed_health import FeedsHealth

_STYLES: dict[Level, str] = {"failing": "red", "alarm": "yellow", "odd": "magenta", "waiting": "dim", "good": "green"}
_COUNTED: dict[Level, str] = {"alarm": "with an alarm"}
_COLUMNS = ("feed", "last success", "next poll", "gaps", "seen after", "state")
#: Columns of a terminal below which the middle ones make room for the reasons.
_WIDE = 110


def health(
    feed: Annotated[
        str | None,
        typer.Argument(metavar="FEED", help="Id or address of one feed, to see all of it.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each feed as a line of JSON.")] = False,
    config: Config = None,
) -> None:
    """Show how the feeds stand, the worst first: what fails and why, what is missed, late or silent.

    [bold]gaps[/bold]  polls that had no entry in common with the one before, so that
    entries may be missed; of how many polls, and how long ago the last was

    [bold]seen after[/bold]  how long after the time that they give half of the latest
    new entries were seen, and nine of ten

    [bold]state[/bold]  why it is [red]failing[/red]; an alarm: [yellow]quiet[/yellow], silent against its own
    rhythm, [yellow]gap[/yellow], [yellow]reads worse[/yellow], its articles' pages than they used to,
    [yellow]truncated[/yellow], more entries than are looked at, or [yellow]late[/yellow], not listed long
    after the time they give; what is odd about its document; or good

    The poller puts this on record; its log names the feed when an alarm
    is raised, and when it is over.

    [dim]stancewire feeds health

    stancewire feeds health bbc-world

    stancewire feeds health --json | jq 'select(.level == "failing") | .id'[/dim]
    """
    from stancewire.wiring.feed_health import read_health  # noqa: PLC0415

    read = read_health(settings_of(config), config_folder(config))
    shown = read.standings if feed is None else (_named(read, feed),)
    if as_json:
        for each in shown:
            sys.stdout.buffer.write(escaped(orjson.dumps(_as_json(each)).decode()).encode() + b"\n")
        sys.stdout.buffer.flush()
    elif feed is not None:
        from stancewire.cli.feed_details import show_details  # noqa: PLC0415

        show_details(output(), shown[0], read.at)
    else:
        _show_all(read)


def _named(read: FeedsHealth, name: str) -> Standing:
    for each in read.standings:
        if name in {each.feed.id, each.feed.url}:
            return each
    raise UsageError(f"no feed {name!r} in the list", "stancewire feeds list shows the ids.")


def _show_all(read: FeedsHealth) -> None:
    from services.poller.standing import count_alarms  # noqa: PLC0415

    console = output()
    if console.is_terminal:
        places = range(len(_COLUMNS)) if console.width >= _WIDE else (0, 1, len(_COLUMNS) - 1)
        table = Table(box=None, header_style="bold", pad_edge=False)
        for place in places:
            table.add_column(_COLUMNS[place], no_wrap=0 < place < len(_COLUMNS) - 1, overflow="fold")
        for each in read.standings:
            row = _row(each, read.at)
            table.add_row(*(Text(row[place], style=_style(place, each.level)) for place in places))
        console.print(table)
    else:
        for each in read.standings:
            typer.echo("\t".join(_row(each, read.at)))
    counts = Counter(each.level for each in read.standings)
    alarms = count_alarms(each.ledger for each in read.standings)
    told = [
        f"{len(read.standings)} feeds",
        *(f"{counts[level]} {_COUNTED.get(level, level)}" for level in _STYLES if counts[level]),
    ]
    told += [f"{kind} {count}" for kind, count in alarms.items() if count]
    show(errors(), Text(", ".join(told), style="dim"))
    if read.overdue:
        note = f"{read.overdue} feeds should have been polled by now: `stancewire doctor` says whether a poller runs"
        show(errors(), Text(note, style="yellow"))


def _style(place: int, level: Level) -> str:
    return _STYLES[level] if place in {0, len(_COLUMNS) - 1} else ""


def _row(each: Standing, at: datetime) -> tuple[str, ...]:
    from services.poller.ledger import percentiles, span  # noqa: PLC0415

    state, ledger = each.state, each.ledger
    gaps = f"{ledger.gaps} of {ledger.compared}" if ledger.compared else "-"
    if ledger.windows:
        gaps += f", {ago(ledger.windows[-1].before, at)}"
    delays = percentiles(ledger.delays)
    seen = f"{span(delays[0])}, {span(delays[1])}" if delays else "-"
    fields = (each.feed.id, ago(state.last_success_at, at), ahead(state.next_poll_at, at), gaps, seen, each.words)
    return tuple(cell(field) for field in fields)


def ago(moment: datetime | None, at: datetime) -> str:
    """How long ago a moment was; `never` where there is none."""
    from services.poller.ledger import span  # noqa: PLC0415

    return f"{span(max((at - moment).total_seconds(), 0))} ago" if moment else "never"


def ahead(moment: datetime | None, at: datetime) -> str:
    """How far ahead a moment is."""
    from services.poller.ledger import span  # noqa: PLC0415

    if moment is None:
        return "now"
    seconds = (moment - at).total_seconds()
    return f"in {span(seconds)}" if seconds >= 0 else f"due {span(-seconds)} ago"


def _as_json(each: Standing) -> dict[str, object]:
    from services.poller.ledger import percentiles  # noqa: PLC0415

    feed, state, ledger = each.feed, each.state, each.ledger
    delays = percentiles(ledger.delays)
    return {
        "id": feed.id,
        "outlet": feed.outlet,
        "url": feed.url,
        "level": each.level,
        "state": each.words,
        "last_success_at": state.last_success_at,
        "last_polled_at": state.last_polled_at,
        "next_poll_at": state.next_poll_at,
        "failures": state.failures,
        "last_error": state.last_error,
        "alarms": [{"kind": alarm.kind, "since": alarm.since, "reason": alarm.reason} for alarm in ledger.alarms],
        "polls_compared": ledger.compared,
        "gaps": ledger.gaps,
        "latest_gaps": [{"after": window.after, "before": window.before} for window in ledger.windows],
        "polls_truncated": ledger.truncated,
        "seen_after_seconds": dict(zip(("half", "nine_of_ten", "longest"), delays, strict=True)) if delays else None,
        "new_at": ledger.new_at,
        "silent_hours": ledger.rhythm.silent,
        "silent_hours_expected_to_bring": ledger.rhythm.expected,
        "entries": ledger.entries,
        "unusable": ledger.unusable,
        "unusable_reason": ledger.unusable_reason,
        "malformed": ledger.malformed,
    }
