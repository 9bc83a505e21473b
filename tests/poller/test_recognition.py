"""Identity from feed to store: documents polled one after the other, and what is then on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

import pytest
import redis
from feed_samples import NOW, feed

from bench.identity import FOLDER, decide, judge, poll_changing, read_records
from bench.parts.changing_feed import Asked
from bench.parts.polling import poll_all
from services.poller.report import PollReport
from stancewire import keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.codec import digest
from stancewire.testing import FakeStore
from stancewire.types import Feed, Item
from stancewire.wiring.identifying import Desk, observed_from_record

Store = FakeStore | RedisStore
WIRE = (
    "The ministers of both countries met on Tuesday in the harbour town to settle the long quarrel over the grain "
    "corridor, and left after four hours without a word to the reporters who had waited outside in the rain."
)


def rss(*stories: tuple[str, str], text: str = "", host: str = "news.example", at: datetime = NOW) -> bytes:
    """A document with (name in the link, title) of each story, the newest first."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://{host}/2026/05/{name}-of-the-day.html</link>"
        f"<pubDate>{at - timedelta(hours=place):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{escape(text)}</description></item>"
        for place, (name, title) in enumerate(stories)
    )
    return f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'.encode()


def poll(store: Store, *documents: bytes, of: Feed | None = None, start: int = 0) -> tuple[PollReport, ...]:
    """Poll documents ten minutes apart."""
    times = (NOW + (start + number) * timedelta(minutes=10) for number in range(len(documents)))
    return poll_all(of or feed(), zip(times, documents, strict=True), store)


def items(store: Store, client: redis.Redis) -> list[Item]:
    """All items that wait, in the order accepted."""
    batches: Sequence[str]
    if isinstance(store, FakeStore):
        batches = store.queue
    else:
        batches = [row.decode() for row in client.lrange(keys.RQ_QUEUE, 0, -1)]  # type: ignore[union-attr]
    return sorted(
        (item for batch_id in batches for item in store.batch(batch_id)), key=lambda item: (item.fetched_at, item.id)
    )


A, B, C, D = (("ministers", "Ministers meet"), ("storm", "Storm in valley"), ("crane", "New crane"), ("flour", "Flour"))


def test_a_story_that_goes_and_comes_back_is_counted_and_not_accepted_again(store: Store, client: redis.Redis) -> None:
    reports = poll(store, rss(A, B, C, D), rss(A, C, D), rss(A, B, C, D), rss(A, B, C, D))

    assert [(each.accepted, each.seen, each.reappeared, each.vanished) for each in reports] == [
        (4, 0, 0, 0),
        (0, 3, 0, 1),
        (0, 3, 1, 0),
        (0, 4, 0, 0),
    ]
    assert len(items(store, client)) == 4
    counters = store.counters()
    assert (counters["articles_reappeared"], counters["articles_vanished"]) == (1, 1)


def test_it_is_remembered_over_a_restart_what_a_feed_held(store: Store) -> None:
    poll(store, rss(A, B, C, D))
    (gone,) = poll(store, rss(A, C, D), start=1)
    (back,) = poll(store, rss(A, B, C, D), start=2)

    assert (gone.vanished, back.reappeared, back.accepted) == (1, 1, 0)


def test_an_edit_is_accepted_once_as_the_next_revision(store: Store, client: redis.Redis) -> None:
    edited = ("ministers", "Ministers part")
    reports = poll(store, rss(A, B), rss(edited, B), rss(edited, B))

    assert [(each.new, each.revised, each.accepted) for each in reports] == [(2, 0, 2), (0, 1, 1), (0, 0, 0)]
    found = [item for item in items(store, client) if "Ministers" in item.entry.title]
    assert [item.revision for item in found] == [1, 2]
    assert len({item.article_id for item in found}) == 1


def test_46_an_agencys_text_in_two_outlets_is_accepted_once_and_marked_for_both(
    store: Store, client: redis.Redis
) -> None:
    gazette = feed("gazette", outlet="The Gazette", url="https://gazette.example/feed")
    copy = rss(("no-word", "No word after talks"), text=f"HARBOUR TOWN (Agency) - {WIRE}", host="gazette.example")
    poll(store, rss(A, text=WIRE))

    first, second = poll(store, copy, copy, of=gazette, start=1)

    assert [(each.new, each.seen, each.accepted) for each in (first, second)] == [(0, 1, 0), (0, 1, 0)]
    assert len(items(store, client)) == 1
    edited = rss(
        ("no-word", "Ministers refuse to speak"), text=f"HARBOUR TOWN (Agency) - {WIRE}", host="gazette.example"
    )
    (third,) = poll(store, edited, of=gazette, start=3)
    assert (third.revised, third.accepted) == (1, 1)
    assert len({item.article_id for item in items(store, client)}) == 2


def test_what_layout_1_knew_is_not_accepted_again(client: redis.Redis) -> None:
    store = RedisStore(client, Limits())
    link = "https://news.example/2026/05/ministers-of-the-day.html"
    article_id = digest("article", "link", "the example", link)
    words = digest("entry", "Ministers meet", "", "")
    client.set(keys.LAYOUT, "1")
    client.set(keys.seen_formerly(article_id), f'{{"fingerprint":"{words}","revision":3}}', ex=60)
    claim_layout(client)

    same, edited = poll(store, rss(A), rss(("ministers", "Ministers part")))

    assert (same.seen, same.accepted) == (1, 0)
    assert (edited.revised, edited.accepted) == (1, 1)
    (item,) = items(store, client)
    assert (item.article_id, item.revision) == (article_id, 4)


def test_a_feed_whose_dates_change_at_every_poll_gives_its_edits_and_nothing_else() -> None:
    changing = poll_changing(Asked(polls=150, edits=12, date_changes=400, returns=25), seed=3)

    happened = changing.happened
    assert (happened.edits, happened.date_changes, happened.returns) == (12, 400, 25)
    assert changing.updates == 12
    assert changing.repeated == 0
    assert 20 <= changing.reappeared <= 25


@pytest.mark.skipif(not FOLDER.exists(), reason="the recorded feeds lie beside the repository, and are not here")
def test_edits_on_recorded_feeds_are_found_and_not_taken_for_new_articles() -> None:
    records = read_records()
    found = judge(records, decide(Desk(), [observed_from_record(record) for record in records]))

    assert found.false_new / found.links <= 0.005
    assert found.edits_found / found.edits >= 0.99
    assert found.false_new_by_hash / found.links > 0.08
