"""A worker process: takes batches from the RQ queue one at a time and holds a lease on the one it works on.

It differs from RQ's own worker where that one would lose work or wait for minutes: a lease of seconds kept by a thread,
no maintenance (the reaper of `upkeep` does it atomically), no channel for commands, no start by name. It does not know
what a batch is; the function it is given does.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import redis
import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.executions import Execution
from rq.serializers import JSONSerializer
from rq.worker.base import WorkerStatus

from config.logging import log_server_change
from stancewire import keys
from stancewire.adapters.connection import Purpose, address, checked
from stancewire.adapters.lease import WORKER_TTL_S, Heartbeat
from stancewire.adapters.limits import Limits
from stancewire.adapters.meanings import store_error
from stancewire.adapters.queue import BatchQueue, JobFunction, QueuedJob, check_names, queued_jobs
from stancewire.adapters.timeouts import JobDeadline
from stancewire.adapters.upkeep import RedisUpkeep
from stancewire.errors import StoreError
from stancewire.server_state import ServerWatch

#: Seconds a worker waits for a batch before it looks whether it shall stop.
WAIT_S = 1
#: Seconds between two signs of life of a worker that waits.
SIGN_S = 5
#: A second signal within this time is the first one sent twice, by a terminal and by a supervisor.
SAME_SIGNAL_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPlan:
    """How one worker process works."""

    #: The functions that a job may call, by the name it has in the queue.
    functions: Mapping[str, JobFunction]
    limits: Limits
    #: Seconds after which a silent worker's batch is given to another.
    lease_s: float = 10
    #: Seconds over its time after which a job that cannot be interrupted takes its process along.
    overdue_s: float = 10
    #: Jobs after which the process ends, to be replaced by a fresh one.
    max_jobs: int = 2_000
    #: Asked between two jobs, and about every second while there is none.
    stop: Callable[[], bool] = lambda: False


def run_worker(connect: Callable[[Purpose], redis.Redis], plan: WorkerPlan, *, name: str | None = None) -> int:
    """Work until told to stop; how many jobs were done.

    SIGTERM and SIGINT let the batch at hand be finished; a second one, more than a second later, ends the process at
    once with the status 128 + its number. Must be called on the main thread. Raises StoreError where the server cannot
    be used at the start, later it waits for it; raises ConfigurationError where RQ uses other names than we do.
    """
    for logger in ("rq.worker", "rq.job", "rq.queue"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    check_names()
    client, side_client = connect("worker"), connect("heartbeat")
    try:
        with checked(client):
            worker = LeaseWorker(client, side_client, plan, name=name)
            return worker.run()
    finally:
        client.close()
        side_client.close()


class LeaseWorker(SimpleWorker):  # type: ignore[misc]
    """RQ's in-process worker, made to keep a lease and to lose nothing."""

    log_result_lifespan = False
    death_penalty_class = JobDeadline

    def __init__(self, client: redis.Redis, side_client: redis.Redis, plan: WorkerPlan, *, name: str | None) -> None:
        super().__init__(
            keys.QUEUE,
            name=name,
            connection=client,
            serializer=JSONSerializer,
            job_class=queued_jobs(plan.functions, timeout_s=plan.limits.job_timeout_s),
            queue_class=BatchQueue,
            worker_ttl=WORKER_TTL_S,
            log_job_description=False,
        )
        self._plan = plan
        self._upkeep = RedisUpkeep(side_client, plan.limits)
        self._beat = Heartbeat(
            side_client,
            worker=self.name,
            executions=self.executions,
            lease_s=plan.lease_s,
            job_timeout_s=plan.limits.job_timeout_s,
            overdue_s=plan.overdue_s,
        )
        self._signalled_at: float | None = None
        #: A batch that the server kept from its end: handed back once the server is there again.
        self._interrupted: str | None = None
        self._events = structlog.get_logger().bind(worker=self.name)
        self._server = ServerWatch(
            monotonic=time.monotonic, tell=lambda change: log_server_change(change, self._events)
        )

    def run(self) -> int:
        """The loop: take a batch, run it, until told to stop; how many jobs were done."""
        done = 0
        self._install_signal_handlers()
        self.register_birth()
        self._beat.start()
        try:
            while done < self._plan.max_jobs:
                job = self._next_job()
                if job is None:
                    break
                if job.refusal is None:
                    done += 1
                self._run_one(job)
        finally:
            self._beat.stop()
            try:
                self.register_death()
            except RedisError as error:
                self._events.warning("worker not signed off", error=str(error))
        return done

    def _next_job(self) -> QueuedJob | None:
        """The next job, which may be one to refuse, or None when told to stop; waits out a server that is away.

        Between two waits only, never in the middle of one, is it asked whether to stop: a batch that the server has
        handed over is always worked on.
        """
        pause, signs_again_at = 0.1, 0.0
        while not (self._stop_requested or self._plan.stop()):
            asked_at = time.monotonic()
            try:
                if time.monotonic() >= signs_again_at:
                    self.heartbeat()
                    self.set_state(WorkerStatus.IDLE)
                    signs_again_at = time.monotonic() + SIGN_S
                self._hand_back_interrupted()
                entry = self.connection.blmove(keys.RQ_QUEUE, keys.RQ_INTERMEDIATE, WAIT_S)
                self._server.worked("saving", asked_at)
                if entry is not None:
                    return self.job_class.taken(entry, self.connection)  # type: ignore[no-any-return]
                pause = 0.1
            except (RedisError, StoreError) as error:
                # Also for refusals, such as memory that is full: they pass, and a restart would not make them pass.
                told = error if isinstance(error, StoreError) else store_error(error, address(self.connection))
                self._server.failed(told, asked_at)
                self.connection.connection_pool.disconnect()
                time.sleep(pause)
                pause, signs_again_at = min(pause * 2, 5.0), 0.0
        return None

    def _hand_back_interrupted(self) -> None:
        """Queue again what the server's trouble interrupted: no item pays an attempt for that."""
        if self._interrupted is not None:
            self._upkeep.hand_back((self._interrupted,), datetime.now(UTC))
            self._events.info("batch handed back", job=self._interrupted)
            self._interrupted = None

    def _run_one(self, job: QueuedJob) -> None:
        try:
            if job.refusal is not None:
                self._refuse(job, job.refusal)
                return
            self.execute_job(job, self.queues[0])
            self.connection.expire(keys.batch(job.id), keys.DONE_BATCH_SECONDS)
        except (RedisError, StoreError) as error:
            # Where this worker cannot hand it back either, the lease runs out, and the reaper takes it back.
            self.executions.clear()
            self._note_interruption(job, error)
            self._events.warning("batch abandoned", job=job.id, error=str(error))

    def _note_interruption(self, job: QueuedJob, error: BaseException | None) -> bool:
        """Whether it was the server's state, and no article, that kept a batch from its end."""
        told = store_error(error, address(self.connection)) if isinstance(error, RedisError) else error
        # What the server refuses for another reason it may refuse for ever, and that must cost attempts.
        if isinstance(told, StoreError) and told.trouble != "refused":
            self._interrupted = job.id
        return self._interrupted is not None

    def _refuse(self, job: QueuedJob, reason: str) -> None:
        """Take a job off the queue that may not run; pending items that it stood for are queued again in time."""
        self._events.error("job refused", job=ascii(job.entry[:80]), reason=reason)
        self._upkeep.count("jobs_refused")
        self.connection.lrem(keys.RQ_INTERMEDIATE, 0, job.entry)
        self.connection.delete(keys.rq_job(job.id))

    def get_heartbeat_ttl(self, job: QueuedJob, working_time: float = 0.0) -> int:  # noqa: ARG002
        """Seconds of a lease."""
        return max(1, round(self._plan.lease_s))

    def prepare_execution(self, job: QueuedJob) -> Execution:
        """As RQ does; then let the lease end by the server's clock, where RQ took this host's."""
        execution = super().prepare_execution(job)
        self._beat.renew()
        return execution

    def prepare_job_execution(self, job: QueuedJob, remove_from_intermediate_queue: bool = False) -> None:
        """As RQ does; then give job and worker back the lifetimes that RQ takes off or shortens."""
        super().prepare_job_execution(job, remove_from_intermediate_queue)
        self._beat.renew()

    def handle_exception(self, job: QueuedJob, *exc_info: Any) -> None:
        """Log why a job failed as a whole."""
        self._events.error("job failed", job=job.id, exc_info=exc_info)

    def handle_job_failure(
        self,
        job: QueuedJob,
        queue: Any,  # noqa: ARG002
        started_job_registry: Any = None,  # noqa: ARG002
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Give the batch back as if its worker had died, instead of filing it among RQ's failed jobs."""
        if execution is None:
            return
        lines = exc_string.strip().splitlines()
        self.executions.pop(execution.id, None)
        if self._note_interruption(job, sys.exception()):
            return
        self._upkeep.give_back(execution.composite_key, (lines[-1] if lines else "it failed")[:500], datetime.now(UTC))
        with self.connection.pipeline() as pipeline:
            pipeline.srem(self.executions_key, execution.composite_key)
            self.increment_failed_job_count(pipeline)
            pipeline.execute()

    def run_maintenance_tasks(self) -> None:
        """Nothing: RQ's own maintenance locks out all others for a quarter of an hour when its worker is killed."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """First signal: stop after the batch at hand. A later one: end the process."""
        now = time.monotonic()
        if self._signalled_at is None:
            self._signalled_at = now
            self._stop_requested = True
        elif now - self._signalled_at > SAME_SIGNAL_S:
            # RQ takes SystemExit inside a job for the job's failure, so there is no other way out of one.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(128 + signum)

    def _install_signal_handlers(self) -> None:
        signal.signal(signal.SIGINT, self.request_stop)
        signal.signal(signal.SIGTERM, self.request_stop)
