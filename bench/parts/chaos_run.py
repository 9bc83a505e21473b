"""One run of `bench.chaos`: everything is started, killed and started again, and looked at in the end.

What is served, which side it runs on and what is good is decided elsewhere.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bench.parts.chaos_news import plan
from bench.parts.chaos_oracle import Kill, Verdict, judge, recoveries
from bench.parts.chaos_programs import ChaosServer, Program, kill_tree
from bench.parts.chaos_sides import Side, environment_of
from stancewire.adapters.connection import connect

#: Seconds that a run that is done is watched for repetitions.
SETTLE_S = 5.0
#: What is killed, and how often beside the others. One that has done nothing since its last end is left alone for that
#: time: killing it would try nothing.
KINDS = {"worker": 6, "poller": 2, "server": 2, "supervisor": 1}
#: Kills for each second of a run; where a busy machine leaves time for fewer, killing goes on, so many times as long.
KILLS_A_SECOND, LONGEST = 0.75, 4
_NOTE_S, _LOOK_S, _TELL_S = 0.1, 1.0, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is to be run."""

    articles: int
    seconds: float
    seed: int
    fsync: str
    side: Side
    patience_s: float
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a run."""

    verdict: Verdict
    kills: Counter[str]
    longest_recovery_s: float
    #: From the first request for a feed until nothing was left to do.
    seconds: float


@contextmanager
def serving(options: Options) -> Iterator[int]:
    """The site's port."""
    given = [str(options.articles), str(options.seconds), str(options.seed)]
    command = [sys.executable, "-P", "-m", "bench.parts.chaos_site", *given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment_of(options.folder, {})) as site:
        assert site.stdout is not None
        try:
            yield int(site.stdout.readline())
        finally:
            site.kill()


class Run:
    """One run: everything is started, killed and started again, and in the end looked at."""

    def __init__(self, options: Options, port: int) -> None:
        self._options = options
        self._port = port
        self._random = random.Random(f"kills {options.seed}")
        self._planned = plan(options.articles, options.seconds, options.seed)
        feeds = 1 + max(each.feed for each in self._planned)
        urls = [f"http://127.0.1.{place + 1}:{port}/feed-{place}.xml" for place in range(feeds)]
        self._server = ChaosServer(options.folder / "server", "always" if options.fsync == "always" else "everysec")
        self._poller, self._supervisor = options.side.programs(options.folder, self._server.url, urls)
        self._client = connect(self._server.url, purpose="consumer")
        self._kills: list[Kill] = []
        self._told_at = 0.0
        #: What pollers had done when the last one was started.
        self._done_before: object = None

    def run(self) -> Result:
        """Run it."""
        self._server.start()
        try:
            self._start(self._poller)
            self._start(self._supervisor)
            wait_until(lambda: self._began_at() is not None, 60, "no feed was asked for", self._options.folder)
            began_at = self._began_at() or 0.0
            self._kill_for_a_while(began_at)
            return self._judge_when_done(began_at)
        finally:
            for program in (self._poller, self._supervisor):
                program.end()
            self._client.close()
            self._server.stop()

    def _began_at(self) -> float | None:
        with urllib.request.urlopen(f"http://127.0.1.1:{self._port}/began") as answer:
            return float(answer.read() or 0) or None

    def _kill_for_a_while(self, began_at: float) -> None:
        seconds = self._options.seconds
        while (passed := time.time() - began_at) < seconds or (
            passed < LONGEST * seconds and len(self._kills) < KILLS_A_SECOND * seconds
        ):
            next_at = time.time() + self._random.uniform(0.5, 1.5)
            while time.time() < next_at:
                self._server.note_size()
                self._tell(began_at)
                time.sleep(_NOTE_S)
            self._kill_one()

    def _kill_one(self) -> None:
        (kind,) = self._random.choices(list(KINDS), weights=list(KINDS.values()))
        workers = self._workers_at_work()
        at_work = {"worker": bool(workers), "supervisor": bool(workers), "poller": self._polls(), "server": True}
        if not at_work[kind]:
            return
        self._kills.append(Kill(at=time.time(), kind=kind))
        if kind == "worker":
            kill_tree(self._random.choice(workers))
        elif kind == "server":
            self._server.kill()
            self._server.start()
        else:
            program = self._poller if kind == "poller" else self._supervisor
            program.kill()
            self._start(program)

    def _start(self, program: Program) -> None:
        if program is self._poller:
            self._done_before = self._options.side.polled(self._client)
        program.start()

    def _workers_at_work(self) -> list[int]:
        with suppress(redis.RedisError):
            known: Any = self._client.smembers("rq:workers")
            pids = {int(self._client.hget(name, "pid") or 0) for name in known}
            return [pid for pid in self._supervisor.workers(self._options.side.worker_mark) if pid in pids]
        return []

    def _polls(self) -> bool:
        with suppress(redis.RedisError):
            return self._options.side.polled(self._client) != self._done_before
        return False

    def _judge_when_done(self, began_at: float) -> Result:
        reached, reached_at = (0, 0), time.time()
        done_at = None
        while time.time() < reached_at + self._options.patience_s:
            verdict = self._verdict(began_at)
            if (verdict.published, verdict.dead) != reached:
                reached, reached_at = (verdict.published, verdict.dead), time.time()
            is_done = not verdict.lost and not verdict.not_dead and self._options.side.left(self._client) == 0
            done_at = (done_at or time.time()) if is_done else None
            if done_at is not None and time.time() - done_at > SETTLE_S:
                break
            self._tell(began_at)
            self._see_that_they_run()
            time.sleep(_LOOK_S)
        published_at = [one.at for one in self._options.side.found(self._client)]
        return Result(
            verdict=self._verdict(began_at),
            kills=Counter(kill.kind for kill in self._kills),
            longest_recovery_s=max(recoveries(self._kills, published_at).values(), default=0.0),
            seconds=(done_at or reached_at) - began_at,
        )

    def _verdict(self, began_at: float) -> Verdict:
        side = self._options.side
        return judge(self._planned, began_at, side.found(self._client), side.dead(self._client))

    def _see_that_they_run(self) -> None:
        for program in (self._poller, self._supervisor):
            if program.has_ended():
                self._start(program)

    def _tell(self, began_at: float) -> None:
        if time.time() < self._told_at + _TELL_S:
            return
        self._told_at = time.time()
        with suppress(redis.RedisError):
            published = len({one.path for one in self._options.side.found(self._client)})
            left = self._options.side.left(self._client)
            seconds = self._told_at - began_at
            say(f"  {seconds:4.0f} s: {published:,} articles published, {left:,} waiting, {len(self._kills)} kills")


def wait_until(reached: Callable[[], bool], seconds: float, what: str, folder: Path) -> None:
    """Raises SystemExit that names the folder of the logs, where it is not reached in time."""
    give_up = time.time() + seconds
    while not reached():
        if time.time() > give_up:
            raise SystemExit(f"{what} within {seconds:.0f} seconds; see {folder}")
        time.sleep(0.1)


def say(words: str) -> None:
    """A line on how it goes, on standard error."""
    print(words, file=sys.stderr, flush=True)
