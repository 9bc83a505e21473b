"""Hosts that asked to be left alone, and until when.

It asks nobody and waits for nobody; the fetcher looks here before each request. Times are numbers of any one clock, in
seconds: a monotonic one, or a clock that is set back would leave a host alone for longer than it asked.
"""

from __future__ import annotations

from services.poller.schedule import MAX_RETRY_AFTER

_MANY = 1_024


class Holds:
    """Holds by host."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def hold(self, host: str, until: float, now: float) -> None:
        """Leave `host` alone until then, or longer if so asked before; never longer than any server may ask."""
        until = min(until, now + MAX_RETRY_AFTER)
        if until > now:
            self._until[host] = max(until, self._until.get(host, until))
            self._forget(now)

    def until(self, host: str, now: float) -> float | None:
        """Until when `host` is left alone; None if it is not."""
        until = self._until.get(host)
        return until if until is not None and until > now else None

    def _forget(self, now: float) -> None:
        # Links lead to ever new hosts; without this the table would only grow.
        if len(self._until) > _MANY:
            self._until = {host: until for host, until in self._until.items() if until > now}
