"""How dead letters are shown: as rows, as JSON, and one of them with all that is known of it.

What strangers wrote, in titles, addresses and tracebacks, cannot drive the terminal; nothing is read or changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.characters import safe
from stancewire import keys
from stancewire.cli.terminal import show
from stancewire.errors import CodecError

if TYPE_CHECKING:
    from stancewire.types import DeadEntry, DeadInput, DeadReason, Page

_COLUMNS = ("given up, UTC", "reason", "attempts", "feed", "item", "title")
#: Columns of a terminal below which some make room for the title.
_WIDE = 110
#: Characters of an item's id that a terminal shows; they name it as well.
_SHORT_ID = 12
_LABEL_WIDTH = 10
_MEANINGS: dict[DeadReason, str] = {
    "failed": "its analysis failed, the last time as told below",
    "killed_workers": "the workers that had it ended or ran out of time, as told below",
    "unreadable": "what the poller left for the workers cannot be read",
}


def words(reason: DeadReason) -> str:
    """A reason as people read it."""
    return reason.replace("_", " ")


def show_rows(console: Console, entries: Iterable[DeadEntry]) -> None:
    """Print a table, or elsewhere than on a terminal a line with tabs for each letter."""
    if not console.is_terminal:
        for entry in entries:
            typer.echo("\t".join(_row(entry)))
        return
    places = range(len(_COLUMNS)) if console.width >= _WIDE else (0, 1, 4, 5)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place in places:
        table.add_column(_COLUMNS[place], no_wrap=_COLUMNS[place] != "title", overflow="fold")
    for entry in entries:
        row = _row(entry, id_length=_SHORT_ID)
        table.add_row(*(Text(row[place]) for place in places))
    if table.row_count:
        console.print(table)


def _row(entry: DeadEntry, *, id_length: int | None = None) -> tuple[str, ...]:
    letter = entry.letter
    fields = (
        _moment(letter.at),
        words(letter.reason),
        str(letter.attempts),
        entry.feed_id or "-",
        letter.item_id[:id_length],
        entry.title or "-",
    )
    return tuple(safe(field) for field in fields)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def as_json(entry: DeadEntry) -> dict[str, object]:
    """A letter as JSON."""
    from stancewire import codec  # noqa: PLC0415

    about = {"stream_id": entry.stream_id, "feed": entry.feed_id, "link": entry.link, "title": entry.title}
    return {**about, **codec.dead_letters.to_dict(entry.letter)}


def show_details(console: Console, entry: DeadEntry, found: DeadInput) -> None:
    """Print all that is known of a letter."""
    for label, line in _lines(entry, found):
        show(console, Text.assemble((f"{label:{_LABEL_WIDTH}}", "dim"), line))
    show(console, Text("detail", style="dim"))
    for line in entry.letter.detail.splitlines():
        show(console, line, indent=2)


def _lines(entry: DeadEntry, found: DeadInput) -> Iterator[tuple[str, str]]:
    from stancewire import codec  # noqa: PLC0415

    letter = entry.letter
    yield "item", letter.item_id
    yield "letter", entry.stream_id
    yield "reason", f"{words(letter.reason)}: {_MEANINGS[letter.reason]}"
    yield "attempts", str(letter.attempts)
    yield "given up", f"{_moment(letter.at)} UTC"
    yield "feed", entry.feed_id or "not known"
    yield "title", entry.title or "not known"
    yield "link", entry.link or "none"
    if found.payload is None:
        yield "input", "gone, so that it cannot be tried once more"
        yield "next", f"stancewire dead drop {letter.item_id}"
        return
    kept = f", kept for {found.seconds_left / keys.DAY:.1f} more days" if found.seconds_left is not None else ""
    yield "input", f"{len(found.payload):,} bytes{kept}; --input prints them"
    try:
        yield "page", _about_page(codec.decode_item(found.payload).page)
    except CodecError as error:
        yield "page", error.message
    yield "next", "the item is pending again" if found.pending else f"stancewire dead retry {letter.item_id}"


def _about_page(page: Page | None) -> str:
    if page is None:
        return "none"
    return f"{len(page.body):,} bytes, {page.content_type or 'of no stated type'}; --page FILE writes them"
