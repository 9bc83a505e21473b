"""Real worker processes on a real server, under the supervisor as the program starts them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from config.loading import dump
from config.settings import Settings, WorkSettings
from services.embedded import EmbeddedServer
from services.supervisor import Pace, Supervisor
from services.worker_handle import Command, WorkerLimits
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import WorkerError
from stancewire.types import Acceptance, Entry, Feed, Item

PROGRAM = (sys.executable, "-P", "-m", "workers.process")


def item(name: str) -> Item:
    entry = Entry(
        guid=name,
        link=f"https://gazette.example/{name}",
        title="Russia condemns France",
        summary="Russia condemned France on Monday, Kremlin spokesman Dmitry Peskov said.",
        content="",
        authors=(),
        published_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
        updated_at=None,
        time_confidence="stated",
        language="en",
    )
    return Item(
        id=f"item-{name}",
        article_id=name,
        fingerprint="f",
        revision=1,
        feed=Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette"),
        entry=entry,
        page=None,
        page_error=None,
        fetched_at=datetime.now(UTC),
    )


async def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.05)


async def test_a_batch_goes_through_real_workers_also_when_one_is_killed(
    server: EmbeddedServer, client: redis.Redis
) -> None:
    settings = Settings(redis_url=SecretStr(server.url), work=WorkSettings(lease_s=3))
    store = RedisStore(client, Limits(stuck_after_s=1, reconcile_after_s=2))
    supervisor = Supervisor(
        Command(arguments=PROGRAM, settings=dump(settings)),
        processes=1,
        limits=WorkerLimits(job_timeout_s=60, max_memory_mb=1_500, grace_s=10),
        upkeep=store,
        clock=lambda: datetime.now(UTC),
        pace=Pace(check_s=0.1, reap_s=0.5, reconcile_s=1, first_delay_s=0.05),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    try:
        await until(lambda: supervisor.workforce.ready == 1)
        store.accept(Acceptance(items=(item("one"),), feed_state=None, batch_id="batch1", at=datetime.now(UTC)))
        await until(lambda: store.counters().get("items_published") == 1)
        (first,) = supervisor.pids
        os.kill(first, signal.SIGKILL)
        store.accept(Acceptance(items=(item("two"),), feed_state=None, batch_id="batch2", at=datetime.now(UTC)))
        await until(lambda: store.counters().get("items_published") == 2)
        started = time.monotonic()
    finally:
        stop.set()
        await running

    assert time.monotonic() - started < 8
    assert supervisor.workforce.restarts == 1
    entries = store.read("0", limit=10, wait_ms=0)
    assert {entry.signal.article.id for entry in entries} == {"one", "two"}
    assert all(entry.signal.detected_at is not None for entry in entries)


async def test_a_broken_installation_ends_the_supervisor_with_the_cause(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    (tmp_path / "spacy.py").write_text("raise ImportError('a library is missing')")
    supervisor = Supervisor(
        Command(
            arguments=PROGRAM,
            settings=dump(Settings(redis_url=SecretStr(server.url))),
            environment={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"},
        ),
        processes=1,
        limits=WorkerLimits(job_timeout_s=60, max_memory_mb=1_500, grace_s=10),
        upkeep=RedisStore(client, Limits()),
        clock=lambda: datetime.now(UTC),
        pace=Pace(first_delay_s=0.05),
    )

    with pytest.raises(WorkerError, match="status 1: the analysis cannot be loaded: a library is missing"):
        await asyncio.wait_for(supervisor.run(asyncio.Event()), 60)


def test_without_settings_it_says_who_starts_it() -> None:
    ended = subprocess.run(PROGRAM, input="", capture_output=True, text=True, check=False, timeout=30)

    assert ended.returncode == 2
    assert "stancewire up" in ended.stderr


def test_a_server_that_is_away_is_said_in_one_line() -> None:
    settings = Settings(redis_url=SecretStr("redis://:hush@127.0.0.1:1"))

    with subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stderr is not None
        worker.stdin.write(dump(settings) + b"\n")
        worker.stdin.flush()
        said = worker.stderr.read()

    assert worker.returncode == 1
    assert b"127.0.0.1:1" in said
    assert b"hush" not in said
    assert b"Traceback" not in said


def test_it_ends_when_its_supervisor_is_gone() -> None:
    settings = Settings(redis_url=SecretStr("redis://127.0.0.1:1"))

    ended = subprocess.run(PROGRAM, input=dump(settings) + b"\n", capture_output=True, check=False, timeout=60)

    assert ended.returncode in {1, -signal.SIGTERM}
