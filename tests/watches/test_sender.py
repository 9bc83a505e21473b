"""Webhooks against a real receiver and a real server: in order, at least once, signed, and through the gate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import redis
from receiver import KEY, Clock, Receiver, receiving, until
from store_samples import NOON, stance

from config.settings import HealthSettings, Settings, WebhookSettings
from services.webhooks.sender import WebhookSender
from stancewire import keys
from stancewire.adapters.webhooks import RedisOutbox
from stancewire.adapters.worklist import entry_fields
from stancewire.errors import StoreUnavailable
from stancewire.types import Filter, Watch, Webhook
from stancewire.wiring.outside import fetching
from stancewire.wiring.webhooks import outgoing

DAY_S = 86_400.0
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


class Forgetful(RedisOutbox):
    """Loses the answer to the first entries that are settled."""

    def __init__(self, client: redis.Redis, *, losing: int) -> None:
        super().__init__(client)
        self.losing = losing

    def settle(self, *given: Any) -> None:
        if self.losing:
            self.losing -= 1
            raise StoreUnavailable("away")
        super().settle(*given)


@asynccontextmanager
async def sending(
    client: redis.Redis,
    url: str,
    *names: str,
    clock: Callable[[], Any] | None = None,
    outbox: RedisOutbox | None = None,
    networks: Any = LOOPBACK,
    timeout_s: float = 5,
    leads: Callable[[], bool] = lambda: True,
) -> AsyncIterator[WebhookSender]:
    """A sender at work for watches that each have the path of their name, `hook` if none is given."""
    watches = tuple(
        Watch(name=name, wanted=Filter(), webhook=Webhook(url=f"{url}/{name}", secret_file=Path("key")))
        for name in names or ("hook",)
    )
    settings = Settings(
        webhooks=WebhookSettings(allow_networks=networks, timeout_s=timeout_s), health=HealthSettings(enabled=False)
    )
    async with fetching(outgoing(settings)) as fetcher:
        sender = WebhookSender(
            watches,
            keys={watch.name: (KEY,) for watch in watches},
            fetcher=fetcher,
            outbox=outbox or RedisOutbox(client),
            give_up_after_s=DAY_S,
            leads=leads,
            clock=clock or Clock(),
            random=lambda: 1.0,
        )
        for watch in watches:
            # A sender begins with what comes; for a test that is what it puts there.
            RedisOutbox(client).waiting([watch.name], 1)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            sender.stop()
            await asyncio.wait({running}, timeout=10)
            running.cancel()
            await asyncio.gather(running)


def put(client: redis.Redis, *signals: str, watch: str = "hook") -> None:
    for name in signals:
        client.xadd(keys.watch_stream(watch), dict(entry_fields(stance(name, detected_at=NOON))))  # type: ignore[arg-type]


def counts(client: redis.Redis) -> dict[str, int]:
    found: Any = client.hgetall(keys.WATCH_COUNTS)
    return {field.decode(): int(count) for field, count in found.items()}


def left(client: redis.Redis, watch: str = "hook") -> int:
    """Entries that the webhook is not done with."""
    return RedisOutbox(client).figures([watch])[watch].waiting[keys.WEBHOOK_GROUP]


async def test_entries_are_sent_in_their_order_signed_and_once(client: redis.Redis, receiver: Receiver) -> None:
    async with sending(client, receiver.url):
        put(client, *(f"s{number}" for number in range(40)))
        await until(lambda: left(client) == 0)

    assert receiver.ids() == [f"s{number}" for number in range(40)]
    assert all(each.is_signed() for each in receiver.received)
    assert receiver.received[0].headers["stancewire-watch"] == "hook"
    assert receiver.received[0].event["data"]["holder"]["country"] == "RU"
    assert counts(client) == {"delivered:hook": 40}


async def test_each_watch_has_its_own_line(client: redis.Redis, receiver: Receiver) -> None:
    receiver.answers["/stuck"] = [(500, {})] * 100
    async with sending(client, receiver.url, "stuck", "hook"):
        put(client, "a1", "a2", watch="stuck")
        put(client, "b1", "b2")
        await until(lambda: receiver.ids() == ["b1", "b2"])

    assert receiver.ids("/stuck") == ["a1"]


async def test_what_is_refused_stays_first_in_line_and_is_tried_again(client: redis.Redis, receiver: Receiver) -> None:
    clock = Clock()
    receiver.answers["/hook"] = [(500, {}), (404, {})]
    async with sending(client, receiver.url, clock=clock):
        put(client, "s1", "s2")
        await until(lambda: counts(client).get("failed:hook") == 1)
        await asyncio.sleep(1.2)
        assert receiver.ids() == ["s1"]
        clock.passes(seconds=5)
        await until(lambda: counts(client).get("failed:hook") == 2)
        clock.passes(seconds=15)
        await until(lambda: left(client) == 0)

    assert receiver.ids() == ["s1", "s1", "s1", "s2"]
    assert counts(client) == {"delivered:hook": 2, "failed:hook": 2}


async def test_an_entry_is_given_up_after_its_time_and_the_next_is_sent(
    client: redis.Redis, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    receiver.refused = frozenset({"s1"})
    async with sending(client, receiver.url, clock=clock):
        put(client, "s1", "s2")
        await until(lambda: counts(client).get("failed:hook") == 1)
        clock.passes(days=1)
        await until(lambda: left(client) == 0)

    assert receiver.ids() == ["s1", "s1", "s2"]
    assert counts(client) == {"delivered:hook": 1, "failed:hook": 2, "given_up:hook": 1}
    assert "webhook delivery given up" in capsys.readouterr().out


async def test_a_receiver_that_asks_for_time_is_left_alone(client: redis.Redis, receiver: Receiver) -> None:
    clock = Clock()
    receiver.answers["/hook"] = [(503, {"retry-after": "600"})]
    async with sending(client, receiver.url, clock=clock):
        put(client, "s1")
        await until(lambda: counts(client).get("failed:hook") == 1)
        clock.passes(seconds=590)
        await asyncio.sleep(1)
        assert receiver.ids() == ["s1"]
        clock.passes(seconds=10)
        receiver.answers["/hook"] = [(429, {"retry-after": "8"})]
        await until(lambda: counts(client).get("failed:hook") == 2)
        standing = RedisOutbox(client).standings(["hook"])["hook"]
        assert standing.next_at is not None
        # The usual wait is longer than what is asked for then.
        assert timedelta(seconds=13) < standing.next_at - clock() < timedelta(seconds=16)
        clock.passes(seconds=15)
        await until(lambda: left(client) == 0)


async def test_who_is_gone_is_sent_nothing_until_the_next_start(client: redis.Redis, receiver: Receiver) -> None:
    clock = Clock()
    receiver.answers["/hook"] = [(410, {})]
    async with sending(client, receiver.url, clock=clock):
        put(client, "s1", "s2")
        await until(lambda: counts(client).get("failed:hook") == 1)
        clock.passes(days=3)
        await asyncio.sleep(1)
    assert (receiver.ids(), left(client)) == (["s1"], 2)
    standing = RedisOutbox(client).standings(["hook"])["hook"]
    assert standing.gone_at is not None

    async with sending(client, receiver.url, clock=clock):
        await until(lambda: left(client) == 0)
    assert receiver.ids() == ["s1", "s1", "s2"]


async def test_a_slow_receiver_is_not_waited_for_beyond_the_time_set(client: redis.Redis, receiver: Receiver) -> None:
    receiver.slow = 30
    began = time.monotonic()
    async with sending(client, receiver.url, timeout_s=0.5):
        put(client, "s1")
        await until(lambda: counts(client).get("failed:hook") == 1, seconds=5)

    assert time.monotonic() - began < 5
    assert "too long answering" in RedisOutbox(client).standings(["hook"])["hook"].error


async def test_a_redirect_is_refused(client: redis.Redis, receiver: Receiver) -> None:
    receiver.answers["/hook"] = [(308, {"location": f"{receiver.url}/elsewhere"})]
    async with sending(client, receiver.url):
        put(client, "s1")
        await until(lambda: counts(client).get("failed:hook") == 1)

    assert receiver.ids("/elsewhere") == []


async def test_an_address_that_is_not_public_is_refused_and_told(
    client: redis.Redis, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    async with sending(client, receiver.url, networks=()):
        put(client, "s1")
        await until(lambda: counts(client).get("failed:hook") == 1)

    assert receiver.received == []
    standing = RedisOutbox(client).standings(["hook"])["hook"]
    assert "127.0.0.1" in standing.error
    said = capsys.readouterr().out
    assert "blocked_address" in said


async def test_a_sender_that_ends_in_the_middle_leaves_the_rest_to_the_next(
    client: redis.Redis, receiver: Receiver
) -> None:
    receiver.slow = 0.05
    async with sending(client, receiver.url):
        put(client, *(f"s{number}" for number in range(30)))
        await until(lambda: len(receiver.received) > 5)
    done = counts(client)["delivered:hook"]
    assert 5 < done < 30

    async with sending(client, receiver.url):
        await until(lambda: left(client) == 0)

    # It was told to stop, and waited for the answer: nothing is sent twice.
    assert receiver.ids() == [f"s{number}" for number in range(30)]


async def test_what_was_taken_when_the_store_went_away_is_not_sent_again(
    client: redis.Redis, receiver: Receiver
) -> None:
    async with sending(client, receiver.url, outbox=Forgetful(client, losing=2)):
        put(client, "s1", "s2")
        await until(lambda: left(client) == 0)

    assert receiver.ids() == ["s1", "s2"]


async def test_what_was_taken_off_the_stream_before_it_was_sent_is_passed_over(
    client: redis.Redis, receiver: Receiver
) -> None:
    clock = Clock()
    receiver.answers["/hook"] = [(500, {})]
    async with sending(client, receiver.url, clock=clock):
        put(client, "s1", "s2", "s3")
        await until(lambda: counts(client).get("failed:hook") == 1)
        client.xtrim(keys.watch_stream("hook"), maxlen=1, approximate=False)
        clock.passes(seconds=5)
        await until(lambda: left(client) == 0)

    assert receiver.ids() == ["s1", "s3"]


async def test_nothing_is_sent_but_while_this_process_leads(client: redis.Redis, receiver: Receiver) -> None:
    leading: list[bool] = []
    async with sending(client, receiver.url, leads=lambda: bool(leading)):
        put(client, "s1")
        await asyncio.sleep(1.2)
        assert receiver.received == []
        leading.append(True)
        await until(lambda: receiver.ids() == ["s1"])


async def test_an_entry_that_is_none_does_not_end_the_others(client: redis.Redis, receiver: Receiver) -> None:
    receiver.answers["/odd"] = [(400, {})]
    async with sending(client, receiver.url, "odd", "hook"):
        client.xadd(keys.watch_stream("odd"), {"something": "else"})
        await until(lambda: counts(client).get("failed:odd") == 1)
        put(client, "s1")
        await until(lambda: receiver.ids() == ["s1"])


async def test_a_group_that_the_server_forgot_begins_where_it_was(client: redis.Redis, receiver: Receiver) -> None:
    async with sending(client, receiver.url):
        put(client, "s1")
        await until(lambda: left(client) == 0)
        client.xgroup_destroy(keys.watch_stream("hook"), keys.WEBHOOK_GROUP)
        put(client, "s2")
        await until(lambda: receiver.ids() == ["s1", "s2"])
