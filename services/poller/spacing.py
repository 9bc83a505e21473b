"""Spaces out requests to one host: few at once, and a least interval between their beginnings; few in all, too.

It knows nothing of requests; whoever makes one takes a turn first. Feeds and pages of a host stand in one line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

#: Hosts that are remembered before those are looked for that may be forgotten.
_FEW_HOSTS = 1_024


class _Host:
    __slots__ = ("begun_at", "in_line", "interval", "line", "slots", "users")

    def __init__(self, at_once: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self.line = asyncio.Lock()
        self.begun_at = float("-inf")
        #: Seconds between two turns: as set, or as the host asked for last.
        self.interval = 0.0
        #: Those under way and those in line.
        self.users = 0
        self.in_line = 0


class Spacing:
    """Turns at a host: `interval` seconds from the beginning of one to the next, at most `at_once` under way.

    Of all hosts together, at most `in_all` turns are under way.
    """

    def __init__(
        self,
        *,
        interval: float,
        at_once: int,
        in_all: int,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._interval = interval
        self._at_once = at_once
        self._in_all = asyncio.Semaphore(in_all)
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._forget_at = _FEW_HOSTS

    @asynccontextmanager
    async def turn(self, host: str, at_least: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn at `host` and hold it; `at_least`: seconds between two that the host itself asks for."""
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host(self._at_once)
        state.users += 1
        try:
            async with state.slots:
                await self._begin(state, at_least)
                try:
                    yield
                finally:
                    self._in_all.release()
        finally:
            state.users -= 1
            self._forget_idle()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Go on with the visit to a host whose turn has begun: only the limit on all requests counts."""
        async with self._in_all:
            yield

    def free_at(self, host: str) -> float:
        """When a request to `host` that is not in line yet could begin, as far as is known now."""
        state = self._hosts.get(host)
        return state.begun_at + (1 + state.in_line) * state.interval if state else 0.0

    async def _begin(self, state: _Host, at_least: float) -> None:
        state.in_line += 1
        try:
            async with state.line:
                state.interval = max(self._interval, at_least)
                wait = state.begun_at + state.interval - self._monotonic()
                if wait > 0:
                    await self._sleep(wait)
                # Before the time is noted: a turn that waited here would begin too shortly before the next one.
                await self._in_all.acquire()
                state.begun_at = self._monotonic()
        finally:
            state.in_line -= 1

    def _forget_idle(self) -> None:
        # Links lead to ever new hosts; without this the table would only grow. As many hosts must have come in between
        # as are left, so that a turn costs the same however many there are.
        if len(self._hosts) >= self._forget_at:
            now = self._monotonic()
            self._hosts = {
                name: host for name, host in self._hosts.items() if host.users or host.begun_at + host.interval > now
            }
            self._forget_at = max(_FEW_HOSTS, 2 * len(self._hosts))
