"""`stancewire export stix`: signals as a STIX 2.1 bundle, for OpenCTI and whatever else reads it.

What a signal becomes is decided in `stancewire.exports.stix`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from stancewire.cli.export import Since, Source, Until, entries_of, export
from stancewire.cli.filter_options import with_filter
from stancewire.cli.moments import moment_of
from stancewire.cli.options import Config
from stancewire.cli.terminal import errors, show
from stancewire.cli.writing import written_to
from stancewire.filtering import fits
from stancewire.types import ALL, Filter

if TYPE_CHECKING:
    from stancewire.exports.stix_objects import StixObject


@export.command("stix")
@with_filter
def stix(
    since: Since = None,
    until: Until = None,
    source: Source = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, once it is whole; else to standard output.")
    ] = None,
    undated: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time of signals that have none, else 1970-01-01.")
    ] = None,
    config: Config = None,
    *,
    wanted: Filter,
) -> None:
    """Write signals as one STIX 2.1 bundle.

    An allegation is a report on the article (media-content, published by a
    channel), its parties, the event, the narrative and the DISARM techniques;
    each denial is an opinion on it that strongly disagrees. A stance is a note;
    --kind interference leaves the notes out. Claimants, status, confidence and
    the sentence are in the text, the labels and, as the signal was published,
    in an extension. Nothing is a threat actor or attributed to anybody.

    Ids are those that OpenCTI makes: what is sent twice is one object there.
    Signals that a revision of their article took away or replaced are revoked:
    all of them in the same export; of those exported before, the reports, if
    no option chooses among the signals.

    [dim]stancewire export stix --since 1d --output signals.json

    stancewire export stix --since 7d --kind interference --toward MD

    stancewire analyse - --jsonl < articles.jsonl | stancewire export stix --from - --output signals.json[/dim]
    """
    from config.knowledge.reference import country_names, disarm_techniques  # noqa: PLC0415
    from stancewire.exports.stix import UNDATED, Exporter  # noqa: PLC0415
    from stancewire.exports.stix_bundles import bundle  # noqa: PLC0415
    from stancewire.exports.stix_parties import Reference  # noqa: PLC0415

    exporter = Exporter(
        Reference(countries=country_names(), techniques=disarm_techniques()),
        undated=_moment(undated) if undated else UNDATED,
        all_entries=wanted == ALL,
    )
    counts: Counter[str] = Counter()
    # What became of the signals wanted is told whatever is asked of them: an article may be in no language by now.
    with entries_of(source, since, until, ALL, config) as entries, written_to(output) as write:
        chosen = (entry for entry in entries if entry.kind == "revision" or fits(entry, wanted))
        objects = _counted((each for entry in chosen for each in exporter.objects(entry)), counts)
        for piece in bundle(objects):
            write(piece)
    if output is not None:
        show(errors(), Text(f"{output}: {_told(counts)}", style="dim"))
    if exporter.not_revoked:
        notice = (
            f"{exporter.not_revoked} signals of before are gone or replaced and could not be revoked: "
            "an export that begins before them (--since) revokes them"
        )
        show(errors(), Text(notice, style="dim"))


def _counted(objects: Iterable[StixObject], counts: Counter[str]) -> Iterator[StixObject]:
    for each in objects:
        counts["revoked" if each.get("revoked") else each["type"]] += 1
        yield each


def _told(counts: Counter[str]) -> str:
    said = {"report": "report(s)", "opinion": "denial(s)", "note": "note(s)", "revoked": "revoked"}
    return ", ".join(f"{counts[name]} {words}" for name, words in said.items() if counts[name]) or "no signals"


def _moment(written: str) -> datetime:
    return datetime.fromtimestamp(moment_of(written, time.time(), "--undated"), UTC)
