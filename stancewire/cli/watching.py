"""Follows a running house for the screen: its steps, its signals from the stream, the warnings of its log.

It reads as any consumer reads, and changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stancewire.cli.logfile import Warnings
from stancewire.cli.screen import Screen, clock_time
from stancewire.errors import StoreError
from stancewire.types import FeedState
from stancewire.wiring.house import House, worker_count
from stancewire.wiring.outside import now

_LOOK_SECONDS = 0.25
_READ_AT_ONCE = 50
_READ_WAIT_MS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How things stood before anything ran."""

    at: datetime
    #: Id of the newest entry of the stream.
    stream_id: str
    counters: Mapping[str, int]


async def beginning(house: House) -> Beginning:
    """How things stand now, on a server that was just seen to answer; raises StoreError where it does no more."""
    stream_id = await asyncio.to_thread(house.side.end)
    return Beginning(at=now(), stream_id=stream_id, counters=await asyncio.to_thread(house.side.counters))


async def watch(house: House, screen: Screen, log: Path, start: Beginning, stop: asyncio.Event) -> None:
    """Show what happens until `stop`, and then what was published last."""
    warnings = Warnings(log)
    stopped = asyncio.create_task(stop.wait())
    opened = asyncio.create_task(house.opened.wait())
    await asyncio.wait({stopped, opened}, return_when=asyncio.FIRST_COMPLETED)
    opened.cancel()
    if stop.is_set():
        return
    if house.health_url:
        screen.done("health", f"{house.health_url}/readyz")
    screen.how_to_consume(house.server, health_url=house.health_url, log=str(log))
    progress = _Progress(house, screen, start)
    signals = asyncio.create_task(_follow(house, screen, start.stream_id, stop, progress))
    while not stop.is_set():
        for line in warnings.new():
            screen.warn(line)
        await progress.look()
        await asyncio.wait({stopped}, timeout=_LOOK_SECONDS)
    screen.standing("stopping: the jobs at hand are finished first; Ctrl-C again stops at once")
    await signals
    for line in warnings.new():
        screen.warn(line)
    screen.last = f"stopped after {progress.shown} signals; what was taken in is kept in {house.settings.data_dir}"


async def _follow(house: House, screen: Screen, after: str, stop: asyncio.Event, progress: _Progress) -> None:
    while not stop.is_set():
        try:
            entries = await asyncio.to_thread(house.side.read, after, limit=_READ_AT_ONCE, wait_ms=_READ_WAIT_MS)
        except StoreError:
            await asyncio.sleep(1)
            continue
        if entries:
            after = entries[-1].stream_id
            progress.shown += len(entries)
            screen.signals(entries)


class _Progress:
    """How far the start is, and how things stand after it; each step is told once."""

    def __init__(self, house: House, screen: Screen, start: Beginning) -> None:
        self._house = house
        self._screen = screen
        self._start = start
        self._began = time.monotonic()
        self._workers_told = not house.roles.work
        self._poll_told = not house.roles.poll
        self._due: int | None = None
        self._counted_at = 0.0
        self.shown = 0

    async def look(self) -> None:
        """Look once, and tell what is new."""
        doing = []
        force = self._house.workforce
        if not self._workers_told:
            if force.ready == worker_count(self._house.settings):
                self._workers_told = True
                self._screen.done("workers", f"{force.ready} ready", time.monotonic() - self._began)
            else:
                doing.append(f"loading the English model, {force.ready} of {force.processes} workers")
        if force.failing:
            doing.append(f"{force.failing} of {force.processes} workers keep ending: {force.last_end}")
        if time.monotonic() - self._counted_at < 1:
            return
        self._counted_at = time.monotonic()
        try:
            counters = await asyncio.to_thread(self._house.side.counters)
            depth = await asyncio.to_thread(self._house.side.depth)
            states = await asyncio.to_thread(self._house.feed_states)
        except StoreError as error:
            self._screen.standing(f"the server does not answer: {error.message}")
            return
        taken = counters.get("items_accepted", 0) - self._start.counters.get("items_accepted", 0)
        if not self._poll_told:
            doing.append(self._first_poll(states, taken))
            if self._poll_told and not taken:
                self._tell_nothing_new(counters)
        standing = f"{self.shown} signals · {taken} articles, {depth.pending} waiting"
        self._screen.standing(" · ".join((*filter(None, doing), standing, "Ctrl-C stops")))

    def _first_poll(self, states: Mapping[str, FeedState], taken: int) -> str:
        began = self._start.at
        done = polled_since(states, began)
        if self._due is None:
            early = sum(1 for state in states.values() if state.next_poll_at is not None and state.next_poll_at > began)
            self._due = len(self._house.feeds) - early + done
        if done < self._due:
            return f"first poll, {done} of {self._due} feeds"
        self._poll_told = True
        if self._due:
            failing = sum(1 for state in states.values() if state.failures)
            detail = f"{done} feeds, {taken} new articles" + (f", {failing} failing" if failing else "")
            self._screen.done("first poll", detail, time.monotonic() - self._began)
            if failing == len(self._house.feeds):
                self._screen.note("No feed could be read. Does this machine reach the network? stancewire feeds check")
        else:
            due_at = min((state.next_poll_at for state in states.values() if state.next_poll_at), default=began)
            self._screen.done("first poll", f"no feed is due before {clock_time(due_at)}")
        return ""

    def _tell_nothing_new(self, counters: Mapping[str, int]) -> None:
        if before := counters.get("items_published", 0):
            self._screen.note(
                f"Nothing new so far: what the feeds offer was read before ({before} articles). "
                "Earlier signals: stancewire tail --since 1d --no-follow"
            )


def polled_since(states: Mapping[str, FeedState], moment: datetime) -> int:
    """How many feeds were polled after `moment`."""
    return sum(1 for state in states.values() if state.last_polled_at is not None and state.last_polled_at >= moment)
