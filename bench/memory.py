"""Measures what an article takes in the store's memory: while it waits, when it is published, and to be known again.

Poller, analysis and store are the real ones; the articles are composed, of a newspaper's length, and no pages are
fetched: what waits holds the feed's words alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import redis

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
#: Names that live less long are gone after two weeks.
_TWO_WEEKS_S = 14 * keys.DAY


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


def taken(client: redis.Redis) -> tuple[Counter[str], Counter[str], int]:
    """Bytes and keys by kind of name, and the bytes of marks and names that outlive two weeks."""
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    lasting = 0
    for name in client.scan_iter(count=1_000):
        kind = ":".join(name.decode().split(":")[:2])
        size: Any = client.memory_usage(name, samples=0)
        sizes[kind] += size
        counts[kind] += 1
        seconds: Any = client.ttl(name)
        if kind == keys.seen("").rstrip(":") and seconds > _TWO_WEEKS_S:
            lasting += size
    return sizes, counts, lasting


def main() -> int:
    """Print bytes an article, by what they hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="of an article's text")
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
        waiting, _, _ = taken(client)
        batches: Any = client.lrange(keys.RQ_QUEUE, 0, -1)
        items = [item for batch_id in batches for item in store.batch(batch_id.decode())]
        for number, item in enumerate(items):
            article = article_of(item, compose(chosen.characters, number))
            outcome = Outcome(item_id=item.id, article=article, signals=analyse(article).signals)
            publish(store, outcome, NOW)
        kept, counts, lasting = taken(client)
        signals = store.counters().get("signals_published", 0)

    def each(*kinds: str) -> float:
        return sum(kept[kind] for kind in kinds) / accepted

    print(f"{accepted} articles of {chosen.characters:,} characters, {signals} signals, {counts.total()} names")
    print(f"waiting for a worker, without a page   {waiting['stancewire:item'] / accepted:8,.0f} bytes an article")
    print(f"published: its text and facts          {each('stancewire:article'):8,.0f}")
    print(f"  its signals, for look-up              {each('stancewire:signal', 'stancewire:carried'):8,.0f}")
    print(f"  its signals, on the stream            {each('stancewire:signals'):8,.0f}")
    print(f"to be known again, at first            {each('stancewire:seen'):8,.0f}")
    print(f"to be known again, after two weeks     {lasting / accepted:8,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
