"""Poller and workers as processes of their own, on one server, with a standby: as a larger installation runs them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import redis
from cli_programs import started

from seeds.lists import write_toml
from services.embedded import EmbeddedServer
from services.newsroom import NewsroomSite
from stancewire.client import signals

ALLOWED = {
    "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
    "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
    "STANCEWIRE_POLL__INTERVAL_S": "2",
}


async def test_a_poller_and_a_worker_on_one_server_publish_and_a_second_poller_stands_by(
    tmp_path: Path, server: EmbeddedServer, client: redis.Redis
) -> None:
    async with NewsroomSite(clock=lambda: datetime.now(UTC)) as site:
        feeds = tmp_path / "feeds.toml"
        feeds.write_text(write_toml(site.feeds()))
        settings = {**ALLOWED, "STANCEWIRE_REDIS_URL": server.url, "STANCEWIRE_FEEDS": str(feeds)}
        await asyncio.to_thread(_poll_and_work, tmp_path, client, settings)


def _poll_and_work(home: Path, client: redis.Redis, settings: dict[str, str]) -> None:
    with (
        started(home / "poller", "poll", **settings) as poller,
        started(home / "worker", "work", **settings) as worker,
    ):
        poller.wait_for("feed polled", stream="err")
        with started(home / "standby", "poll", **settings) as standby:
            standby.wait_for("standing by", stream="err")
            worker.wait_for("batch done", stream="err")
            first = next(signals(client, group="desk"))
            assert first.kind != "revision"
            assert first.evidence.text
            assert not any("feed polled" in line for line in standby.err)
            assert poller.stop() == 0
            standby.wait_for("feed polled", stream="err", seconds=15)
            assert standby.stop() == 0
        assert worker.stop() == 0
        assert poller.out == worker.out == []
