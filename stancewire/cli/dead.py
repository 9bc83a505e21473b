"""`stancewire dead`: the articles that were given up, looked at, tried once more, or dropped.

What becomes of a letter is decided in the store.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import orjson
import typer
from rich.text import Text

from config.characters import escaped
from stancewire import keys
from stancewire.cli.dead_letters import as_json, show_details, show_rows, words
from stancewire.cli.moments import moment_of
from stancewire.cli.options import Config, settings_of
from stancewire.cli.progress import Progress
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StancewireError, UsageError
from stancewire.types import DeadReason

if TYPE_CHECKING:
    from stancewire.types import DeadEntry, DeadInput, Settled
    from stancewire.wiring.dead import Deed

dead = typer.Typer(no_args_is_help=True, help="Look at articles that were given up; try them once more, or drop them.")

_WHICH = "An item's id or its beginning, or a letter's stream id."
Names: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="ITEM|STREAM-ID", help=_WHICH, show_default=False)
]
Every: TypeAlias = Annotated[bool, typer.Option("--all", help="All of them.")]
Reason: TypeAlias = Annotated[
    DeadReason | None, typer.Option(help="Only those given up for this reason.", show_default=False)
]

_DONE: dict[Deed, str] = {"retry": "tried once more", "drop": "dropped"}
_REFUSALS: dict[Settled, str] = {
    "letter_gone": "its letter is gone by now",
    "payload_gone": "its payload is gone, so that there is nothing to analyse",
    "pending": "it is pending again",
}


@dead.command("list")
def list_letters(
    reason: Reason = None,
    feed: Annotated[str | None, typer.Option(metavar="ID", help="Only articles of this feed.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME|DURATION", help="Only those given up since then, as `2d`.")
    ] = None,
    lines: Annotated[bool, typer.Option("--json", help="Print each letter as a line of JSON.")] = False,
    config: Config = None,
) -> None:
    """List the articles that were given up, the latest last.

    [bold]failed[/bold]  the analysis failed at each attempt (work.max_attempts)

    [bold]killed_workers[/bold]  its workers ended, by memory, a crash or the time, at each attempt

    [bold]unreadable[/bold]  what the poller left for the workers is gone or spoiled

    [dim]stancewire dead list --since 1d

    stancewire dead list --reason failed --json | jq -r .detail[/dim]
    """
    from stancewire.wiring.dead import LetterChoice, open_letters  # noqa: PLC0415

    moment = datetime.fromtimestamp(moment_of(since, time.time()), UTC) if since else None
    choice = LetterChoice(reason=reason, feed_id=feed, since=moment)
    store = open_letters(settings_of(config))
    counts: Counter[str] = Counter()
    chosen = _counted((entry for entry in store.letters() if choice.includes(entry)), counts)
    if lines:
        for entry in chosen:
            sys.stdout.buffer.write(escaped(orjson.dumps(as_json(entry)).decode()).encode() + b"\n")
        sys.stdout.buffer.flush()
    else:
        show_rows(output(), chosen)
    told = [f"{counts.total():,} dead letters", *(f"{count:,} {name}" for name, count in sorted(counts.items()))]
    if evicted := store.counters().get("letters_evicted", 0):
        told.append(f"{evicted:,} older ones fell off, as {keys.DEAD_STREAM_LENGTH:,} are kept")
    show(errors(), Text(", ".join(told), style="dim"))


def _counted(entries: Iterable[DeadEntry], counts: Counter[str]) -> Iterator[DeadEntry]:
    for entry in entries:
        counts[words(entry.letter.reason)] += 1
        yield entry


@dead.command("show")
def show_letter(
    name: Annotated[str, typer.Argument(metavar="ITEM|STREAM-ID", help=_WHICH)],
    as_input: Annotated[
        bool, typer.Option("--input", help="Print what the workers were given, as JSON, with its page packed.")
    ] = False,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the article's page to a file.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Show why an article was given up, what it was, and what is left of its input.

    [dim]stancewire dead show 3f2a90

    stancewire dead show 3f2a90 --input | jq .entry

    stancewire dead show 3f2a90 --page page.html && stancewire analyse page.html[/dim]
    """
    from stancewire.wiring.dead import named, open_letters  # noqa: PLC0415

    store = open_letters(settings_of(config))
    (entry,) = named(store, [name])
    found = store.input_of(entry.letter.item_id)
    if page is not None:
        _write_page(_payload(entry, found), page)
    if as_input:
        sys.stdout.buffer.write(escaped(_payload(entry, found).decode(errors="replace")).encode() + b"\n")
        sys.stdout.buffer.flush()
    if page is None and not as_input:
        show_details(output(), entry, found)


def _payload(entry: DeadEntry, found: DeadInput) -> bytes:
    if found.payload is None:
        days = keys.DEAD_ITEM_SECONDS // keys.DAY
        raise StancewireError(f"the payload of {entry.letter.item_id} is gone", f"payloads are kept for {days} days")
    return found.payload


def _write_page(payload: bytes, target: Path) -> None:
    from stancewire import codec  # noqa: PLC0415

    item = codec.decode_item(payload)
    if item.page is None:
        raise StancewireError(f"the article has no page: {item.page_error or 'none was fetched'}")
    try:
        target.write_bytes(item.page.body)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {(error.strerror or '').lower()}") from None
    show(errors(), f"{len(item.page.body):,} bytes written to {target}")


@dead.command()
def retry(names: Names = None, every: Every = False, reason: Reason = None, config: Config = None) -> None:
    """Let the workers try articles once more, with their attempts forgotten.

    One that still cannot be analysed is given up again, after as many attempts.

    [dim]stancewire dead retry 3f2a90

    stancewire dead retry --all --reason killed_workers[/dim]
    """
    _check(names, reason, every=every)
    _settle(names, reason, config, "retry", ask=False)


@dead.command()
def drop(
    names: Names = None,
    every: Every = False,
    reason: Reason = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before all are dropped.")] = False,
    config: Config = None,
) -> None:
    """Forget articles that were given up, at once and for good; the poller does not bring them again.

    [dim]stancewire dead drop 3f2a90

    stancewire dead drop --all --reason unreadable[/dim]
    """
    _check(names, reason, every=every)
    _settle(names, reason, config, "drop", ask=every and not yes)


def _check(names: list[str] | None, reason: DeadReason | None, *, every: bool) -> None:
    if bool(names) == every:
        raise UsageError("name some ITEMs, or give --all", "stancewire dead list shows their ids")
    if reason is not None and not every:
        raise UsageError("--reason goes with --all", "leave it out: the ITEMs say which")


def _settle(names: list[str] | None, reason: DeadReason | None, config: Path | None, deed: Deed, *, ask: bool) -> None:
    from stancewire.wiring.dead import LetterChoice, named, open_letters, settle  # noqa: PLC0415

    store = open_letters(settings_of(config), to_change=True)
    choice = LetterChoice(reason=reason)
    chosen = named(store, names) if names else tuple(entry for entry in store.letters() if choice.includes(entry))
    if ask and chosen:
        typer.confirm(f"Forget {len(chosen):,} articles and what is left of them?", abort=True, err=True)
    counts: Counter[Settled] = Counter()
    with Progress("letters") as progress:
        for entry, settled in settle(store, chosen, deed):
            counts[settled] += 1
            if settled != "done":
                show(errors(), Text(f"{entry.letter.item_id} is left: {_REFUSALS[settled]}", style="yellow"))
            progress.at(counts.total(), len(chosen))
    left = counts.total() - counts["done"]
    show(output(), f"{counts['done']:,} {_DONE[deed]}" + (f", {left:,} left" if left else ""))
    if left:
        raise typer.Exit(1)
