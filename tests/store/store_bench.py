"""A bench on which a test plays the worker, on the store in memory and on the real one with RQ's own steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

import redis
from rq.executions import Execution

from stancewire import codec, keys
from stancewire.adapters.queue import ANALYSE_BATCH, queued_jobs
from stancewire.testing import FakeStore
from stancewire.types import DeadLetter


class Bench(Protocol):
    def take(self, lease_until: datetime) -> str | None: ...

    def finish(self, batch_id: str) -> None: ...

    def letters(self) -> list[DeadLetter]: ...

    def spoil(self, item_id: str, payload: bytes | None) -> None: ...

    def lose_queue(self) -> None: ...


class FakeBench:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    def take(self, lease_until: datetime) -> str | None:
        return self._store.take(lease_until)

    def finish(self, batch_id: str) -> None:
        self._store.finish(batch_id)

    def letters(self) -> list[DeadLetter]:
        return list(self._store.dead)

    def spoil(self, item_id: str, payload: bytes | None) -> None:
        if payload is None:
            del self._store.payloads[item_id]
        else:
            self._store.payloads[item_id] = payload

    def lose_queue(self) -> None:
        self._store.queue.clear()


class RealBench:
    """Takes batches as RQ's worker does up to the point where it would run them."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._jobs: dict[str, tuple[Any, Execution]] = {}
        self._job_class = queued_jobs({ANALYSE_BATCH: lambda _: None}, timeout_s=60)

    def take(self, lease_until: datetime) -> str | None:
        entry: Any = self._client.lmove(keys.RQ_QUEUE, keys.RQ_INTERMEDIATE)
        if entry is None:
            return None
        job = self._job_class.taken(entry, self._client)
        with self._client.pipeline() as pipeline:
            execution = Execution.create(job, 60, pipeline=pipeline, worker_name="w")
            pipeline.zadd(keys.RQ_LEASES, {execution.composite_key: lease_until.timestamp()})
            pipeline.lrem(keys.RQ_INTERMEDIATE, 1, job.id)
            pipeline.execute()
        self._jobs[job.id] = (job, execution)
        return str(job.id)

    def finish(self, batch_id: str) -> None:
        job, execution = self._jobs.pop(batch_id)
        with self._client.pipeline() as pipeline:
            execution.delete(job, pipeline)
            job.delete(pipeline=pipeline)
            pipeline.execute()

    def letters(self) -> list[DeadLetter]:
        rows: Any = self._client.xrange(keys.DEAD_STREAM)
        return [codec.dead_letters.decode(fields[b"data"]) for _, fields in rows]

    def spoil(self, item_id: str, payload: bytes | None) -> None:
        if payload is None:
            self._client.delete(keys.item(item_id))
        else:
            self._client.set(keys.item(item_id), payload)

    def lose_queue(self) -> None:
        self._client.delete(keys.RQ_QUEUE)
