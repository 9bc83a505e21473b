"""Upkeep by one clock for all hosts, the server's: those of the hosts differ, and any of them may be set.

What is brought back, and how, stands in `upkeep`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import redis

from stancewire.adapters.connection import checked
from stancewire.adapters.limits import Limits
from stancewire.adapters.upkeep import RedisUpkeep
from stancewire.errors import StoreError

#: Seconds that the server's clock may gain or lose between two looks without having been set.
_DRIFT_S = 2.0


class CommonUpkeep(RedisUpkeep):
    """`RedisUpkeep` for one supervisor of many, which is asked with the host's time and goes by the server's."""

    def __init__(self, client: redis.Redis, limits: Limits, *, lease_s: float, monotonic: Callable[[], float]) -> None:
        """`lease_s` is the time within which a living worker prolongs its lease."""
        super().__init__(client, limits)
        self._lease_s = lease_s
        self._monotonic = monotonic
        #: The server's time less the monotonic clock's, when it was looked at last; in seconds.
        self._offset: float | None = None
        self._patient_until = 0.0
        self._was_ill = False

    def reap(self, now: datetime) -> int:  # noqa: ARG002
        """As `RedisUpkeep.reap`; where no lease could be prolonged for a while, the living get the time to do so.

        That is after the server's clock was set, and after the server could not be used.
        """
        try:
            at, here = self._server_time(), self._monotonic()
            offset = at.timestamp() - here
            was_set = self._offset is not None and abs(offset - self._offset) > _DRIFT_S
            if was_set or self._was_ill:
                self._patient_until = here + self._lease_s
            self._offset, self._was_ill = offset, False
            return 0 if here < self._patient_until else super().reap(at)
        except StoreError:
            self._was_ill = True
            raise

    def reconcile(self, now: datetime) -> int:  # noqa: ARG002
        """As `RedisUpkeep.reconcile`."""
        return super().reconcile(self._server_time())

    def _server_time(self) -> datetime:
        with checked(self._client):
            time: Any = self._client.time()
        seconds, microseconds = time
        return datetime.fromtimestamp(seconds + microseconds / 1_000_000, UTC)
