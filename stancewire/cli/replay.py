"""`stancewire replay`: stored articles analysed once more, as after an update.

What is new goes to the stream as everything does; what was found before is not published again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from stancewire.cli.moments import moments
from stancewire.cli.options import Config, settings_of
from stancewire.cli.progress import Progress
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StancewireError

if TYPE_CHECKING:
    from stancewire.ports import Archive
    from stancewire.wiring.replay import Choice, Chosen


def replay(
    since: Annotated[
        str | None, typer.Option(metavar="TIME|DURATION", help="Only articles published since then, as `2d`.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME|DURATION", help="Only articles published before then, as `1d`.")
    ] = None,
    feed: Annotated[str | None, typer.Option(metavar="ID", help="Only articles of this feed.")] = None,
    article: Annotated[
        str | None, typer.Option(metavar="ID|URL", help="Only this article; the beginning of its id will do.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many articles these are.")] = False,
    config: Config = None,
) -> None:
    """Analyse stored articles once more and publish what was not found before.

    As after an update, or with knowledge of your own. Articles are kept for publish.retention_days; those that give no
    time are in every range. One that cannot be read or analysed is told and passed over; the exit status is 1 then.

    [dim]stancewire replay --since 2d --dry-run

    stancewire replay --since 2026-01-30 --until 2026-01-31T12:00

    stancewire replay --feed bbc-world[/dim]
    """
    from stancewire.wiring.replay import Choice, NotReplayed  # noqa: PLC0415
    from stancewire.wiring.replay import replay as run  # noqa: PLC0415
    from stancewire.wiring.stores import accept_server, find_server, open_store  # noqa: PLC0415

    settings = settings_of(config)
    began, ended = moments(since, until)
    server = find_server(settings)
    if not dry_run:
        accept_server(server)
    store = open_store(settings, server, purpose="worker")
    chosen = _choose(store, Choice(since=began, until=ended, feed_id=feed, article=article))
    total = len(chosen.article_ids)
    if dry_run:
        show(output(), f"{total:,} articles would be analysed once more")
        return
    with errors().status("loading the English model"):
        from workers import pipeline  # noqa: PLC0415 - takes seconds

        analyse = pipeline.load(settings.knowledge).analyse
    done = found = new = skipped = 0
    try:
        with Progress("articles") as progress:
            for each in run(store.articles_of(chosen.article_ids), settings, server, analyse):
                done += 1
                if isinstance(each, NotReplayed):
                    skipped += 1
                    show(errors(), Text(f"{each.article_id} passed over: {each.reason}", style="yellow"))
                else:
                    found, new = found + each.found, new + len(each.published)
                    if each.published:
                        show(output(), Text(f"{len(each.published)} new  {each.article.title}"))
                progress.at(done, total, f"{new:,} new signals")
    finally:
        of = f" of {total:,}" if done < total else ""
        left = f", {skipped:,} articles passed over" if skipped else ""
        show(output(), f"{done:,}{of} articles: {new:,} new signals, {found - new:,} were on record{left}")
    if skipped or chosen.unreadable:
        raise typer.Exit(1)


def _choose(store: Archive, choice: Choice) -> Chosen:
    from stancewire.wiring.replay import choose  # noqa: PLC0415

    with Progress("stored articles looked at") as progress:
        chosen = choose(store, choice, progress.at)
    for each in chosen.unreadable:
        show(errors(), Text(f"{each.article_id} passed over: {each.reason}", style="yellow"))
    if not chosen.article_ids:
        raise StancewireError(
            "no stored article fits",
            "articles are kept for publish.retention_days; `stancewire tail --since 1d --no-follow` shows some",
        )
    return chosen
