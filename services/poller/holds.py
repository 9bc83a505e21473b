"""Hosts that asked to be left alone, and until when.

It asks nobody and waits for nobody; the fetcher looks here before each request.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.poller.schedule import MAX_RETRY_AFTER

_MANY = 1_024


class Holds:
    """Holds by host."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def hold(self, host: str, until: datetime, now: datetime) -> None:
        """Leave `host` alone until then, or longer if so asked before; never longer than any server may ask."""
        until = min(until, now + timedelta(seconds=MAX_RETRY_AFTER))
        if until > now:
            self._until[host] = max(until, self._until.get(host, until))
            self._forget(now)

    def until(self, host: str, now: datetime) -> datetime | None:
        """Until when `host` is left alone; None if it is not."""
        until = self._until.get(host)
        return until if until is not None and until > now else None

    def _forget(self, now: datetime) -> None:
        # Links lead to ever new hosts; without this the table would only grow.
        if len(self._until) > _MANY:
            self._until = {host: until for host, until in self._until.items() if until > now}
