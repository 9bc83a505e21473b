"""What stands around the program itself, 11 and 12: proxies in its environment, its store and its own web ports."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
import redis
from cli_programs import started
from fetchers import fetcher_with
from listening import Listening, watched_connections
from polls import poll_each, rss
from raw_site import RawSite, page, paths

from config.settings import FetchSettings, Settings, WebSubSettings
from seeds.lists import write_toml
from services.embedded import find_binary
from stancewire.types import Feed
from stancewire.wiring.outside import fetching

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.mark.parametrize("scheme", ["http", "socks5", "https"])
async def test_11_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with RawSite(host="127.0.0.2", answers={"/feed": page(rss("direct"))}) as site, Listening() as proxy:
        for name in PROXIES:
            monkeypatch.setenv(name, f"{scheme}://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        urls = (site.url("/feed"), site.url("/feed").replace("http:", "https:"))
        async with fetcher_with() as fetcher:
            with watched_connections() as connected:
                polled = await poll_each(fetcher, *urls)
        assert set(connected) == {"127.0.0.2"}
        assert list(paths(site)) == ["/feed"]
        assert polled.reasons[urls[0]] == ""
        assert proxy.connections == 0


async def test_12_our_store_and_our_web_ports_are_refused_on_networks_that_are_let_through() -> None:
    with Listening() as store, Listening() as health, Listening() as hubs, Listening() as other:
        settings = Settings(
            redis_url=f"redis://:word@127.0.0.1:{store.port}/0",
            fetch=FetchSettings(
                allow_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
                allow_ports=(80, store.port, health.port, hubs.port),
                host_interval_s=0,
                robots=False,
            ),
            websub=WebSubSettings(callback_url="https://news.example/hubs", port=hubs.port),
        )
        settings = settings.model_copy(
            update={"health": settings.health.model_copy(update={"port": health.port})},
        )
        ours = tuple(
            f"http://{host}:{port}/"
            for host in ("127.0.0.1", "127.9.9.9", "localhost", "[::1]")
            for port in (store.port, health.port, hubs.port)
        )
        theirs = f"http://127.0.0.1:{other.port}/"
        async with fetching(settings) as fetcher:
            polled = await poll_each(fetcher, *ours, theirs)
        assert {polled.reasons[url] for url in ours} == {"blocked_address"}
        words = {polled.states[url].last_error for url in ours}
        assert words == {
            f"blocked_address: port {port} is one of this program's own"
            for port in (store.port, health.port, hubs.port)
        }
        assert [store.connections, health.connections, hubs.connections] == [0, 0, 0]
        # On the same network another port may be asked: it is the port that they are refused for.
        assert polled.reasons[theirs] == "protocol"
        assert other.connections == 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[redis.Redis]:
    """A real server on a port, as one that others run."""
    folder.mkdir()
    arguments = (*("--port", str(port)), *("--bind", "127.0.0.1"), *("--dir", str(folder)), *("--appendonly", "yes"))
    process = subprocess.Popen([str(find_binary()), *arguments], stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    try:
        give_up = time.monotonic() + 10
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < give_up
                time.sleep(0.05)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(10)


@pytest.mark.slow
def test_12_a_running_house_asks_neither_its_store_nor_itself_and_counts_that_it_was_to(tmp_path: Path) -> None:
    store, health = free_port(), free_port()
    ours = {"store": f"http://127.0.0.1:{store}/", "health": f"http://localhost:{health}/metrics"}
    feeds = tuple(Feed(id=name, url=url, outlet="Us") for name, url in ours.items())
    (tmp_path / "feeds.toml").write_text(write_toml(feeds))
    settings = {
        "STANCEWIRE_FEEDS": str(tmp_path / "feeds.toml"),
        "STANCEWIRE_DATA_DIR": str(tmp_path / "data"),
        "STANCEWIRE_REDIS_URL": f"redis://127.0.0.1:{store}/0",
        "STANCEWIRE_HEALTH__PORT": str(health),
        "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "STANCEWIRE_FETCH__ALLOW_PORTS": f"80,{store},{health}",
    }
    with redis_server(tmp_path / "redis", store) as client, started(tmp_path, "poll", **settings) as house:
        for name in ours:
            line = json.loads(house.wait_for(f'"feed":"{name}"', stream="err"))
            assert (line["outcome"], line["error"]) == ("failed", "blocked_address")
            assert "one of this program's own" in line["standing"]
        with urllib.request.urlopen(f"http://127.0.0.1:{health}/metrics") as answer:
            metrics = answer.read().decode()
        assert 'stancewire_fetches_failed_total{kind="blocked_address"} 2.0' in metrics
        assert 'stancewire_fetches_failed_total{kind="timeout"} 0.0' in metrics
        assert 'stancewire_feeds{state="failing"} 2.0' in metrics
        # What speaks HTTP to a Redis server is told as an attack in its log and statistics.
        assert client.info("stats")["unexpected_error_replies"] == 0
        assert house.stop() == 0
