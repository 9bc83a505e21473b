"""Says whether the poller may go on: the store answers, and not too much waits for the workers.

It watches and waits; what is polled is not its part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from stancewire.errors import StoreError
from stancewire.server_state import ServerWatch
from stancewire.types import QueueDepth

_CHECK_SECONDS = 1.0
_LONGEST_PAUSE = 30.0
#: Share of the items allowed at which polling resumes: one limit for both would let it start and stop all the time.
_RESUME_AT = 0.75


class Backpressure:
    """Lets the poller go on while polling makes sense; logs one line for each change of what waits."""

    def __init__(
        self,
        *,
        depth: Callable[[], QueueDepth],
        max_pending: int,
        server: ServerWatch,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """`depth` raises StoreError also where the store would take nothing in."""
        self._depth = depth
        self._max_pending = max_pending
        self._server = server
        self._monotonic = monotonic
        self._sleep = sleep
        self._log = structlog.get_logger()
        self._open = asyncio.Event()
        self._stopping = asyncio.Event()
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
            await self._look()
            await self._sleep(_CHECK_SECONDS)

    async def _look(self) -> None:
        asked_at = self._monotonic()
        try:
            depth = await asyncio.to_thread(self._depth)
        except StoreError as error:
            self._server.failed(error, asked_at)
        else:
            self._server.worked("probing", asked_at)
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
        may_save = self._server.state.takes_writes and self._monotonic() >= self._closed_until
        if self._stopping.is_set() or (may_save and not crowded):
            self._open.set()
        else:
            self._open.clear()

    def store_failed(self, error: StoreError, asked_at: float) -> None:
        """Note that something could not be saved; hold the poller for a while, twice as long each time in a row."""
        self._server.failed(error, asked_at)
        # Of several polls that meet the same failure only the first counts.
        if self._monotonic() >= self._closed_until:
            self._closed_until = self._monotonic() + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self._judge()

    def store_worked(self, asked_at: float) -> None:
        """Note that something was saved."""
        self._pause = 1.0
        self._server.worked("saving", asked_at)
