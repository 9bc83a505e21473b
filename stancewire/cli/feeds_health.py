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

from config.characters import escaped, safe
from stancewire.cli.options import Config, config_folder, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import UsageError

if TYPE_CHECKING:
    from services.poller.standing import Standing
    from stancewire.wiring.feed_health import FeedsHealth

_STYLES = {"failing": "red", "alarm": "yellow", "odd": "magenta", "waiting": "dim", "good": "green"}
_COLUMNS = ("feed", "last success", "next poll", "gaps", "seen after", "state")


def health(
    feed: Annotated[
        str | None, typer.Argument(metavar="[FEED]", help="Id or address of one feed, to see all of it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each feed as a line of JSON.")] = False,
    config: Config = None,
) -> None:
    """Show how the feeds stand, the worst first: what fails and why, what is missed, late or silent.

    [bold]gaps[/bold]  polls that had no entry in common with the one before, so that entries may be missed; of how many
    polls, and how long ago the last was

    [bold]seen after[/bold]  how long after the time they give half of the latest new entries were seen, and nine of ten

    [bold]state[/bold]  [red]failing[/red] with the reason; an alarm: [yellow]quiet[/yellow] (silent against the feed's
    own rhythm), [yellow]gap[/yellow], [yellow]truncated[/yellow] (more entries than are looked at) or
    [yellow]late[/yellow] (listed long after the time that entries give); what is odd about its document; or good

    The poller puts this on record, and writes a line in its log when an alarm is raised and when it is over.

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
    console = output()
    if console.is_terminal:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in _COLUMNS:
            table.add_column(name, no_wrap=name != "state", overflow="fold")
        for each in read.standings:
            *cells, words = _row(each, read.at)
            style = _STYLES[each.level]
            table.add_row(Text(cells[0], style=style), *cells[1:], Text(words, style=style))
        console.print(table)
    else:
        for each in read.standings:
            typer.echo("\t".join(_row(each, read.at)))
    counts = Counter(each.level for each in read.standings)
    alarms = Counter(alarm.kind for each in read.standings for alarm in each.ledger.alarms)
    told = [f"{len(read.standings)} feeds", *(f"{counts[level]} {level}" for level in _STYLES if counts[level])]
    told += [f"{kind} {count}" for kind, count in alarms.items()]
    show(errors(), Text(", ".join(told), style="dim"))
    if read.overdue:
        note = f"{read.overdue} feeds should have been polled by now: `stancewire doctor` says whether a poller runs"
        show(errors(), Text(note, style="yellow"))


def _row(each: Standing, at: datetime) -> tuple[str, ...]:
    from services.poller.ledger import percentiles, span  # noqa: PLC0415

    state, ledger = each.state, each.ledger
    gaps = f"{ledger.gaps} of {ledger.compared}" if ledger.compared else "-"
    if ledger.windows:
        gaps += f", {ago(ledger.windows[-1].before, at)}"
    delays = percentiles(ledger.delays)
    seen = f"{span(delays[0])}, {span(delays[1])}" if delays else "-"
    fields = (each.feed.id, ago(state.last_success_at, at), ahead(state.next_poll_at, at), gaps, seen, each.words)
    return tuple(safe(field) for field in fields)


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
