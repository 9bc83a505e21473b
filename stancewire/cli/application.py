"""All commands in one application, and the help that teaches them.

The commands themselves lie in the modules beside this one.
"""

from __future__ import annotations

from typing import Annotated

import typer

import stancewire.cli.export_csv
import stancewire.cli.export_misp  # noqa: F401 - commands of `export`
from stancewire import __version__
from stancewire.cli import export_stix  # noqa: F401 - gives `export` its command
from stancewire.cli.analyse import analyse
from stancewire.cli.dead import dead
from stancewire.cli.doctor import doctor
from stancewire.cli.export import export
from stancewire.cli.feeds import feeds
from stancewire.cli.house import poll, up, work
from stancewire.cli.identify import identify
from stancewire.cli.query import query
from stancewire.cli.replay import replay
from stancewire.cli.schema import bench, schema
from stancewire.cli.tail import tail
from stancewire.cli.watch import watch

application = typer.Typer(
    name="stancewire",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stancewire {__version__}")
        raise typer.Exit


@application.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Reads the world's news feeds and says, live and with the sentence that proves it, who takes what stance toward
    whom, and who is reported to interfere where.

    [bold]Start here[/bold]

    [cyan]stancewire up --demo[/cyan]               see it work, on a newsroom that comes along

    [cyan]stancewire analyse article.txt[/cyan]     look into one article

    [cyan]stancewire up[/cyan]                      read the real feeds

    [cyan]stancewire tail[/cyan]                    follow the signals from another terminal

    [cyan]stancewire doctor[/cyan]                  find out what is wrong
    """  # noqa: D205


application.command(rich_help_panel="Run")(up)
application.command(rich_help_panel="Run")(poll)
application.command(rich_help_panel="Run")(work)
application.command(rich_help_panel="Look")(analyse)
application.command(rich_help_panel="Look")(identify)
application.command(rich_help_panel="Look")(tail)
application.command(rich_help_panel="Look")(query)
application.command(rich_help_panel="Look")(doctor)
application.add_typer(feeds, name="feeds", rich_help_panel="Keep")
application.add_typer(dead, name="dead", rich_help_panel="Keep")
application.add_typer(watch, name="watch", rich_help_panel="Keep")
application.command(rich_help_panel="Keep")(replay)
application.add_typer(export, name="export", rich_help_panel="Build on it")
application.command(rich_help_panel="Build on it")(schema)
application.command(
    rich_help_panel="Build on it", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)(bench)
