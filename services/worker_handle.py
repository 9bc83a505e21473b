"""One worker process as its supervisor sees it: what it reported, how large it is, whether it must go.

It restarts nothing and logs nothing; that is `services.supervisor`'s part.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MEGABYTE = 1024 * 1024
_LINE_BYTES = 4_096
#: A worker this many times over its limit is not waited for until its job ends.
_FAR_TOO_LARGE = 2
#: Seconds in which the last reports of a worker that has ended are read.
_LAST_REPORTS_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a worker is started."""

    arguments: tuple[str, ...]
    #: One line, given on standard input, which then stays open as long as the supervisor lives.
    settings: bytes = field(default=b"{}", repr=False)
    #: The whole environment; None: the supervisor's own.
    environment: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLimits:
    """What a worker may take."""

    job_timeout_s: float
    #: Time after the time-out in which the worker may end the job, or itself, without help.
    overtime_s: float = 15.0
    max_memory_mb: int
    #: Time given to a running job on shutdown.
    grace_s: float
    #: Time given on shutdown to one without a job, which waits for nothing but the server; at most `grace_s`.
    idle_grace_s: float = 5.0
    #: Time until a worker must have said that it is ready.
    start_timeout_s: float = 180.0


class WorkerHandle:
    """A running worker."""

    #: Given with the settings, before which nobody asks whether they hold.
    _limits: WorkerLimits

    def __init__(self, process: Process, pipes: _Pipes) -> None:
        self._process = process
        self._pipes = pipes
        self._started_at = time.monotonic()
        self._ended_at: float | None = None
        self._job_since: float | None = None
        self._asked_at: float | None = None
        self._exit = asyncio.create_task(self._follow())
        self._said_ready = False
        #: Whether it has brought a job to its end.
        self.has_worked = False
        #: The batch at hand, as reported.
        self.batch: str | None = None
        #: Why it ended, where it or its supervisor said so.
        self.cause = ""
        #: Whether it said that it ended for want of a server, so that a later start may do.
        self.lacks_server = False

    @classmethod
    async def start(cls, command: Command, limits: WorkerLimits) -> WorkerHandle:
        """Start a worker with its settings; raises OSError."""
        worker = await cls.prepare(command)
        worker.give(command.settings, limits)
        return worker

    @classmethod
    async def prepare(cls, command: Command) -> WorkerHandle:
        """Start a worker that gets its settings later, and loads until then what needs none; raises OSError.

        Ctrl-C at a terminal does not reach it, only the supervisor does.
        """
        pipes = await _Pipes.open()
        try:
            process = await asyncio.create_subprocess_exec(
                *command.arguments,
                stdin=pipes.child_input,
                stdout=pipes.child_output,
                start_new_session=True,
                env=command.environment,
            )
        except BaseException:
            pipes.close()
            raise
        finally:
            pipes.close_child_ends()
        return cls(process, pipes)

    def give(self, settings: bytes, limits: WorkerLimits) -> None:
        """Let a worker that was prepared go on; the time that it may take until it is ready begins now."""
        self._limits = limits
        self._started_at = time.monotonic()
        self._pipes.send(settings.rstrip(b"\n") + b"\n")

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    @property
    def is_ready(self) -> bool:
        """Whether it has loaded everything and takes jobs."""
        return self._said_ready and self.is_running

    @property
    def was_ready(self) -> bool:
        """Whether it has ever taken jobs."""
        return self._said_ready

    @property
    def status(self) -> str:
        """How it ended: `status 1`, `signal Killed`."""
        code = self._process.returncode
        if code is None:
            return "running"
        return f"status {code}" if code >= 0 else f"signal {signal.strsignal(-code) or -code}"

    @property
    def ending(self) -> str:
        """How it ended, and why, where that is known."""
        if self.cause:
            return f"{self.status}: {self.cause}"
        is_killed = self._process.returncode == -signal.SIGKILL
        return f"{self.status}, as the system does where memory runs out" if is_killed else self.status

    @property
    def lived_s(self) -> float:
        """Seconds since its start, or until its end."""
        return (self._ended_at or time.monotonic()) - self._started_at

    def memory_mb(self) -> int:
        """Resident memory in megabytes; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") // _MEGABYTE

    def is_too_large(self) -> bool:
        """Whether it holds more memory than it may."""
        return self.memory_mb() > self._limits.max_memory_mb

    def must_die(self) -> str | None:
        """Why it cannot be waited for; None where it can."""
        now = time.monotonic()
        longest_s = self._limits.job_timeout_s + self._limits.overtime_s
        if self._job_since is not None and now - self._job_since > longest_s:
            return f"its job took longer than {longest_s:g} seconds"
        if not self._said_ready and now - self._started_at > self._limits.start_timeout_s:
            return f"it was not ready within {self._limits.start_timeout_s:g} seconds"
        idle_grace_s = min(self._limits.idle_grace_s, self._limits.grace_s)
        if self._asked_at is not None and self._job_since is None and now - self._asked_at > idle_grace_s:
            return "it was asked to end and did not"
        if self.memory_mb() > _FAR_TOO_LARGE * self._limits.max_memory_mb:
            return f"it holds {self.memory_mb()} MB"
        return None

    def ask_to_end(self) -> bool:
        """Send SIGTERM, after which a worker ends once its job is done; False where that was done before."""
        if self._asked_at is not None:
            return False
        self._asked_at = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        return True

    async def ended_within(self, seconds: float, unless: asyncio.Event | None = None) -> bool:
        """Wait for its end; False when it still runs after `seconds` or when `unless` is set before."""
        told = asyncio.create_task(unless.wait()) if unless is not None else None
        waits = {self._exit} if told is None else {self._exit, told}
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if told is not None:
                told.cancel()
        return self._exit.done()

    async def kill(self) -> None:
        """End it and whatever it started at once, and collect it; does nothing to one that has ended."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        await asyncio.shield(self._exit)

    async def _follow(self) -> None:
        """Read its reports until it has ended; what it started may hold the pipe open longer, and is not waited for."""
        reports = asyncio.create_task(self._read_reports())
        try:
            await self._process.wait()
            self._ended_at = time.monotonic()
            await asyncio.wait({reports}, timeout=_LAST_REPORTS_S)
        finally:
            self._ended_at = self._ended_at or time.monotonic()
            reports.cancel()
            self._pipes.close()

    async def _read_reports(self) -> None:
        async for line in self._pipes.lines():
            match line.split():
                case ["ready"]:
                    self._said_ready = True
                case ["start", batch]:
                    self.batch, self._job_since = batch, time.monotonic()
                case ["end", _]:
                    self.batch, self._job_since, self.has_worked = None, None, True
                case ["lacks-server" | "cannot" as why, *words]:
                    self.cause, self.lacks_server = " ".join(words), why == "lacks-server"


class _Pipes:
    """Standard input and output of a worker, in our hands: asyncio's own would make its end wait for theirs."""

    def __init__(self) -> None:
        self.child_input, self._input = os.pipe()
        self._output, self.child_output = os.pipe()
        self._reader = asyncio.StreamReader(limit=_LINE_BYTES)
        self._transport: asyncio.ReadTransport | None = None

    @classmethod
    async def open(cls) -> _Pipes:
        pipes = cls()
        source = os.fdopen(pipes._output, "rb", buffering=0)
        protocol = asyncio.StreamReaderProtocol(pipes._reader)
        pipes._transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, source)
        return pipes

    def send(self, line: bytes) -> None:
        """Write to the worker, which may have ended; a line that no pipe holds is cut, not waited for."""
        os.set_blocking(self._input, False)
        with contextlib.suppress(OSError):
            os.write(self._input, line)

    async def lines(self) -> AsyncIterator[str]:
        """Lines written by the worker; one that is too long is passed over."""
        while not self._reader.at_eof():
            try:
                line = await self._reader.readline()
            except ValueError:
                continue
            yield line.decode("ascii", "replace")

    def close_child_ends(self) -> None:
        os.close(self.child_input)
        os.close(self.child_output)

    def close(self) -> None:
        os.close(self._input)
        if self._transport is not None:
            self._transport.close()
