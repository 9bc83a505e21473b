"""What a stranger writes to the server is not run: planted jobs, entries, commands, payloads; and a queue that is full.

A real `stancewire work` meets all forms of a kind in one run, since a start takes seconds; each test looks for one form
in what that run left behind.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from cli_programs import Running, left_behind, started
from news_site import NewsSite
from planted_jobs import BESIDE, ENTRIES, HONEST, JOBS, PAYLOADS, call
from runs import TcpServer, await_that, many_stories, settings_of
from store_processes import Worker, until
from store_samples import acceptance, item

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.types import DeadLetter, Item

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

#: Megabytes that a worker may grow by, whatever is put before it.
MEMORY_MB = 150


@dataclass(kw_only=True)
class Meeting:
    """`stancewire work` with one worker that meets what a test plants, and what is left of it afterwards."""

    client: redis.Redis
    working: Running
    home: Path
    traces: Path
    worker: int = 0
    quiet_mb: int = 0
    grown_mb: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)

    def begin(self) -> None:
        """Wait until the worker has done a batch, and so holds all that it needs."""
        self.accept("warm", batch_id="warm")
        await_that(
            lambda: self.client.exists(keys.article("warm")), "the first article is stored", self.working, seconds=90
        )
        self.worker = self._pid()
        self.quiet_mb = self._peak_mb()

    def accept(self, *names: str, batch_id: str) -> None:
        accepted = acceptance(*(telling(name) for name in names), batch_id=batch_id, at=datetime.now(UTC))
        RedisStore(self.client, Limits()).accept(accepted)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The worker stands still, so that it meets all at once."""
        os.kill(self.worker, signal.SIGSTOP)
        yield
        os.kill(self.worker, signal.SIGCONT)

    def end(self) -> None:
        assert self._pid() == self.worker, "the worker was replaced"
        self.grown_mb = self._peak_mb() - self.quiet_mb
        assert self.working.stop() == 0
        self.log = [json.loads(line) for line in self.working.err]

    def refusals(self, entry: bytes) -> list[str]:
        """Reasons for which an entry of the queue was refused, as the log tells them."""
        return [each["reason"] for each in self.log if each["event"] == "job refused" and each["job"] == shown(entry)]

    def counter(self, name: str) -> int:
        return RedisStore(self.client, Limits()).counters().get(name, 0)

    def published(self) -> list[str]:
        """Article of each signal on the stream."""
        rows: Any = self.client.xrange(keys.SIGNALS_STREAM)
        return [codec.signals.decode(fields[b"data"]).article.id for _, fields in rows]

    def letters(self) -> list[DeadLetter]:
        rows: Any = self.client.xrange(keys.DEAD_STREAM)
        return [codec.dead_letters.decode(fields[b"data"]) for _, fields in rows]

    def _pid(self) -> int:
        [pid] = [
            pid
            for pid in left_behind(self.home)
            if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0-m\0workers.process\0")
        ]
        return pid

    def _peak_mb(self) -> int:
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1_024


def shown(entry: bytes) -> str:
    return ascii(entry[:80])


def telling(name: str) -> Item:
    """An item with a signal in it, and without a page."""
    given = item(name)
    words = "Russia condemned France on Monday, Kremlin spokesman Dmitry Peskov said."
    return replace(given, page=None, entry=replace(given.entry, title="Monday in brief", summary=words))


@contextmanager
def meeting(folder: Path) -> Iterator[Meeting]:
    (folder / "traces").mkdir()
    with EmbeddedServer(folder / "data", fsync="everysec") as server:
        client = redis.Redis(unix_socket_path=str(server.socket_path))
        settings = {"STANCEWIRE_REDIS_URL": server.url, "STANCEWIRE_WORK__LEASE_S": "3"}
        with started(folder / "home", "work", **settings) as working:
            met = Meeting(client=client, working=working, home=folder / "home", traces=folder / "traces")
            met.begin()
            yield met
        client.close()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """A worker that met every planted job, with an honest one among them."""
    with meeting(tmp_path_factory.mktemp("planted")) as met:
        client = met.client
        with met.paused():
            met.accept("truth", batch_id=HONEST)
            for name, plant in (*BESIDE.items(), *JOBS.items()):
                plant(client, name, met.traces / name)
            for entry in ENTRIES.values():
                client.rpush(keys.RQ_QUEUE, entry)
            met.accept("last", batch_id="last")
            command_all(client)
        expected = len(JOBS) + len(ENTRIES)
        await_that(lambda: met.counter("jobs_refused") >= expected, "all are refused", met.working)
        await_that(lambda: client.exists(keys.article("last")), "the worker goes on", met.working)
        await_that(lambda: not client.zcard(keys.RQ_LEASES), "what ran out is taken back", met.working)
        command_all(client)
        met.end()
        yield met


def command_all(client: redis.Redis) -> None:
    """Order every worker to stop, in RQ's own words."""
    for name in map(bytes.decode, client.smembers(keys.RQ_WORKERS)):  # type: ignore[arg-type]
        channel = f"rq:pubsub:{name.removeprefix(keys.rq_worker(''))}"
        for command in ("shutdown", "kill-horse", "stop-job", "stop-execution"):
            order = {"command": command, "job_id": HONEST, "execution_id": "any"}
            assert client.publish(channel, json.dumps(order)) == 0, "nobody listens"


@pytest.mark.parametrize("name", JOBS)
def test_71_a_planted_job_is_refused_once_and_not_run(planted: Meeting, name: str) -> None:
    [reason] = planted.refusals(name.encode())

    assert reason.isprintable()
    assert not (planted.traces / name).exists()
    assert not planted.client.exists(keys.rq_job(name))


@pytest.mark.parametrize("name", ENTRIES)
def test_71_an_entry_of_the_queue_that_names_no_job_is_refused_once(planted: Meeting, name: str) -> None:
    assert len(planted.refusals(ENTRIES[name])) == 1


@pytest.mark.parametrize("name", BESIDE)
def test_71_what_is_planted_beside_a_job_is_not_even_looked_at(planted: Meeting, name: str) -> None:
    assert not (planted.traces / name).exists()
    assert planted.refusals(name.encode()) == []


def test_71_of_all_that_was_planted_nothing_ran_and_the_honest_jobs_did(planted: Meeting) -> None:
    assert list(planted.traces.iterdir()) == []
    assert planted.counter("jobs_refused") == len(JOBS) + len(ENTRIES)
    assert planted.published() == ["warm", "truth", "last"]
    assert planted.letters() == []
    assert planted.client.llen(keys.RQ_QUEUE) == planted.client.llen(keys.RQ_INTERMEDIATE) == 0
    assert [each for each in planted.log if each["event"] in {"worker ended", "worker killed", "upkeep fails"}] == []


def test_71_registries_and_schedules_of_rq_stay_as_they_were_planted(planted: Meeting) -> None:
    for kind in ("scheduled", "deferred", "failed", "finished", "canceled", "ready"):
        assert planted.client.zrange(f"rq:{kind}:{keys.QUEUE}", 0, -1) == [kind.encode()], kind
        assert planted.client.exists(keys.rq_job(kind))


def test_71_no_planted_job_makes_a_worker_large(planted: Meeting) -> None:
    assert planted.grown_mb < MEMORY_MB


@pytest.fixture(scope="module")
def payloads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """A worker that met a batch whose items are not what they should be, and whose list goes on for ever."""
    with meeting(tmp_path_factory.mktemp("payloads")) as met:
        client = met.client
        with met.paused():
            met.accept("first", *PAYLOADS, "is-a-list", "is-gone", "last", batch_id="bad")
            for name, payload in PAYLOADS.items():
                client.set(
                    keys.item(f"{name}-first"), payload if isinstance(payload, bytes) else payload(met.traces / name)
                )
            client.delete(keys.item("is-a-list-first"), keys.item("is-gone-first"))
            client.lpush(keys.item("is-a-list-first"), "x")
            for _ in range(20):
                client.rpush(
                    keys.batch("bad"), *(["first-first"] * 5_000), *(f"none-{number}" for number in range(5_000))
                )
            client.rpush(keys.batch("bad"), b"\xff\xfe")
        await_that(lambda: client.exists(keys.article("last")), "the worker goes on", met.working)
        await_that(lambda: not client.zcard(keys.PENDING), "every item has come to an end", met.working)
        met.end()
        yield met


@pytest.mark.parametrize("name", [*PAYLOADS, "is-a-list", "is-gone"])
def test_71_a_planted_payload_becomes_a_dead_letter_and_is_not_opened(payloads: Meeting, name: str) -> None:
    [letter] = [each for each in payloads.letters() if each.item_id == f"{name}-first"]

    assert letter.reason == "unreadable"
    assert len(letter.detail) <= 500
    assert not (payloads.traces / name).exists()


def test_71_items_among_planted_ones_are_published_once_and_a_list_without_end_is_cut(payloads: Meeting) -> None:
    assert payloads.published() == ["warm", "first", "last"]
    assert payloads.counter("items_dead") == len(PAYLOADS) + 2
    assert payloads.grown_mb < MEMORY_MB


def test_71_a_batch_whose_job_was_overwritten_is_refused_and_its_items_come_through_nevertheless(
    client: redis.Redis, server: EmbeddedServer, tmp_path: Path
) -> None:
    store = RedisStore(client, Limits())
    store.accept(acceptance(item("a"), item("b"), batch_id="ours", at=datetime.now(UTC)))
    client.hset(keys.rq_job("ours"), "data", call("os.system", None, [f"touch {tmp_path}/trace"]))
    worker = Worker(server.url)
    try:
        until(lambda: store.counters().get("jobs_refused") == 1)
        until(lambda: store.reconcile(datetime.now(UTC) + timedelta(minutes=1)) == 2)
        worker.wait_for("done ")
        assert worker.stop()[0] == 0
    finally:
        worker.kill()

    assert [entry.signal.article.id for entry in store.read("0", limit=10, wait_ms=0)] == ["a", "b"]
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("spoilt", ["stuck", "attempts", "reaped", "job", "executions", "workers", "batch"])
def test_71_what_is_planted_for_one_batch_does_not_keep_the_reaper_from_the_others(
    client: redis.Redis, spoilt: str
) -> None:
    store, now = RedisStore(client, Limits()), datetime.now(UTC)
    for name in ("spoilt", "sound"):
        store.accept(acceptance(item(name), item(f"{name}-too"), batch_id=name, at=now))
        client.lmove(keys.RQ_QUEUE, keys.RQ_INTERMEDIATE)
        store.reap(now)
    plant: dict[str, Callable[[], object]] = {
        "stuck": lambda: (client.delete(keys.stuck("spoilt")), client.lpush(keys.stuck("spoilt"), "x")),
        "attempts": lambda: client.hset(keys.ATTEMPTS, "spoilt-first", "many"),
        "reaped": lambda: client.hset(keys.rq_job("spoilt"), "stancewire_reaped", "often"),
        "job": lambda: client.set(keys.rq_job("spoilt"), "x", ex=60),
        "executions": lambda: client.set(keys.rq_executions("spoilt"), "x", ex=60),
        "workers": lambda: client.set(keys.RQ_WORKERS, "x"),
        "batch": lambda: client.set(keys.batch("spoilt"), "x", ex=60),
    }
    plant[spoilt]()
    if spoilt in {"attempts", "executions"}:
        client.zadd(keys.RQ_LEASES, {"spoilt:1": 1})
        client.lrem(keys.batch("spoilt"), 0, "spoilt-too-first")

    store.reap(now + timedelta(seconds=10))
    client.expire(keys.stuck("spoilt"), 60)

    assert b"sound" in client.lrange(keys.RQ_QUEUE, 0, -1)
    assert client.llen(keys.RQ_QUEUE) == (1 if spoilt in {"stuck", "batch"} else 2)


def test_69_a_queue_that_is_flooded_makes_the_poller_wait_for_the_workers_and_nothing_is_lost(tmp_path: Path) -> None:
    limit, each, feeds, at_once = 12, 6, 10, 2
    stories = many_stories(each * feeds)
    by_feed = {f"/feed-{number}.xml": stories[number * each : (number + 1) * each] for number in range(feeds)}
    # What polls under way bring is taken in before the poller looks again.
    most = limit + at_once * each
    with NewsSite(feeds=by_feed) as site, TcpServer(tmp_path / "server") as server:
        settings = settings_of(
            tmp_path,
            site,
            STANCEWIRE_REDIS_URL=server.url,
            STANCEWIRE_POLL__MAX_PENDING=str(limit),
            STANCEWIRE_POLL__PAGES="false",
        )
        client = server.client
        with started(tmp_path / "poller", "poll", **settings) as poller:
            paused = json.loads(poller.wait_for('"event":"polling paused"', stream="err", seconds=90))
            assert limit < paused["pending"] <= most
            await_that(lambda: stands_still(lambda: len(site.asked)), "nothing is asked for any more", poller)
            assert limit < client.zcard(keys.PENDING) <= most
            assert sum(bool(site.statuses(path)) for path in by_feed) < feeds
            with started(tmp_path / "worker", "work", **settings) as worker:
                poller.wait_for('"event":"polling resumed"', stream="err", seconds=90)
                await_that(
                    lambda: client.hget(keys.COUNTERS, "items_published") == b"%d" % (each * feeds),
                    "all of every feed is published",
                    poller,
                    worker,
                    seconds=90,
                )
                assert worker.stop() == 0
            assert poller.stop() == 0
        assert RedisStore(client, Limits()).counters()["items_accepted"] == each * feeds
        assert client.xlen(keys.DEAD_STREAM) == 0


def stands_still(count: Callable[[], int], seconds: float = 3) -> bool:
    before = count()
    time.sleep(seconds)
    return count() == before
