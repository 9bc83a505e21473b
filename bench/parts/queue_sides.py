"""The two sides that `bench.queue` compares, each with a consumer that does nothing with what it takes.

RQ is the product's own worker on the product's own queue; the other side is a consumer group on a plain stream.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import redis

from bench.parts.mixed_items import acceptance_of
from bench.parts.usage import Used
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument
from stancewire.adapters.queue import ANALYSE_BATCH, job_fields
from stancewire.adapters.store import RedisStore
from stancewire.adapters.worker import WorkerPlan, run_worker
from stancewire.types import Item

_STREAM, _GROUP = "bench:articles", "workers"


def through_rq(url: str, batches: int, batch: int) -> Used:
    """What it takes to carry so many batches through the queue, each of so many articles."""
    client = connect(url, purpose="check")
    client.flushall()
    fields = job_fields(client, timeout_s=120, at=datetime.now(UTC))
    with client.pipeline(transaction=False) as pipeline:
        for number in range(batches + 1):
            _queue(pipeline, f"batch-{number}", batch, fields)
        pipeline.execute()
    return carried(client, batches, lambda job: _work(url, batches + 1, job))


def through_stream(url: str, batches: int, batch: int) -> Used:
    """The same with a stream: an entry for each article, read in batches, acknowledged and taken off."""
    client = connect(url, purpose="check")
    client.flushall()
    client.xgroup_create(_STREAM, _GROUP, "0", mkstream=True)
    with client.pipeline(transaction=False) as pipeline:
        for number in range((batches + 1) * batch):
            pipeline.xadd(_STREAM, {"item": f"{number:064}"})
        pipeline.execute()
    return carried(client, batches, lambda job: _consume(url, batches + 1, batch, job))


def carried(client: redis.Redis, batches: int, consume: Callable[[Callable[[str], object]], object]) -> Used:
    """What is used from within the first batch to within the last."""
    marks: list[Used] = []
    done = 0

    def job(_: str) -> None:
        nonlocal done
        if done in {0, batches}:
            marks.append(Used.by(client))
        done += 1

    consume(job)
    first, last = marks
    return last.since(first)


def accept(store: RedisStore, items: tuple[Item, ...], batch: int) -> int:
    """Take articles in, in batches; how many of these there are."""
    now = datetime.now(UTC)
    starts = range(0, len(items), batch)
    for number, first in enumerate(starts):
        store.accept(acceptance_of(items[first : first + batch], f"batch-{number}", now))
    return len(starts)


def _queue(pipeline: Any, name: str, batch: int, fields: tuple[Argument, ...]) -> None:
    """As `accept.lua` does."""
    pipeline.rpush(keys.RQ_QUEUE, name)
    pipeline.execute_command("HSET", keys.rq_job(name), *fields)
    pipeline.expire(keys.rq_job(name), keys.BATCH_SECONDS)
    pipeline.rpush(keys.batch(name), *(f"{number:064}" for number in range(batch)))


def _work(url: str, jobs: int, job: Callable[[str], object]) -> None:
    plan = WorkerPlan(functions={ANALYSE_BATCH: job}, limits=Limits(), max_jobs=jobs)
    run_worker(lambda purpose: connect(url, purpose=purpose), plan)


def _consume(url: str, jobs: int, batch: int, job: Callable[[str], object]) -> None:
    client = connect(url, purpose="worker")
    for _ in range(jobs):
        answer: Any = client.xreadgroup(_GROUP, "consumer", {_STREAM: ">"}, count=batch, block=1_000)
        ((_, entries),) = answer
        ids = [entry_id for entry_id, _ in entries]
        job(ids[0].decode())
        with client.pipeline(transaction=False) as pipeline:
            pipeline.xack(_STREAM, _GROUP, *ids)
            pipeline.xdel(_STREAM, *ids)
            pipeline.execute()
    client.close()
