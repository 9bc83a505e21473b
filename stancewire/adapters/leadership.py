"""The lease that makes one poller the leader: others stand by, and one of them takes over when it is not renewed.

Each leadership has a term, which the store asks for when it takes something in (`RedisIntake.under`), so that a poller
that slept through the end of its lease changes nothing. Who polls what is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable

import redis

from stancewire import keys
from stancewire.adapters.connection import checked
from stancewire.adapters.lua import Script


class PollerLease:
    """The lease as one process sees it; `holder` names the process and is no one else's."""

    def __init__(self, client: redis.Redis, *, holder: str, seconds: float, monotonic: Callable[[], float]) -> None:
        self.seconds = seconds
        self._client = client
        self._holder = holder
        self._monotonic = monotonic
        self._term = 0
        self._ends_at = 0.0
        self._hold = Script(client, "hold")
        self._release = Script(client, "release")

    def take(self) -> int:
        """Take the lease or renew it: the term of this leadership, 0 where another leads. Raises StoreError."""
        asked_at = self._monotonic()
        with checked(self._client):
            term = int(
                self._hold(
                    [keys.POLLER_LEASE, keys.POLLER_TERM], [self._holder, round(self.seconds * 1000), self._term]
                )
            )
        if term:
            self._term = term
        # Counted from before the question: the server cannot have begun to count earlier.
        self._ends_at = asked_at + self.seconds if term else 0.0
        return term

    def is_held(self) -> bool:
        """Whether the lease cannot have run out yet, as far as this process's own clock tells."""
        return self._monotonic() < self._ends_at

    def give_up(self) -> None:
        """End the lease if it is this process's. Raises StoreError."""
        self._ends_at = 0.0
        with checked(self._client):
            self._release([keys.POLLER_LEASE], [self._holder])

    def clear(self) -> None:
        """End anybody's lease: for whoever has just started the server, on which nobody can lead yet."""
        with checked(self._client):
            self._client.delete(keys.POLLER_LEASE)
