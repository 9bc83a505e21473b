"""Spaces out requests to one host: few at once, and a least interval between their beginnings.

It knows nothing of requests; whoever makes one takes a turn first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class _Host:
    def __init__(self, at_once: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self.line = asyncio.Lock()
        self.begun_at = float("-inf")
        self.interval = 0.0
        self.users = 0


class Spacing:
    """Turns at a host: `interval` seconds from the beginning of one to the next, at most `at_once` under way."""

    def __init__(
        self,
        *,
        interval: float,
        at_once: int,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._interval = interval
        self._at_once = at_once
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, at_least: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn at `host` and hold it; `at_least`: seconds between two that the host itself asks for."""
        state = self._hosts.setdefault(host, _Host(self._at_once))
        state.users += 1
        try:
            async with state.slots:
                async with state.line:
                    state.interval = max(self._interval, at_least)
                    wait = state.begun_at + state.interval - self._monotonic()
                    if wait > 0:
                        await self._sleep(wait)
                    state.begun_at = self._monotonic()
                yield
        finally:
            state.users -= 1
            self._forget_idle()

    def _forget_idle(self) -> None:
        # Links lead to ever new hosts; without this the table would only grow.
        if len(self._hosts) > 1_024:
            now = self._monotonic()
            self._hosts = {
                name: host for name, host in self._hosts.items() if host.users or host.begun_at + host.interval > now
            }
