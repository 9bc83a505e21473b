"""A server that knows many articles, and what a few more of them cost there.

The marks are those that the poller's last step writes, with names of their own, and lie there as after many polls;
articles and signals kept for look-up are left out: nothing that an article costs depends on how many these are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis

from bench.parts.mixed_news import article_of, entry_of, story
from bench.parts.polling import poll_all
from bench.parts.usage import Used
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.intake import KNOWN
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import shared
from stancewire.adapters.store import RedisStore
from stancewire.adapters.worklist import entry_fields
from stancewire.types import Feed, Item, Outcome, Signal
from workers.pipeline import Pipeline
from workers.publishing import publish

SEED, A_DOCUMENT = 1, 50
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
#: Entries of the stream for each article that was seen.
SIGNALS = 0.1
_ROUNDS_AT_ONCE = 20
_NAME_BYTES = 8
#: Numbers of the articles that are measured; the sample has those from 0 on.
_FIRST = 1_000_000
#: Writes each name of a sample anew, with another name for each round, as pipelines would with less haste.
_FILL = """
local function renamed(name, round)
  return to_bytes(string.sub(redis.sha1hex(string.sub(name, 1, 8) .. round), 1, 32))
end
for round = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  for place = 3, #ARGV, 3 do
    local content = ARGV[place + 1]
    if #content > 1 and leads_elsewhere(content) then
      content = '>' .. renamed(led_to(content), round)
    end
    remember(renamed(ARGV[place], round), with_source(content), ARGV[place + 2])
  end
end
"""
_APPEND = "for _ = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2)) end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """A server and how many articles it knows."""

    articles: int
    server: EmbeddedServer
    client: redis.Redis
    store: RedisStore

    def bytes_an_article(self) -> float:
        """Memory for each article that it knows."""
        info: Any = self.client.info("memory")
        return float(info["used_memory"]) / self.articles


def grown(articles: int, folder: Path, signal: Signal) -> Grown:
    """A server that has seen so many articles, started; `signal` is what stands on its stream."""
    server = EmbeddedServer(folder, fsync="everysec").start()
    client = connect(server.url, purpose="worker")
    # Not written down one by one, but all at once below: that is quicker, and how a file looks after a while.
    client.config_set("appendonly", "no")
    store = RedisStore(client, Limits())
    fill(client, sample(client, store), articles // (2 * A_DOCUMENT))
    fields = [part for pair in entry_fields(signal).items() for part in pair]
    for first in range(0, round(articles * SIGNALS), 1_000):
        client.eval(_APPEND, 1, keys.SIGNALS_STREAM, min(1_000, round(articles * SIGNALS) - first), *fields)
    client.config_set("appendonly", "yes")
    return Grown(articles=articles, server=server, client=client, store=store)


def writes_to_disk(client: redis.Redis) -> bool:
    """Whether the server writes its file anew."""
    info: Any = client.info("persistence")
    return bool(info["aof_rewrite_in_progress"] or info["aof_rewrite_scheduled"])


def cost(one: Grown, pipeline: Pipeline, turn: int, documents: int) -> tuple[float, float, int]:
    """Seconds of the processor of poller and server to take articles in and to publish them, and how many they were."""
    feed = Feed(id=f"paper-{turn}", url=f"https://paper-{turn}.example/feed.xml", outlet="Paper", language="en")
    begun: list[Used] = []

    def listed() -> Iterator[tuple[datetime, bytes]]:
        made = [_document(_FIRST + (turn * documents + place) * A_DOCUMENT) for place in range(documents)]
        # What is loaded before the first poll is not part of it.
        begun.append(Used.by(one.client))
        for place, body in enumerate(made):
            yield NOW + timedelta(minutes=place), body

    poll_all(feed, listed(), one.store)
    polled = Used.by(one.client).since(begun[0])
    batches: Any = one.client.lrange(keys.RQ_QUEUE, 0, -1)
    before = Used.by(one.client)
    items = [item for batch_id in batches for item in one.store.batch(batch_id.decode())]
    read = Used.by(one.client).since(before)
    outcomes = [_outcome(item, pipeline) for item in items]
    before = Used.by(one.client)
    for outcome in outcomes:
        publish(one.store, outcome, NOW)
    published = Used.by(one.client).since(before)
    one.client.delete(keys.RQ_QUEUE)
    own = polled.own + read.own + published.own
    server = polled.server + read.server + published.server
    return own, server, len(items)


def sample(client: redis.Redis, store: RedisStore) -> list[tuple[bytes, bytes, int]]:
    """What accepting `2 * A_DOCUMENT` articles writes to know them again: names, what is known, and days."""
    feed = Feed(id="sample", url="https://sample.example/feed.xml", outlet="Sample", language="en")
    poll_all(feed, [(NOW, _document(0)), (NOW + timedelta(minutes=1), _document(A_DOCUMENT))], store)
    client.delete(keys.RQ_QUEUE)
    return known(client)


def known(client: redis.Redis) -> list[tuple[bytes, bytes, int]]:
    """All that is known on a server: the first 8 bytes of names, what is known, and days that it lives."""
    today = int(client.time()[0]) // keys.DAY
    found: dict[bytes, bytes] = {}
    for bucket in range(int(client.get(keys.KNOWN) or 1)):
        found |= client.hgetall(keys.known(bucket))
    return [
        (name, value[2:] + found.get(name + b"+", b"")[2:], int.from_bytes(value[:2], "big") - today - 1)
        for name, value in found.items()
        if not name.endswith(b"+") or len(name) == _NAME_BYTES
    ]


def fill(client: redis.Redis, rows: Iterable[tuple[bytes, bytes, int]], rounds: int, first: int = 0) -> None:
    """Let a server know what a sample holds so many times, under other names each time; `first` numbers the first."""
    script = shared("known") + _FILL
    arguments = list(itertools.chain.from_iterable(rows))
    for start in range(first, first + rounds, _ROUNDS_AT_ONCE):
        client.eval(script, len(KNOWN), *KNOWN, start, min(start + _ROUNDS_AT_ONCE, first + rounds) - 1, *arguments)


def _document(first: int) -> bytes:
    items = "".join(
        entry_of(story(number, SEED), "https://paper.example", NOW) for number in range(first, first + A_DOCUMENT)
    )
    return f"<rss version='2.0'><channel><title>Paper</title>{items}</channel></rss>".encode()


def _outcome(item: Item, pipeline: Pipeline) -> Outcome:
    number = int((item.entry.guid or "").rpartition("-")[2])
    each = story(number, SEED)
    article = article_of(each)
    # The others have none, and what is found is not measured here.
    signals = pipeline.analyse(article).signals if each.topic == "telling" and each.language == "en" else ()
    return Outcome(item_id=item.id, article=article, signals=signals)
