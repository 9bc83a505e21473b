"""Says whether the poller may go on: the store answers, and not too much waits for the workers.

It watches and waits; what is polled is not its part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from stancewire.errors import StoreError
from stancewire.types import QueueDepth

_CHECK_SECONDS = 1.0
_LONGEST_PAUSE = 30.0
#: Share of the items allowed at which polling resumes: one limit for both would let it start and stop all the time.
_RESUME_AT = 0.75


class Backpressure:
    """Lets the poller go on while polling makes sense; logs one line for each change."""

    def __init__(
        self,
        *,
        depth: Callable[[], QueueDepth],
        max_pending: int,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._depth = depth
        self._max_pending = max_pending
        self._monotonic = monotonic
        self._sleep = sleep
        self._log = structlog.get_logger()
        self._open = asyncio.Event()
        self._stopping = asyncio.Event()
        self._store_away = False
        self._crowded = False
        #: Items that wait: as seen last, and what was taken in since.
        self._pending = 0
        self._pause = 1.0
        self._closed_until = 0.0

    async def may_go_on(self) -> bool:
        """Wait until it makes sense; False once stopped."""
        await self._open.wait()
        return not self._stopping.is_set()

    def stop(self) -> None:
        """Let all who wait go, with the answer False."""
        self._stopping.set()
        self._open.set()

    async def watch(self) -> None:
        """Look every second until stopped."""
        while not self._stopping.is_set():
            if self._monotonic() >= self._closed_until:
                await self._look()
            await self._sleep(_CHECK_SECONDS)

    async def _look(self) -> None:
        try:
            depth = await asyncio.to_thread(self._depth)
        except StoreError as error:
            self.store_failed(error)
            return
        self._pending = depth.pending
        self._judge()

    def taken_in(self, items: int) -> None:
        """Note what a poll has added: many polls end between two looks."""
        self._pending += items
        if self._open.is_set():
            self._judge()

    def _judge(self) -> None:
        crowded = self._pending > self._max_pending * (_RESUME_AT if self._crowded else 1.0)
        if crowded != self._crowded:
            self._crowded = crowded
            self._log.info("polling paused" if crowded else "polling resumed", pending=self._pending)
        if not self._crowded or self._stopping.is_set():
            self._open.set()
        else:
            self._open.clear()

    def store_failed(self, error: StoreError) -> None:
        """Hold the poller for a while, twice as long after each failure in a row."""
        if self._monotonic() < self._closed_until:
            # Of several polls that meet the same failure only the first counts.
            return
        if not self._stopping.is_set():
            self._open.clear()
        self._closed_until = self._monotonic() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        if not self._store_away:
            self._store_away = True
            self._log.warning("store away", kind=type(error).__name__, detail=error.message)

    def store_worked(self) -> None:
        """Note that something was saved, which is what counts: a full store still answers questions."""
        self._pause = 1.0
        if self._store_away:
            self._store_away = False
            self._log.info("store back")
