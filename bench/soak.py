"""Runs many articles through the whole program at full speed, and looks whether anything grows or is left behind.

`stancewire poll` reads feeds on the loopback that bring nothing but news, without pages; `stancewire work` reads,
analyses and publishes; the server keeps signals for ten seconds only, so that they go as they come. Memory is that of
each process, sampled while the articles pass; the first tenth, in which everything is loaded, is left out. Of the
server, which has to keep the marks of what was seen for 90 days, it is the memory for each article. The exit status
is 1 where the last third takes over 10 % more than the first, or where a name on the server is not in
`stancewire.keys` or does not expire as it must. It needs Linux.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bench.parts.chaos_programs import Program, children_of, command_of
from bench.parts.chaos_sides import COMMAND_LINE, environment_of
from bench.parts.soak_site import FEEDS
from seeds.lists import write_toml
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.lifetimes import wrong_names
from stancewire.types import Feed

ARTICLES, WORKERS = 100_000, 2
#: Growth that is taken for noise.
ALLOWED = 0.10
#: Share of the articles at the beginning that is left out.
WARMING = 0.1
_EVERY_S, _TELL_S, _PATIENCE_S = 1.0, 15.0, 120.0
_KEPT_DAYS = 10 / 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Memory when so many articles were published: bytes by process."""

    published: int
    held: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a process held in the first and in the last third, in bytes."""

    name: str
    first: float
    last: float

    @property
    def share(self) -> float:
        """0.1 for a tenth more."""
        return self.last / self.first - 1


def growths(samples: Sequence[Sample], articles: int) -> list[Growth]:
    """Of each process that was there in both thirds."""
    begin = articles * WARMING
    third = (articles - begin) / 3
    first = [each for each in samples if begin <= each.published < begin + third]
    last = [each for each in samples if each.published >= articles - third]
    names = dict.fromkeys(name for each in first for name in each.held)
    found = []
    for name in names:
        early = [each.held[name] for each in first if name in each.held]
        late = [each.held[name] for each in last if name in each.held]
        if early and late:
            found.append(Growth(name=name, first=statistics.median(early), last=statistics.median(late)))
    return found


@contextmanager
def serving(articles: int, folder: Path) -> Iterator[int]:
    """The site's port."""
    command = [sys.executable, "-P", "-m", "bench.parts.soak_site", str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment_of(folder, {})) as site:
        assert site.stdout is not None
        try:
            yield int(site.stdout.readline())
        finally:
            site.kill()


class Soak:
    """One run."""

    def __init__(self, articles: int, folder: Path, port: int) -> None:
        self._articles = articles
        self._server = EmbeddedServer(folder / "server", fsync="everysec")
        feeds = (
            Feed(id=f"paper-{place}", url=f"http://127.0.1.{place + 1}:{port}/feed-{place}.xml", outlet="The Paper")
            for place in range(FEEDS)
        )
        (folder / "feeds.toml").write_text(write_toml(tuple(feeds)))
        settings = {
            "STANCEWIRE_REDIS_URL": self._server.url,
            "STANCEWIRE_FEEDS": str(folder / "feeds.toml"),
            "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
            "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
            "STANCEWIRE_POLL__INTERVAL_S": "1",
            "STANCEWIRE_POLL__PAGES": "false",
            "STANCEWIRE_POLL__MAX_PENDING": "1000",
            "STANCEWIRE_PUBLISH__RETENTION_DAYS": str(_KEPT_DAYS),
            "STANCEWIRE_WORK__PROCESSES": str(WORKERS),
            # One process throughout: replacing it would hide what it does not give back.
            "STANCEWIRE_WORK__MAX_JOBS": "1000000",
            "STANCEWIRE_HEALTH__ENABLED": "false",
        }
        environment = environment_of(folder, settings)
        self._poller = Program((*COMMAND_LINE, "poll"), environment, folder / "poll.log")
        self._supervisor = Program((*COMMAND_LINE, "work"), environment, folder / "work.log")
        self._client = connect(self._server.url, purpose="consumer")
        self.samples: list[Sample] = []
        self.published = 0

    def run(self) -> tuple[str, ...]:
        """Run it; the wrong names that are left on the server."""
        self._server.start()
        programs = (self._supervisor, self._poller)
        try:
            for program in programs:
                program.start()
            self._watch()
            for program in programs:
                program.end()
            return tuple(wrong_names(self._client))
        finally:
            for program in programs:
                program.end()
            self._client.close()
            self._server.stop()

    def _watch(self) -> None:
        started = told_at = went_on_at = time.monotonic()
        while self.published < self._articles and time.monotonic() < went_on_at + _PATIENCE_S:
            time.sleep(_EVERY_S)
            published = int(self._counter("items_published"))
            if published > self.published:
                self.published, went_on_at = published, time.monotonic()
            self.samples.append(Sample(published=published, held=self._held()))
            if time.monotonic() > told_at + _TELL_S:
                told_at = time.monotonic()
                rate = published / (told_at - started)
                say(f"  {told_at - started:5.0f} s: {published:,} articles, {rate:.0f} a second; {self._shown()}")

    def _counter(self, name: str) -> int:
        found: Any = self._client.hget(keys.COUNTERS, name)
        return int(found or 0)

    def _held(self) -> dict[str, float]:
        held = {"poller": _resident(self._poller.pid), "supervisor": _resident(self._supervisor.pid)}
        for name, program, mark in (
            ("parser", self._poller, b"parser_child"),
            ("worker", self._supervisor, b"workers"),
        ):
            for place, pid in enumerate(pid for pid in children_of(program.pid) if mark in command_of(pid)):
                held[f"{name} {place + 1}"] = _resident(pid)
        if (marks := self._counter("items_accepted")) and self._server.pid is not None:
            memory: Any = self._client.info("memory")
            held["server, an article"] = memory["used_memory"] / marks
        return {name: size for name, size in held.items() if size}

    def _shown(self) -> str:
        return ", ".join(f"{name} {_size(held)}" for name, held in self.samples[-1].held.items())


def _resident(pid: int) -> float:
    with suppress(OSError, IndexError, ValueError):
        return float(int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    return 0.0


def _size(held: float) -> str:
    return f"{held / 1_000_000:.1f} MB" if held >= 1_000_000 else f"{held:,.0f} bytes"


def say(words: str) -> None:
    """A line on how it goes, on standard error."""
    print(words, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what each process held at first and at last; 1 where something grew or was left behind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary, serving(chosen.articles, Path(temporary)) as port:
        soak = Soak(chosen.articles, Path(temporary), port)
        try:
            wrong = soak.run()
        except redis.RedisError as error:
            sys.exit(f"the server failed: {error}")
    grown = growths(soak.samples, soak.published)
    print(f"{soak.published:,} of {chosen.articles:,} articles in {time.monotonic() - started:.0f} s")
    print("| process | first third | last third | growth |\n| --- | ---: | ---: | ---: |")
    for each in grown:
        print(f"| {each.name} | {_size(each.first)} | {_size(each.last)} | {each.share:+.1%} |")
    for name in wrong[:20]:
        print(f"not in stancewire/keys.py, or without the expiry that it must have: {name}")
    is_good = soak.published == chosen.articles and not wrong and all(each.share <= ALLOWED for each in grown)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
