"""Stopping and starting: a signal in the middle of a job, a second one, and two that want the same data folder."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from cli_programs import ROOT, Running, left_behind, run, started
from news_site import NewsSite
from runs import TcpServer, await_that, client_of, settings_of
from store_samples import acceptance, item

from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SLOWED = Path(__file__).with_name("slowed")
#: Seconds that a stop may take beyond what is given to jobs: ends of processes, on a machine that does other things.
SPARE_S = 10


@contextmanager
def at_a_slow_job(folder: Path, url: str, *, seconds: float, grace_s: float) -> Iterator[Running]:
    """`stancewire work`, in the middle of a job that takes so long."""
    settings = {
        "STANCEWIRE_REDIS_URL": url,
        "STANCEWIRE_WORK__GRACE_S": str(grace_s),
        "STANCEWIRE_WORK__LEASE_S": "3",
        "SLOWED_S": str(seconds),
        "PYTHONPATH": f"{SLOWED}:{ROOT}",
    }
    with started(folder, "work", **settings) as working:
        working.wait_for("slow analysis begins", stream="err", seconds=90)
        yield working


def accept(client: redis.Redis, *names: str) -> RedisStore:
    store = RedisStore(client, Limits())
    words = "Russia condemned France on Monday, Kremlin spokesman Dmitry Peskov said."
    items = [item(name) for name in names]
    told = [replace(each, page=None, entry=replace(each.entry, title="In brief", summary=words)) for each in items]
    store.accept(acceptance(*told, at=datetime.now(UTC)))
    return store


def published(client: redis.Redis) -> list[str]:
    rows: Any = client.xrange(keys.SIGNALS_STREAM)
    return [codec.signals.decode(fields[b"data"]).article.id for _, fields in rows]


def is_untouched(client: redis.Redis) -> bool:
    """Whether the one batch waits in the queue as if nobody had begun with it."""
    waiting = client.lrange(keys.RQ_QUEUE, 0, -1) == [b"batch"]
    return waiting and not client.zcard(keys.RQ_LEASES) and not client.hlen(keys.ATTEMPTS)


def finish(folder: Path, url: str, client: redis.Redis, *names: str) -> None:
    """Let another `stancewire work` do what is left; everything must be on the stream once."""
    with started(folder, "work", STANCEWIRE_REDIS_URL=url) as working:
        await_that(lambda: not client.zcard(keys.PENDING), "another finishes the batch", working, seconds=90)
        assert working.stop(signal.SIGTERM) == 0
    assert published(client) == list(names)
    assert client.xlen(keys.DEAD_STREAM) == 0


def test_68_sigterm_during_a_job_of_thirty_seconds_lets_it_end_and_the_status_is_0(tmp_path: Path) -> None:
    with TcpServer(tmp_path / "server") as server:
        accept(server.client, "a", "b")
        with at_a_slow_job(tmp_path / "work", server.url, seconds=30, grace_s=60) as working:
            begun = time.monotonic()
            assert working.stop(signal.SIGTERM, seconds=60) == 0
            took = time.monotonic() - begun
        assert 20 < took < 30 + SPARE_S
        assert published(server.client) == ["a", "b"]
        assert server.client.zcard(keys.PENDING) == 0
        # Whatever is left of the lease, nothing is run again for it.
        assert RedisStore(server.client, Limits()).reap(datetime.now(UTC) + timedelta(hours=1)) == 0
        assert left_behind(tmp_path / "work") == []


def test_68_a_job_that_outlasts_the_grace_is_handed_back_at_once_and_done_by_another(tmp_path: Path) -> None:
    grace_s = 3
    with TcpServer(tmp_path / "server") as server:
        accept(server.client, "a", "b")
        with at_a_slow_job(tmp_path / "work", server.url, seconds=30, grace_s=grace_s) as working:
            begun = time.monotonic()
            assert working.stop(signal.SIGTERM) == 0
            assert grace_s <= time.monotonic() - begun < grace_s + SPARE_S
            events = [json.loads(line)["event"] for line in working.err if line.startswith("{")]
        assert events[-2:] == ["worker killed", "batch handed back"]
        assert is_untouched(server.client)
        assert left_behind(tmp_path / "work") == []
        finish(tmp_path / "other", server.url, server.client, "a", "b")


def test_68_a_second_sigterm_is_a_cold_stop_and_the_job_is_run_again_by_another(tmp_path: Path) -> None:
    with TcpServer(tmp_path / "server") as server:
        accept(server.client, "a", "b")
        with at_a_slow_job(tmp_path / "work", server.url, seconds=30, grace_s=60) as working:
            working.process.send_signal(signal.SIGTERM)
            working.wait_for('"event":"stopping"', stream="err")
            begun = time.monotonic()
            working.process.send_signal(signal.SIGTERM)
            assert working.process.wait(SPARE_S) == 128 + signal.SIGTERM
            assert time.monotonic() - begun < 3
            assert is_untouched(server.client)
            assert left_behind(tmp_path / "work", within=2) == []
        assert published(server.client) == []
        finish(tmp_path / "other", server.url, server.client, "a", "b")


def test_68_a_second_sigterm_is_a_cold_stop_also_while_the_server_hangs(tmp_path: Path) -> None:
    with TcpServer(tmp_path / "server") as server, ExitStack() as paused:
        store = accept(server.client, "a")
        with at_a_slow_job(tmp_path / "work", server.url, seconds=30, grace_s=60) as working:
            pid = server.client.info("server")["process_id"]
            os.kill(pid, signal.SIGSTOP)
            paused.callback(os.kill, pid, signal.SIGCONT)
            working.process.send_signal(signal.SIGTERM)
            working.wait_for('"event":"stopping"', stream="err")
            working.process.send_signal(signal.SIGTERM)
            assert working.process.wait(SPARE_S) == 128 + signal.SIGTERM
            assert left_behind(tmp_path / "work", within=2) == []
        paused.close()
        # What the dying process said last may have been heard after all; else the lease runs out.
        await_that(lambda: store.reap(datetime.now(UTC)) or server.client.llen(keys.RQ_QUEUE), "it is queued again")
        finish(tmp_path / "other", server.url, server.client, "a")


def test_68_sigterm_right_after_the_start_stops_what_is_still_loading(tmp_path: Path) -> None:
    with TcpServer(tmp_path / "server") as server:
        with started(tmp_path / "work", "work", STANCEWIRE_REDIS_URL=server.url) as working:
            working.wait_for('"event":"running"', stream="err", seconds=90)
            begun = time.monotonic()
            assert working.stop(signal.SIGTERM) == 0
            assert time.monotonic() - begun < SPARE_S
        assert left_behind(tmp_path / "work") == []


def test_two_that_are_started_on_one_data_folder_do_not_both_run(tmp_path: Path) -> None:
    with NewsSite(feeds={"/feed.xml": ()}) as site:
        shared = settings_of(tmp_path, site)
    with started(tmp_path / "one", "up", **shared) as one, started(tmp_path / "two", "up", **shared) as two:
        await_that(lambda: (one.process.poll() is None) != (two.process.poll() is None), "one of them ends", one, two)
        first, second = sorted((one, two), key=lambda each: each.process.poll() is not None)
        second.read_on()
        first.wait_for('"event":"running"', stream="err", seconds=90)
        assert second.process.returncode == 1
        [line] = [line for line in second.err if "in use" in line]
        assert f"data folder {tmp_path / 'data'} is in use by" in line
        with client_of(shared) as client:
            assert client.ping()

        third = run(tmp_path / "three", "up", **shared)  # type: ignore[arg-type]
        assert third.status == 1
        assert f"is in use by process {first.process.pid}" in third.err.replace("\n", " ").replace("       ", "")
        assert first.process.poll() is None
        assert first.stop(signal.SIGTERM) == 0
