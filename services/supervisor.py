"""The workers' supervisor: keeps N worker processes running, and brings back what dead ones held.

    command ──start──▶ process ──"ready", "start BATCH", "end BATCH"──▶ supervisor ──SIGTERM, SIGKILL──▶ process

A worker reads its settings as one line from standard input, writes the reports above to standard output, and logs to
standard error. The supervisor reads them from the pipe and by its own clock, so that it sees a job that hangs in C code
also while the server is away, and without believing any other host's clock. It does not know what a job does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.worker_process import Command, Limits, WorkerProcess
from stancewire.errors import StoreError
from stancewire.ports import Upkeep


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the supervisor does what, in seconds."""

    check_s: float = 1.0
    reap_s: float = 2.0
    reconcile_s: float = 10.0
    #: Wait before a worker that ended early is started again; doubled each time, up to the longest.
    first_delay_s: float = 0.5
    longest_delay_s: float = 60.0
    #: A worker that lived this long starts without a wait.
    stable_s: float = 60.0

    def delay(self, early_ends: int) -> float:
        """Seconds to wait after so many early ends in a row.

        >>> [Pace().delay(ends) for ends in (0, 1, 2, 3, 100)]
        [0.0, 0.5, 1.0, 2.0, 60.0]
        """
        if early_ends == 0:
            return 0.0
        return min(self.longest_delay_s, self.first_delay_s * 2.0 ** min(early_ends - 1, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce:
    """The workers at one moment."""

    processes: int
    #: Those that have loaded everything and take jobs.
    ready: int
    #: Starts after the first of each, since this supervisor began.
    restarts: int
    #: Those of them that followed a kill: a job overran, memory ran out, or a start hung.
    kills: int


class Supervisor:
    """Runs worker processes until told to stop; no worker outlives `run`."""

    def __init__(
        self,
        command: Command,
        *,
        processes: int,
        limits: Limits,
        upkeep: Upkeep,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
    ) -> None:
        self._command = command
        self._limits = limits
        self._upkeep = upkeep
        self._clock = clock
        self._pace = pace or Pace()
        self._slots: list[WorkerProcess | None] = [None] * processes
        self._restarts = 0
        self._kills = 0
        self._log = structlog.get_logger()

    @property
    def workforce(self) -> Workforce:
        """How the workers are."""
        ready = sum(1 for worker in self._slots if worker is not None and worker.is_ready)
        return Workforce(processes=len(self._slots), ready=ready, restarts=self._restarts, kills=self._kills)

    @property
    def pids(self) -> Sequence[int]:
        """Ids of the processes that run now."""
        return tuple(worker.pid for worker in self._slots if worker is not None and worker.is_running)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the workers running until `stop` is set; then let their jobs end, and kill what stays.

        Must run on the main thread's loop: on Linux a worker ends with the thread that started it.
        """
        async with asyncio.TaskGroup() as tasks:
            for slot in range(len(self._slots)):
                tasks.create_task(self._keep(slot, stop))
            tasks.create_task(self._upkeep_loop("reap", self._upkeep.reap, self._pace.reap_s, stop))
            tasks.create_task(self._upkeep_loop("reconcile", self._upkeep.reconcile, self._pace.reconcile_s, stop))

    async def _keep(self, slot: int, stop: asyncio.Event) -> None:
        """One worker after the other, until told to stop."""
        early_ends = 0
        while not stop.is_set():
            try:
                worker = await WorkerProcess.start(self._command, self._limits)
            except OSError as error:
                self._log.error("worker not started", slot=slot, error=str(error))
                lived_s = 0.0
            else:
                self._slots[slot] = worker
                try:
                    await self._watch(worker, stop)
                finally:
                    await worker.kill()
                lived_s = worker.lived_s
            if stop.is_set():
                return
            early_ends = 0 if lived_s >= self._pace.stable_s else early_ends + 1
            delay_s = self._pace.delay(early_ends)
            self._restarts += 1
            self._log.warning(
                "worker ended", slot=slot, **self._ending(slot), lived_s=round(lived_s, 1), wait_s=delay_s
            )
            await _either(stop, delay_s)

    async def _watch(self, worker: WorkerProcess, stop: asyncio.Event) -> None:
        """Return when the worker has ended: by itself, for what it did, or because all shall stop."""
        while not stop.is_set():
            if await worker.ended_within(self._pace.check_s, stop):
                return
            if reason := worker.must_die():
                self._kills += 1
                self._log.error("worker killed", pid=worker.pid, batch=worker.batch, reason=reason)
                await worker.kill()
                return
            if worker.is_too_large() and worker.ask_to_end():
                hint = "raise work.max_memory_mb if this comes again at once"
                self._log.warning("worker replaced", pid=worker.pid, memory_mb=worker.memory_mb(), hint=hint)
        worker.ask_to_end()
        if not await worker.ended_within(self._limits.grace_s):
            self._log.warning("worker killed", pid=worker.pid, batch=worker.batch, reason="it did not stop in time")
            await worker.kill()

    def _ending(self, slot: int) -> dict[str, object]:
        worker = self._slots[slot]
        return {} if worker is None else {"pid": worker.pid, "status": worker.status}

    async def _upkeep_loop(
        self, name: str, step: Callable[[datetime], int], every_s: float, stop: asyncio.Event
    ) -> None:
        failing = False
        while not stop.is_set():
            try:
                count = await asyncio.to_thread(step, self._clock())
            except StoreError as error:
                if not failing:
                    self._log.error("upkeep fails", step=name, error=error.message, hint=error.hint)
                failing = True
            else:
                if failing:
                    self._log.info("upkeep works again", step=name)
                failing = False
                if count:
                    self._log.info("batches queued again", step=name, count=count)
            await _either(stop, every_s)


async def _either(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `stop`, for some seconds at most."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
