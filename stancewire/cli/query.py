"""`stancewire query`: the signals on record, searched by time, parties, outlet and the like; listed or counted.

It reads the stream once and keeps nothing of it but counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from stancewire.cli.counting import Key, groups_of, key_of, print_counts
from stancewire.cli.export import Since, Until
from stancewire.cli.filter_options import with_filter
from stancewire.cli.forms import Form, printer_of, with_form
from stancewire.cli.moments import moments
from stancewire.cli.options import Config, settings_of
from stancewire.cli.progress import Progress
from stancewire.cli.terminal import errors, output, show
from stancewire.types import Filter
from stancewire.wiring.querying import Query, Search


@with_filter
@with_form
def query(
    since: Since = None,
    until: Until = None,
    last: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the newest so many that fit, the newest first.")
    ] = None,
    with_all: Annotated[
        bool,
        typer.Option(
            "--all", help="As it was published: with signals replaced or taken back since, marked, and revisions."
        ),
    ] = False,
    count: Annotated[bool, typer.Option("--count", help="Print only how many.")] = False,
    count_by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Print only how many, by kind, pair, by, toward, polarity, status, outlet, language or day (UTC). "
            "May be given several times.",
        ),
    ] = None,
    config: Config = None,
    *,
    form: Form | None,
    wanted: Filter,
) -> None:
    """Search the signals on record; those that an article carries no more are left out.

    [dim]stancewire query --since 7d --pair RU:US --status assessed

    stancewire query --last 20 --kind interference --text

    stancewire query --since 30d --toward MD --count-by day --count-by polarity

    stancewire query --outlet "The Guardian" --csv > guardian.csv[/dim]
    """
    from stancewire.wiring.stores import find_server, open_store  # noqa: PLC0415

    settings = settings_of(config)
    began, ended = moments(since, until)
    groups = groups_of(count_by or ())
    asked = Query(wanted=wanted, began=began, ended=ended, last=last, with_all=with_all)
    store = open_store(settings, find_server(settings), purpose="consumer")
    console = output()
    chosen = form or ("table" if console.is_terminal else "lines")
    with Progress("entries of the stream looked at") as progress:
        search = Search(store, asked, lambda far: progress.at(far.looked_at, far.total, _reached(far)))
        if count or groups:
            counts: Counter[Key] = Counter()
            for found in search:
                counts.update(key_of(each.entry.signal, groups) for each in found)
        else:
            printer = printer_of(chosen, console, with_date=True, with_standing=with_all)
            for found in search:
                if console.is_terminal:
                    progress.hide()
                printer.print(found)
    if count or groups:
        print_counts(counts, groups, chosen, console)
    for line in _left_out(search, with_all=with_all):
        show(errors(), Text(line, style="dim"))


def _reached(search: Search) -> str:
    return f"as far as {search.reached.astimezone():%Y-%m-%d %H:%M}" if search.reached else ""


def _left_out(search: Search, *, with_all: bool) -> Iterator[str]:
    """What whoever reads the answer must know of what is not in it."""
    if search.taken_back and not with_all:
        was = "was" if search.taken_back == 1 else "were"
        yield f"{search.taken_back:,} more {was} replaced or taken back since; --all shows them, marked"
    if search.unsure:
        yield f"nothing is on record of the articles of {search.unsure:,} of them, so that these may be out of date"
    if search.unreadable:
        yield f"passed over, as they cannot be read: {search.unreadable:,} of the entries on the stream"
    if not search.found and errors().is_terminal:
        yield "no signal fits"
