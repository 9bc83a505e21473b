"""The poller from feed to store: a newsroom that serves, sockets, a parser's child, and the store in memory."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise

import pytest
from raw_site import RawSite, page, paths
from structlog.testing import capture_logs

from config.settings import FetchSettings, PollSettings, Settings, WorkSettings
from services.newsroom import NewsroomSite
from services.poller.fetch import HttpFetcher
from services.poller.loop import Poller
from services.poller.parser import ChildParser
from services.poller.spacing import Spacing
from stancewire.errors import LeadershipLost, StoreUnavailable
from stancewire.testing import FakeStore
from stancewire.types import Acceptance, Accepted, Feed, FeedState, Item, Listing, QueueDepth


def clock() -> datetime:
    return datetime.now(UTC)


def settings(
    *, interval: float = 1, max_pending: int = 1_000, pages: bool = True, host_interval: float = 0
) -> Settings:
    return Settings(
        fetch=FetchSettings(
            allow_networks=(ip_network("127.0.0.0/8"),),
            host_interval_s=host_interval,
            total_timeout_s=5,
            max_page_bytes=100_000,
        ),
        poll=PollSettings(interval_s=interval, max_interval_s=interval, max_pending=max_pending, pages=pages),
        work=WorkSettings(grace_s=5),
    )


@dataclass
class FailingStore(FakeStore):
    """A store that can be away, which whoever saves something notices first."""

    away: bool = False
    is_noticed: bool = False
    led_by_another: bool = False
    #: A defect of ours, which no rule foresees.
    is_broken: bool = False
    acceptances: list[Acceptance] = field(default_factory=list)

    def listing(self, feed_id: str) -> Listing:
        if self.is_broken:
            raise RuntimeError("a defect")
        return super().listing(feed_id)

    def depth(self) -> QueueDepth:
        if self.away and self.is_noticed:
            raise StoreUnavailable("no answer")
        return super().depth()

    def accept(self, acceptance: Acceptance) -> Accepted:
        if self.away:
            self.is_noticed = True
            raise StoreUnavailable("no answer")
        if self.led_by_another:
            raise LeadershipLost("another poller leads now")
        self.acceptances.append(acceptance)
        return super().accept(acceptance)


@asynccontextmanager
async def polling(
    feeds: tuple[Feed, ...],
    store: FakeStore,
    using: Settings,
    workers: int = 2,
    leads: Callable[[], bool] = lambda: True,
) -> AsyncIterator[Poller]:
    spacing = Spacing(
        interval=using.fetch.host_interval_s,
        at_once=2,
        in_all=using.fetch.concurrency,
        monotonic=time.monotonic,
        sleep=asyncio.sleep,
    )
    fetcher = HttpFetcher(
        using.fetch,
        spacing=spacing,
        now=clock,
        monotonic=time.monotonic,
    )
    parser = ChildParser(seconds=10, max_entries=1_000, now=clock, children=1)
    poller = Poller(
        feeds=feeds,
        fetcher=fetcher,
        parser=parser,
        intake=store,
        depth=store.depth,
        settings=using,
        workers=workers,
        clock=clock,
        monotonic=time.monotonic,
        random=lambda: 0.0,
        new_id=lambda: uuid.uuid4().hex,
        free_at=spacing.free_at,
        leads=leads,
    )
    running = asyncio.create_task(poller.run())
    try:
        yield poller
        poller.stop()
        await asyncio.wait_for(running, 10)
    finally:
        running.cancel()
        await fetcher.aclose()
        await parser.aclose()


async def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


def items_in(store: FakeStore) -> list[Item]:
    return [item for batch_id in store.queue for item in store.batch(batch_id)]


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


def rss(base: str, count: int, date: str = "", word: str = "Story") -> bytes:
    items = "".join(
        f"<item><title>{word} {number}</title><link>{base}/{number}.html</link>{date}"
        f"<description>What happened in {number}.</description></item>"
        for number in range(count)
    )
    return page(f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'.encode(), 'etag: "1"')


def feed_of(site: RawSite, name: str = "world") -> Feed:
    return Feed(id=name, url=site.url("/feed"), outlet="The Example")


HTML = page(b"<html><body><p>Words.</p></body></html>", "content-type: text/html; charset=utf-8")


async def test_the_newsroom_is_polled_as_its_articles_come_out() -> None:
    offset = timedelta()

    def moving() -> datetime:
        return clock() + offset

    store = FakeStore()
    async with NewsroomSite(clock=moving) as newsroom:
        at_start = [story for story in newsroom.material.stories if story.release == 0]
        hostile = next(outlet.id for outlet in newsroom.material.outlets if outlet.format == "hostile")

        def honest() -> list[Item]:
            return [item for item in items_in(store) if item.feed.id != hostile]

        async with polling(newsroom.feeds(), store, settings()):
            await until(lambda: len(honest()) == len(at_start))
            # Two minutes are less than what a server's clock may be ahead.
            offset = timedelta(seconds=130)
            released = [story for story in newsroom.material.stories if story.release <= 130]
            revised = [story for story in at_start if any(revision.after <= 130 for revision in story.revisions)]
            await until(lambda: len(honest()) == len(released) + len(revised))

    items = honest()
    assert all(item.page is not None and item.page_error is None for item in items)
    assert {item.entry.title for item in items} >= {story.title for story in released if not story.revisions}
    assert sorted(item.revision for item in items)[-len(revised) :] == [2] * len(revised)
    states = store.feed_states([feed.id for feed in newsroom.feeds()])
    assert len(states) == len(newsroom.feeds())
    assert not any(state.failures for state in states.values())
    # What the hostile feed links to is not reached, and its items are kept all the same.
    from_hostile = [item for item in items_in(store) if item.feed.id == hostile]
    assert from_hostile
    assert all(item.page is None for item in from_hostile)


async def test_batches_are_small_enough_for_all_workers_and_the_state_comes_with_the_last(site: RawSite) -> None:
    site.answers |= {"/feed": rss(site.url(""), 9)} | {f"/{number}.html": HTML for number in range(9)}
    store = FailingStore()

    async with polling((feed_of(site),), store, settings(interval=60), workers=3):
        await until(lambda: bool(store.feed_states(["world"])))

    sizes = [len(acceptance.items) for acceptance in store.acceptances]
    assert sizes[0] == 1
    assert max(sizes) == 3
    assert sum(sizes) == 9
    assert [acceptance.feed_state is not None for acceptance in store.acceptances] == [False] * (len(sizes) - 1) + [
        True
    ]


async def test_27_what_is_unchanged_is_neither_read_nor_fetched_again(site: RawSite) -> None:
    def feed(connection: object) -> None:
        known = site.requests[-1][1].get("if-none-match") == '"1"'
        answer = b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n" if known else rss(site.url(""), 2)
        connection.sendall(answer)  # type: ignore[attr-defined]

    site.answers |= {"/feed": feed, "/0.html": HTML, "/1.html": HTML}
    with capture_logs() as logs:
        async with polling((feed_of(site),), FakeStore(), settings()):
            await until(lambda: list(paths(site)).count("/feed") >= 3)

    assert list(paths(site)).count("/0.html") == 1
    assert [log["outcome"] for log in logs if log["event"] == "feed polled"][:2] == ["polled", "unchanged"]


async def test_pages_that_cannot_be_had_leave_the_feeds_own_words(site: RawSite) -> None:
    site.answers |= {
        "/feed": rss(site.url(""), 4),
        "/0.html": b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n<html>",
        "/1.html": page(b"%PDF", "content-type: application/pdf"),
        "/2.html": site.endless,
    }
    store = FakeStore()

    async with polling((feed_of(site),), store, settings(interval=60)):
        await until(lambda: store.depth().pending == 4)

    by_title = {item.entry.title: item for item in items_in(store)}
    assert all(item.page is None and item.entry.summary for item in by_title.values())
    errors = [str(by_title[f"Story {number}"].page_error).partition(":")[0] for number in range(4)]
    assert errors == ["too_large", "the link leads to application/pdf, which is not read", "too_large", "http_status"]


async def test_entries_that_are_too_old_are_left_out_and_counted(site: RawSite) -> None:
    site.answers["/feed"] = rss(site.url(""), 3, date="<pubDate>Mon, 05 Jan 2015 10:00:00 GMT</pubDate>")
    store = FakeStore()

    with capture_logs() as logs:
        async with polling((feed_of(site),), store, settings(interval=60)):
            await until(lambda: bool(store.feed_states(["world"])))

    assert store.depth().pending == 0
    assert list(paths(site)) == ["/robots.txt", "/feed"]
    assert next(log for log in logs if log["event"] == "feed polled")["too_old"] == 3


async def test_60_61_polling_resumes_by_itself_when_the_store_is_back(site: RawSite) -> None:
    site.answers["/feed"] = rss(site.url(""), 3)
    store = FailingStore(away=True)

    with capture_logs() as logs:
        async with polling((feed_of(site),), store, settings(pages=False)):
            await until(lambda: any(log["event"] == "server away" for log in logs))
            await asyncio.sleep(0.3)
            store.away = False
            await until(lambda: store.depth().pending == 3)
            # The answer that could not be taken in was kept: its server is not asked twice for it.
            assert list(paths(site)).count("/feed") == 1
            await until(lambda: any(log["event"] == "server back" for log in logs))

    assert [log["event"] for log in logs if log["event"].startswith("server")] == ["server away", "server back"]


async def test_69_polling_pauses_while_too_much_waits(site: RawSite) -> None:
    site.answers["/feed"] = rss(site.url(""), 3)
    store = FakeStore()

    with capture_logs() as logs:
        async with polling((feed_of(site),), store, settings(pages=False, max_pending=2)):
            await until(lambda: any(log["event"] == "polling paused" for log in logs))
            await asyncio.sleep(1.5)
            asked = len(site.requests)
            await asyncio.sleep(1.5)
            assert len(site.requests) == asked
            store._pending.clear()
            await until(lambda: any(log["event"] == "polling resumed" for log in logs))
            await until(lambda: len(site.requests) > asked)


async def test_a_poll_that_is_stopped_half_way_is_taken_up_again(site: RawSite) -> None:
    def slow(connection: object) -> None:
        time.sleep(0.2)
        connection.sendall(HTML)  # type: ignore[attr-defined]

    site.answers |= {"/feed": rss(site.url(""), 12)} | {f"/{number}.html": slow for number in range(12)}
    store = FakeStore()

    async with polling((feed_of(site),), store, settings(interval=60)):
        await until(lambda: 0 < store.depth().pending < 12)
    assert 0 < store.depth().pending < 12
    assert not store.feed_states(["world"])
    async with polling((feed_of(site),), store, settings(interval=60)):
        await until(lambda: store.depth().pending == 12)

    assert sorted(list(paths(site)).count(f"/{number}.html") for number in range(12))[-1] <= 2


async def test_30_a_feed_that_fails_stops_no_other_and_keeps_its_validators(site: RawSite) -> None:
    answers = iter([rss(site.url(""), 1)])

    def feed(connection: object) -> None:
        block = page(b"<!doctype html><html>Just a moment</html>", 'etag: "block"')
        connection.sendall(next(answers, block))  # type: ignore[attr-defined]

    site.answers["/feed"] = feed
    store = FakeStore()
    with capture_logs() as logs:
        async with polling((feed_of(site),), store, settings(pages=False)):
            await until(lambda: any(log.get("error") == "not_a_feed" for log in logs))
            await until(lambda: store.feed_states(["world"])["world"].failures > 0)

    state = store.feed_states(["world"])["world"]
    assert state.validators.etag == '"1"'
    assert state.last_error is not None
    assert state.last_error.startswith("not_a_feed")


async def test_59_a_page_that_names_a_known_one_as_its_own_is_not_accepted_again(site: RawSite) -> None:
    def feed(connection: object) -> None:
        name = "story-about-the-harbour" if len(site.requests) < 3 else "harbour-story-on-the-front"
        link = site.url(f"/2026/05/{name}.html")
        item = f"<item><title>Harbour opens</title><link>{link}</link></item>"
        other = (
            f"<item><title>Something else</title><link>{site.url('/2026/05/of-quite-another-kind.html')}</link></item>"
        )
        body = f'<rss version="2.0"><channel><title>W</title>{item}{other}</channel></rss>'.encode()
        connection.sendall(page(body))  # type: ignore[attr-defined]

    def named(link: str) -> bytes:
        head = f"<html><head><link href='{link}' rel=canonical></head><body><p>Words.</p></body></html>"
        return page(head.encode(), "content-type: text/html; charset=utf-8")

    own = site.url("/2026/05/story-about-the-harbour.html")
    site.answers |= {
        "/feed": feed,
        "/2026/05/story-about-the-harbour.html": named(own),
        "/2026/05/harbour-story-on-the-front.html": named(own),
        # Another site's link is not taken at its word.
        "/2026/05/of-quite-another-kind.html": named("https://elsewhere.example/2026/05/story-about-the-harbour"),
    }
    store = FakeStore()

    async with polling((feed_of(site),), store, settings()):
        await until(lambda: list(paths(site)).count("/feed") >= 4)

    assert sorted(item.entry.title for item in items_in(store)) == ["Harbour opens", "Something else"]
    assert list(paths(site)).count("/2026/05/harbour-story-on-the-front.html") == 1


async def test_29_that_a_feed_is_retired_is_logged_in_words(site: RawSite) -> None:
    site.answers["/feed"] = page(b"", status="410 Gone")
    store = FakeStore()
    with capture_logs() as logs:
        async with polling((feed_of(site),), store, settings()):
            await until(lambda: any(log["event"] == "feed polled" for log in logs))
            await asyncio.sleep(2.5)

    assert list(paths(site)).count("/feed") == 1
    assert logs[-1]["standing"].startswith("retired: its server says")


async def test_a_gap_is_told_once_in_the_log_with_the_feeds_name_and_once_that_it_is_over(site: RawSite) -> None:
    documents = iter([rss(site.url("/a"), 3, word="Early"), rss(site.url("/b"), 3, word="Later")])

    def feed(connection: object) -> None:
        connection.sendall(next(documents, rss(site.url("/b"), 3, word="Later")))  # type: ignore[attr-defined]

    site.answers["/feed"] = feed
    with capture_logs() as logs:
        async with polling((feed_of(site),), FakeStore(), settings(pages=False)):
            await until(lambda: list(paths(site)).count("/feed") >= 5)

    told = [(log["event"], log["feed"], log["alarm"]) for log in logs if log["event"].startswith("feed alarm")]
    assert told == [("feed alarm", "world", "gap"), ("feed alarm over", "world", "gap")]
    raised = next(log for log in logs if log["event"] == "feed alarm")
    assert raised["log_level"] == "warning"
    assert "none of its 3 entries was listed before" in raised["reason"]


async def test_pages_and_feeds_of_a_host_take_turns(site: RawSite) -> None:
    asked: list[float] = []

    def answering(answer: bytes) -> Callable[[object], None]:
        def answer_it(connection: object) -> None:
            asked.append(time.monotonic())
            connection.sendall(answer)  # type: ignore[attr-defined]

        return answer_it

    site.answers |= {"/feed": answering(rss(site.url(""), 5)), "/other": answering(rss(site.url(""), 0))}
    site.answers |= {f"/{number}.html": answering(HTML) for number in range(5)}
    feeds = (feed_of(site), Feed(id="other", url=site.url("/other"), outlet="The Example"))
    async with polling(feeds, FakeStore(), settings(interval=60, host_interval=0.2)):
        await until(lambda: len(asked) == 7)

    assert list(paths(site))[-1] != "/other"
    assert min(later - earlier for earlier, later in pairwise(asked)) > 0.15


async def test_72_a_poller_that_may_not_have_the_lease_any_more_asks_for_nothing(site: RawSite) -> None:
    site.answers["/feed"] = rss(site.url(""), 0)
    leads = False
    async with polling((feed_of(site),), FakeStore(), settings(pages=False), leads=lambda: leads):
        await asyncio.sleep(0.5)
        assert not site.requests
        leads = True
        await until(lambda: bool(site.requests))


async def test_72_a_poller_ends_when_the_store_says_that_another_leads(site: RawSite) -> None:
    site.answers["/feed"] = rss(site.url(""), 1)
    store = FailingStore(led_by_another=True)
    with capture_logs() as logs:
        async with polling((feed_of(site),), store, settings(pages=False)):
            await until(lambda: any(log["event"] == "polling ended" for log in logs))
            await asyncio.sleep(1.5)

    assert list(paths(site)).count("/feed") == 1
    assert not store.feed_states(["world"])


async def test_72_a_feed_that_another_has_polled_since_it_was_planned_is_not_asked_again(site: RawSite) -> None:
    site.answers["/feed"] = rss(site.url(""), 0)
    store = FakeStore()
    store.accept(
        Acceptance(
            items=(),
            feed_state=FeedState(feed_id="world", next_poll_at=clock() + timedelta(seconds=1)),
            batch_id="mine",
            at=clock(),
        )
    )
    async with polling((feed_of(site),), store, settings(pages=False)):
        await asyncio.sleep(0.3)
        later = FeedState(feed_id="world", next_poll_at=clock() + timedelta(seconds=2.5))
        store.accept(Acceptance(items=(), feed_state=later, batch_id="another's", at=clock()))
        await asyncio.sleep(1.7)
        assert not site.requests
        await until(lambda: bool(site.requests))


async def test_a_poll_that_crashes_is_logged_and_comes_again_after_its_interval_only(site: RawSite) -> None:
    site.answers["/feed"] = page(rss(site.url("/2026/05/"), 2))
    with capture_logs() as logs:
        async with polling((feed_of(site),), FailingStore(is_broken=True), settings(interval=1, pages=False)):
            await until(lambda: any(log["event"] == "poll crashed" for log in logs))
            await asyncio.sleep(2.5)

    assert 2 <= list(paths(site)).count("/feed") <= 4
