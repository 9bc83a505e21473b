"""A child process for work on bytes that may be hostile: bounded in memory and time, replaced when it overruns or dies.

It knows nothing of the work itself; both sides exchange frames of bytes, each with its length before it.

    ChildProcess | serve        for an event loop
    BlockingChild | serve       for code that waits, such as a worker's
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import sys
import threading
import warnings
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import BinaryIO

from config.characters import escaped
from config.redaction import masked

#: How long a child that has closed its output is given to end.
_ENDING_SECONDS = 2.0
_LENGTH_BYTES = 4
_READ_BYTES = 65_536
_LONGEST_ERROR = 500


class ChildOverranError(Exception):
    """The child took longer than allowed, and was killed."""


class ChildDiedError(Exception):
    """The child ended while it worked, as when it runs out of memory."""


class ChildProcess:
    """A Python module in a process of its own, started when first needed.

    The module calls `serve`. Requests wait for each other; for more at once, take more children.
    """

    def __init__(
        self,
        module: str,
        *,
        max_memory_bytes: int,
        seconds: float,
        max_answer_bytes: int,
        cpu_seconds: float | None = None,
    ) -> None:
        """`seconds` is the time allowed for one answer, `cpu_seconds` that of the processor in it.

        `max_memory_bytes` is the address space.
        """
        self._module = module
        self._max_memory_bytes = max_memory_bytes
        self._seconds = seconds
        self._cpu_seconds = cpu_seconds
        self._max_answer_bytes = max_answer_bytes
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, request: bytes) -> bytes:
        """The child's answer; raises ChildOverranError or ChildDiedError, and the next call then starts a new child."""
        async with self._turn:
            process = await self._running()
            answered = False
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await self._exchange(process, request)
                answered = True
            except TimeoutError:
                raise ChildOverranError(f"no answer within {self._seconds:g} seconds") from None
            except (OSError, asyncio.IncompleteReadError) as error:
                await self._kill(has_ended=True)
                if process.returncode == -signal.SIGPROF:
                    raise ChildOverranError(f"no answer within {self._cpu_seconds:g} seconds of CPU") from None
                raise ChildDiedError("the child process ended while it worked") from error
            finally:
                # Also after a cancellation: a late answer would be taken for that to the next request.
                if not answered:
                    await self._kill()
            return answer

    async def aclose(self) -> None:
        """End the child."""
        await self._kill()

    async def _running(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._kill()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(("-P",) if sys.flags.safe_path else ()),
            "-m",
            self._module,
            str(self._max_memory_bytes),
            # The child also ends by itself, should this process be gone by then.
            str(int(self._seconds) + 5),
            str(self._cpu_seconds or 0),
            stdin=PIPE,
            stdout=PIPE,
            limit=_READ_BYTES,
        )
        return self._process

    async def _exchange(self, process: Process, request: bytes) -> bytes:
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes")
        process.stdin.write(len(request).to_bytes(_LENGTH_BYTES, "big") + request)
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(_LENGTH_BYTES), "big")
        if length > self._max_answer_bytes:
            raise OSError(f"an answer of {length} bytes")
        return await process.stdout.readexactly(length)

    async def _kill(self, *, has_ended: bool = False) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if has_ended:
            # To send a signal is to look after the process as well, and whoever waits for it would miss how it ended.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ENDING_SECONDS):
                    await process.wait()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.stdout is not None:
            # What it left unread keeps the pipe open; it can be no more than the pipe and the buffer hold.
            await process.stdout.read()
        await process.wait()


class BlockingChild:
    """A `ChildProcess` for code that waits for its answers, on an event loop of its own in a thread."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self, request: bytes) -> bytes:
        """As `ChildProcess.ask`; whatever interrupts the wait, such as a job's deadline, ends the child."""
        future = asyncio.run_coroutine_threadsafe(self._child.ask(request), self._running())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the child and the thread."""
        loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._child.aclose(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="bounded-child", daemon=True)
            self._thread.start()
        return self._loop


def serve(answer: Callable[[bytes], bytes]) -> None:
    """The child's side: answer frames from standard input until it is closed.

    Reads its limits from the command line: bytes of address space, and for each request seconds and seconds of CPU
    (0: any number).
    """
    max_memory_bytes, seconds, cpu_seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The terminal sends its interrupt to the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.excepthook = _tell
    # Libraries speak of what they read in its own words.
    logging.disable()
    warnings.simplefilter("ignore")
    frames = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What libraries print must not be taken for an answer, nor reach a terminal.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with frames, answers:
        while (request := _read_frame(frames)) is not None:
            signal.alarm(seconds)
            # Left to its default, the signal ends the process even inside a call into C.
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            reply = answer(request)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
            answers.write(len(reply).to_bytes(_LENGTH_BYTES, "big") + reply)
            answers.flush()


def _tell(kind: type[BaseException], error: BaseException, trace: object) -> None:  # noqa: ARG001
    """Say what ended this process in one line; an error may hold what the request held."""
    sys.stderr.write(escaped(masked(f"{kind.__name__}: {error}"))[:_LONGEST_ERROR] + "\n")


def _read_frame(source: BinaryIO) -> bytes | None:
    head = source.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    frame = source.read(length)
    return frame if len(frame) == length else None
