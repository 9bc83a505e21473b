"""Real worker processes on a real server: killed and stopped, with jobs that fail, hang and kill."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from store_bench import RealBench
from store_processes import Worker, until
from store_samples import acceptance, item

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.lease import OVERDUE_STATUS
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore

Start = Callable[..., Worker]


@pytest.fixture
def work(server: EmbeddedServer, client: redis.Redis) -> Iterator[Start]:
    """Starts worker processes, and kills those that are left."""
    started: list[Worker] = []

    def start(**options: Any) -> Worker:
        started.append(Worker(server.url, **options))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def store(client: redis.Redis) -> RedisStore:
    return RedisStore(client, Limits(stuck_after_s=0.5))


def accept(store: RedisStore, *names: str, batch_id: str = "batch") -> None:
    store.accept(acceptance(*(item(name) for name in names), batch_id=batch_id, at=datetime.now(UTC)))


def published(store: RedisStore) -> list[str]:
    return [entry.signal.article.id for entry in store.read("0", limit=1_000, wait_ms=0)]


def test_what_is_accepted_is_worked_on_and_published(store: RedisStore, work: Start) -> None:
    accept(store, "a", "b", "c")
    worker = work()
    worker.wait_for("done batch")

    status, _ = worker.stop()

    assert status == 0
    assert published(store) == ["a", "b", "c"]
    assert store.depth().running == 0


def test_a_batch_of_a_killed_worker_is_finished_by_another_and_nothing_stands_twice(
    store: RedisStore, work: Start
) -> None:
    accept(store, "a", "b", "slow", "c")
    first = work()
    first.wait_for("begins slow")
    first.kill()
    second = work()

    until(lambda: store.reap(datetime.now(UTC)) == 1)
    second.wait_for("done batch")

    assert published(store) == ["a", "b", "slow", "c"]
    assert store.depth().pending == 0
    assert second.stop()[0] == 0


def test_a_batch_taken_by_a_worker_that_died_before_its_lease_is_brought_back(
    store: RedisStore, client: redis.Redis, work: Start
) -> None:
    accept(store, "a", "b")
    client.lmove(keys.RQ_QUEUE, keys.RQ_INTERMEDIATE)

    until(lambda: store.reap(datetime.now(UTC)) == 1)
    work().wait_for("done batch")

    assert published(store) == ["a", "b"]


def test_a_long_job_keeps_its_lease(store: RedisStore, work: Start) -> None:
    accept(store, "slow")
    worker = work()
    worker.wait_for("begins slow")

    reaped = []
    end = time.monotonic() + 1.8
    while time.monotonic() < end:
        reaped.append(store.reap(datetime.now(UTC)))
        time.sleep(0.1)

    worker.wait_for("done batch")
    assert set(reaped) == {0}


def test_a_job_that_outlived_its_lease_unnoticed_ends_as_any_other(
    store: RedisStore, client: redis.Redis, work: Start
) -> None:
    """As when its worker's host was cut off meanwhile."""
    accept(store, "slow")
    worker = work()
    worker.wait_for("begins slow")

    held: Any = client.zrange(keys.RQ_LEASES, 0, -1)
    (lease,) = held
    client.delete(keys.rq_execution(lease.decode()))
    worker.wait_for("done batch")
    status, rest = worker.stop()

    assert status == 0
    assert "job failed" not in "".join(worker.output) + rest
    assert published(store) == ["slow"]
    assert not client.exists(keys.rq_job("batch"))
    assert store.depth().running == 0


def test_an_item_that_kills_its_workers_becomes_a_dead_letter_and_the_others_go_through(
    store: RedisStore, work: Start, client: redis.Redis
) -> None:
    accept(store, "a", "killer", "b")

    def until_dead() -> bool:
        if not living or living[-1].process.poll() is not None:
            living.append(work())
        store.reap(datetime.now(UTC))
        return store.depth().pending == 0

    living: list[Worker] = []
    until(until_dead, timeout_s=40)

    assert sorted(published(store)) == ["a", "b"]
    (letter,) = RealBench(client).letters()
    assert (letter.item_id, letter.reason) == ("killer-first", "killed_workers")


def test_a_batch_whose_job_fails_is_tried_again_item_by_item(store: RedisStore, work: Start) -> None:
    accept(store, "faulty", "a")
    worker = work()

    until(lambda: store.depth().dead == 1)

    assert published(store) == ["a"]
    status, rest = worker.stop()
    assert status == 0
    assert "RuntimeError: the model is broken" in "".join(worker.output) + rest


@pytest.mark.parametrize("name", ["stuck", "heedless"])
def test_a_job_is_interrupted_when_its_time_is_over(client: redis.Redis, work: Start, name: str) -> None:
    store = RedisStore(client, Limits(job_timeout_s=1))
    accept(store, name)
    worker = work(job_timeout_s=1)

    until(lambda: store.depth().dead == 1)

    (letter,) = RealBench(client).letters()
    assert (letter.reason, letter.attempts) == ("killed_workers", 3)
    assert "JobTimeout: the job took longer than 1 seconds" in letter.detail
    assert worker.stop()[0] == 0


def test_a_job_that_cannot_be_interrupted_takes_its_worker_along(client: redis.Redis, work: Start) -> None:
    store = RedisStore(client, Limits(job_timeout_s=1))
    accept(store, "frozen")
    worker = work(job_timeout_s=1)

    assert worker.end()[0] == OVERDUE_STATUS

    until(lambda: store.reap(datetime.now(UTC)) == 1)


def test_a_first_sigterm_lets_the_batch_be_finished(store: RedisStore, work: Start) -> None:
    accept(store, "slow", "a")
    accept(store, "b", batch_id="second")
    worker = work()
    worker.wait_for("begins slow")

    status, rest = worker.stop()

    assert status == 0
    assert "done batch" in rest
    assert published(store) == ["slow", "a"]
    assert store.depth().queued == 1


def test_a_second_sigterm_ends_the_worker_at_once_and_the_batch_is_done_again(store: RedisStore, work: Start) -> None:
    accept(store, "stuck", "a")
    worker = work()
    worker.wait_for("begins stuck")
    worker.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    worker.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert worker.process.poll() is None, "the same signal sent twice at a time counts once"
    time.sleep(0.8)

    worker.process.send_signal(signal.SIGTERM)

    assert worker.end(timeout_s=2)[0] == 128 + signal.SIGTERM
    until(lambda: store.reap(datetime.now(UTC)) == 1)


def test_a_worker_waits_for_a_server_that_is_full(store: RedisStore, client: redis.Redis, work: Start) -> None:
    accept(store, "a")
    worker = work()
    worker.wait_for("done batch")
    accept(store, "b", batch_id="second")
    client.config_set("maxmemory", 1)
    worker.wait_for("server full")

    client.config_set("maxmemory", 0)
    store.reap(datetime.now(UTC))
    until(lambda: store.reap(datetime.now(UTC)) >= 0 and published(store) == ["a", "b"])

    assert worker.stop()[0] == 0


def test_an_idle_worker_stops_within_two_seconds(work: Start, store: RedisStore) -> None:
    accept(store, "a")
    worker = work()
    worker.wait_for("done batch")
    begun = time.monotonic()

    assert worker.stop()[0] == 0

    assert time.monotonic() - begun < 2


def test_what_an_outage_interrupts_costs_no_attempt_however_often(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        store = RedisStore(connect(server.url, purpose="poller"), Limits(max_attempts=3))
        accept(store, "slow")
        worker = Worker(server.url)
        try:
            for _ in range(4):
                worker.wait_for("begins slow")
                server.stop()
                worker.wait_for("server away")
                server.start()
                worker.wait_for("batch handed back")
            worker.wait_for("done batch")
        finally:
            worker.kill()

        client = connect(server.url, purpose="check")
        assert published(store) == ["slow"]
        assert not client.exists(keys.ATTEMPTS)
        assert store.depth().dead == 0
