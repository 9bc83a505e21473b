"""The workers' supervisor: keeps N worker processes running, and brings back what dead ones held.

    command ──start──▶ process ──reports──▶ supervisor ──SIGTERM, SIGKILL──▶ process

A worker reads its settings as one line from standard input, writes its reports to standard output, and logs to standard
error. It reports `ready`, `start BATCH` and `end BATCH`, and before it ends by itself `lacks-server WHY` where a later
start may do, or `cannot WHY` where it will not. The supervisor reads them from the pipe and by its own clock, so that
it sees a job that hangs in C code also while the server is away, and without believing any other host's clock. It does
not know what a job does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from config.logging import log_server_change
from services.probing import keep_probing
from services.waiting import set_within
from services.worker_handle import Command, WorkerHandle, WorkerLimits
from stancewire.errors import StoreError, WorkerError
from stancewire.ports import Upkeep
from stancewire.server_state import ServerWatch

#: Seconds between two looks whether the first worker is ready.
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the supervisor does what, in seconds."""

    check_s: float = 1.0
    reap_s: float = 2.0
    reconcile_s: float = 10.0
    trim_s: float = 10.0
    #: Wait before a worker that ended early is started again; doubled each time, up to the longest.
    first_delay_s: float = 0.5
    longest_delay_s: float = 60.0
    #: A worker that lived this long, or did a job, is replaced without a wait: what it does goes on between its ends.
    stable_s: float = 60.0
    #: Ends in a row after which a worker counts as one that keeps ending.
    ends_told: int = 3
    #: Longest time in which the first worker loads alone: together they would all be ready later.
    first_alone_s: float = 5.0
    #: Ends of each worker, none of which was ever ready, after which the supervisor gives up.
    ends_allowed: int = 3

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
    #: Those that end again and again and take no jobs now.
    failing: int = 0
    #: How the last one ended that ended by itself, and why, where it said so.
    last_end: str = ""


class Supervisor:
    """Runs worker processes until told to stop; no worker outlives `run`."""

    def __init__(
        self,
        command: Command,
        *,
        processes: int,
        limits: WorkerLimits,
        upkeep: Upkeep,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
        server: ServerWatch | None = None,
        first: WorkerHandle | None = None,
    ) -> None:
        """`server` is what this process knows of the server; without one, what the upkeep finds out.

        `first` was prepared before, and is the first to get its settings.
        """
        self._command = command
        self._limits = limits
        self._upkeep = upkeep
        self._clock = clock
        self._pace = pace or Pace()
        self._server = server or ServerWatch(monotonic=time.monotonic, tell=log_server_change)
        self._first = first
        self._slots: list[WorkerHandle | None] = [None] * processes
        #: By slot: ends in a row that came early, and ends without having been ready and without lacking the server.
        self._early_ends = [0] * processes
        self._vain_starts = [0] * processes
        self._ever_ready = False
        self._last_end = ""
        self._restarts = 0
        self._kills = 0
        self._log = structlog.get_logger()

    @property
    def workforce(self) -> Workforce:
        """How the workers are."""
        ready = [worker is not None and worker.is_ready for worker in self._slots]
        ended_often = [ends >= self._pace.ends_told for ends in self._early_ends]
        return Workforce(
            processes=len(self._slots),
            ready=sum(ready),
            restarts=self._restarts,
            kills=self._kills,
            failing=sum(often and not well for often, well in zip(ended_often, ready, strict=True)),
            last_end=self._last_end,
        )

    @property
    def pids(self) -> Sequence[int]:
        """Ids of the processes that run now."""
        return tuple(worker.pid for worker in self._slots if worker is not None and worker.is_running)

    @property
    def batches(self) -> Sequence[str]:
        """Ids of the batches that are worked on now."""
        return tuple(worker.batch for worker in self._slots if worker is not None and worker.batch is not None)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the workers running until `stop` is set; then let their jobs end, kill the rest and hand back its work.

        Must run on the main thread's loop: on Linux a worker ends with the thread that started it. Raises WorkerError
        where no worker can start.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for slot in range(len(self._slots)):
                    tasks.create_task(self._keep(slot, stop))
                tasks.create_task(keep_probing(self._upkeep, self._server, self._pace.check_s, stop))
                for name, step, every_s in (
                    ("reap", self._reap, self._pace.reap_s),
                    ("reconcile", self._reconcile, self._pace.reconcile_s),
                    ("trim", self._trim, self._pace.trim_s),
                ):
                    tasks.create_task(self._upkeep_loop(name, step, every_s, stop))
        except ExceptionGroup as failures:
            # The first one ended the others.
            raise failures.exceptions[0] from failures

    async def _keep(self, slot: int, stop: asyncio.Event) -> None:
        """One worker after the other, until told to stop; none is started that would find no server."""
        if slot > 0:
            await self._first_has_loaded(stop)
        while not stop.is_set():
            if not self._server.state.takes_writes:
                await set_within(stop, self._pace.check_s)
                continue
            try:
                worker = await self._started()
            except OSError as error:
                self._log.error("worker not started", slot=slot, error=str(error))
                ending, lived_s, has_worked, is_vain = f"not started: {error}", 0.0, False, True
            else:
                self._slots[slot] = worker
                try:
                    await self._watch(worker, stop)
                finally:
                    await worker.kill()
                self._ever_ready = self._ever_ready or worker.was_ready
                ending = worker.ending
                await self._note_loss(worker, stop)
                lived_s, has_worked = worker.lived_s, worker.has_worked
                is_vain = not (worker.was_ready or worker.lacks_server)
            if stop.is_set():
                return
            self._restarts += 1
            await set_within(stop, self._note_end(slot, ending, lived_s, has_worked=has_worked, is_vain=is_vain))

    async def _first_has_loaded(self, stop: asyncio.Event) -> None:
        """Wait until a worker is ready or has ended, or for as long as the first may have the processor to itself."""
        until = time.monotonic() + self._pace.first_alone_s
        while not (self._ever_ready or self.workforce.ready or self._restarts or stop.is_set()):
            if time.monotonic() >= until:
                return
            await set_within(stop, min(self._pace.check_s, _LOOK_S))

    async def _started(self) -> WorkerHandle:
        """A new worker, or the one that was prepared; raises OSError."""
        worker, self._first = self._first, None
        if worker is None:
            return await WorkerHandle.start(self._command, self._limits)
        worker.give(self._command.settings, self._limits)
        return worker

    def _note_end(self, slot: int, ending: str, lived_s: float, *, has_worked: bool, is_vain: bool) -> float:
        """Seconds to wait before the next start; raises WorkerError where all starts were in vain."""
        is_early = lived_s < self._pace.stable_s and not has_worked
        ends = self._early_ends[slot] = self._early_ends[slot] + 1 if is_early else 0
        self._vain_starts[slot] = self._vain_starts[slot] + 1 if is_vain else 0
        self._last_end = ending
        wait_s = self._pace.delay(ends)
        self._log.warning("worker ended", slot=slot, ending=ending, lived_s=round(lived_s, 1), wait_s=wait_s)
        if ends == self._pace.ends_told:
            hint = "the lines before say what each one did; `stancewire doctor` tries the parts one by one"
            self._log.error("worker keeps ending", slot=slot, ends=ends, ending=ending, hint=hint)
        if not self._ever_ready and min(self._vain_starts) >= self._pace.ends_allowed:
            raise WorkerError(f"no worker process can start: {ending}", "stancewire doctor tries its parts one by one")
        return wait_s

    async def _note_loss(self, worker: WorkerHandle, stop: asyncio.Event) -> None:
        """Leave word of how a worker ended with a batch at hand; nothing rests on it, and the end waits for nothing."""
        if worker.batch is None or stop.is_set():
            return
        ending = f"the worker ended: {worker.ending}"
        try:
            await asyncio.to_thread(self._upkeep.note_end, worker.batch, ending, self._clock())
        except StoreError as error:
            self._log.warning("end of a worker not noted", batch=worker.batch, error=error.message)

    async def _watch(self, worker: WorkerHandle, stop: asyncio.Event) -> None:
        """Return when the worker has ended: by itself, for what it did, or because all shall stop."""
        while not stop.is_set():
            if await worker.ended_within(self._pace.check_s, stop):
                return
            if reason := worker.must_die():
                self._kills += 1
                self._log.error("worker killed", pid=worker.pid, batch=worker.batch, reason=reason)
                worker.cause = f"by its supervisor, since {reason}"
                await worker.kill()
                return
            if worker.is_too_large() and worker.ask_to_end():
                hint = "raise work.max_memory_mb if this comes again at once"
                self._log.warning("worker replaced", pid=worker.pid, memory_mb=worker.memory_mb(), hint=hint)
        worker.ask_to_end()
        await self._await_end(worker)

    async def _await_end(self, worker: WorkerHandle) -> None:
        """Let a worker that was asked to end finish its job, and kill it when that takes too long."""
        left_s = self._limits.grace_s
        while not await worker.ended_within(min(self._pace.check_s, left_s)):
            left_s -= self._pace.check_s
            if reason := worker.must_die() or ("its job did not end in time" if left_s <= 0 else None):
                self._log.warning("worker killed", pid=worker.pid, batch=worker.batch, reason=reason)
                batch, took_too_long = worker.batch, worker.must_die() is not None
                await worker.kill()
                if batch is not None and not took_too_long:
                    await self._hand_back(batch)
                return

    async def _hand_back(self, batch: str) -> None:
        """Queue a batch again at once that was stopped for no fault of its own."""
        try:
            await asyncio.to_thread(self._upkeep.hand_back, (batch,), self._clock())
        except StoreError as error:
            # Its lease runs out, and another supervisor takes it back then.
            self._log.warning("batch not handed back", batch=batch, error=error.message)
        else:
            self._log.info("batch handed back", batch=batch)

    def _reap(self) -> None:
        if count := self._upkeep.reap(self._clock()):
            self._log.info("batches queued again", step="reap", count=count)

    def _reconcile(self) -> None:
        if count := self._upkeep.reconcile(self._clock()):
            self._log.info("batches queued again", step="reconcile", count=count)

    def _trim(self) -> None:
        for group, count in self._upkeep.trim().lost.items():
            hint = "it reads too slowly or not at all; remove a group that is not used: XGROUP DESTROY"
            self._log.error("entries lost to a consumer group", group=group, count=count, hint=hint)

    async def _upkeep_loop(self, name: str, step: Callable[[], None], every_s: float, stop: asyncio.Event) -> None:
        refused = False
        while not stop.is_set():
            asked_at = time.monotonic()
            try:
                await asyncio.to_thread(step)
            except StoreError as error:
                if error.trouble != "refused":
                    self._server.failed(error, asked_at)
                elif not refused:
                    refused = True
                    self._log.error("upkeep refused", step=name, error=error.message, hint=error.hint)
            else:
                if refused:
                    self._log.info("upkeep works again", step=name)
                refused = False
            await set_within(stop, every_s)
