"""The lease that makes one poller the leader: others stand by, and one of them takes over when it is not renewed.

It says who leads and nothing more; accepting twice is harmless, so a lease that is held twice for a moment is so too.
"""

from __future__ import annotations

import redis

from stancewire import keys
from stancewire.adapters.connection import checked
from stancewire.adapters.lua import Script


class PollerLease:
    """The lease as one process sees it; `holder` names the process and is no one else's."""

    def __init__(self, client: redis.Redis, *, holder: str, seconds: float) -> None:
        self.seconds = seconds
        self._client = client
        self._holder = holder
        self._hold = Script(client, "hold")
        self._release = Script(client, "release")

    def take(self) -> bool:
        """Take the lease or renew it; False where another has it. Raises StoreError."""
        with checked(self._client):
            return bool(self._hold([keys.POLLER_LEASE], [self._holder, round(self.seconds * 1000)]))

    def give_up(self) -> None:
        """End the lease if it is this process's. Raises StoreError."""
        with checked(self._client):
            self._release([keys.POLLER_LEASE], [self._holder])

    def clear(self) -> None:
        """End anybody's lease: for whoever has just started the server, on which nobody can lead yet."""
        with checked(self._client):
            self._client.delete(keys.POLLER_LEASE)
