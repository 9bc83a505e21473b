"""The lease of a worker on the batch it works on, held by prolonging it.

A lease that is not prolonged is taken away by the reaper of `upkeep`; nothing is taken away here.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping

import redis
import structlog
from redis.exceptions import RedisError
from rq.executions import Execution

from stancewire import keys
from stancewire.adapters.lua import Script

#: Seconds after which a worker without a sign of life is forgotten; RQ adds a minute.
WORKER_TTL_S = 20
#: Status of a process that ended itself because its job could not be interrupted.
OVERDUE_STATUS = 70


class Heartbeat:
    """Prolongs the leases of a worker from a thread and a connection of its own.

    A job is interrupted by a signal when its time is over. Code that lets no signal through, such as a long call into
    C, is ended with the process; where even this thread cannot run, the lease runs out.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        worker: str,
        executions: Mapping[str, Execution],
        lease_s: float,
        job_timeout_s: float,
        overdue_s: float,
    ) -> None:
        self._worker = worker
        self._executions = executions
        self._lease_s = lease_s
        self._longest_s = job_timeout_s + overdue_s
        self._first_seen: dict[str, float] = {}
        self._renew = Script(client, "renew")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._events = structlog.get_logger().bind(worker=worker)

    def start(self) -> None:
        """Begin to prolong."""
        self._thread.start()

    def stop(self) -> None:
        """Prolong no more."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def renew(self) -> None:
        """Prolong each lease once; raises RedisError."""
        for execution in tuple(self._executions.values()):
            lease = execution.composite_key
            names = [
                keys.RQ_LEASES,
                keys.rq_execution(lease),
                keys.rq_executions(execution.job_id),
                keys.rq_job(execution.job_id),
                keys.rq_worker(self._worker),
                f"{keys.rq_worker(self._worker)}:executions",
            ]
            kept = self._renew(names, [lease, self._lease_s, WORKER_TTL_S + 60, keys.BATCH_SECONDS])
            if not kept and execution.id in self._executions:
                self._events.warning("lease lost", lease=lease)

    def _run(self) -> None:
        failing = False
        while not self._stopped.wait(self._lease_s / 3):
            self._end_overdue()
            try:
                self.renew()
            except RedisError as error:
                if not failing:
                    self._events.warning("lease not prolonged", error=str(error))
                failing = True
            else:
                failing = False

    def _end_overdue(self) -> None:
        now = time.monotonic()
        running = tuple(self._executions.values())
        self._first_seen = {execution.id: self._first_seen.get(execution.id, now) for execution in running}
        for execution in running:
            if now - self._first_seen[execution.id] > self._longest_s:
                self._events.error("job cannot be interrupted", job=execution.job_id)
                os._exit(OVERDUE_STATUS)
