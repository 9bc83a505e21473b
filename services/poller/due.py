"""Says which feed is polled next: hosts by when they are free, and the feeds of a host by when they are due.

    put ──▶ [feeds of a host, by due] ──▶ [hosts, by when one of theirs may be polled] ──▶ take ──▶ ended ──▶ put

Pure: times are numbers of any one clock, feeds and hosts are numbers from 0, and nothing is waited for. A step takes
time with the logarithm of the number of feeds.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Sequence

NEVER = float("inf")


class DueFeeds:
    """Feeds that wait for their polls; each is put in, taken, ended, and put in again."""

    def __init__(self, host_of: Sequence[int], *, at_once: int, gap: float) -> None:
        """`host_of` names the host of each feed, `at_once` is how many feeds of a host are polled at the same time.

        `gap` is the least time from one to the next.
        """
        self._host_of = array("I", host_of)
        self._at_once = at_once
        self._gap = gap
        count = max(host_of, default=-1) + 1
        self._under_way = array("H", bytes(2 * count))
        #: When the host is free, as far as it is known.
        self._free_at = array("d", bytes(8 * count))
        #: Feeds of a host that wait, by when they are due.
        self._waiting: list[list[tuple[float, int]]] = [[] for _ in range(count)]
        #: Hosts by when one of their feeds may be polled. An entry counts only while `_place` names its time.
        self._ready: list[tuple[float, int]] = []
        self._place = array("d", [NEVER]) * count

    def put(self, feed: int, due: float) -> None:
        """Plan a feed that is neither planned nor under way."""
        host = self._host_of[feed]
        heapq.heappush(self._waiting[host], (due, feed))
        self._plan(host)

    def take(self, now: float, free_at: Callable[[int], float]) -> int | None:
        """The next feed to poll, which is under way then; None where no feed is due at a free host.

        `free_at` says of a host when it takes its next request, which may be later than the polls alone would tell.
        """
        while self._ready and self._ready[0][0] <= now:
            at, host = heapq.heappop(self._ready)
            if self._place[host] != at:
                continue
            self._place[host] = NEVER
            self._free_at[host] = free_at(host)
            if self._free_at[host] > now:
                self._plan(host)
                continue
            _, feed = heapq.heappop(self._waiting[host])
            self._under_way[host] += 1
            self._free_at[host] = now + self._gap
            self._plan(host)
            return feed
        return None

    def ended(self, feed: int) -> None:
        """Note that the poll of a feed is over; it is planned again by `put`."""
        host = self._host_of[feed]
        self._under_way[host] -= 1
        self._plan(host)

    def next_at(self) -> float:
        """No feed can be taken before; `NEVER` where none is planned at a host that has room."""
        return self._ready[0][0] if self._ready else NEVER

    def _plan(self, host: int) -> None:
        if not self._waiting[host] or self._under_way[host] >= self._at_once:
            return
        at = max(self._waiting[host][0][0], self._free_at[host])
        if at < self._place[host]:
            self._place[host] = at
            heapq.heappush(self._ready, (at, host))
