"""`stancewire tail`: the signals of a running stancewire, as they come or from some time on.

It reads the stream as any consumer does and keeps no place in it.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal

import typer
from rich.text import Text

from config.characters import escaped
from stancewire import codec
from stancewire.cli.options import Config, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StoreUnavailable, UsageError
from stancewire.ports import Archive
from stancewire.types import StreamEntry

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_STREAM_ID = re.compile(r"\d+-\d+|0|\$")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_AT_ONCE = 200
_WAIT_MS = 1_000
_LONGEST_PAUSE_S = 15.0


def tail(
    since: Annotated[
        str | None,
        typer.Option(metavar="ID|TIME|DURATION", help="Begin there: a stream id, a time, or a while ago as `2h`."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Go on with what comes; else end where the stream ends.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print each signal as a line of JSON.")] = False,
    kind: Annotated[
        Literal["stance", "interference", "revision"] | None,
        typer.Option(help="Only this kind; revision: what became of a revised article's signals.", show_default=False),
    ] = None,
    config: Config = None,
) -> None:
    """Follow the signals of a stancewire that runs.

    [dim]stancewire tail

    stancewire tail --since 2h --kind interference

    stancewire tail --since 2026-01-31T08:00 --no-follow --json > signals.jsonl[/dim]
    """
    from stancewire.cli.screen import SignalPrinter  # noqa: PLC0415
    from stancewire.wiring.stores import find_server, open_store  # noqa: PLC0415

    settings = settings_of(config)
    start = read_since(since, time.time()) if since else None
    server = find_server(settings)
    store = open_store(settings, server, purpose="consumer")
    start = start or ("$" if follow else "0")
    if start == "$":
        # Looked up once, so that nothing is missed between two reads.
        start = store.end()
    console = output()
    if follow and not as_json and errors().is_terminal:
        earlier = "" if since else ", --since 1h begins earlier"
        show(errors(), Text(f"following the signals at {server.shown}; Ctrl-C stops{earlier}", style="dim"))
    printer = SignalPrinter(console)
    for entries in _entries(store, start, follow=follow):
        wanted = [entry for entry in entries if kind is None or entry.signal.kind == kind]
        if as_json:
            _print_json(wanted)
        else:
            printer.print(wanted)


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


def _print_json(entries: Sequence[StreamEntry]) -> None:
    for entry in entries:
        sys.stdout.buffer.write(escaped(codec.announcements.encode(entry.signal).decode()).encode() + b"\n")
    sys.stdout.buffer.flush()


def read_since(written: str, now: float) -> str:
    """The stream id after which reading begins; raises UsageError. `now` is in seconds since 1970.

    >>> read_since("1700000000000-3", 0)
    '1700000000000-3'
    >>> read_since("90s", 1700000090)
    '1699999999999-18446744073709551615'
    """
    text = written.strip()
    if _STREAM_ID.fullmatch(text):
        return text
    return _just_before(moment_of(text, now))


def moment_of(written: str, now: float, option: str = "--since") -> float:
    """Seconds since 1970 of a time, or of a while before `now`; raises UsageError that names the option.

    >>> moment_of("2m", 1000.0)
    880.0
    """
    text = written.strip()
    if duration := _DURATION.fullmatch(text):
        return now - float(duration[1]) * _UNITS[duration[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        hint = "Write 2h, 30m or 1d; 2026-01-31 or 2026-01-31T08:00; tail also takes a stream id."
        raise UsageError(f"{option} {written!r} is no time and no duration", hint) from None


def _just_before(seconds: float) -> str:
    return f"{max(round(seconds * 1000) - 1, 0)}-18446744073709551615"
