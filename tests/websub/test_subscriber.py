"""A subscriber and a hub over time: what is taken, what is refused, and what becomes of a lease."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import redis
from hub_site import Asked, HubSite, hub_site
from structlog.testing import capture_logs
from subscribing import Desk, Kept, free_port, subscribed, until

from stancewire import keys
from stancewire.adapters.subscriptions import RedisSubscriptions
from stancewire.errors import StoreUnavailable
from stancewire.types import Active, Dropped, Subscription, Wanted


def feed(site: HubSite, *titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://news.example/{title}.html</link></item>" for title in titles
    )
    links = f"<atom:link rel='hub' href='{site.url}/hub'/><atom:link rel='self' href='{site.url}/feed'/>"
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>W</title>"
        f"{links}{items}</channel></rss>"
    ).encode()


@asynccontextmanager
async def agreed(
    *, interval: float = 60, slow: float = 3_600, max_bytes: int = 1_000_000, lease: int = 864_000
) -> AsyncIterator[tuple[HubSite, Desk, Asked]]:
    """A site whose hub has confirmed a subscription to its feed."""
    async with hub_site() as site:
        site.pages["/feed"] = feed(site, "first"), {}
        site.lease = lease
        async with subscribed(f"{site.url}/feed", interval=interval, slow=slow, max_bytes=max_bytes) as desk:
            await until(lambda: bool(site.asked) and desk.state == "active" and bool(desk.store.feed_states(["world"])))
            yield site, desk, site.asked[0]


async def test_a_delivery_goes_the_way_of_a_poll_and_leaves_the_feeds_state_alone() -> None:
    async with agreed() as (site, desk, asked):
        before = desk.store.feed_states(["world"])

        assert await site.deliver(asked, feed(site, "first", "second")) == 202
        await until(lambda: "second" in desk.titles())
        assert await site.deliver(asked, feed(site, "second")) == 202
        await until(lambda: desk.store.counters().get("hub_deliveries") == 2)

        # What was polled or delivered before is not taken in again.
        assert desk.titles() == ["first", "second"]
        assert desk.store.feed_states(["world"]) == before
        assert isinstance(desk.subscription, Active)
        await until(lambda: isinstance(desk.subscription, Active) and desk.subscription.delivered_at is not None)


async def test_a_delivery_of_one_entry_takes_no_other_off_the_feed_and_is_no_gap() -> None:
    async with agreed(interval=1, slow=1) as (site, desk, asked):
        site.pages["/feed"] = feed(site, "second", "first"), {}
        await until(lambda: "second" in desk.titles())
        assert await site.deliver(asked, feed(site, "third")) == 202
        await until(lambda: "third" in desk.titles())
        listing = desk.store.listing("world")
        assert (len(listing.listed), len(listing.gone), len(listing.delivered)) == (2, 0, 1)
        # The feed has room for one entry only, and a poll finds nothing in it that polls have found before.
        site.pages["/feed"] = feed(site, "third"), {}
        await until(lambda: len(desk.store.listing("world").listed) == 1)

        assert desk.store.listing("world").delivered == ()
        assert desk.titles() == ["first", "second", "third"]
        assert desk.store.ledgers(["world"])["world"].gaps == 0
        assert not desk.store.counters().get("articles_vanished")


async def test_it_is_on_record_how_late_a_delivered_entry_was_and_not_how_late_the_next_poll() -> None:
    async with agreed(interval=1, slow=1) as (site, desk, asked):
        date = format_datetime(datetime.now(UTC) - timedelta(hours=2))
        dated = feed(site, "second").replace(b"<title>second", f"<pubDate>{date}</pubDate><title>second".encode())
        await site.deliver(asked, dated)
        await until(lambda: "second" in desk.titles())
        ledger = desk.store.ledgers(["world"])["world"]
        assert len(desk.store.feed_states(["world"])["world"].arrivals) == 1
        site.pages["/feed"] = dated, {}
        await until(lambda: len(desk.store.listing("world").delivered) == 0)

        assert len(ledger.delays) == 1
        assert desk.store.ledgers(["world"])["world"].delays == ledger.delays
        # The feed keeps its rhythm while a hub brings what is new, for when the hub does so no more.
        assert len(desk.store.feed_states(["world"])["world"].arrivals) == 2


async def test_a_hub_may_ask_back_before_it_answers() -> None:
    async with hub_site() as site:
        site.at_once = True
        site.pages["/feed"] = feed(site), {}
        async with subscribed(f"{site.url}/feed") as desk:
            await until(lambda: bool(site.asked))
            assert site.asked[0].status == 200
            assert desk.state == "active"


async def test_link_headers_of_a_delivery_are_not_what_names_its_subscription() -> None:
    async with agreed() as (site, desk, asked):
        headers = {"link": '<https://another.example/feed>; rel="self"'}

        assert await site.deliver(asked, feed(site, "second"), headers=headers) == 202
        await until(lambda: "second" in desk.titles())


async def test_calls_that_belong_to_no_subscription_are_refused() -> None:
    async with agreed() as (_, desk, asked):
        topic, token = asked.form["hub.topic"], asked.callback.rpartition("/")[2]

        assert (await desk.get("guessed", mode="subscribe", topic=topic, challenge="c")).status_code == 404
        assert (await desk.get(token, mode="subscribe", topic=topic + "?", challenge="c")).status_code == 404
        assert (await desk.get(token, mode="unsubscribe", topic=topic, challenge="c")).status_code == 404
        assert (await desk.get(token, mode="subscribe", topic=topic)).status_code == 404
        assert (await desk.get(token)).status_code == 404
        assert (await desk.post("guessed", b"news")).status_code == 410
        assert desk.state == "active"


async def test_a_challenge_is_given_back_as_text_and_never_as_a_page() -> None:
    async with agreed() as (_, desk, asked):
        token = asked.callback.rpartition("/")[2]
        challenge = "<script>alert(1)</script>"

        answer = await desk.get(token, mode="subscribe", topic=asked.form["hub.topic"], challenge=challenge)

        assert (answer.status_code, answer.text) == (200, challenge)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_delivery_that_is_too_large_or_packed_is_not_read() -> None:
    async with agreed(max_bytes=2_000) as (site, desk, asked):
        large = feed(site, *(f"story{number}" for number in range(100)))

        assert await site.deliver(asked, large) == 413
        assert await site.deliver(asked, b"packed", headers={"content-encoding": "gzip"}) == 415
        assert await site.deliver(asked, feed(site, "second")) == 202
        await until(lambda: "second" in desk.titles())
        assert len(desk.titles()) == 2


async def test_a_delivery_without_end_or_without_haste_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 10_000

    async def long() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10_000

    async def slow() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.1)

    async def sent(content: AsyncIterator[bytes], to: str) -> int | None:
        """The status; None where the connection was closed before it could be read."""
        try:
            async with asyncio.timeout(10), httpx.AsyncClient() as client:
                return (await client.post(to, content=content)).status_code
        except httpx.NetworkError:
            return None

    async with agreed(max_bytes=100_000) as (site, desk, asked):
        assert await sent(long(), asked.callback) in {413, None}
        assert await sent(endless(), asked.callback) in {413, None}
        assert await sent(endless(), f"{desk.callback_url}/guessed") in {410, None}
        assert await sent(slow(), asked.callback) in {408, None}
        assert await site.deliver(asked, feed(site, "second")) == 202
        await until(lambda: "second" in desk.titles())


async def test_a_delivery_that_cannot_be_read_is_received_and_logged() -> None:
    async with agreed() as (site, desk, asked):
        with capture_logs() as logs:
            assert await site.deliver(asked, b"\x00\x01 not a feed") == 202
            await until(lambda: any(log["event"] == "feed delivered" for log in logs))

        (log,) = (log for log in logs if log["event"] == "feed delivered")
        assert (log["outcome"], log["error"]) == ("failed", "not_a_feed")
        assert isinstance(desk.subscription, Active)
        assert desk.subscription.delivered_at is None


async def test_a_lease_is_renewed_with_an_address_and_a_secret_of_its_own() -> None:
    async with agreed() as (site, desk, first):
        desk.offset = timedelta(days=8)
        await until(lambda: len(site.asked) == 2)
        second = site.asked[1]

        assert second.status == 200
        assert second.callback != first.callback
        assert second.form["hub.secret"] != first.form["hub.secret"]
        assert await site.deliver(first, feed(site, "old")) == 410
        assert await site.deliver(second, feed(site, "second")) == 202
        await until(lambda: "second" in desk.titles())


async def test_an_ended_lease_takes_no_deliveries_and_is_asked_for_again() -> None:
    async with agreed() as (site, desk, first):
        site.answer = 503
        desk.offset = timedelta(days=10, seconds=1)
        await until(lambda: isinstance(desk.subscription, Wanted) and desk.subscription.tries == 1)

        assert await site.deliver(first, feed(site, "late")) == 410
        site.answer = 202
        desk.offset += timedelta(minutes=6)
        await until(lambda: site.asked[-1].status == 200)
        assert desk.state == "active"


async def test_a_hub_that_denies_is_left_alone() -> None:
    async with agreed() as (site, desk, asked):
        with capture_logs() as logs:
            question = {"hub.mode": "denied", "hub.topic": asked.form["hub.topic"], "hub.reason": "too\nmany"}
            assert (await site.call(asked.callback, question)).status_code == 200

        assert desk.state == "dropped"
        (log,) = logs
        assert (log["event"], log["reason"]) == ("hub dropped", "the hub denies it: too many")
        assert await site.deliver(asked, feed(site, "late")) == 410


async def test_a_feed_whose_hub_delivers_is_polled_slowly() -> None:
    async with agreed(interval=1, slow=1_800) as (site, desk, _):
        await until(lambda: desk.next_poll_in() == 1_800)
        assert 1 <= len(site.polled) <= 3


async def test_a_hub_that_stays_silent_while_polls_find_news_is_dropped() -> None:
    async with hub_site() as site:
        site.pages["/feed"] = feed(site, "first"), {}
        with capture_logs() as logs:
            async with subscribed(f"{site.url}/feed", interval=1, slow=1) as desk:
                await until(lambda: desk.state == "active")
                published = 1
                while desk.state == "active":
                    published += 1
                    site.pages["/feed"] = feed(site, *(f"story{number}" for number in range(published))), {}
                    polls = len(site.polled)
                    await until(lambda seen=polls: len(site.polled) > seen)  # type: ignore[misc]
                polls = len(site.polled)
                await until(lambda: len(site.polled) > polls + 1, 20)

        dropped = [log for log in logs if log["event"] == "hub dropped"]
        assert [log["reason"] for log in dropped] == ["the hub was silent while 3 polls found new entries"]
        assert isinstance(desk.subscription, Dropped)
        # One request in all: a dropped hub is not asked again by the next poll.
        assert len(site.asked) == 1


async def test_a_hub_that_does_not_answer_leaves_the_polls_as_they_are() -> None:
    async with hub_site() as site:
        site.pages["/feed"] = feed(site, "first"), {}
        site.answer = 500
        async with subscribed(f"{site.url}/feed", interval=1) as desk:
            await until(lambda: isinstance(desk.subscription, Wanted) and desk.subscription.tries == 1)
            polls = len(site.polled)
            await until(lambda: len(site.polled) > polls)
            assert desk.next_poll_in() == 1


async def test_no_hub_is_asked_at_an_address_that_is_not_public() -> None:
    async with hub_site() as site:
        site.pages["/feed"] = feed(site, "first").replace(f"{site.url}/hub".encode(), b"http://10.0.0.1/hub"), {}
        async with subscribed(f"{site.url}/feed") as desk:
            await until(lambda: isinstance(desk.subscription, Wanted) and desk.subscription.tries == 1)


async def test_a_subscription_outlives_the_program(client: redis.Redis) -> None:
    port, store = free_port(), RedisSubscriptions(client)
    async with hub_site() as site:
        site.pages["/feed"] = feed(site, "first"), {}
        async with subscribed(f"{site.url}/feed", keep=store, port=port) as desk:
            await until(lambda: any(each.state == "active" for each in store.subscriptions(["world"]).values()))
        async with subscribed(f"{site.url}/feed", keep=store, port=port) as desk:
            await until(lambda: desk.state == "active")
            assert await site.deliver(site.asked[0], feed(site, "second")) == 202
            await until(lambda: "second" in desk.titles())
        assert len(site.asked) == 1

        async with subscribed(f"{site.url}/feed", keep=store) as desk:
            await until(lambda: len(site.asked) == 2)
            assert site.asked[1].callback.startswith(desk.callback_url)
        store.forget_subscription("world")
        assert not store.subscriptions(["world"])


@dataclass
class SlowStore(Kept):
    """A store that answers late, and not at the first time."""

    asked: int = 0

    def subscriptions(self, feed_ids: Sequence[str]) -> Mapping[str, Subscription]:
        self.asked += 1
        time.sleep(0.5)
        if self.asked == 1:
            raise StoreUnavailable("no answer")
        return super().subscriptions(feed_ids)


async def test_a_hub_found_before_the_store_answers_is_asked_afterwards() -> None:
    store = SlowStore()
    async with hub_site() as site:
        site.pages["/feed"] = feed(site, "first"), {}
        async with subscribed(f"{site.url}/feed", keep=store) as desk:
            await until(lambda: bool(desk.titles()))
            assert store.asked == 1
            await until(lambda: desk.state == "active")
            assert site.polled.count("/feed") == 1


async def test_hubs_that_call_while_nobody_polls_are_told_to_come_later() -> None:
    async with hub_site() as site, subscribed(f"{site.url}/feed", polls=False) as desk:
        answer = await desk.post("any", b"news")

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert (await desk.get("any", mode="subscribe", topic="t", challenge="c")).status_code == 503


async def test_what_cannot_be_read_in_the_store_counts_as_nothing(client: redis.Redis) -> None:
    client.set(keys.subscription("world"), b'{"state": "of a later version"}', ex=10)

    assert not RedisSubscriptions(client).subscriptions(["world", "other"])
    assert not RedisSubscriptions(client).subscriptions([])
