"""What somebody who may write to the server can put there in place of a job, each form under a name of its own.

`JOBS` and `ENTRIES` stand in the queue and must be refused, `BESIDE` stand elsewhere and must have no effect, and
`PAYLOADS` stand where an item of a batch should. Each would leave a trace in the file that it is given, were it run.
"""

from __future__ import annotations

import base64
import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from store_samples import item

from stancewire import codec, keys
from stancewire.adapters.queue import ANALYSE_BATCH

#: Puts one form on the server; gets the name of its job and a file that must not come to be.
Plant: TypeAlias = Callable[[redis.Redis, str, Path], None]

HONEST = "honest"


class Touch:
    """Unpickled, it makes a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.write_text, (self.trace, "unpickled"))


def pickled(trace: Path) -> bytes:
    return pickle.dumps(Touch(trace))


def job(**fields: object) -> Plant:
    """A job with these fields, as RQ lays them out; a function makes its value of the trace."""

    def plant(client: redis.Redis, name: str, trace: Path) -> None:
        values: dict[Any, Any] = {field: value(trace) if callable(value) else value for field, value in fields.items()}
        client.hset(keys.rq_job(name), mapping={"status": "queued", "origin": keys.QUEUE, "timeout": 60, **values})
        client.rpush(keys.RQ_QUEUE, name)

    return plant


def call(function: str, instance: object = None, arguments: object = (), named: object = None) -> bytes:
    """A call as RQ stores it with its JSON serialiser."""
    return zlib.compress(orjson.dumps([function, instance, arguments, named or {}]))


def touching(function: str) -> Plant:
    """A call of a function of the system with the trace as its argument."""
    return job(data=lambda trace: call(function, arguments=[f"touch {trace}"]))


def enqueued(**options: object) -> Plant:
    """Put there by RQ itself, as another program would that shares the server."""

    def plant(client: redis.Redis, name: str, trace: Path) -> None:
        Queue(keys.QUEUE, connection=client, **options).enqueue("os.system", f"touch {trace}", job_id=name)

    return plant


def other_type(write: Callable[[redis.Redis, str], object]) -> Plant:
    """Something else than a hash under the name of a job."""

    def plant(client: redis.Redis, name: str, _trace: Path) -> None:
        write(client, keys.rq_job(name))
        client.expire(keys.rq_job(name), 600)
        client.rpush(keys.RQ_QUEUE, name)

    return plant


#: Jobs under a name of their own, which also stands in the queue.
JOBS: Mapping[str, Plant] = {
    "pickle": job(data=lambda trace: zlib.compress(pickled(trace))),
    "bare-pickle": job(data=pickled),
    "pickle-in-json": job(data=lambda trace: call(ANALYSE_BATCH, pickled(trace).decode("latin-1"))),
    "by-rq-with-pickle": enqueued(),
    "by-rq-with-json": enqueued(serializer=JSONSerializer),
    "os-system": touching("os.system"),
    "popen": touching("subprocess.getoutput"),
    "eval": job(data=lambda trace: call("builtins.exec", arguments=[f"open({str(trace)!r}, 'w')"])),
    "pickle-loads": job(data=lambda trace: call("pickle.loads", arguments=[pickled(trace).decode("latin-1")])),
    "our-own-module": job(data=call("workers.process.main")),
    "our-class": job(data=call("workers.jobs.BatchJob")),
    "name-with-space": job(data=call(ANALYSE_BATCH + " ")),
    "name-in-capitals": job(data=call(ANALYSE_BATCH.upper())),
    "name-with-nul": job(data=call(ANALYSE_BATCH + "\0")),
    "name-with-look-alike": job(data=call(ANALYSE_BATCH.replace("a", "а"))),
    "name-with-attribute": job(data=call(ANALYSE_BATCH + ".__globals__")),
    "name-of-forged-log": job(data=call('x"}\n{"event":"all is well","batch":"\x1b[2J')),
    "unknown": job(data=call("workers.jobs.analyse_everything")),
    "instance": job(data=call(ANALYSE_BATCH, "builtins.dict")),
    "arguments": job(data=call(ANALYSE_BATCH, None, ["other"])),
    "named-arguments": job(data=call(ANALYSE_BATCH, None, [], {"batch_id": HONEST})),
    "too-short": job(data=zlib.compress(orjson.dumps([ANALYSE_BATCH]))),
    "an-object": job(data=zlib.compress(b'{"func": "os.system"}')),
    "a-number-for-a-name": job(data=zlib.compress(b"[1, null, [], {}]")),
    "deep": job(data=zlib.compress(b"[" * 4_000)),
    "bomb": job(data=zlib.compress(b"[" * 50_000_000)),
    "oversized": job(data=b"x" * 50_000_000),
    "noise": job(data=b"\xff\xfe\x00"),
    "not-text": job(data=zlib.compress(b"\xff\xfe")),
    "no-call": job(),
    "job-is-text": other_type(lambda client, name: client.set(name, "x")),
    "job-is-list": other_type(lambda client, name: client.rpush(name, "x")),
    "job-is-set": other_type(lambda client, name: client.sadd(name, "x")),
    "job-is-sorted-set": other_type(lambda client, name: client.zadd(name, {"x": 1})),
    "job-is-stream": other_type(lambda client, name: client.xadd(name, {"x": "1"})),
}

#: Entries of the queue that name no job.
ENTRIES: Mapping[str, bytes] = {
    "no-such-job": b"no-such-job",
    "entry-is-path": b"../../etc/passwd",
    "entry-with-colon": b"honest:dependents",
    "entry-is-pattern": b"rq:job:*",
    "entry-with-line-end": b"honest\r\nFLUSHALL\r\n",
    "entry-is-colour": b"\x1b[31mhonest\x1b[0m",
    "entry-is-not-text": b"\xff\xfe\x80honest",
    "entry-is-empty": b"",
    "entry-is-huge": b"a" * 5_000_000,
    "entry-is-pickle": pickle.dumps(Touch(Path("/nowhere/at-all"))),
}


def zeros(megabytes: int) -> str:
    """A page of so many million zeros, as an item holds it."""
    return base64.b64encode(zlib.compress(bytes(megabytes * 1_000_000), 9)).decode()


#: What stands in place of an item; a function makes it of a trace.
PAYLOADS: Mapping[str, bytes | Callable[[Path], bytes]] = {
    "page-bomb": codec.encode_item(replace(item("page-bomb"), page=None))[:-1]
    + f',"page":{{"url":"u","content_type":"text/html","zlib":"{zeros(300)}"}}}}'.encode(),
    "page-is-list": b'{"page": [1, 2]}',
    "page-is-noise": b'{"page": {"url": 1, "content_type": 2, "zlib": "?"}}',
    "deep-object": b'{"entry":' * 50_000,
    "deep-list": b'{"entry":' + b"[" * 1_000_000,
    "huge-text": b'{"entry": "' + b"a" * 40_000_000 + b'"}',
    "huge-number": b'{"revision": ' + b"9" * 1_000_000 + b"}",
    "item-is-pickle": pickled,
    "item-is-packed-pickle": lambda trace: zlib.compress(pickled(trace)),
    "not-json": b"\xff\xfe",
    "nothing-in-it": b"{}",
    "a-list": b"[]",
    "half-a-character": b'{"id": "\\ud800"}',
}


def _fields(**fields: object) -> Plant:
    """Further fields of the honest job itself."""

    def plant(client: redis.Redis, _name: str, trace: Path) -> None:
        values: dict[Any, Any] = {field: value(trace) if callable(value) else value for field, value in fields.items()}
        client.hset(keys.rq_job(HONEST), mapping=values)

    return plant


def _touching_job(client: redis.Redis, name: str, trace: Path) -> None:
    client.hset(
        keys.rq_job(name),
        mapping={"data": call("os.system", None, [f"touch {trace}"]), "status": "deferred", "origin": keys.QUEUE},
    )


def _registry(kind: str) -> Plant:
    """A job that waits in one of RQ's registries and is due."""

    def plant(client: redis.Redis, name: str, trace: Path) -> None:
        _touching_job(client, name, trace)
        client.zadd(f"rq:{kind}:{keys.QUEUE}", {name: 1})

    return plant


def _dependent(client: redis.Redis, name: str, trace: Path) -> None:
    """A job that waits for the honest one."""
    _touching_job(client, name, trace)
    client.sadd(Job.dependents_key_for(HONEST), name)
    client.sadd(Job(name, connection=client).dependencies_key, HONEST)


def _results(client: redis.Redis, _name: str, trace: Path) -> None:
    client.xadd(f"rq:results:{HONEST}", {"type": "1", "return_value": pickled(trace), "exc_string": pickled(trace)})


def _scheduler(client: redis.Redis, name: str, trace: Path) -> None:
    client.set(f"rq:scheduler-lock:{keys.QUEUE}", "me")
    client.zadd(f"rq:scheduler:{keys.QUEUE}", {name: 1})
    client.hset(f"rq:cron:{name}", mapping={"func": "os.system", "args": f'["touch {trace}"]', "cron": "* * * * *"})
    client.set("rq:suspended", "1")


def _leases(client: redis.Redis, _name: str, _trace: Path) -> None:
    """Leases that ran out and belong to nothing, with names that no batch can have."""
    for lease in (b"", b":", b"no-colon", b"a:b:c", b"\xff\xfe:1", b"honest\r\n:1", b"*:*"):
        client.zadd(keys.RQ_LEASES, {lease: 1})


BESIDE: Mapping[str, Plant] = {
    "pickles-in-all-fields": _fields(
        exc_info=pickled, meta=pickled, result=pickled, description=pickled, worker_name=pickled
    ),
    "callbacks": _fields(
        success_callback_name="os.abort",
        failure_callback_name="os.abort",
        stopped_callback_name="os.abort",
        success_callback_timeout="x",
        failure_callback_timeout="-1",
    ),
    "webhooks": _fields(webhooks='[{"url": "http://127.0.0.1:9/", "job_status": "finished"}]'),
    "times-and-numbers": _fields(
        timeout="9" * 5_000,
        created_at="soon",
        enqueued_at=b"\xff",
        started_at="x",
        last_heartbeat="x",
        result_ttl="x",
        failure_ttl="x",
        ttl="x",
        retries_left="9",
        retry_intervals="[0]",
        repeats_left="5",
        repeat_intervals="[1]",
        rate_limit_key="mine",
        rate_limit_concurrency="1",
        status="no such status",
        origin="elsewhere",
        serializer="pickle",
    ),
    "dependency": _fields(dependency_id="planted", dependency_ids=b"\x80\x04", group_id="none"),
    "dependent": _dependent,
    "results": _results,
    "scheduled": _registry("scheduled"),
    "deferred": _registry("deferred"),
    "failed": _registry("failed"),
    "finished": _registry("finished"),
    "canceled": _registry("canceled"),
    "ready": _registry("ready"),
    "scheduler": _scheduler,
    "leases": _leases,
}
