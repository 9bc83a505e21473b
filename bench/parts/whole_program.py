"""The whole program on a site of mixed news: server, `stancewire poll` and `stancewire work`, watched from outside.

What they use and how far they are is sampled every second; nothing is judged here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.parts.chaos_programs import Program, children_of, command_of
from bench.parts.chaos_sides import COMMAND_LINE, entries_of, environment_of
from bench.parts.mixed_news import OUTLETS
from bench.parts.usage import cpu_seconds, resident_bytes
from seeds.lists import write_toml
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.types import Feed

Fsync = Literal["always", "everysec"]
_EVERY_S = 1.0
_NUMBER = re.compile(rb"/news/story-(\d+)\.html$")
#: Marks of the children in their command lines, and what they are called here.
_MARKS = {b"parser_child": "feed parsers", b"workers.process": "workers", b"page_child": "page readers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How far it is at a moment, and what the processes have used until then."""

    at: float
    accepted: int
    published: int
    #: Taken in and not yet published.
    waiting: int
    #: Seconds of the processor and bytes, by what the processes are.
    cpu_s: Mapping[str, float]
    memory: Mapping[str, float]
    server_data: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is put on the program."""

    #: Articles a second; 0: as many as it takes.
    rate: float
    interval_s: float
    fsync: Fsync
    workers: int
    seed: int
    #: Articles that the site has at most.
    articles: int = 1_000_000


class Running:
    """The program while it runs."""

    def __init__(self, load: Load, server: EmbeddedServer, poller: Program, supervisor: Program, site: int) -> None:
        self.load = load
        self._server = server
        self._programs = {"poller": poller, "supervisor": supervisor}
        self._site = site
        self._client = connect(server.url, purpose="consumer")

    def watch(self, seconds: float) -> Iterator[Sample]:
        """A sample every second, for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(_EVERY_S)
            yield self.sample()

    def sample(self) -> Sample:
        """As it is now."""
        counters: Any = self._client.hmget(keys.COUNTERS, ["items_accepted", "items_published"])
        accepted, published = (int(count or 0) for count in counters)
        waiting: Any = self._client.zcard(keys.PENDING)
        info: Any = self._client.info("memory")
        cpu: Counter[str] = Counter()
        memory: Counter[str] = Counter()
        for name, pid in self._processes():
            cpu[name] += cpu_seconds(pid)  # type: ignore[assignment]
            memory[name] += resident_bytes(pid)  # type: ignore[assignment]
        return Sample(
            at=time.monotonic(),
            accepted=accepted,
            published=published,
            waiting=waiting,
            cpu_s=dict(cpu),
            memory=dict(memory),
            server_data=info["used_memory"],
        )

    def _processes(self) -> Iterator[tuple[str, int]]:
        if self._server.pid is not None:
            yield "server", self._server.pid
        for name, program in self._programs.items():
            yield name, program.pid
            yield from below(program.pid)

    def site_log(self) -> dict[int, tuple[float, float]]:
        """As `log_of_site`."""
        return log_of_site(self._site)

    def first_signals(self) -> dict[int, float]:
        """When the first signal of each article came on the stream, by the article's number."""
        found: dict[int, float] = {}
        for stream_id, fields in entries_of(self._client, keys.SIGNALS_STREAM):
            if (number := _NUMBER.search(fields[b"source"])) is not None:
                found.setdefault(int(number[1]), int(stream_id.partition(b"-")[0]) / 1_000)
        return found


def below(pid: int) -> Iterator[tuple[str, int]]:
    """The processes under one, each with what it is called here."""
    for child in children_of(pid):
        command = command_of(child)
        name = next((name for mark, name in _MARKS.items() if mark in command), None)
        if name is not None:
            yield name, child
        yield from below(child)


@contextmanager
def serving(load: Load, folder: Path) -> Iterator[int]:
    """The site's port, and its feeds in `feeds.toml` in the folder."""
    command = [sys.executable, "-P", "-m", "bench.parts.mixed_site", str(load.rate), str(load.articles)]
    command += [str(load.interval_s), str(load.seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment_of(folder, {})) as site:
        assert site.stdout is not None
        try:
            port = int(site.stdout.readline())
            urls = (f"http://127.0.1.{outlet + 1}:{port}/feed-{outlet}.xml" for outlet in range(OUTLETS))
            feeds = (Feed(id=f"paper-{place}", url=url, outlet=f"Paper {place}") for place, url in enumerate(urls))
            (folder / "feeds.toml").write_text(write_toml(tuple(feeds)))
            yield port
        finally:
            site.kill()


def log_of_site(port: int) -> dict[int, tuple[float, float]]:
    """When each article appeared, and from when on it was due to be seen, in seconds since 1970, by its number."""
    with urllib.request.urlopen(f"http://127.0.1.1:{port}/log", timeout=30) as answer:
        return {int(number): (times[0], times[1]) for number, times in json.load(answer).items()}


@contextmanager
def running(load: Load, folder: Path) -> Iterator[Running]:
    """Site, server, poller and workers, until the end of the block."""
    folder.mkdir()
    with serving(load, folder) as port, EmbeddedServer(folder / "server", fsync=load.fsync) as server:
        environment = environment_of(folder, {"STANCEWIRE_REDIS_URL": server.url, **settings_of(load, folder)})
        poller = Program((*COMMAND_LINE, "poll"), environment, folder / "poll.log")
        supervisor = Program((*COMMAND_LINE, "work"), environment, folder / "work.log")
        try:
            supervisor.start()
            _wait_for_workers(supervisor, folder / "work.log")
            poller.start()
            yield Running(load, server, poller, supervisor, port)
        finally:
            poller.end()
            supervisor.end()


def _wait_for_workers(supervisor: Program, log: Path) -> None:
    """Until each has loaded the analysis: they are quiet then."""
    until, before = time.monotonic() + 120, -1.0
    while time.monotonic() < until:
        time.sleep(2)
        spent = sum(cpu_seconds(pid) for _, pid in below(supervisor.pid))
        if spent > 1 and spent - before < 0.2:
            return
        before = spent
    raise SystemExit(f"the workers do not come up: {log.read_text('utf-8')[-500:]}")


def settings_of(load: Load, folder: Path) -> dict[str, str]:
    """Settings for a program that reads the site, but for where the data are."""
    return {
        "STANCEWIRE_FEEDS": str(folder / "feeds.toml"),
        "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
        "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
        "STANCEWIRE_POLL__INTERVAL_S": str(load.interval_s),
        "STANCEWIRE_POLL__MAX_INTERVAL_S": str(load.interval_s),
        "STANCEWIRE_POLL__MAX_PENDING": "500",
        "STANCEWIRE_WORK__PROCESSES": str(load.workers),
        "STANCEWIRE_HEALTH__ENABLED": "false",
    }
