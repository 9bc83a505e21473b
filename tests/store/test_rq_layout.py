"""What we assume of RQ's names and fields, held against the version that is installed."""

from __future__ import annotations

from importlib.metadata import version

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker_registration import REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY
from store_samples import NOON, acceptance, item

from stancewire import keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.queue import ANALYSE_BATCH
from stancewire.adapters.store import RedisStore


@pytest.fixture
def queue(client: redis.Redis) -> Queue:
    return Queue(keys.QUEUE, connection=client, serializer=JSONSerializer)


def test_the_version_is_the_one_that_was_measured() -> None:
    assert version("rq") == "3.0.0"


def test_names_are_those_of_rq(queue: Queue, client: redis.Redis) -> None:
    execution = Execution("run", "batch", client, worker_name="w")
    worker = SimpleWorker([queue], name="w", connection=client)

    assert queue.key == keys.RQ_QUEUE
    assert queue.intermediate_queue_key == keys.RQ_INTERMEDIATE
    assert queue.redis_queues_keys == keys.RQ_QUEUES
    assert StartedJobRegistry(keys.QUEUE, connection=client).key == keys.RQ_LEASES
    assert Job.key_for("batch") == keys.rq_job("batch")
    assert execution.key == keys.rq_execution("batch:run")
    assert execution.composite_key == "batch:run"
    assert ExecutionRegistry("batch", client).key == keys.rq_executions("batch")
    assert worker.key == keys.rq_worker("w")
    assert worker.executions_key == f"{keys.rq_worker('w')}:executions"
    assert REDIS_WORKER_KEYS == keys.RQ_WORKERS
    assert WORKERS_BY_QUEUE_KEY % keys.QUEUE == keys.RQ_QUEUE_WORKERS


def test_a_batch_is_queued_as_rq_queues_a_job(queue: Queue, client: redis.Redis) -> None:
    RedisStore(client, Limits()).accept(acceptance(item("a"), batch_id="ours"))
    queue.enqueue(
        ANALYSE_BATCH, job_id="theirs", result_ttl=0, failure_ttl=keys.BATCH_SECONDS, job_timeout=120, description="x"
    )

    ours, theirs = (client.hgetall(keys.rq_job(name)) for name in ("ours", "theirs"))

    assert ours.keys() == theirs.keys()
    changing = {b"created_at", b"enqueued_at", b"description"}
    assert {name: ours[name] for name in ours.keys() - changing} == {
        name: theirs[name] for name in theirs.keys() - changing
    }
    assert client.lrange(keys.RQ_QUEUE, 0, -1) == [b"ours", b"theirs"]
    assert client.smembers(keys.RQ_QUEUES) == {keys.RQ_QUEUE.encode()}
    client.delete(keys.rq_job("theirs"))


def test_rq_reads_the_job_of_a_batch(queue: Queue, client: redis.Redis) -> None:
    RedisStore(client, Limits(job_timeout_s=90.5)).accept(acceptance(item("a"), batch_id="ours"))

    job = Job.fetch("ours", connection=client, serializer=JSONSerializer)

    assert job.func_name == ANALYSE_BATCH
    assert (job.origin, job.timeout, job.result_ttl) == (keys.QUEUE, 91, 0)
    assert job.enqueued_at == NOON
    assert job.is_queued


def test_a_worker_takes_a_batch_through_the_intermediate_list(queue: Queue, client: redis.Redis) -> None:
    RedisStore(client, Limits()).accept(acceptance(item("a"), batch_id="ours"))

    taken = Queue.dequeue_any([queue], None, connection=client, serializer=JSONSerializer)

    assert taken is not None
    assert client.lrange(keys.RQ_INTERMEDIATE, 0, -1) == [b"ours"]
