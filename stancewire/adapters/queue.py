"""Jobs as RQ stores them: how one is written, and which ones may run.

A job carries nothing but its id, which is the id of its batch. The function to call is chosen from a given table, and
nothing that stands in the queue is ever imported, unpickled, called back or posted to. What is read of it is bounded.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

import orjson
import redis
from redis.exceptions import ResponseError
from rq import Queue
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from stancewire import keys
from stancewire.adapters.lua import Argument
from stancewire.errors import ConfigurationError, Problem

#: Takes a batch id.
JobFunction: TypeAlias = Callable[[str], object]

#: Name under which the queue knows the function that analyses a batch.
ANALYSE_BATCH = "workers.jobs.analyse_batch"

#: What a batch, and so its job and its entry in the queue, may be called: RQ takes no other characters.
BATCH_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")

#: Greatest size of a job's call in the queue, compressed and not; ours is a hundred bytes.
MAX_CALL_BYTES = 4_096


def job_fields(client: redis.Redis, *, timeout_s: float, at: datetime) -> tuple[Argument, ...]:
    """Fields and values, alternately, of the hash that makes RQ run a batch; the same for every batch."""
    job = Job.create(
        ANALYSE_BATCH,
        id="batch",
        connection=client,
        serializer=JSONSerializer,
        origin=keys.QUEUE,
        status=JobStatus.QUEUED,
        description=ANALYSE_BATCH,
        timeout=math.ceil(timeout_s),
        result_ttl=0,
        failure_ttl=keys.BATCH_SECONDS,
    )
    job.created_at = job.enqueued_at = at
    return tuple(part for name, value in job.to_dict().items() for part in (name, value))


def check_names() -> None:
    """Raise ConfigurationError where RQ was told to use other names than those in `keys`."""
    if Queue.redis_queue_namespace_prefix + keys.QUEUE != keys.RQ_QUEUE:
        problem = Problem(
            "RQ uses other names on the server than stancewire does", where="RQ_KEY_PREFIX", hint="unset RQ_KEY_PREFIX"
        )
        raise ConfigurationError((problem,))


class _Executions(ExecutionRegistry):  # type: ignore[misc]
    """The executions of a job by their names alone, which is all that is needed to clear them away.

    RQ reads each one, and fails where that is gone: so it is when the worker was cut off from the server for longer
    than its lease, and finished its job all the same.
    """

    def get_executions(self, start: int = 0, end: int = -1) -> list[Execution]:
        """Those on record."""
        names = self.get_execution_ids(start, end)
        return [Execution(id=name, job_id=self.job_id, connection=self.connection) for name in names]


class QueuedJob(Job):  # type: ignore[misc]
    """A job of which only the id and the name of its function are believed, and nothing else is even read."""

    functions: ClassVar[Mapping[str, JobFunction]] = MappingProxyType({})
    #: Seconds that any job may take, whatever it says of itself.
    longest_s: ClassVar[int] = 1

    #: Why the job may not run; None for one that may.
    refusal: str | None = None

    #: The entry of the queue that named it, as it stands there.
    entry: bytes = b""

    @classmethod
    def taken(cls, entry: bytes, connection: redis.Redis) -> QueuedJob:
        """The job that an entry of the queue names; a refused one where it names none. Raises RedisError."""
        name = entry[:101].decode("ascii", "replace")
        is_name = BATCH_ID.fullmatch(name) is not None
        job = cls(name if is_name else None, connection=connection, serializer=JSONSerializer)
        job.entry = entry
        if is_name:
            job.refresh()
        else:
            job.restore({})
            job.refusal = f"no batch can be called {name[:80]!a}"
        return job

    def refresh(self) -> None:
        """Read what is read of a stored job; a name that does not hold one makes a refused one."""
        try:
            size = int(self.connection.hstrlen(self.key, "data"))
            call = self.connection.hget(self.key, "data") if size <= MAX_CALL_BYTES else None
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            self.restore({})
            self.refusal = "its name holds something else than a job"
            return
        self.restore({b"data": call or b""})
        if size == 0:
            self.refusal = "there is no such job, or no more"
        elif size > MAX_CALL_BYTES:
            self.refusal = "it is too large"

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take over what may be believed and leave everything else as a new job has it."""
        self.origin = keys.QUEUE
        self.result_ttl = 0
        self.failure_ttl = keys.BATCH_SECONDS
        self.timeout = self.longest_s
        self._status = JobStatus.QUEUED
        try:
            name, bare = _called(raw_data.get(b"data", b""))
        except ValueError as error:
            name = ""
            self.refusal = f"it cannot be read: {error}"
        else:
            self.refusal = self._objection(name, bare)
        self._func_name, self._instance, self._args = name, None, ()
        self._kwargs: dict[str, Any] = {}

    def _objection(self, name: str, bare: bool) -> str | None:
        if name not in self.functions:
            return f"it calls {name[:80]!a}, which is not ours"
        return None if bare else "it gives our function something besides its id"

    @property
    def func(self) -> JobFunction:
        """The function from the table."""
        return self.functions[self.func_name]

    @property
    def execution_registry(self) -> ExecutionRegistry:
        """Those of this job."""
        return _Executions(self.id, connection=self.connection)

    def _execute(self) -> object:
        return self.func(self.id)


class BatchQueue(Queue):  # type: ignore[misc]
    """RQ's queue, on which no job waits for another: whatever is said to wait for a batch is not even looked at."""

    def move_dependents_to_ready(self, *_: object, **__: object) -> dict[str, list[str]]:
        """None."""
        return {}


def queued_jobs(functions: Mapping[str, JobFunction], *, timeout_s: float) -> type[QueuedJob]:
    """The class of jobs that may call `functions` and nothing else, and take no longer than `timeout_s` each."""
    believed = {"functions": MappingProxyType(dict(functions)), "longest_s": math.ceil(timeout_s)}
    return type("QueuedJob", (QueuedJob,), believed)


def _called(data: bytes) -> tuple[str, bool]:
    """Name of the function in a job's stored call, and whether that is all there is to the call; or ValueError."""
    if len(data) > MAX_CALL_BYTES:
        raise ValueError("it is too large")
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(data, MAX_CALL_BYTES)
    except zlib.error as error:
        raise ValueError("its call is not compressed") from error
    if inflater.unconsumed_tail:
        raise ValueError("it is too large")
    match orjson.loads(plain):
        case [str(name), instance, arguments, named]:
            return name, instance is None and arguments == [] and named == {}
    raise ValueError("its call is not one of a job")
