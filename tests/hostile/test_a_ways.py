"""Every way on which strangers' addresses are asked for goes through the gate: pages, sitemaps, hubs, commands."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from cli_programs import Ended, run_here
from fetchers import Clock, fetcher_with
from listening import Listening, watched_connections
from polls import Desk, desk_with, feed_at, feeds_of, now
from raw_site import RawSite, page

from config.settings import WebSubSettings
from services.websub.discovery import find_offer
from services.websub.subscriber import Subscriber
from stancewire.types import Feed, Fetched, Subscription, Validators

OUTSIDE = "127.0.0.2"
OUTSIDE_NETWORK = (ip_network(f"{OUTSIDE}/32"),)
HOSTS = ("127.0.0.1", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]")


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as socket:
        yield socket


@pytest.fixture
def outside() -> Iterator[RawSite]:
    with RawSite(host=OUTSIDE) as site:
        yield site


def inside(listening: Listening, path: str = "/") -> tuple[str, ...]:
    """Addresses that lead to this machine."""
    return tuple(f"http://{host}:{listening.port}{path}" for host in HOSTS)


async def test_01_pages_that_a_feed_links_to_are_guarded(outside: RawSite, listening: Listening) -> None:
    links = inside(listening, "/story.html")
    items = "".join(
        f"<item><title>Story {number}</title><link>{link}</link><description>Words.</description>"
        f'<enclosure url="{link}" type="audio/mpeg" length="1"/><source url="{link}">Other</source></item>'
        for number, link in enumerate(links)
    )
    outside.answers["/feed"] = page(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())
    clock = Clock()
    async with (
        fetcher_with(clock=clock, allow_networks=OUTSIDE_NETWORK, allow_ports=(80, listening.port)) as fetcher,
        desk_with(fetcher, clock) as desk,
    ):
        reading = Desk(fetcher, desk.parser, clock, pages=True)
        with watched_connections() as connected:
            report = await reading.poll(feed_at(outside.url("/feed")))
    assert report.accepted == len(links)
    items_taken = [item for batch_id in reading.store.queue for item in reading.store.batch(batch_id)]
    reasons = {(item.page_error or "").partition(":")[0] for item in items_taken}
    # One whose link cannot be an address is an entry without a link.
    assert reasons <= {"blocked_address", "bad_url", "the entry has no link"}
    assert set(connected) == {OUTSIDE}
    assert listening.connections == 0


async def test_01_sitemaps_that_an_index_names_are_guarded(outside: RawSite, listening: Listening) -> None:
    maps = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in inside(listening, "/news-sitemap.xml"))
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    outside.answers["/index.xml"] = page(f'<sitemapindex xmlns="{namespace}">{maps}</sitemapindex>'.encode())
    clock = Clock()
    async with (
        fetcher_with(clock=clock, allow_networks=OUTSIDE_NETWORK) as fetcher,
        desk_with(fetcher, clock) as desk,
    ):
        with watched_connections() as connected:
            report = await desk.poll(feed_at(outside.url("/index.xml")))
    assert report.failure is not None
    assert report.failure.kind in {"blocked_address", "bad_url"}
    assert report.failure.detail.startswith("of a sitemap that the index names: ")
    assert set(connected) == {OUTSIDE}
    assert listening.connections == 0


async def in_thread(home: Path, *arguments: str, **settings: str) -> tuple[Ended, list[str]]:
    """How a command ends, which has an event loop of its own, and the addresses that it connected to."""
    with watched_connections() as connected:
        ended = await asyncio.to_thread(run_here, home, *arguments, **settings)
    return ended, list(connected)


class Forgetful:
    """Subscriptions that last as long as the process."""

    def subscriptions(self, feed_ids: object) -> dict[str, Subscription]:
        return {}

    def save_subscription(self, subscription: Subscription) -> None:
        pass

    def forget_subscription(self, feed_id: str) -> None:
        pass


def naming(feed: Feed, hub: str) -> Fetched:
    """A document of the feed that names its hub."""
    links = f'<{hub}>; rel="hub", <{feed.url}>; rel="self"'
    return Fetched(url=feed.url, status=200, headers=(("link", links),), body=b"<rss/>", validators=Validators())


async def test_01_hubs_that_a_feed_names_are_guarded(listening: Listening) -> None:
    hubs = inside(listening, "/hub")
    feeds = feeds_of(tuple(f"http://{number}.example/" for number in range(len(hubs))))

    async def deliver(feed_id: str, document: Fetched) -> bool:
        return True

    async with fetcher_with(allow_networks=()) as fetcher:
        subscriber = Subscriber(
            feeds=feeds,
            fetcher=fetcher,
            store=Forgetful(),
            count=lambda _name, _number: None,
            settings=WebSubSettings(callback_url="https://desk.example/hubs"),
            clock=now,
            new_secret=lambda: secrets.token_urlsafe(24),
        )
        documents = tuple(naming(feed, hub) for feed, hub in zip(feeds, hubs, strict=True))
        asked = sum(find_offer(document) is not None for document in documents)
        assert asked
        running = asyncio.create_task(subscriber.run(deliver))
        with watched_connections() as connected:
            for feed, document in zip(feeds, documents, strict=True):
                subscriber.found(feed, document)
            async with asyncio.timeout(10):
                while sum(fetcher.failures.values()) < asked:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert set(fetcher.failures) <= {"blocked_address", "bad_url"}
    assert connected == []
    assert listening.connections == 0


async def test_01_feeds_that_a_site_names_are_guarded_when_one_is_looked_for(
    outside: RawSite, listening: Listening, tmp_path: Path
) -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in inside(listening, "/rss")
    )
    outside.answers["/"] = page(f"<html><head>{links}</head></html>".encode(), "content-type: text/html")
    allowed = {"STANCEWIRE_FETCH__ALLOW_NETWORKS": f"{OUTSIDE}/32", "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0"}
    ended, connected = await in_thread(tmp_path, "feeds", "add", outside.url("/"), **allowed)

    assert ended.status == 1
    assert "not_a_feed" in ended.err
    assert set(connected) == {OUTSIDE}
    assert listening.connections == 0


@pytest.mark.parametrize("command", [("analyse",), ("feeds", "check"), ("feeds", "add")], ids=" ".join)
async def test_01_each_command_that_fetches_is_guarded(
    listening: Listening, tmp_path: Path, command: tuple[str, ...]
) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "127.1"):
        url = f"http://{host}:{listening.port}/"
        ended, connected = await in_thread(
            tmp_path, *command, url, STANCEWIRE_FETCH__ALLOW_PORTS=f"80,443,{listening.port}"
        )
        assert ended.status == 1
        said = ended.out + ended.err
        assert "blocked_address" in said or "bad_url" in said
        if "blocked_address" in said:
            assert "fetch.allow_networks" in said
        assert connected == []
    assert listening.connections == 0
