"""`stancewire watch`: the standing questions, how they stand, and what they would have matched.

What a watch asks for is decided in `stancewire.watching`; nothing is sent from here.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.text import Text

from config.characters import escaped
from config.redaction import masked
from stancewire import keys
from stancewire.cli.export import Since, Source, Until, entries_of
from stancewire.cli.options import Config, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import UsageError
from stancewire.types import ALL, Announcement, Filter

if TYPE_CHECKING:
    from stancewire.types import Watch
    from stancewire.wiring.watch_health import WatchState

watch = typer.Typer(no_args_is_help=True, help="See the watches (filters with a name), and try what they match.")


@watch.command("list")
def list_watches(
    as_json: Annotated[bool, typer.Option("--json", help="Print each watch as a line of JSON.")] = False,
    config: Config = None,
) -> None:
    """List the watches: what each asks for, what its stream holds, and how its webhook stands.

    [dim]stancewire watch list

    stancewire watch list --json | jq 'select(.webhook.ok == false)'[/dim]
    """
    from stancewire.wiring.stores import find_server  # noqa: PLC0415
    from stancewire.wiring.watch_health import watch_states  # noqa: PLC0415
    from stancewire.wiring.watches import load_watches  # noqa: PLC0415

    settings = settings_of(config)
    if not load_watches(settings):
        show(errors(), Text("no watches: name a file in the setting `watches`, see config/watches.toml", style="dim"))
        return
    for state in watch_states(settings, find_server(settings)):
        if as_json:
            _print_line(_as_json(state))
        else:
            _show(state)


def _show(state: WatchState) -> None:
    from stancewire.wiring.outside import now  # noqa: PLC0415
    from stancewire.wiring.watch_health import webhook_words  # noqa: PLC0415

    watch, figures, words = state.watch, state.figures, webhook_words(state, now())
    show(output(), Text.assemble((watch.name, "bold"), f"  {watch.description}" if watch.description else ""))
    show(output(), Text(asked(watch.wanted)), indent=2)
    held = f"{keys.watch_stream(watch.name)}: {figures.entries:,} entries, {figures.matched:,} in all"
    show(output(), Text(held, style="dim"), indent=2)
    if watch.webhook is not None and words is not None:
        where = masked(watch.webhook.url)
        show(output(), Text.assemble(f"{where} ", (words.text, "green" if words.ok else "bold red")), indent=2)


def _as_json(state: WatchState) -> dict[str, object]:
    from stancewire.wiring.outside import now  # noqa: PLC0415
    from stancewire.wiring.watch_health import webhook_words  # noqa: PLC0415

    watch, figures, words = state.watch, state.figures, webhook_words(state, now())
    return {
        "name": watch.name,
        "description": watch.description,
        "asks": asked(watch.wanted),
        "stream": keys.watch_stream(watch.name),
        "entries": figures.entries,
        "matched": figures.matched,
        "webhook": None
        if words is None
        else {
            "ok": words.ok,
            "standing": words.text,
            "delivered": figures.delivered,
            "failed": figures.failed,
            "given_up": figures.given_up,
            "waiting": figures.waiting.get(keys.WEBHOOK_GROUP, 0),
        },
    }


def asked(wanted: Filter) -> str:
    """What a filter asks for, in one line."""
    parts = []
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if isinstance(value, frozenset) and value:
            words = sorted(":".join(each) if isinstance(each, tuple) else str(each) for each in value)
            parts.append(f"{field.name.replace('_', ' ')} {', '.join(words)}")
    if wanted.min_confidence:
        parts.append(f"confidence from {wanted.min_confidence:g}")
    return "; ".join(parts) or "everything"


@watch.command("test")
def try_watches(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="All watches.")] = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each match as a line of JSON.")] = False,
    config: Config = None,
) -> None:
    """Say which signals watches would have matched; nothing is published or sent.

    The signals are those that a server published since a time, or lines that were printed before.

    [dim]stancewire watch test moldova --since 2d

    stancewire analyse --jsonl articles/ | stancewire watch test --all[/dim]
    """
    from stancewire.wiring.watches import load_watches  # noqa: PLC0415

    settings = settings_of(config)
    watches = _chosen(load_watches(settings), names or (), every=every)
    if source is None and since is None and until is None:
        if sys.stdin.isatty():
            raise UsageError("no signals to try", "give --since 2d, or lines: stancewire watch test NAME < FILE")
        source = Path("-")
    looked_at, counts = 0, Counter[str]()
    show_match = _print_as_json if as_json else _printer(several=len(watches) > 1)
    with entries_of(source, since, until, ALL, config) as entries:
        for entry, told in _matched(entries, watches):
            looked_at += 1
            counts.update(told)
            if told:
                show_match(entry, told)
    for each in watches:
        show(errors(), Text(f"{each.name}: {counts[each.name]:,} of {looked_at:,} signals", style="dim"))


def _matched(
    entries: Iterator[Announcement], watches: Sequence[Watch]
) -> Iterator[tuple[Announcement, tuple[str, ...]]]:
    """Each entry with the names of the watches it goes to; of revisions by what went before among the entries."""
    from stancewire.watching import goes_to  # noqa: PLC0415

    before: dict[str, set[str]] = {each.name: set() for each in watches}
    for entry in entries:
        told = tuple(each.name for each in watches if goes_to(entry, each, before[each.name]))
        for name in told:
            before[name].add(entry.id)
        yield entry, told


def _chosen(watches: Sequence[Watch], names: Sequence[str], *, every: bool) -> tuple[Watch, ...]:
    if every == bool(names):
        raise UsageError("name watches, or give --all")
    known = {each.name: each for each in watches}
    if unknown := [name for name in names if name not in known]:
        there = f"There are: {', '.join(known)}." if known else "The setting `watches` names no file, or an empty one."
        raise UsageError(f"there is no watch {unknown[0]!r}", there)
    if not watches:
        raise UsageError("there are no watches", "name a file in the setting `watches`, see config/watches.toml")
    return tuple(watches) if every else tuple(known[name] for name in dict.fromkeys(names))


def _print_as_json(entry: Announcement, told: Sequence[str]) -> None:
    from stancewire import codec  # noqa: PLC0415

    _print_line({"watches": list(told), "signal": codec.announcements.to_dict(entry)})


def _printer(*, several: bool) -> Callable[[Announcement, Sequence[str]], None]:
    from stancewire import codec  # noqa: PLC0415
    from stancewire.cli.screen import SignalPrinter  # noqa: PLC0415
    from stancewire.types import StreamEntry  # noqa: PLC0415

    printer = SignalPrinter(output())

    def show_match(entry: Announcement, told: Sequence[str]) -> None:
        printer.print([StreamEntry(stream_id="0-0", signal=entry, data=codec.announcements.encode(entry))])
        if several:
            show(output(), Text(f"for {', '.join(told)}", style="cyan"), indent=4)

    return show_match


def _print_line(line: dict[str, object]) -> None:
    sys.stdout.buffer.write(escaped(orjson.dumps(line).decode()).encode() + b"\n")
    sys.stdout.buffer.flush()
