"""`stancewire tail`: the signals of a running stancewire, as they come or from some time on.

It reads the stream as any consumer does and keeps no place in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from stancewire.cli.filter_options import with_filter
from stancewire.cli.forms import Form, printer_of, with_form
from stancewire.cli.moments import read_since
from stancewire.cli.options import Config, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StoreUnavailable
from stancewire.filtering import fits
from stancewire.types import Filter
from stancewire.wiring.querying import Found

if TYPE_CHECKING:
    from stancewire.ports import Archive
    from stancewire.types import StreamEntry

_AT_ONCE = 200
_WAIT_MS = 1_000
_LONGEST_PAUSE_S = 15.0


@with_filter
@with_form
def tail(
    since: Annotated[
        str | None,
        typer.Option(metavar="ID|TIME|DURATION", help="Begin there: a stream id, a time, or a while ago as `2h`."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Go on with what comes; else end where the stream ends.")
    ] = True,
    watch: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what went to a watch, from its own stream.")
    ] = None,
    config: Config = None,
    *,
    form: Form | None,
    wanted: Filter,
) -> None:
    """Follow the signals of a stancewire that runs.

    [dim]stancewire tail

    stancewire tail --since 2h --kind interference --toward MD

    stancewire tail --pair RU:US --polarity adverse

    stancewire tail --since 2026-01-31T08:00 --no-follow --json > signals.jsonl[/dim]
    """
    from stancewire.wiring.stores import find_server, open_archive  # noqa: PLC0415

    settings = settings_of(config)
    start = read_since(since, time.time()) if since else None
    server = find_server(settings)
    store = open_archive(settings, server, watch=watch)
    start = start or ("$" if follow else "0")
    if start == "$":
        # Looked up once, so that nothing is missed between two reads.
        start = store.end()
    console = output()
    chosen = form or ("text" if console.is_terminal else "lines")
    if follow and errors().is_terminal:
        earlier = "" if since else ", --since 1h begins earlier"
        show(errors(), Text(f"following the signals at {server.shown}; Ctrl-C stops{earlier}", style="dim"))
    printer = printer_of(chosen, console, with_date=since is not None or not follow)
    for entries in _entries(store, start, follow=follow):
        # What became of a signal comes as a revision, later on the stream.
        fitting = [Found(entry=entry, stands=None) for entry in entries if fits(entry.signal, wanted)]
        if fitting:
            printer.print(fitting)


def _entries(store: Archive, after: str, *, follow: bool) -> Iterator[Sequence[StreamEntry]]:
    pause = 0.5
    while True:
        try:
            entries = store.read(after, limit=_AT_ONCE, wait_ms=_WAIT_MS if follow else 0)
        except StoreUnavailable as error:
            if not follow:
                raise
            show(errors(), Text(f"{error.message}; trying again", style="dim"))
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
            continue
        pause = 0.5
        if entries:
            after = entries[-1].stream_id
            yield entries
        elif not follow:
            return
