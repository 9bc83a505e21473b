"""Which poller leads."""

from __future__ import annotations

import time

import redis

from stancewire import keys
from stancewire.adapters.leadership import PollerLease


def test_the_lease_is_held_by_one_until_it_gives_it_up(client: redis.Redis) -> None:
    one, other = (PollerLease(client, holder=name, seconds=20, monotonic=time.monotonic) for name in ("one", "other"))
    assert one.take()
    assert one.take()
    assert not other.take()
    other.give_up()
    assert not other.take()
    one.give_up()
    assert other.take()
    assert 0 < client.pttl(keys.POLLER_LEASE) <= 20_000
