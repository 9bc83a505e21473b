"""The lease of the poller that leads: held by one, given up, run out, and never twice under one term."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import redis

from stancewire import keys
from stancewire.adapters.leadership import PollerLease
from stancewire.wiring.process_name import has_ended, own_name


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


def test_a_lease_is_not_waited_for_whose_holder_has_ended_on_this_machine(client: redis.Redis) -> None:
    ask = "from stancewire.wiring.process_name import own_name; print(own_name())"
    ended = subprocess.run(
        [sys.executable, "-c", ask], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    alive, elsewhere = own_name(), own_name().replace(socket.gethostname(), "another-host")
    assert not has_ended(alive)
    assert not has_ended(elsewhere)
    assert not has_ended("a name of an earlier version")

    assert lease(client, ended.stdout.strip()).take() == 1
    assert not lease(client, "waits").take()
    follows = PollerLease(client, holder=alive, seconds=20, monotonic=time.monotonic, has_ended=has_ended)
    assert follows.take() == 2
    other = PollerLease(client, holder="other", seconds=20, monotonic=time.monotonic, has_ended=has_ended)
    assert not other.take()
