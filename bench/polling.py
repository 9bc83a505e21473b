"""Measures polls a second of processor time against lemon24's `reader`: feeds on the loopback, half of them unchanged.

Both ask the same server, which is a process of its own and not counted, for the same feeds, once to know them and once
more, which is what counts. Of stancewire everything counts: poller, parsers and store. No pages are fetched. It needs
Linux: each host is an address of the loopback, and the parsers' time is read in /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson
import structlog

from config.settings import FetchSettings, PollSettings, Settings
from services.embedded import EmbeddedServer
from services.poller.fetch import HttpFetcher
from services.poller.loop import Poller
from services.poller.parser import Parser
from services.poller.spacing import Spacing
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.types import Feed
from stancewire.wiring.outside import fetching, parsing, spacing

FEEDS, ENTRIES = 2_000, 10
ROUNDS = 2
READER = Path(__file__).parent / "parts" / "reader_rounds.py"
HINT = "uv venv DIR && uv pip install --python DIR/bin/python reader, then --reader DIR/bin/python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One poll of each feed; seconds of processor time and of the clock on the wall."""

    polls: int
    cpu_s: float
    wall_s: float

    @property
    def rate(self) -> float:
        """Polls a second of processor time."""
        return self.polls / self.cpu_s


@contextmanager
def serving() -> Iterator[int]:
    """The server's port."""
    command = [sys.executable, "-m", "bench.parts.feed_server", str(ENTRIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def urls(feeds: int, port: int) -> list[str]:
    """Addresses of the feeds, each on a host of its own."""
    return [f"http://127.1.{place // 250}.{place % 250 + 1}:{port}/feed-{place}.xml" for place in range(feeds)]


class _Count:
    """Counts polls by their outcome as they are logged, and says when all are done."""

    def __init__(self, feeds: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self.done = asyncio.Event()
        self._feeds = feeds

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event["event"] == "feed polled":
            self.outcomes[event["outcome"]] += 1
            if self.outcomes.total() == self._feeds:
                self.done.set()
        return event


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outside:
    """What lasts as long as a poller's process."""

    settings: Settings
    fetcher: HttpFetcher
    parser: Parser
    turns: Spacing


def _settings() -> Settings:
    return Settings(
        fetch=FetchSettings(allow_networks=(ip_network("127.0.0.0/8"),)),
        poll=PollSettings(pages=False, max_pending=10_000_000, max_interval_s=1_800),
    )


async def _poll_once(store: RedisStore, feeds: tuple[Feed, ...], outside: _Outside, ahead: timedelta) -> int:
    """Poll each feed once, with a clock so far ahead that all are due, whatever their rhythm; how many went well."""
    count = _Count(len(feeds))
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123, ASYNC230 - never waited for
        structlog.configure(
            processors=[count, structlog.processors.JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(nowhere),
        )
        poller = Poller(
            feeds=feeds,
            fetcher=outside.fetcher,
            parser=outside.parser,
            intake=store,
            depth=store.depth,
            settings=outside.settings,
            workers=2,
            clock=lambda: datetime.now(UTC) + ahead,
            monotonic=time.monotonic,
            random=random.random,
            new_id=lambda: uuid.uuid4().hex,
            free_at=outside.turns.free_at,
        )
        running = asyncio.create_task(poller.run())
        await count.done.wait()
        poller.stop()
        await running
    return count.outcomes["polled"] + count.outcomes["unchanged"]


def _own_cpu() -> float:
    """Of this process and of its children, which live on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    stats = [Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split() for child in children]
    ticks = sum(int(ticks) for fields in stats for ticks in fields[11:13])
    return used.ru_utime + used.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


async def poll_rounds(url: str, feed_urls: list[str]) -> None:
    """Poll in rounds against the store at `url`, and print what each took."""
    client = connect(url, purpose="poller")
    store = RedisStore(client, Limits())
    feeds = tuple(Feed(id=f"feed-{place}", url=each, outlet="The Paper") for place, each in enumerate(feed_urls))
    settings = _settings()
    turns = spacing(settings)

    def used() -> float:
        found: Any = client.info("cpu")
        return _own_cpu() + float(found["used_cpu_user"]) + float(found["used_cpu_sys"])

    async with fetching(settings, turns=turns) as fetcher, parsing(settings) as parser:
        outside = _Outside(settings=settings, fetcher=fetcher, parser=parser, turns=turns)
        for number in range(ROUNDS):
            cpu, started = used(), time.monotonic()
            polls = await _poll_once(store, feeds, outside, timedelta(hours=number))
            took = {"cpu_s": used() - cpu, "wall_s": time.monotonic() - started}
            print(orjson.dumps({"polls": polls, **took}).decode(), flush=True)


def _rounds(command: list[str], given: str) -> list[Round]:
    done = subprocess.run(command, check=True, input=given, stdout=subprocess.PIPE, text=True)
    return [Round(**orjson.loads(line)) for line in done.stdout.splitlines()]


def _compare(feeds: int, reader: str) -> int:
    with serving() as port, tempfile.TemporaryDirectory() as folder:
        given = "\n".join(urls(feeds, port))
        with EmbeddedServer(Path(folder) / "store", fsync="everysec") as server:
            ours = _rounds([sys.executable, "-m", "bench.polling", "--store", server.url], given)
        theirs = []
        if subprocess.run([reader, "-c", "import reader"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            theirs = _rounds([reader, str(READER), f"{folder}/reader.sqlite", str(ROUNDS)], given)
    for name, rounds in (("stancewire", ours), ("reader", theirs)):
        for place, each in enumerate(rounds):
            what = "all new" if place == 0 else "half unchanged"
            print(
                f"{name:10} {what:15} {each.polls:6,} polls {each.cpu_s:8.2f} s of processor time"
                f" {each.wall_s:8.2f} s {each.rate:8.0f} polls a second of processor time"
            )
    if not theirs:
        print(f"reader is not installed for {reader}: {HINT}")
        return 0
    for place, what in enumerate(("all new", "half unchanged")):
        print(f"{what:15} {ours[place].rate / theirs[place].rate:5.2f} times reader's")
    return 0


def main() -> int:
    """Print both programs' rounds and how they compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=FEEDS)
    parser.add_argument("--reader", default=sys.executable, help=f"a Python that has reader: {HINT}")
    parser.add_argument("--store", help="poll the feeds on standard input against this store, and print the rounds")
    chosen = parser.parse_args()
    if chosen.store:
        asyncio.run(poll_rounds(chosen.store, sys.stdin.read().split()))
        return 0
    return _compare(chosen.feeds, chosen.reader)


if __name__ == "__main__":
    sys.exit(main())
