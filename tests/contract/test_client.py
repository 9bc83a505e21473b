"""The consumer that others use: at least once, in order, with a place of its own for each group."""

from __future__ import annotations

import logging
import signal as signals_of_the_system
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from store_samples import interference, revision, stance

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.worklist import entry_fields
from stancewire.client import Filter, Missed, Poisoned, batches, deliveries, history, signals
from stancewire.client import asyncio as client_for_asyncio
from stancewire.types import Announcement

_ROOT = Path(__file__).parents[2]
#: A consumer in a process of its own: it writes down each signal it has done, and may end in the middle of one.
CONSUMER = """
import os, signal, sys
from pathlib import Path
from typing import Any
from redis import Redis
from stancewire.client import signals
url, done, dies_at = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
for each in signals(Redis.from_url(url), group="desk", consumer="a", follow=False):
    if each.id == dies_at:
        os.kill(os.getpid(), signal.SIGKILL)
    with done.open("a") as file:
        file.write(each.id + "\\n")
"""


def put(client: redis.Redis, *entries: Announcement) -> list[str]:
    return [client.xadd(keys.SIGNALS_STREAM, dict(entry_fields(each))).decode() for each in entries]  # type: ignore[arg-type,union-attr]


def many(count: int) -> list[Announcement]:
    return [stance(f"s{number}") for number in range(count)]


@pytest.fixture
def published(client: redis.Redis) -> list[str]:
    ids = ["first", "second", "third"]
    put(client, *map(stance, ids))
    client.xadd(keys.SIGNALS_STREAM, {"data": "not a signal"})
    return ids


@pytest.fixture(params=["bytes", "text", "RESP3"])
def reader(request: pytest.FixtureRequest, server: EmbeddedServer) -> Iterator[redis.Redis]:
    options = {"bytes": {"protocol": 2}, "text": {"protocol": 2, "decode_responses": True}, "RESP3": {"protocol": 3}}
    with redis.Redis.from_url(server.url, **options[request.param]) as made:
        yield made


def test_a_consumer_that_ended_in_the_middle_is_given_the_signal_again(
    reader: redis.Redis, published: list[str]
) -> None:
    interrupted = signals(reader, group="desk", consumer="a")
    assert next(interrupted).id == "first"
    assert next(interrupted).id == "second"
    interrupted.close()

    again = [each.id for each in signals(reader, group="desk", consumer="a", follow=False)]

    assert again == ["second", "third"]
    assert list(signals(reader, group="desk", consumer="b", follow=False)) == []


def test_a_group_begins_where_it_says(reader: redis.Redis, client: redis.Redis, published: list[str]) -> None:
    assert [each.id for each in signals(reader, group="all", follow=False)] == published
    assert list(signals(reader, group="to come", start="$", follow=False)) == []
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert list(signals(reader, group="later", start=later, follow=False)) == []
    assert [
        each.id for each in signals(reader, group="since", start=later - timedelta(hours=1), follow=False)
    ] == published


def test_only_what_is_wanted_is_given_and_the_rest_is_done(reader: redis.Redis, client: redis.Redis) -> None:
    put(client, stance("s"), interference("i"), revision("r"))
    wanted = Filter(kinds=frozenset({"interference"}))

    assert [each.id for each in signals(reader, group="desk", where=wanted, follow=False)] == ["i"]
    assert list(signals(reader, group="desk", follow=False)) == []
    assert client.xpending(keys.SIGNALS_STREAM, "desk")["pending"] == 0


def test_a_delivery_has_its_place_its_attributes_and_its_json(reader: redis.Redis, client: redis.Redis) -> None:
    (stream_id,) = put(client, stance("s"))

    (delivery,) = deliveries(reader, group="desk", follow=False)

    assert (delivery.stream_id, delivery.times) == (stream_id, 1)
    assert delivery.data == codec.announcements.encode(stance("s")).decode()
    assert delivery.attributes["type"] == "org.stancewire.stance.v1"
    assert "data" not in delivery.attributes


def test_what_is_yet_to_come_is_waited_for(reader: redis.Redis, client: redis.Redis) -> None:
    found = signals(reader, group="desk")
    adding = threading.Timer(0.3, put, (client, stance("late")))
    adding.start()
    try:
        assert next(found).id == "late"
    finally:
        adding.join()
        found.close()


def test_everything_is_read_in_order_and_acknowledged(reader: redis.Redis, client: redis.Redis) -> None:
    put(client, *many(1_200))

    assert [each.id for each in signals(reader, group="desk", follow=False)] == [each.id for each in many(1_200)]
    assert client.xpending(keys.SIGNALS_STREAM, "desk")["pending"] == 0


def test_a_consumer_killed_in_mid_batch_loses_nothing_and_acknowledges_nothing_undone(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    put(client, *many(60))
    done = tmp_path / "done"
    for dies_at in ("s7", "s40", ""):
        arguments = [sys.executable, "-c", CONSUMER, server.url, str(done), dies_at]
        ended = subprocess.run(arguments, check=False, timeout=60, capture_output=True, text=True)
        assert ended.returncode == (-signals_of_the_system.SIGKILL if dies_at else 0), ended.stderr
        pending = {row["message_id"] for row in client.xpending_range(keys.SIGNALS_STREAM, "desk", "-", "+", 100)}
        groups: Any = client.xinfo_groups(keys.SIGNALS_STREAM)
        read = groups[0]["entries-read"]
        rows: Any = client.xrange(keys.SIGNALS_STREAM, count=read)
        acknowledged = [fields[b"id"].decode() for stream_id, fields in rows if stream_id not in pending]
        assert set(acknowledged) <= set(done.read_text().split())

    assert set(done.read_text().split()) == {each.id for each in many(60)}
    assert not client.xpending(keys.SIGNALS_STREAM, "desk")["pending"]


def test_what_another_consumer_left_is_taken_over(reader: redis.Redis, client: redis.Redis) -> None:
    put(client, *many(3))
    dead = signals(reader, group="desk", consumer="dead")
    assert next(dead).id == "s0"
    time.sleep(0.1)

    found = list(deliveries(reader, group="desk", consumer="alive", take_over_s=0.05, follow=False))

    assert sorted((each.signal.id, each.times) for each in found) == [("s0", 2), ("s1", 2), ("s2", 2)]
    dead.close()


def test_an_entry_that_ends_each_consumer_is_given_up_and_the_next_ones_are_not(
    reader: redis.Redis, client: redis.Redis
) -> None:
    put(client, *many(4))
    given_up: list[Poisoned] = []
    done: list[str] = []
    for _ in range(10):
        found = signals(reader, group="desk", consumer="a", follow=False, max_deliveries=3, on_poisoned=given_up.append)
        for each in found:
            if each.id == "s1":
                # As a process that ends here: nothing is acknowledged on the way out.
                break
            done.append(each.id)
        else:
            break
        del found

    assert done == ["s0", "s2", "s3"]
    assert [(each.fields.get(b"id") or each.fields.get("id"), each.times) for each in given_up] in (
        [(b"s1", 4)],
        [("s1", 4)],
    )
    assert "3 deliveries" in str(given_up[0])


def test_what_takes_long_is_acknowledged_as_it_is_done(reader: redis.Redis, client: redis.Redis) -> None:
    put(client, *many(4))
    left = signals(reader, group="desk", consumer="a", follow=False)
    next(left)
    left.close()
    pending = []
    for _ in signals(reader, group="desk", consumer="a", follow=False):
        pending.append(client.xpending(keys.SIGNALS_STREAM, "desk")["pending"])
        time.sleep(1.05)

    assert pending == [4, 3, 2, 1]


def test_an_entry_that_cannot_be_read_is_told_of(reader: redis.Redis, published: list[str]) -> None:
    told: list[Poisoned] = []

    assert len(list(signals(reader, group="desk", follow=False, on_poisoned=told.append))) == 3

    assert [each.times for each in told] == [1]
    assert "not a valid entry of the stream" in told[0].reason


def test_a_reader_that_was_overtaken_is_told_how_much_it_missed(
    reader: redis.Redis, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    put(client, *many(100))
    found = signals(reader, group="desk", consumer="a", batch=10)
    assert next(found).id == "s0"
    found.close()
    # 16 were taken, one of them is being worked on; then all but the last 20 are taken off.
    client.xtrim(keys.SIGNALS_STREAM, maxlen=20, approximate=False)
    missed: list[Missed] = []

    again = list(signals(reader, group="desk", consumer="a", follow=False, on_missed=missed.append))

    assert [each.id for each in again] == [f"s{number}" for number in range(80, 100)]
    assert [each.entries for each in missed] == [16, 64]
    assert list(signals(reader, group="desk", consumer="a", follow=False, on_missed=missed.append)) == []
    assert len(missed) == 2

    client.xtrim(keys.SIGNALS_STREAM, maxlen=0, approximate=False)
    put(client, *many(5))
    client.xtrim(keys.SIGNALS_STREAM, maxlen=2, approximate=False)
    with caplog.at_level(logging.WARNING, "stancewire.client"):
        assert len(list(signals(reader, group="desk", consumer="a", follow=False))) == 2
    assert "3 entries gone before the group 'desk' had finished them" in caplog.text


def test_a_group_that_began_at_a_moment_is_told_that_it_missed_something(
    reader: redis.Redis, client: redis.Redis
) -> None:
    put(client, *many(30))
    time.sleep(0.01)
    began = datetime.now(UTC)
    time.sleep(0.01)
    put(client, *many(40))
    missed: list[Missed] = []
    found = signals(reader, group="desk", consumer="a", start=began, on_missed=missed.append)
    assert next(found).id == "s0"
    found.close()
    assert missed == []
    client.xtrim(keys.SIGNALS_STREAM, maxlen=5, approximate=False)

    list(signals(reader, group="desk", consumer="a", follow=False, on_missed=missed.append))

    assert [each.entries for each in missed] == [16, None]


def test_a_batch_is_done_when_the_next_is_asked_for(reader: redis.Redis, client: redis.Redis) -> None:
    put(client, *many(25))
    found = batches(reader, group="desk", consumer="a", batch=10, follow=False)
    first = next(found)
    assert [each.signal.id for each in first] == [f"s{number}" for number in range(10)]
    assert len(next(found)) == 10
    found.close()
    assert client.xpending(keys.SIGNALS_STREAM, "desk")["pending"] == 10

    again = [[each.times for each in batch] for batch in batches(reader, group="desk", consumer="a", follow=False)]

    assert again == [[2] * 10, [1] * 5]
    assert client.xpending(keys.SIGNALS_STREAM, "desk")["pending"] == 0


def test_history_is_read_from_a_moment_or_a_stream_id_on_and_keeps_no_place(
    reader: redis.Redis, client: redis.Redis
) -> None:
    first = put(client, *many(2_500))
    time.sleep(0.01)
    between = datetime.now(UTC)
    time.sleep(0.01)
    put(client, stance("late"))

    assert [each.signal.id for each in history(reader)] == [*(each.id for each in many(2_500)), "late"]
    assert [each.signal.id for each in history(reader, since=between)] == ["late"]
    assert [each.signal.id for each in history(reader, since=first[-1])] == ["late"]
    assert len(list(history(reader, until=between))) == 2_500
    assert client.xinfo_groups(keys.SIGNALS_STREAM) == []


def test_an_error_of_the_client_is_not_hidden(client: redis.Redis) -> None:
    client.set(keys.SIGNALS_STREAM, "no stream")
    with pytest.raises(redis.ResponseError):
        next(signals(client, group="desk"))


async def test_the_same_holds_for_asyncio(server: EmbeddedServer, client: redis.Redis, published: list[str]) -> None:
    async with redis.asyncio.Redis.from_url(server.url) as reader:
        interrupted = client_for_asyncio.signals(reader, group="desk", consumer="a")
        assert [(await anext(interrupted)).id, (await anext(interrupted)).id] == published[:2]
        await interrupted.aclose()

        again = [each.id async for each in client_for_asyncio.signals(reader, group="desk", consumer="a", follow=False)]
        assert again == published[1:]
        batch = await anext(client_for_asyncio.batches(reader, group="files", follow=False))
        assert [each.signal.id for each in batch] == published
        past = [each.signal.id async for each in client_for_asyncio.history(reader)]
        assert past == published
        client.delete(keys.SIGNALS_STREAM)
        client.set(keys.SIGNALS_STREAM, "no stream")
        with pytest.raises(redis.ResponseError):
            await anext(client_for_asyncio.signals(reader, group="desk"))


def test_the_client_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; import stancewire.client.asyncio;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
    )
    ran = subprocess.run([sys.executable, "-S", "-c", code], check=True, capture_output=True, text=True, cwd=_ROOT)
    assert {name for name in ran.stdout.split() if not name.startswith("_")} == {"stancewire"}
