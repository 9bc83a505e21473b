"""What watches ask for: put on their streams and announced in the step that publishes it, and taken off in time."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import redis
from store_processes import LEASE_S, Worker, until
from store_samples import NOON, acceptance, interference, item, publication, revision, stance

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.archive import RedisArchive
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.adapters.watch_streams import groups_of
from stancewire.client import signals
from stancewire.errors import StoreRefused
from stancewire.testing import FakeStore
from stancewire.types import Item, Publication, Published

FRANCE, REPORTS = keys.watch_stream("france"), keys.watch_stream("reports")


@pytest.fixture
def real(client: redis.Redis) -> RedisStore:
    return RedisStore(client, Limits())


def accepted(store: FakeStore | RedisStore, name: str = "story", *, revision: int = 1) -> Item:
    each = item(name, fingerprint=f"v{revision}", revision=revision)
    store.accept(acceptance(each, batch_id=f"batch-{name}-{revision}"))
    return each


def watched(of: Item, *found: Any, **by_id: tuple[str, ...]) -> Publication:
    return replace(publication(of, *found), watched=by_id)


def ids(client: redis.Redis, stream: str) -> list[str]:
    rows: Any = client.xrange(stream)
    return [fields[b"id"].decode() for _, fields in rows]


def test_a_signal_goes_to_each_of_its_watches_in_the_order_published(store: FakeStore | RedisStore) -> None:
    one = accepted(store)
    store.publish(
        watched(one, stance("s1"), interference("i1"), stance("s2"), s1=("france",), s2=("all", "france"), i1=("all",)),
        NOON,
    )

    assert store.watch_counts() == {"matched:all": 2, "matched:france": 2}
    if isinstance(store, FakeStore):
        assert [entry.signal.id for entry in store.watched["all"]] == ["i1", "s2"]


def test_an_entry_of_a_watch_is_the_entry_of_the_stream_of_all(real: RedisStore, client: redis.Redis) -> None:
    real.publish(watched(accepted(real), stance("s1"), stance("s2"), s2=("france",)), NOON)

    every: Any = client.xrange(keys.SIGNALS_STREAM)
    of_watch: Any = client.xrange(FRANCE)
    assert [fields for _, fields in of_watch] == [every[1][1]]


def test_it_is_announced_on_the_watchs_own_channel_with_the_place_on_its_stream(
    real: RedisStore, client: redis.Redis
) -> None:
    with client.pubsub() as heard:  # type: ignore[no-untyped-call]
        heard.subscribe(FRANCE)
        assert heard.get_message(timeout=5) is not None
        real.publish(watched(accepted(real), stance("s1"), s1=("france",)), NOON)
        message = heard.get_message(timeout=5)

    assert message is not None
    told = orjson.loads(message["data"])
    assert (told["id"], told["holder"]["country"]) == ("s1", "RU")
    assert told["stream_id"] == RedisArchive(client, Limits(), watch="france").end()


def test_what_is_on_record_is_not_put_there_again(real: RedisStore, client: redis.Redis) -> None:
    first, again = accepted(real), accepted(real, revision=2)
    real.publish(watched(first, stance("s1"), s1=("france",)), NOON)

    assert real.publish(watched(first, stance("s1"), s1=("france",)), NOON) == Published(first=False)
    real.publish(watched(again, stance("s1"), stance("s2"), s1=("france", "reports"), s2=("reports",)), NOON)

    assert (ids(client, FRANCE), ids(client, REPORTS)) == (["s1"], ["s2"])


def test_what_follows_from_another_turn_goes_to_no_watch(real: RedisStore, client: redis.Redis) -> None:
    outdated = replace(watched(accepted(real), stance("s1"), s1=("france",)), follows=3)

    assert real.publish(outdated, NOON).is_outdated
    assert not client.exists(FRANCE, keys.WATCH_COUNTS)


def test_a_revision_goes_to_a_watch_behind_its_signals(real: RedisStore, client: redis.Redis) -> None:
    told = replace(watched(accepted(real), stance("s1"), s1=("france",), r1=("france",)), revision=revision("r1"))
    real.publish(told, NOON)

    assert ids(client, FRANCE) == ["s1", "r1"]


def test_a_name_that_holds_something_else_stops_it_before_anything_is_written(
    real: RedisStore, client: redis.Redis
) -> None:
    one = accepted(real)
    client.set(FRANCE, "something else")

    with pytest.raises(StoreRefused):
        real.publish(watched(one, stance("s1"), s1=("france", "reports")), NOON)
    assert not client.exists(keys.SIGNALS_STREAM, REPORTS, keys.WATCH_COUNTS)

    client.delete(FRANCE)
    assert real.publish(watched(one, stance("s1"), s1=("france", "reports")), NOON).first


def test_two_hundred_watches_are_told_of_one_signal(real: RedisStore, client: redis.Redis) -> None:
    names = tuple(f"w{number}" for number in range(200))
    real.publish(watched(accepted(real), stance("s1"), s1=names), NOON)

    assert {ids(client, keys.watch_stream(name))[0] for name in names} == {"s1"}


@pytest.mark.slow
def test_workers_that_are_killed_at_any_moment_leave_one_entry_of_each_signal_there(
    real: RedisStore, client: redis.Redis, server: EmbeddedServer
) -> None:
    names = [f"brief-{number}-watched" for number in range(40)]
    for start in range(0, len(names), 6):
        real.accept(acceptance(*(item(name) for name in names[start : start + 6]), batch_id=f"batch-{start}"))
    chance, kills = random.Random(7), 0
    while real.depth().pending:
        worker = Worker(server.url)
        done = client.xlen(FRANCE)
        until(lambda least=done: client.xlen(FRANCE) > least or real.depth().pending == 0)  # type: ignore[misc]
        time.sleep(chance.random() / 10)
        worker.kill()
        kills += 1
        until(lambda: real.reap(datetime.now(UTC)) > 0 or real.depth().running == 0, timeout_s=10 * LEASE_S)

    assert kills > 2
    assert sorted(ids(client, FRANCE)) == sorted(ids(client, keys.SIGNALS_STREAM))
    assert sorted(ids(client, FRANCE)) == sorted(f"signal-{name}" for name in names)
    assert real.watch_counts() == {"matched:france": len(names)}


DAY_MS = 86_400_000


def fill(client: redis.Redis, stream: str, *, count: int, at_ms: int) -> None:
    data = codec.signals.encode(stance("s"))
    for number in range(count):
        client.xadd(stream, {"data": data}, id=f"{at_ms + number}-0")
    client.hincrby(keys.WATCH_COUNTS, keys.watch_count("matched", "france"), count)


@pytest.fixture
def now_ms(client: redis.Redis) -> Any:
    usual: Any = client.config_get("stream-node-max-entries")
    client.config_set("stream-node-max-entries", 1)
    seconds: Any = client.time()
    yield int(seconds[0]) * 1000
    client.config_set("stream-node-max-entries", usual["stream-node-max-entries"])


def test_a_watchs_stream_is_trimmed_as_the_stream_of_all(real: RedisStore, client: redis.Redis, now_ms: int) -> None:
    fill(client, FRANCE, count=20, at_ms=now_ms - 31 * DAY_MS)
    fill(client, FRANCE, count=5, at_ms=now_ms - DAY_MS)

    assert (real.trim().entries, client.xlen(FRANCE)) == (20, 5)


def test_what_a_group_of_a_watch_has_not_read_stays_until_there_is_too_much(client: redis.Redis, now_ms: int) -> None:
    fill(client, FRANCE, count=50, at_ms=now_ms - 31 * DAY_MS)
    client.xgroup_create(FRANCE, "desk", "0")

    assert RedisStore(client, Limits()).trim().entries == 0
    store = RedisStore(client, Limits(max_stream_length=10, max_unread_length=30))
    assert store.trim().lost == store.lost() == {"watch:france:desk": 20}
    assert client.xlen(FRANCE) == 30


def test_a_stream_that_nobody_asks_for_any_more_is_gone_with_its_last_entry(
    real: RedisStore, client: redis.Redis, now_ms: int
) -> None:
    fill(client, FRANCE, count=5, at_ms=now_ms - 31 * DAY_MS)
    fill(client, REPORTS, count=5, at_ms=now_ms - 31 * DAY_MS)
    client.hincrby(keys.WATCH_COUNTS, keys.watch_count("matched", "reports"), 5)
    client.xgroup_create(REPORTS, "desk", "$")

    real.trim()
    real.trim()

    # Whoever keeps a place finds it again.
    assert (client.exists(FRANCE), client.exists(REPORTS)) == (0, 1)


def test_the_groups_of_watches_are_told_beside_those_of_all_signals(real: RedisStore, client: redis.Redis) -> None:
    real.publish(watched(accepted(real), stance("s1"), s1=("france",)), NOON)
    client.xgroup_create(keys.SIGNALS_STREAM, "desk", "0")
    client.xgroup_create(FRANCE, "desk", "0")

    assert real.lag() == {"desk": 1, "watch:france:desk": 1}
    assert groups_of(client, FRANCE) == {"desk": (1, 0)}
    assert groups_of(client, REPORTS) == {}


def test_a_consumer_may_read_a_watch_alone(real: RedisStore, client: redis.Redis) -> None:
    real.publish(watched(accepted(real), stance("s1"), stance("s2"), s2=("france",)), NOON)

    assert [each.id for each in signals(client, group="desk", follow=False, stream=FRANCE)] == ["s2"]
    assert real.lag() == {"watch:france:desk": 0}
