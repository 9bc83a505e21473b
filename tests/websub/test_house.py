"""Subscriptions as a real run has them: settings, the port for hubs, a real server, and what doctor says of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import redis
from hub_site import hub_site
from subscribing import LOOPBACK, free_port, until

from config.settings import FetchSettings, HealthSettings, PollSettings, Settings, WebSubSettings
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.subscriptions import RedisSubscriptions
from stancewire.errors import ConfigurationError
from stancewire.types import Feed
from stancewire.wiring.diagnosis import examined, installation_checks
from stancewire.wiring.house import House, Roles
from stancewire.wiring.stores import Server, on_server

LINKS = '<{site}/hub>; rel="hub", <{site}/feed>; rel="self"'


def document(title: str) -> bytes:
    item = f"<item><title>{title}</title><link>https://news.example/{title}.html</link></item>"
    return f"<rss version='2.0'><channel><title>W</title>{item}</channel></rss>".encode()


def house(server: EmbeddedServer, websub: WebSubSettings, site: str = "http://127.0.0.1:1") -> House:
    settings = Settings(
        fetch=FetchSettings(allow_networks=LOOPBACK, host_interval_s=0),
        poll=PollSettings(pages=False),
        health=HealthSettings(enabled=False),
        websub=websub,
    )
    feed = Feed(id="world", url=f"{site}/feed", outlet="The Example")
    roles = Roles(work=False)
    return House(settings=settings, server=Server(url=server.url, socket=None), feeds=(feed,), roles=roles)


async def test_what_a_hub_delivers_waits_for_the_workers(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    stop = asyncio.Event()
    port = free_port()
    async with hub_site() as site:
        site.pages["/feed"] = document("polled"), {"link": LINKS.format(site=site.url)}
        run = house(server, WebSubSettings(callback_url=f"http://127.0.0.1:{port}", port=port), site.url)
        running = asyncio.create_task(run.run(stop))
        try:
            await until(lambda: bool(site.asked) and client.zcard(keys.PENDING) == 1, seconds=30)
            assert await site.deliver(site.asked[0], document("delivered")) == 202
            await until(lambda: client.zcard(keys.PENDING) == 2)
            await until(lambda: run.side.counters().get("hub_deliveries") == 1)
        finally:
            stop.set()
            await running

        assert RedisSubscriptions(client).subscriptions(["world"])["world"].state == "active"
        feeds = tmp_path / "feeds.toml"
        feeds.write_text(f'[[feed]]\nid = "world"\nurl = "{site.url}/feed"\noutlet = "The Example"\n')
        found = examined(
            installation_checks(
                on_server(run.settings, run.server).model_copy(update={"feeds": feeds, "data_dir": tmp_path}), tmp_path
            )
        )
        (hubs,) = (finding for name, finding in found if name == "hubs")
        assert hubs.ok
        assert hubs.detail.endswith("1 of 1 feeds name a hub: 1 active")


async def test_without_a_public_address_no_port_is_opened_and_no_hub_asked(
    server: EmbeddedServer, client: redis.Redis
) -> None:
    stop = asyncio.Event()
    port = free_port()
    async with hub_site() as site:
        site.pages["/feed"] = document("polled"), {"link": LINKS.format(site=site.url)}
        run = house(server, WebSubSettings(port=port), site.url)
        running = asyncio.create_task(run.run(stop))
        try:
            await until(lambda: client.zcard(keys.PENDING) == 1, seconds=30)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
        finally:
            stop.set()
            await running
        assert not site.asked


async def test_a_port_that_is_taken_is_said_with_the_way_out(server: EmbeddedServer, client: redis.Redis) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        run = house(server, WebSubSettings(callback_url="https://hubs.example", port=port))

        with pytest.raises(ConfigurationError) as error:
            await run.run(asyncio.Event())

    (problem,) = error.value.problems
    assert problem.where == "websub.port"
    assert "STANCEWIRE_WEBSUB__PORT" in (problem.hint or "")


@pytest.mark.parametrize("address", ["hubs.example", "ftp://hubs.example", "https://hubs.example/?a=1", ""])
def test_an_address_that_hubs_cannot_call_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="callback_url"):
        WebSubSettings(callback_url=address)
