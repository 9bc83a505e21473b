"""Measures what watches cost: holding a signal against them, publishing to their streams, and sending to a webhook.

The server and the receiver are real and on this machine; the receiver answers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from statistics import median
from typing import Any

import redis

from bench.parts.news import compose
from config.settings import HealthSettings, Settings, WebhookSettings
from services.embedded import EmbeddedServer
from services.webhooks.sender import WebhookSender
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.replaying import RedisReplay
from stancewire.adapters.webhooks import RedisOutbox
from stancewire.adapters.worklist import entry_fields
from stancewire.types import Article, Filter, Outcome, Publication, Signal, Watch, Webhook
from stancewire.watching import watched
from stancewire.wiring.outside import fetching
from stancewire.wiring.webhooks import outgoing
from workers.pipeline import load
from workers.revising import compared

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
COUNTS = (0, 1, 10, 50, 200)


def article(number: int) -> Article:
    """News of a newspaper's length."""
    return Article(
        id=f"a{number}",
        revision=f"r{number}",
        url=f"https://gazette.example/{number}",
        title="",
        text=compose(3_000, number),
        outlet="The Gazette",
        outlet_country=None,
        ownership=None,
        feed_id="gazette",
        authors=(),
        published_at=NOW,
        time_confidence="stated",
        language="en",
        quality="full",
    )


def watches(count: int, *, matching: bool) -> tuple[Watch, ...]:
    """So many, of which all or none match what is composed."""
    wanted = Filter(min_confidence=0.1) if matching else Filter(pairs=frozenset({("TV", "NR"), ("NR", "TV")}))
    return tuple(Watch(name=f"w{number}", wanted=wanted) for number in range(count))


def publications(count: int) -> tuple[Publication, ...]:
    """What is to be published of so many articles, analysed by the real program."""
    analyse = load().analyse
    outcomes = (
        Outcome(item_id=f"i{number}", article=each, signals=analyse(each).signals)
        for number, each in enumerate(map(article, range(count)))
    )
    found = (compared(outcome) for outcome in outcomes)
    return tuple(each for each in found if each is not None and each.signals)


def timed(step: Callable[[Publication], Any], publications: tuple[Publication, ...]) -> float:
    """Median microseconds of a step."""
    taken = []
    for each in publications:
        began = time.perf_counter()
        step(each)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1e6


def print_costs(client: redis.Redis, found: tuple[Publication, ...]) -> None:
    store, signals = RedisReplay(client, Limits()), median(len(each.signals) for each in found)
    print(f"{len(found)} articles of {signals:g} signals each (median); microseconds an article, median")
    print(f"{'watches':>8}{'held against, none fits':>26}{'held against, all fit':>24}{'published, all fit':>20}")
    for count in COUNTS:
        none, every = watches(count, matching=False), watches(count, matching=True)
        vain = timed(lambda each, asked=none: watched(each, (), asked), found)  # type: ignore[misc]
        matched = timed(lambda each, asked=every: watched(each, (), asked), found)  # type: ignore[misc]
        client.flushall()
        told = tuple(replace(each, watched=watched(each, (), every)) for each in found)
        published = timed(lambda each: store.publish(each, NOW), told)
        print(f"{count:>8}{vain:>26,.0f}{matched:>24,.0f}{published:>20,.0f}")


@asynccontextmanager
async def receiver() -> Any:
    """Takes everything, and gives its address."""
    answer = b"HTTP/1.1 204 No Content\r\n\r\n"

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
            await reader.readexactly(int(fields[b"content-length"]))
            writer.write(answer)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await take(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def print_deliveries(client: redis.Redis, signals: tuple[Signal, ...], hooks: int, entries: int) -> None:
    networks = (ip_network("127.0.0.0/8"),)
    settings = Settings(webhooks=WebhookSettings(allow_networks=networks), health=HealthSettings(enabled=False))
    outbox = RedisOutbox(client)
    async with receiver() as url, fetching(outgoing(settings)) as fetcher:
        asked = tuple(
            Watch(name=f"w{number}", wanted=Filter(), webhook=Webhook(url=url, secret_file=Path("none")))
            for number in range(hooks)
        )
        for watch in asked:
            outbox.waiting([watch.name], 1)
            for number in range(entries):
                fields: Any = dict(entry_fields(replace(signals[number % len(signals)], id=f"s{number}")))
                client.xadd(keys.watch_stream(watch.name), fields)
        sender = WebhookSender(
            asked,
            keys={watch.name: (bytes(32),) for watch in asked},
            fetcher=fetcher,
            outbox=outbox,
            give_up_after_s=timedelta(days=1).total_seconds(),
            leads=lambda: True,
            clock=lambda: datetime.now(UTC),
            random=lambda: 0.5,
        )
        began = time.perf_counter()
        running = asyncio.create_task(sender.run())
        names = [each.name for each in asked]
        while any(each.delivered < entries for each in outbox.figures(names).values()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
        sender.stop()
        await running
    print(f"{hooks:>8} webhooks: {hooks * entries / seconds:,.0f} deliveries a second")


def main() -> int:
    """Print what watches cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--entries", type=int, default=500, help="sent to each webhook")
    chosen = parser.parse_args()
    found = publications(chosen.articles)
    signals = tuple(signal for each in found for signal in each.signals)
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedServer(Path(folder)) as server,
        connect(server.url, purpose="poller") as client,
    ):
        print_costs(client, found)
        for hooks in (1, 4):
            client.flushall()
            asyncio.run(print_deliveries(client, signals, hooks, chosen.entries))
    return 0


if __name__ == "__main__":
    sys.exit(main())
