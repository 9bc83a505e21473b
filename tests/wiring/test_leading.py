"""The lease of the poller that leads: held by one, given up, run out, and never twice under one term."""

from __future__ import annotations

import time

import redis

from stancewire import keys
from stancewire.adapters.leadership import PollerLease


def lease(client: redis.Redis, holder: str, seconds: float = 20) -> PollerLease:
    return PollerLease(client, holder=holder, seconds=seconds, monotonic=time.monotonic)


def test_the_lease_is_held_by_one_until_it_gives_it_up(client: redis.Redis) -> None:
    one, other = lease(client, "one"), lease(client, "other")
    assert one.take()
    assert one.take()
    assert not other.take()
    other.give_up()
    assert not other.take()
    one.give_up()
    assert not one.is_held()
    assert other.take()
    assert other.is_held()
    assert 0 < client.pttl(keys.POLLER_LEASE) <= 20_000


def test_each_new_leadership_has_a_greater_term(client: redis.Redis) -> None:
    one, other = lease(client, "one"), lease(client, "other")
    assert [one.take(), one.take()] == [1, 1]
    one.give_up()
    assert other.take() == 2
    other.clear()
    assert one.take() == 3


def test_a_lease_that_ran_out_goes_on_where_nobody_led_in_between(client: redis.Redis) -> None:
    one = lease(client, "one", seconds=0.05)
    assert one.take() == 1
    time.sleep(0.1)
    assert not one.is_held()
    assert client.get(keys.POLLER_LEASE) is None
    assert one.take() == 1
