"""What feeds say where people and their programs read it, 49 and 50: the log, the terminal, a table."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
import pytest_asyncio
import redis
import structlog
from cli_programs import Ended, run_here
from hostile_desk import Desk, desk, of, serve, work
from parsing_child import Child, parsing
from raw_site import RawSite, page, redirect

from config.characters import UNSAFE
from config.logging import configure
from config.settings import LogSettings
from services.embedded import EmbeddedServer
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.testing import FakeStore

CONTENT = "content-type: text/html; charset=utf-8"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def child() -> AsyncIterator[Child]:
    async with parsing() as made:
        yield made


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


FORGED = '\n{"event":"forged","level":"info"}\r\n2026-01-01T00:00:00Z [error] forged\x1b[2J\x1b]0;title\x07\u202e\u2028'


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


async def poll_forgeries(at: Desk, site: RawSite) -> None:
    """Poll feeds that say in every place what would be a line of the log."""
    marked = escape(FORGED.replace("\x1b", "").replace("\x07", ""))
    serve(site, f"<title>x {marked}</title><guid>{marked}</guid>", f"<{'a' * 20}>x & y", name="entries")
    site.answers["/broken"] = page(f"<rss><channel><item><title>{FORGED}</tit\nle>&{FORGED};</item>".encode())
    named = f'<link rel="alternate" type="application/rss+xml" href="/feed?{FORGED}" title="{FORGED}">'
    site.answers["/page"] = page(f"<html><head>{named}</head></html>".encode(), CONTENT)
    site.answers["/elsewhere"] = redirect("http://a.example/\x1b[2J\x9bx\\@forged")
    site.answers["/reason"] = page(b"", status="500 \x1b[2Jforged")
    site.answers["/later"] = page(b"", "retry-after: \x1b[2Jforged", "server: \x1b[2J", status="503 Busy")
    for name in ("entries", "broken", "page", "elsewhere", "reason", "later"):
        report = await at.poll(of(site, name))
        fields = {} if report.failure is None else {"detail": report.failure.detail, "url": report.failure.url}
        structlog.get_logger().warning("feed polled", malformed=report.malformed, **fields)


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_49_nothing_that_is_fetched_can_forge_a_line_of_the_log_or_drive_a_terminal(
    child: Child, site: RawSite, log: io.StringIO, log_format: str, tmp_path: Path
) -> None:
    configure(LogSettings.model_validate({"format": log_format}), log, is_terminal=False)
    store = FakeStore()
    async with desk(store, child.parser) as at:
        await poll_forgeries(at, site)
    work(store)

    lines = log.getvalue().splitlines()
    assert not UNSAFE.search(log.getvalue().replace("\n", ""))
    if log_format == "json":
        assert {json.loads(line)["event"] for line in lines} == {"feed polled", "batch done"}
    else:
        assert all("feed polled" in line or "batch done" in line for line in lines), lines


@pytest.fixture
def printed(
    child: Child, site: RawSite, server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> Callable[..., Awaitable[Ended]]:
    """Runs a command on a house that has taken in and published a hostile feed."""
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(f'[[feed]]\nid = "world"\nurl = "{site.url("/world")}"\noutlet = "The Example"\n')

    async def run_command(*arguments: str) -> Ended:
        store = RedisStore(client, Limits())
        claim_layout(client)
        said = f"Russia condemned Turkey on Tuesday{escape(FORGED[:-8])} in Oslo."
        serve(site, f"<title>{said}</title><guid>1</guid><description>{said * 3}</description>", "<b>x & y")
        async with desk(store, child.parser) as at:
            await at.poll(of(site))
        work(store, client)
        more = {"STANCEWIRE_REDIS_URL": server.url, "STANCEWIRE_FEEDS": str(feeds)}
        return await asyncio.to_thread(run_here, tmp_path, *arguments, **more)

    return run_command


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("tail --no-follow --since 2020-01-01", "condemned"),
        ("tail --no-follow --since 2020-01-01 --json", "condemned"),
        ("feeds health", "malformed"),
        ("feeds health world", "malformed"),
        ("feeds health --json", "malformed"),
    ],
)
async def test_49_no_command_prints_what_drives_a_terminal(
    printed: Callable[..., Awaitable[Ended]], command: str, told: str
) -> None:
    ended = await printed(*command.split())

    assert ended.status == 0, ended.err
    assert told in ended.out
    assert not UNSAFE.search((ended.out + ended.err).replace("\n", "").replace("\t", ""))
    assert not any(line.startswith(("2026-01-01", '{"event":"forged"')) for line in ended.out.splitlines())


FORMULAS = ('=HYPERLINK("http://a.example","x")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\uff1d1+1")


@pytest.mark.parametrize("formula", FORMULAS)
async def test_50_a_table_that_a_spreadsheet_opens_holds_no_formula(tmp_path: Path, formula: str) -> None:
    outline = quoteattr(formula)
    source = tmp_path / "of-a-stranger.opml"
    source.write_text(
        f'<opml><body><outline text={outline} title={outline} xmlUrl="https://a.example/rss"/></body></opml>', "utf-8"
    )
    imported = run_here(tmp_path, "feeds", "import", str(source))
    listed = run_here(tmp_path, "feeds", "list")

    assert imported.status == listed.status == 0, imported.err
    (row,) = listed.out.splitlines()
    assert formula.strip()[1:5] in row
    assert not any(len(cell) > 1 and cell.lstrip()[:1] in "=+-@\uff1d" for cell in row.split("\t"))
