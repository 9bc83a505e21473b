"""`stancewire feeds`: the list of feeds, looked at, changed, exchanged with feed readers, and tried out.

What a list may hold is decided in `seeds.lists`; here it is read, shown and written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from config.characters import cell, safe
from stancewire.cli.feeds_health import health
from stancewire.cli.options import Config, config_folder, settings_of
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StancewireError, UsageError

if TYPE_CHECKING:
    from config.settings import Settings
    from stancewire.types import Feed
    from stancewire.wiring.checking import FeedReport

feeds = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help="Look at, change and try out the list of feeds."
)
feeds.command()(health)

_Ownership = Annotated[
    Literal["independent", "public", "state_run", "state_affiliated"] | None,
    typer.Option(help="Who owns or directs the outlet.", show_default=False),
]
_Country = Annotated[str | None, typer.Option(help="Country of the outlet, as `GB`.", show_default=False)]
_Language = Annotated[str | None, typer.Option(help="Language of the feed, as `en`.", show_default=False)]


@feeds.command("list")
def list_feeds(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Only feeds with these words.", show_default=False)
    ] = None,
    country: _Country = None,
    language: _Language = None,
    ownership: _Ownership = None,
    config: Config = None,
) -> None:
    """Show the feeds that are read.

    [dim]stancewire feeds list --country RU --language en

    stancewire feeds list guardian[/dim]
    """
    from stancewire.wiring.feeds import load_feeds  # noqa: PLC0415

    listed = load_feeds(settings_of(config), config_folder(config))
    chosen = [
        feed
        for feed in listed.feeds
        if (country is None or feed.country == country.upper())
        and (language is None or feed.language == language.lower())
        and (ownership is None or feed.ownership == ownership)
        and all(word.lower() in f"{feed.id} {feed.outlet} {feed.url}".lower() for word in words or ())
    ]
    console = output()
    if console.is_terminal:
        table = Table("id", "outlet", "country", "language", "ownership", "address", box=None, header_style="bold")
        for feed in chosen:
            table.add_row(*_row(feed))
        console.print(table)
    else:
        for feed in chosen:
            typer.echo("\t".join(_row(feed)))
    where = str(listed.path) if listed.path else "the catalogue that comes along"
    show(errors(), Text(f"{len(chosen)} of {len(listed.feeds)} feeds; the list is {where}", style="dim"))


def _row(feed: Feed) -> tuple[str, ...]:
    fields = (feed.id, feed.outlet, feed.country, feed.language, feed.ownership, feed.url)
    return tuple(cell(field or "-") for field in fields)


@feeds.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the feed, or of a site.")],
    outlet: Annotated[str | None, typer.Option(help="Name of the outlet; else the feed's own.")] = None,
    name: Annotated[str | None, typer.Option("--id", help="Name of the feed in the list; else made of it.")] = None,
    country: _Country = None,
    language: _Language = None,
    ownership: _Ownership = None,
    check_first: Annotated[bool, typer.Option("--check/--no-check", help="Fetch it before it is added.")] = True,
    config: Config = None,
) -> None:
    """Add a feed to your list, by its own address or by that of its site.

    [dim]stancewire feeds add https://example.org/world.rss --country GB --ownership public

    stancewire feeds add https://example.org/[/dim]
    """
    from seeds.lists import id_of, read_feeds, write_toml  # noqa: PLC0415
    from stancewire.types import Feed  # noqa: PLC0415
    from stancewire.wiring.feeds import catalogue, load_feeds, user_list, write_list  # noqa: PLC0415

    settings = settings_of(config)
    feed = Feed(
        id=name or id_of(url),
        url=url,
        outlet=outlet or url.partition("://")[2].partition("/")[0] or url,
        country=country.upper() if country else None,
        language=language.lower() if language else None,
        ownership=ownership,
        source="added by hand",
    )
    # Read back, so that a feed that the list would refuse is refused before anything is fetched or written.
    read_feeds(write_toml((feed,)), "the feed given")
    folder = config_folder(config)
    path = user_list(settings, folder)
    listed = load_feeds(settings, folder)
    known = listed.feeds if listed.path else ()
    if check_first:
        report = _tried(feed, settings)
        if report.feed.url != url:
            show(errors(), Text(f"{url} is no feed; its site has one at {report.feed.url}", style="dim"))
            feed = replace(feed, url=report.feed.url, id=name or id_of(report.feed.url))
        feed = replace(feed, outlet=outlet or report.title or feed.outlet, language=feed.language or report.language)
    if any(feed.url == other.url or feed.id == other.id for other in known):
        raise UsageError(f"{feed.id} is in the list already", f"See {path}, or give another --id.")
    write_list(path, (*known, feed))
    show(output(), f"added {feed.id} ({feed.outlet}) to {path}")
    if listed.path is None:
        note = f"Only this list is read from now on; the {len(catalogue())} feeds of the catalogue are added by: "
        show(errors(), Text(f"{note}stancewire feeds import --catalogue", style="dim"))


def _tried(feed: Feed, settings: Settings) -> FeedReport:
    """The report on a feed that can be read, there or elsewhere on the site; raises StancewireError."""
    import asyncio  # noqa: PLC0415

    from stancewire.wiring.discovering import find_feed  # noqa: PLC0415

    with errors().status(Text(f"fetching {safe(feed.url)}")):
        report = asyncio.run(find_feed(feed, settings))
    if report.problem:
        hint = f"{report.fix}. With --no-check it is added as it is."
        raise StancewireError(f"{feed.url}: {report.problem}", hint)
    return report


@feeds.command("import")
def import_feeds(
    source: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="OPML or TOML to add.", show_default=False)
    ] = None,
    from_catalogue: Annotated[bool, typer.Option("--catalogue", help="Add the catalogue that comes along.")] = False,
    config: Config = None,
) -> None:
    """Add the feeds of an OPML or TOML file to your list; those in it already are left as they are.

    Feeds that cannot be used are told with their lines, and left out.

    [dim]stancewire feeds import subscriptions.opml[/dim]
    """
    from stancewire.wiring.feeds import catalogue, load_feeds, sift_list, user_list, write_list  # noqa: PLC0415

    if (source is None) != from_catalogue:
        raise UsageError("give a FILE or --catalogue", "stancewire feeds import subscriptions.opml")
    settings, folder = settings_of(config), config_folder(config)
    sifted = None if source is None else sift_list(source)
    offered = catalogue() if sifted is None else sifted.feeds
    for problem in sifted.problems if sifted else ():
        show(errors(), Text(f"left out: {problem}", style="yellow"))
    listed = load_feeds(settings, folder)
    known = listed.feeds if listed.path else ()
    urls, ids = {feed.url for feed in known}, {feed.id for feed in known}
    new = tuple(feed for feed in offered if feed.url not in urls and feed.id not in ids)
    path = user_list(settings, folder)
    if new:
        write_list(path, (*known, *new))
    show(output(), f"{len(new)} feeds added to {path}, {len(offered) - len(new)} were in it already")


@feeds.command("export")
def export_feeds(
    target: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; else standard output.")] = None,
    toml: Annotated[bool, typer.Option("--toml", help="As TOML, with everything known, instead of OPML.")] = False,
    config: Config = None,
) -> None:
    """Write your list as OPML, which feed readers read.

    [dim]stancewire feeds export feeds.opml[/dim]
    """
    from seeds.lists import write_opml, write_toml  # noqa: PLC0415
    from stancewire.wiring.feeds import load_feeds  # noqa: PLC0415

    listed = load_feeds(settings_of(config), config_folder(config)).feeds
    text = write_toml(listed) if toml else write_opml(listed)
    if target is None:
        typer.echo(text, nl=False)
        return
    try:
        target.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {(error.strerror or '').lower()}") from None
    show(output(), f"{len(listed)} feeds written to {target}")


@feeds.command()
def check(
    which: Annotated[
        list[str] | None, typer.Argument(metavar="[ID|URL]...", help="Which; else all.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Fetch feeds and say how each is; nothing needs to run, and nothing is stored.

    [dim]stancewire feeds check

    stancewire feeds check https://example.org/world.rss[/dim]
    """
    import asyncio  # noqa: PLC0415

    settings = settings_of(config)
    if asyncio.run(_check(_chosen(which or [], settings, config), settings)):
        raise typer.Exit(1)


def _chosen(which: list[str], settings: Settings, config: Path | None) -> tuple[Feed, ...]:
    from seeds.lists import id_of  # noqa: PLC0415
    from stancewire.types import Feed  # noqa: PLC0415
    from stancewire.wiring.feeds import load_feeds  # noqa: PLC0415

    addresses = [each for each in which if "://" in each]
    # Addresses can be tried out whatever the list is like.
    only_addresses = which and len(addresses) == len(which)
    listed = () if only_addresses else load_feeds(settings, config_folder(config)).feeds
    if not which:
        return listed
    by_name = {feed.id: feed for feed in listed} | {feed.url: feed for feed in listed}
    chosen = []
    for each in which:
        if each not in by_name and each not in addresses:
            raise UsageError(f"no feed {each!r} in the list", "stancewire feeds list shows the ids.")
        chosen.append(by_name.get(each) or Feed(id=id_of(each), url=each, outlet=each))
    return tuple(dict.fromkeys(chosen))


async def _check(chosen: tuple[Feed, ...], settings: Settings) -> int:
    from stancewire.wiring.checking import check_feeds  # noqa: PLC0415

    console, counts = output(), Counter[str]()
    with errors().status(f"fetching {len(chosen)} feeds") as status:
        async for report in check_feeds(chosen, settings):
            counts["bad" if report.problem else "good"] += 1
            status.update(f"fetched {counts.total()} of {len(chosen)} feeds")
            show(console, _line(report))
            if report.fix:
                show(console, Text(report.fix, style="dim"), indent=4)
    show(errors(), Text(f"{counts['good']} good, {counts['bad']} bad", style="dim"))
    return counts["bad"]


def _line(report: FeedReport) -> Text:
    name = report.feed.id
    if report.problem:
        return Text.assemble(("BAD ", "bold red"), name, (f"  {report.problem}", "red"))
    newest = f", newest {report.newest:%Y-%m-%d %H:%M}" if report.newest else ", none is dated"
    about = f"{name}  {report.entries} entries{newest}"
    return Text.assemble(("OK  ", "bold green"), about, (f"  {report.remark}", "dim"))
