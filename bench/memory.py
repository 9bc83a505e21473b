"""Measures what an article takes in the store's memory: while it waits, when it is published, and to be known again.

Poller, analysis and store are the real ones; the articles are composed, of a newspaper's length, and no pages are
fetched: what waits holds the feed's words alone. What it takes to know articles again is what the server says it uses,
before and after it was told of a great many of them, as the poller had told it of a hundred.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import redis

from bench.parts.grown_store import fill, known
from bench.parts.news import compose
from bench.parts.polling import poll_all
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.codec import digest
from stancewire.types import Article, Feed, Item, Outcome
from workers.pipeline import load
from workers.publishing import publish

ARTICLES, CHARACTERS, A_DOCUMENT = 600, 3_000, 50
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SEEN = 100_000
#: Days since articles were seen, after which some of their names are forgotten.
AGES = (0, 3, 14, 30)


def document(first: int, count: int) -> bytes:
    """A feed whose entries have a title, a summary and a link of their own."""
    items = "".join(
        f"<item><title>{compose(60, number).splitlines()[0]}</title>"
        f"<link>https://gazette.example/2026/11/02/story-number-{number}</link><guid>story-{number}</guid>"
        f"<pubDate>{format_datetime(NOW)}</pubDate><description>{compose(250, number)}</description></item>"
        for number in range(first, first + count)
    )
    return f"<rss version='2.0'><channel><title>The Gazette</title>{items}</channel></rss>".encode()


def article_of(item: Item, text: str) -> Article:
    """As a worker reads it from a page of that text."""
    return Article(
        id=item.article_id,
        revision=digest(item.article_id, item.entry.title, text),
        url=item.entry.link,
        title=item.entry.title,
        text=text,
        outlet=item.feed.outlet,
        outlet_country=None,
        ownership=None,
        feed_id=item.feed.id,
        authors=("Mara Oduya",),
        published_at=item.entry.published_at,
        time_confidence="stated",
        language="en",
        quality="full",
    )


def taken(client: redis.Redis) -> tuple[Counter[str], Counter[str]]:
    """Bytes and keys by kind of name."""
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for name in client.scan_iter(count=1_000):
        kind = ":".join(name.decode().split(":")[:2])
        size: Any = client.memory_usage(name, samples=0)
        sizes[kind] += size
        counts[kind] += 1
    return sizes, counts


def bytes_known(folder: Path, numbers: Sequence[int], age: int) -> dict[int, float]:
    """Bytes of the server's memory for each of so many articles that were seen so many days ago."""
    with EmbeddedServer(folder, fsync="everysec") as server:
        client = connect(server.url, purpose="worker")
        client.config_set("appendonly", "no")
        feed = Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette")
        documents = [(NOW + timedelta(minutes=first), document(first, A_DOCUMENT)) for first in (0, A_DOCUMENT)]
        poll_all(feed, documents, RedisStore(client, Limits()))
        rows = [row for row in known(client) if row[2] > age]
        # What is needed once, for the script and its arguments, is not part of it.
        fill(client, rows, 1)
        client.flushall()
        before = _used(client)
        found: dict[int, float] = {}
        rounds = 0
        for number in sorted(numbers):
            more = number // (2 * A_DOCUMENT) - rounds
            fill(client, rows, more, first=rounds)
            rounds += more
            found[number] = (_used(client) - before) / number
    return found


def _used(client: redis.Redis) -> int:
    info: Any = client.info("memory")
    return int(info["used_memory"])


def main() -> int:
    """Print bytes an article, by what they hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="of an article's text")
    parser.add_argument("--seen", type=int, nargs="*", default=[SEEN], help="numbers of articles to know again")
    chosen = parser.parse_args()
    analyse = load().analyse
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), fsync="everysec") as server:
        client = connect(server.url, purpose="worker")
        store = RedisStore(client, Limits())
        starts = range(0, chosen.articles, A_DOCUMENT)
        documents = [
            (NOW + timedelta(minutes=place), document(first, min(A_DOCUMENT, chosen.articles - first)))
            for place, first in enumerate(starts)
        ]
        poll_all(Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette"), documents, store)
        accepted = store.counters()["items_accepted"]
        waiting, _ = taken(client)
        batches: Any = client.lrange(keys.RQ_QUEUE, 0, -1)
        items = [item for batch_id in batches for item in store.batch(batch_id.decode())]
        for number, item in enumerate(items):
            article = article_of(item, compose(chosen.characters, number))
            outcome = Outcome(item_id=item.id, article=article, signals=analyse(article).signals)
            publish(store, outcome, NOW)
        kept, counts = taken(client)
        signals = store.counters().get("signals_published", 0)

    def each(*kinds: str) -> float:
        return sum(kept[kind] for kind in kinds) / accepted

    print(f"{accepted} articles of {chosen.characters:,} characters, {signals} signals, {counts.total()} names")
    print(f"waiting for a worker, without a page   {waiting['stancewire:item'] / accepted:8,.0f} bytes an article")
    print(f"published: its text and facts          {each('stancewire:article'):8,.0f}")
    print(f"  its signals, for look-up              {each('stancewire:signal', 'stancewire:carried'):8,.0f}")
    print(f"  its signals, on the stream            {each('stancewire:signals'):8,.0f}")
    for age in AGES:
        with tempfile.TemporaryDirectory() as folder:
            found = bytes_known(Path(folder), chosen.seen, age)
        shown = ", ".join(f"{each:,.0f} of {number:,} seen" for number, each in found.items())
        print(f"to be known again after {age:2} days         {shown}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
