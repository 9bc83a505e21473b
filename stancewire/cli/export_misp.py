"""`stancewire export misp`: reports of interference as a folder that MISP reads as a feed.

What an event holds is decided in `stancewire.exports.misp`.
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
from stancewire.types import ALL, Filter


@export.command("misp")
@with_filter
def export_misp(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder of the feed; made if it is not there.")
    ],
    organisation: Annotated[
        str, typer.Option(metavar="NAME", help="Who publishes the feed; the ids of its events depend on it.")
    ] = "stancewire",
    since: Since = None,
    until: Until = None,
    source: Source = None,
    config: Config = None,
    *,
    wanted: Filter,
) -> None:
    """Write reports of interference as a MISP feed: manifest.json, hashes.csv and a file for each event.

    An event is an article: a news-media object, for each report an annotation
    with who says so, who denies it, its status and the sentence, DISARM
    techniques as galaxy tags, and a report for people. Nothing in it is an
    indicator, and nobody is tagged as a threat actor.

    Writing again into the same folder updates the events in it, and removes
    those that are no longer asked for. A report that its article took back
    stays in its event as deleted, so that MISP deletes it too.

    Let a web server serve the folder, or name it in MISP as a local feed:
    Sync Actions > Feeds > Add Feed, source format MISP Feed.

    [dim]stancewire export misp --output /srv/feeds/interference

    stancewire export misp --toward MD --since 30d --organisation "Newsroom" --output feed

    stancewire analyse --jsonl articles.jsonl | stancewire export misp --from - --output feed[/dim]
    """
    from config.knowledge.reference import disarm_techniques  # noqa: PLC0415
    from stancewire.exports import misp  # noqa: PLC0415
    from stancewire.wiring.misp_feed import write_feed  # noqa: PLC0415
    from stancewire.wiring.reports import Reports  # noqa: PLC0415

    with Reports() as reports:
        with entries_of(source, since, until, ALL, config) as entries:
            reports.gather(entries, wanted)
        with Progress("events") as progress:
            events = write_feed(
                output, reports.articles(), misp.organisation(organisation), disarm_techniques(), progress.at
            )
        standing, withdrawn = reports.count()
    written = f"{number(standing, 'report')} of interference in {number(events, 'event')} in {output}"
    tell(written, stances=reports.stances, withdrawn=withdrawn)
