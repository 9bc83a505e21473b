"""What is taken off the stream: what its time is up for, and what is too much, but not what a group has yet to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from store_samples import stance

from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore

DAY_MS = 86_400_000


@pytest.fixture
def now_ms(client: redis.Redis) -> Iterator[int]:
    # One entry a node, so that what is taken off can be told to the entry.
    usual: Any = client.config_get("stream-node-max-entries")
    client.config_set("stream-node-max-entries", 1)
    seconds: Any = client.time()
    yield int(seconds[0]) * 1000
    client.config_set("stream-node-max-entries", usual["stream-node-max-entries"])


def fill(client: redis.Redis, *, count: int, at_ms: int) -> list[str]:
    data = codec.signals.encode(stance("s"))
    return [str(client.xadd(keys.SIGNALS_STREAM, {"data": data}, id=f"{at_ms + n}-0").decode()) for n in range(count)]  # type: ignore[union-attr]


def left(client: redis.Redis) -> int:
    return int(client.xlen(keys.SIGNALS_STREAM))


def read(client: redis.Redis, group: str, count: int, *, acknowledge: bool = True) -> None:
    answer: Any = client.xreadgroup(group, "one", {keys.SIGNALS_STREAM: ">"}, count=count)
    streams = answer.values() if isinstance(answer, dict) else [rows for _, rows in answer]
    ids = [row[0] for rows in streams for row in (rows[0] if isinstance(rows[0], list) else rows)]
    if acknowledge:
        client.xack(keys.SIGNALS_STREAM, group, *ids)


def test_nothing_is_taken_off_a_stream_that_is_not_there(client: redis.Redis) -> None:
    assert RedisStore(client, Limits()).trim().entries == 0


def test_what_its_time_is_up_for_goes(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=20, at_ms=now_ms - 31 * DAY_MS)
    fill(client, count=5, at_ms=now_ms - DAY_MS)

    trimmed = RedisStore(client, Limits()).trim()

    assert (trimmed.entries, trimmed.lost, left(client)) == (20, {}, 5)
    assert not client.exists(keys.COUNTERS)


def test_beyond_its_length_the_oldest_go_and_are_counted(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=150, at_ms=now_ms - DAY_MS)
    store = RedisStore(client, Limits(max_stream_length=100, max_unread_length=200))

    assert store.trim().entries == 50
    assert (left(client), store.counters()) == (100, {"entries_evicted": 50})


def test_what_a_group_has_not_read_stays_whatever_its_age_or_the_length(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=150, at_ms=now_ms - 40 * DAY_MS)
    client.xgroup_create(keys.SIGNALS_STREAM, "desk", "0")
    read(client, "desk", 30)
    store = RedisStore(client, Limits(max_stream_length=100, max_unread_length=200))

    assert store.trim().entries == 30
    assert left(client) == 120


def test_what_a_group_has_read_and_not_acknowledged_stays_too(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=150, at_ms=now_ms - 40 * DAY_MS)
    client.xgroup_create(keys.SIGNALS_STREAM, "desk", "0")
    read(client, "desk", 10)
    read(client, "desk", 1, acknowledge=False)
    read(client, "desk", 139)

    assert RedisStore(client, Limits()).trim().entries == 10


def test_the_slowest_group_decides(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=50, at_ms=now_ms - 40 * DAY_MS)
    for group, count in (("quick", 40), ("slow", 5)):
        client.xgroup_create(keys.SIGNALS_STREAM, group, "0")
        read(client, group, count)

    assert RedisStore(client, Limits()).trim().entries == 5


def test_beyond_the_greatest_length_unread_entries_go_and_each_group_is_told_its_loss(
    client: redis.Redis, now_ms: int
) -> None:
    fill(client, count=300, at_ms=now_ms - DAY_MS)
    for group, count in (("quick", 290), ("slow", 20), ("stalled", 0)):
        client.xgroup_create(keys.SIGNALS_STREAM, group, "0")
        if count:
            read(client, group, count)
    store = RedisStore(client, Limits(max_stream_length=100, max_unread_length=200))

    trimmed = store.trim()

    assert (trimmed.entries, left(client)) == (100, 200)
    assert trimmed.lost == store.lost() == {"slow": 80, "stalled": 100}
    assert store.counters()["entries_evicted"] == 100


def test_a_group_that_acknowledged_around_a_gap_loses_only_what_it_had_not_done(
    client: redis.Redis, now_ms: int
) -> None:
    fill(client, count=30, at_ms=now_ms - DAY_MS)
    client.xgroup_create(keys.SIGNALS_STREAM, "desk", "0")
    read(client, "desk", 2, acknowledge=False)
    read(client, "desk", 28)
    store = RedisStore(client, Limits(max_stream_length=5, max_unread_length=10))

    assert store.trim().lost == {"desk": 2}
    # With those gone nothing holds the others back.
    assert left(client) == 5


def test_what_was_lost_before_holds_nothing_back(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=30, at_ms=now_ms - DAY_MS)
    client.xgroup_create(keys.SIGNALS_STREAM, "desk", "0")
    read(client, "desk", 2, acknowledge=False)
    read(client, "desk", 28)
    client.xtrim(keys.SIGNALS_STREAM, maxlen=20, approximate=False)
    store = RedisStore(client, Limits(max_stream_length=5, max_unread_length=1_000))

    assert (store.trim().lost, left(client)) == ({}, 5)


def test_a_stream_far_too_long_is_brought_to_its_length_in_steps(client: redis.Redis, now_ms: int) -> None:
    fill(client, count=5_000, at_ms=now_ms - DAY_MS)
    client.xgroup_create(keys.SIGNALS_STREAM, "stalled", "0")
    store = RedisStore(client, Limits(max_stream_length=500, max_unread_length=1_000))

    assert store.trim().lost == {"stalled": 4_000}
    assert left(client) == 1_000
