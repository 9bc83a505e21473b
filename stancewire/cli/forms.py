"""The forms in which commands print entries of the stream, and the options that choose one.

Nothing is kept: each entry is printed when it is there, however many follow.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeAlias

import orjson
import typer
from rich.console import Console

from config.characters import escaped
from stancewire.cli.options import taking
from stancewire.cli.summaries import header, line_of, summary_of, table_row, widths_for
from stancewire.cli.terminal import show
from stancewire.errors import UsageError
from stancewire.exports.cells import csv_line
from stancewire.exports.flat import COLUMNS, row

if TYPE_CHECKING:
    from stancewire.cli.screen import SignalPrinter
    from stancewire.wiring.querying import Found

Form: TypeAlias = Literal["text", "table", "lines", "json", "csv"]

_PANEL = "How it is printed (elsewhere than on a terminal: --lines)"


class Printer(Protocol):
    """Prints what was found, some at a time."""

    def print(self, found: Sequence[Found]) -> None:
        """Print these, after those before."""
        ...


def _option(name: str, *, help: str) -> Any:  # noqa: A002 - typer's name
    return typer.Option(f"--{name}", help=help, show_default=False, rich_help_panel=_PANEL)


def _options(
    text: Annotated[bool, _option("text", help="The evidence, with parties and cue lit up in place.")] = False,
    table: Annotated[bool, _option("table", help="A row each, cut to the width of the terminal.")] = False,
    lines: Annotated[
        bool, _option("lines", help="A line each, uncut, fields set apart by tabs: for grep, cut.")
    ] = False,
    as_json: Annotated[bool, _option("json", help="An object of JSON a line, as it stands on the stream.")] = False,
    csv: Annotated[bool, _option("csv", help="A flat table for spreadsheets, with a header.")] = False,
) -> Form | None:
    asked = {"text": text, "table": table, "lines": lines, "json": as_json, "csv": csv}
    chosen: list[Any] = [name for name, wanted in asked.items() if wanted]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(f'--{name}' for name in chosen)} exclude each other")
    return chosen[0] if chosen else None


def with_form(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a form; it takes the one asked for, or None, as its argument `form`."""
    return taking(command, _options, "form")


def printer_of(form: Form, console: Console, *, with_date: bool = False, with_standing: bool = False) -> Printer:
    """What prints in that form on standard output.

    `with_standing`: JSON gets a field `current`, true, false, or null where it is not known.
    """
    match form:
        case "text":
            from stancewire.cli.screen import SignalPrinter  # noqa: PLC0415 - brings the store's adapters along

            return _Texts(SignalPrinter(console, with_date=with_date))
        case "table":
            return _Rows(console)
        case "lines":
            return _Lines(lambda each: line_of(summary_of(each.entry.signal, each.stands)) + "\n")
        case "csv":
            write(csv_line(COLUMNS))
            return _Lines(lambda each: csv_line(row(each.entry.signal, each.stands)))
        case "json":
            return _Lines(_json_with_standing if with_standing else _json)


class _Texts:
    def __init__(self, printer: SignalPrinter) -> None:
        self._printer = printer

    def print(self, found: Sequence[Found]) -> None:
        taken_back = frozenset(each.entry.signal.id for each in found if each.stands is False)
        self._printer.print([each.entry for each in found], taken_back)


class _Rows:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._widths = widths_for(console.width)
        self._has_header = False

    def print(self, found: Sequence[Found]) -> None:
        if not self._has_header:
            self._has_header = True
            show(self._console, header(self._widths))
        for each in found:
            line = table_row(summary_of(each.entry.signal, each.stands), self._widths)
            self._console.print(line, soft_wrap=True)


class _Lines:
    def __init__(self, line: Callable[[Found], str]) -> None:
        self._line = line

    def print(self, found: Sequence[Found]) -> None:
        write("".join(map(self._line, found)))


#: Blanks between the parts of a JSON document; within a text they are escaped.
_BETWEEN = str.maketrans("\t\n\r", "   ")


def _json(found: Found) -> str:
    return _on_one_line(found.entry.data) + "\n"


def _json_with_standing(found: Found) -> str:
    if found.entry.signal.kind == "revision":
        return _json(found)
    return f'{_on_one_line(found.entry.data).rstrip()[:-1]},"current":{orjson.dumps(found.stands).decode()}}}\n'


def _on_one_line(data: bytes) -> str:
    text = data.decode()
    return text if text.isprintable() else escaped(text.translate(_BETWEEN))


def write(lines: str) -> None:
    """Write to standard output at once, as UTF-8 whatever the terminal is set to."""
    sys.stdout.buffer.write(lines.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
