"""`stancewire export`: signals in the formats of other programs of the field.

What a format makes of a signal is decided in `stancewire.exports`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from stancewire.cli.moments import moments
from stancewire.cli.options import settings_of
from stancewire.cli.progress import Progress
from stancewire.errors import UsageError
from stancewire.types import Announcement, Filter

export = typer.Typer(
    no_args_is_help=True, help="Write signals in the formats of other programs: STIX 2.1, MISP, CSV of the FIAT."
)

Since: TypeAlias = Annotated[
    str | None, typer.Option(metavar="TIME|DURATION", help="Only signals published since then, as `2d`.")
]
Until: TypeAlias = Annotated[
    str | None, typer.Option(metavar="TIME|DURATION", help="Only signals published before then, as `1d`.")
]
Source: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE|-",
        help="What `analyse --jsonl`, `query --json` or `tail --json` printed, not a server.",
    ),
]


@contextmanager
def entries_of(
    source: Path | None, since: str | None, until: str | None, wanted: Filter, config: Path | None
) -> Iterator[Iterator[Announcement]]:
    """The entries that a command's options ask for, with progress on a terminal."""
    from stancewire.wiring.exporting import printed, stored  # noqa: PLC0415
    from stancewire.wiring.stores import find_server, open_store  # noqa: PLC0415

    if source is not None:
        if since or until:
            raise UsageError("--since and --until go with a server, not with --from")
        if str(source) == "-":
            yield printed(sys.stdin.buffer, wanted, "standard input")
            return
        try:
            with source.open("rb") as lines:
                yield printed(lines, wanted, str(source))
        except OSError as error:
            raise UsageError(f"cannot read {source}: {error.strerror}") from error
        return
    settings = settings_of(config)
    began, ended = moments(since, until)
    store = open_store(settings, find_server(settings), purpose="consumer")
    with Progress("entries of the stream looked at") as progress:
        yield stored(store, wanted, began, ended, progress.at)
