"""The lease that makes one poller the leader: others stand by, and one of them takes over when it is not renewed.

A lease is not waited for whose holder is known to have ended. Each leadership has a term, which the store asks for when
it takes something in (`RedisIntake.under`), so that a poller that slept through the end of its lease changes nothing.
Who polls what is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis

from stancewire import keys
from stancewire.adapters.connection import checked
from stancewire.adapters.lua import Argument, Script


class PollerLease:
    """The lease as one process sees it; `holder` names the process and is no one else's.

    `has_ended` says of another's name whether that process has ended for certain.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        holder: str,
        seconds: float,
        monotonic: Callable[[], float],
        has_ended: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.seconds = seconds
        self._has_ended = has_ended
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
            term = self._ask()
            if not term and self._release_of_the_ended():
                term = self._ask()
        if term:
            self._term = term
        # Counted from before the question: the server cannot have begun to count earlier.
        self._ends_at = asked_at + self.seconds if term else 0.0
        return term

    def _ask(self) -> int:
        arguments: list[Argument] = [self._holder, round(self.seconds * 1000), self._term]
        return int(self._hold([keys.POLLER_LEASE, keys.POLLER_TERM], arguments))

    def _release_of_the_ended(self) -> bool:
        """End the lease where its holder has ended, and only his; whatever he sent before is of a former term."""
        held_by: Any = self._client.get(keys.POLLER_LEASE)
        if held_by is None or not self._has_ended(held_by.decode(errors="replace")):
            return False
        return bool(self._release([keys.POLLER_LEASE], [held_by]))

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
