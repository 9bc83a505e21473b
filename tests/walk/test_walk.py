"""The way of one article through the whole system, step by step; read it from top to bottom to know how things work.

A small site on the loopback publishes one article. Each step takes the frozen type that the step before made, and
shows the one it makes itself. Only the site, the clock and the server are set up; every part is the real one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import redis

from config.knowledge.notes import load_notes
from config.settings import FetchSettings, Settings
from seeds.lists import read_feeds
from services.newsroom import NewsroomSite
from services.poller.identity import Memory, Walk, WordingReader, further_ids, identify, item_id
from services.poller.loop import pace_of
from services.poller.pages import PageSource
from services.poller.parse import parse_feed
from services.poller.schedule import after_fetched, seconds_until_due
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.client import signals
from stancewire.types import (
    Acceptance,
    Accepted,
    Analysis,
    Article,
    Feed,
    FeedState,
    Fetched,
    FetchRequest,
    Item,
    New,
    Outcome,
    Page,
    ParsedFeed,
    PollPlan,
    Published,
    Seen,
    Stance,
)
from stancewire.wiring.outside import fetching
from workers.pipeline import load
from workers.read import read
from workers.revising import compared

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)

OUTLETS = """
[[outlet]]
id = "harbour-post"
name = "The Harbour Post"
country = "IE"
language = "en"
ownership = "independent"
format = "rss"
"""

ARTICLE = """+++
id = "grain-corridor"
outlet = "harbour-post"
title = "Ministers meet over the grain corridor"
authors = ["Nora Quill"]
release = 0
summary = "A meeting about ships ended without a text that everybody could sign."
+++
The meeting lasted for two days and ended late on Tuesday evening, after the delegations had gone through the draft line
by line and had agreed on nothing but the date of the next one, which is to be in the first week of May.

Russia condemned Turkey on Tuesday. Ankara rejected the criticism and said that the ships would sail as planned, with or
without a new agreement, and that the insurers had been told so.
"""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[NewsroomSite]:
    (tmp_path / "articles").mkdir()
    (tmp_path / "outlets.toml").write_text(OUTLETS)
    (tmp_path / "articles" / "grain-corridor.md").write_text(ARTICLE)
    async with NewsroomSite(clock=lambda: NOW, folder=tmp_path) as running:
        yield running


async def test_an_article_goes_from_its_feed_to_a_consumer(site: NewsroomSite, client: redis.Redis) -> None:
    store = RedisStore(client, Limits())
    settings = Settings(fetch=FetchSettings(allow_networks=(IPv4Network("127.0.0.0/8"),), host_interval_s=0))

    # 1. A feed list is read: text in, feeds out.
    feed_list = f"""
    [[feed]]
    id = "harbour-post"
    url = "{site.base}/harbour-post/feed.xml"
    outlet = "The Harbour Post"
    country = "IE"
    language = "en"
    ownership = "independent"
    """
    [feed] = read_feeds(feed_list, "feeds.toml")
    assert feed == Feed(
        id="harbour-post",
        url=f"{site.base}/harbour-post/feed.xml",
        outlet="The Harbour Post",
        country="IE",
        language="en",
        ownership="independent",
    )

    # 2. A feed that was never polled is due at once.
    state = store.feed_states((feed.id,)).get(feed.id, FeedState(feed_id=feed.id))
    assert seconds_until_due(state, NOW) == 0
    plan = PollPlan(feed=feed, state=state)

    async with fetching(settings) as fetcher:
        # 3. The feed is fetched, with what the server said the last time; a failure would be a value as well.
        answer = await fetcher.fetch(
            FetchRequest(url=plan.feed.url, accept="*/*", max_bytes=1_000_000, validators=plan.state.validators)
        )
        assert isinstance(answer, Fetched)
        assert answer.status == 200
        assert answer.validators.etag is not None

        # 4. The document is parsed: bytes in, entries out, bounded and without asking anybody.
        parsed = parse_feed(
            answer.body,
            url=answer.url,
            content_type=answer.header("content-type") or "",
            max_entries=settings.poll.max_entries,
            now=NOW,
        )
        assert isinstance(parsed, ParsedFeed)
        [entry] = parsed.entries
        assert entry.title == "Ministers meet over the grain corridor"
        assert entry.published_at == NOW

        # 5. The entry is named by all it says of itself, and looked up among what is known: it is new.
        document = identify(parsed.entries, feed, WordingReader(load_notes()))
        proven = store.marks(document.ids())
        known = Memory({**proven, **store.marks(further_ids(document, proven))})
        decision = Walk(document, known, store.listing(feed.id), NOW).decide(document.entries[0])
        assert isinstance(decision, New)

        # Its page is fetched by the same fetcher, so that all requests to a host are spaced out in one place.
        page = await PageSource(fetcher, max_bytes=1_000_000, enabled=True).page_of(entry)
        assert isinstance(page, Page)

    # 6. It is accepted: marked as seen, queued, and the feed's state saved, in one atomic step.
    item = Item(
        id=item_id(decision.article_id, decision.fingerprint),
        article_id=decision.article_id,
        fingerprint=decision.fingerprint,
        revision=1,
        feed=feed,
        entry=entry,
        page=page,
        page_error=None,
        fetched_at=NOW,
    )
    state = after_fetched(
        feed,
        plan.state,
        NOW,
        document=answer,
        sent=plan.state.validators,
        asks=parsed.ttl,
        new=(NOW,),
        pace=pace_of(settings.poll),
        jitter=0,
    )
    accepted = store.accept(
        Acceptance(items=(item,), feed_state=state, batch_id="batch-1", at=NOW, sightings=(decision.sighting,))
    )
    assert accepted == Accepted(item_ids=(item.id,))
    assert seconds_until_due(store.feed_states((feed.id,))[feed.id], NOW) == settings.poll.interval_s
    again = Walk(document, Memory(store.marks(document.ids())), store.listing(feed.id), NOW)
    assert isinstance(again.decide(document.entries[0]), Seen)

    # 7. A worker that takes the batch gets the item and reads it: page in, article out.
    [taken] = store.batch("batch-1")
    assert taken == item
    article = read(taken)
    assert isinstance(article, Article)
    assert article.outlet == "The Harbour Post"
    assert article.quality == "full"
    assert article.language == "en"
    assert "Russia condemned Turkey on Tuesday." in article.text

    # 8. The article is analysed: a pure function, without clock, network or store.
    analysis = load().analyse(article)
    assert isinstance(analysis, Analysis)
    assert analysis.coverage == "analysed"
    stance = next(signal for signal in analysis.signals if isinstance(signal, Stance) and signal.target.country == "TR")
    assert (stance.holder.country, stance.polarity, stance.cue.text) == ("RU", "adverse", "condemned")
    assert article.text[stance.evidence.start : stance.evidence.end] == stance.evidence.text
    assert article.text[stance.cue.start : stance.cue.end] == stance.cue.text
    assert load().analyse(article) == analysis

    # 9. It is published: stored, put on the stream and announced, in one atomic step, and never twice.
    publication = compared(Outcome(item_id=taken.id, article=article, signals=analysis.signals))
    assert publication is not None
    later = NOW + timedelta(seconds=2)
    published = store.publish(publication, later)
    assert published == Published(first=True, signal_ids=tuple(signal.id for signal in analysis.signals))
    assert store.publish(publication, later) == Published(first=False, signal_ids=())
    assert store.depth().pending == 0

    # 10. A consumer reads it from the stream, with a group that keeps its place.
    consumed = list(signals(client, group="desk", follow=False))
    assert [signal.id for signal in consumed] == list(published.signal_ids)
    assert consumed[0].detected_at == later
    assert list(signals(client, group="desk", follow=False)) == []
    assert len(list(signals(client, group="another desk", follow=False))) == len(consumed)
