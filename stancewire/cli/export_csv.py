"""`stancewire export csv`: reports of interference as a table for analysts who code by hand.

What stands in a row is decided in `stancewire.exports.fiat`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancewire.cli.export import Since, Source, Until, entries_of, export
from stancewire.cli.export_summary import number, tell
from stancewire.cli.filter_options import with_filter
from stancewire.cli.options import Config
from stancewire.cli.progress import Progress
from stancewire.cli.writing import written_to
from stancewire.types import ALL, Filter

_BOM = "\ufeff"


@export.command("csv")
@with_filter
def export_csv(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, not to standard output.")
    ] = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin with a byte order mark, by which Excel knows UTF-8.")
    ] = False,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    config: Config = None,
    *,
    wanted: Filter,
) -> None:
    """Write reports of interference as CSV, in the columns of the DFRLab's Foreign Interference Attribution Tracker.

    One row is one report in one article: who says so, of whom, by which
    methods and on which platforms, when, and where it stands. Columns of our
    own follow: the sentence, status, denials, confidence, the signal's id.

    What the tracker has no word for stands in brackets, and what a report
    does not say is `unspecified`; short_description is left to you. Reports
    that their article took back are left out, and so are stances. Text that
    a spreadsheet would take for a formula begins with an apostrophe.

    [dim]stancewire export csv --since 30d --output reports.csv

    stancewire export csv --by RU --status assessed --status confirmed --bom --output russia.csv

    stancewire analyse --jsonl articles.jsonl | stancewire export csv --from - > reports.csv[/dim]
    """
    from config.knowledge.fiat import load_fiat  # noqa: PLC0415
    from config.knowledge.reference import country_names  # noqa: PLC0415
    from stancewire.exports.fiat import lines  # noqa: PLC0415
    from stancewire.wiring.reports import Reports  # noqa: PLC0415

    with Reports() as reports, written_to(output) as write:
        with entries_of(source, since, until, ALL, config) as entries:
            reports.gather(entries, wanted)
        write(_BOM if bom else "")
        rows, withdrawn = reports.count()
        with Progress("rows") as progress:
            for done, line in enumerate(lines(reports.standing(), load_fiat(), country_names(unions=True))):
                write(line)
                progress.at(done, rows)
    where = f" in {output}" if output else ""
    tell(number(rows, "report") + " of interference" + where, stances=reports.stances, withdrawn=withdrawn)
