"""`stancewire replay`: stored articles analysed once more, as after an update.

What is new goes to the stream as everything does; what was found before is not published again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from stancewire.cli.options import Config, settings_of
from stancewire.cli.tail import moment_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StancewireError


def replay(
    since: Annotated[
        str | None, typer.Option(metavar="TIME|DURATION", help="Only articles published since then, as `2d`.")
    ] = None,
    feed: Annotated[str | None, typer.Option(metavar="ID", help="Only articles of this feed.")] = None,
    article: Annotated[str | None, typer.Option(metavar="ID|URL", help="Only this article.")] = None,
    config: Config = None,
) -> None:
    """Analyse stored articles once more and publish what was not found before.

    [dim]stancewire replay --since 2d

    stancewire replay --feed bbc-world[/dim]
    """
    from stancewire.wiring.replay import Choice, chosen_articles  # noqa: PLC0415
    from stancewire.wiring.replay import replay as run  # noqa: PLC0415
    from stancewire.wiring.stores import accept_server, find_server  # noqa: PLC0415

    settings = settings_of(config)
    moment = datetime.fromtimestamp(moment_of(since, time.time()), UTC) if since else None
    server = find_server(settings)
    accept_server(server)
    with errors().status("looking for the articles") as status:
        chosen = chosen_articles(settings, server, Choice(since=moment, feed_id=feed, article=article))
        if not chosen:
            raise StancewireError(
                "no stored article fits",
                "articles are kept for publish.retention_days; `stancewire tail --since 1d --no-follow` shows some",
            )
        status.update("loading the English model")
        from workers import pipeline  # noqa: PLC0415 - takes seconds

        analyse = pipeline.load(settings.knowledge).analyse
        found = new = 0
        for count, replayed in enumerate(run(chosen, settings, server, analyse), start=1):
            found, new = found + replayed.found, new + len(replayed.published)
            status.update(f"{count} of {len(chosen)} articles, {new} new signals")
            if replayed.published:
                show(output(), Text(f"{len(replayed.published)} new  {replayed.article.title}"))
    show(output(), f"{len(chosen)} articles: {new} new signals, {found - new} were on record")
