"""`stancewire identify`: what entries of feeds are to the poller, decided at once and without any store.

It reads recorded entries and fetches nothing; what goes wrong in a line goes to standard error, with its number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.text import Text

from config.characters import escaped
from stancewire.cli.inputs import MAX_INPUT_BYTES, numbered_lines, opened
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import UsageError

if TYPE_CHECKING:
    from stancewire.types import Decision
    from stancewire.wiring.identifying import Observed

_PROGRESS_LINES = 500
_STYLES = {"new": "green", "revised": "yellow", "seen": "dim", "reappeared": "cyan", "vanished": "red"}


def identify(
    source: Annotated[
        str, typer.Argument(metavar="FILE|-", help="A file of entries, or - for standard input.", show_default=False)
    ] = "-",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Print {"decision", "story", "reason"} a line, for each entry in order.')
    ] = False,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            help="What a source shows at one time is all its feed held: say what has vanished, too, after its lines.",
        ),
    ] = False,
) -> None:
    """Say which entries of feeds are new, revised, seen before, or back again, and why: as the poller decides.

    Each line is a JSON object: [bold]source[/bold] (the outlet), [bold]title[/bold], [bold]link[/bold] (null if there
    is none), [bold]observed_at[/bold] (ISO 8601), and if known [bold]id[/bold], [bold]description[/bold],
    [bold]published[/bold], [bold]canonical[/bold] (what its page calls its link). Lines come in the order observed;
    those of one source within a second are one document.

    new: no article is known by its link, id, title or text. revised: a known article says something else: another
    headline or text, a note of correction or retraction. seen: it says the same, here or as another outlet's copy.
    reappeared: seen, after its feed had left it out. vanished: gone from the midst of its feed (with --complete).

    [dim]stancewire identify --jsonl < entries.jsonl > decisions.jsonl

    stancewire identify entries.jsonl | grep revised[/dim]
    """
    raise typer.Exit(identify_lines(source, _print_json if jsonl else _print_line, complete=complete))


def identify_lines(source: str, tell: Callable[[str, str, str, str], None], *, complete: bool) -> int:
    """Decide an entry a line, in order; the exit status is 1 where any line could not be read."""
    from stancewire.wiring.identifying import Desk, together  # noqa: PLC0415 - takes a second to load

    reading = _Reading(source)
    desk = Desk()
    decided = 0
    console = errors()
    with console.status("reading", refresh_per_second=4) if _shows_progress() else _Quiet() as status:
        for run in together(reading.entries()):
            decisions, vanished = desk.decide(run)
            for observed, decision in zip(run, decisions, strict=True):
                tell(_name_of(decision), decision.story_id, decision.reason, observed.entry.title)
            for gone in vanished if complete else ():
                tell("vanished", desk.story_of(gone.article_id), gone.reason, "")
            sys.stdout.flush()
            if (decided := decided + len(run)) % _PROGRESS_LINES < len(run):
                status.update(f"{decided:,} entries")
    return 1 if reading.failed else 0


class _Reading:
    """Reads entries, and tells of lines that are none."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.failed = False

    def entries(self) -> Iterator[Observed]:
        """The entries of the lines that can be read."""
        with opened(self._source) as lines:
            for number, line in numbered_lines(lines):
                try:
                    yield _read(line)
                except UsageError as error:
                    self.failed = True
                    show(errors(), Text.assemble(("error: ", "bold red"), f"line {number}: {error.message}"))


def _read(line: bytes) -> Observed:
    from stancewire.wiring.identifying import observed_from_record  # noqa: PLC0415 - takes a second to load

    if len(line) > MAX_INPUT_BYTES:
        raise UsageError(f"more than {MAX_INPUT_BYTES:,} bytes")
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UsageError(f"not valid JSON at character {error.colno}: {error.msg}") from None
    return observed_from_record(record)


def _name_of(decision: Decision) -> str:
    return type(decision).__name__.lower()


def _print_json(decision: str, story: str, reason: str, _: str) -> None:
    answer = orjson.dumps({"decision": decision, "story": story, "reason": reason})
    sys.stdout.write(escaped(answer.decode()) + "\n")


def _print_line(decision: str, story: str, reason: str, title: str) -> None:
    line = Text.assemble((f"{decision:<11}", _STYLES[decision]), f"{story[:8]}  ", title, ("  " + reason, "dim"))
    show(output(), line)


def _shows_progress() -> bool:
    """Where the answers go elsewhere and somebody waits at the terminal."""
    return errors().is_terminal and not sys.stdout.isatty()


class _Quiet:
    """Stands in for a status where none is shown."""

    def __enter__(self) -> _Quiet:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, _: str) -> None:
        """Show nothing."""
