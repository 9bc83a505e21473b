"""A server that knows many articles, and what a few more of them cost there.

The marks are those that the poller's last step writes, with names of their own, and lie there as after many polls;
articles and signals kept for look-up are left out: nothing that an article costs depends on how many these are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
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
from stancewire.adapters.limits import Limits
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
#: Numbers of the articles that are measured; the sample has those from 0 on.
_FIRST = 1_000_000
#: Writes each name of a sample anew, with another name for each round, as pipelines would with less haste.
_FILL = """
local function named(name, round)
  return string.sub(redis.sha1hex(name .. round), 1, 32)
end
for round = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  for place, name in ipairs(KEYS) do
    local value, seconds = ARGV[place * 2 + 1], ARGV[place * 2 + 2]
    if string.sub(value, 1, 1) == '>' then
      value = '>' .. named(string.sub(value, 2), round)
    end
    redis.call('SET', 'stancewire:seen:' .. named(name, round), value, 'EX', seconds)
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
    sample = _sample(client, store)
    rounds = articles // (2 * A_DOCUMENT)
    for first in range(0, rounds, _ROUNDS_AT_ONCE):
        last = min(first + _ROUNDS_AT_ONCE, rounds) - 1
        arguments = itertools.chain.from_iterable(sample.values())
        client.eval(_FILL, len(sample), *sample, first, last, *arguments)
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


def _sample(client: redis.Redis, store: RedisStore) -> dict[bytes, tuple[Any, Any]]:
    """What accepting some articles writes to know them again: values and seconds, by name."""
    feed = Feed(id="sample", url="https://sample.example/feed.xml", outlet="Sample", language="en")
    poll_all(feed, [(NOW, _document(0)), (NOW + timedelta(minutes=1), _document(A_DOCUMENT))], store)
    names = list(client.scan_iter(f"{keys.seen('')}*", count=1_000))
    prefix = keys.seen("").encode()
    sample = {name.removeprefix(prefix): (client.get(name), client.ttl(name)) for name in names}
    client.delete(keys.RQ_QUEUE)
    return sample


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
