"""A world of feeds for the poller, in memory: hosts that answer after a while, a store, and a watch on all requests.

Everything is drawn from a fixed seed; nothing here connects to anything.
"""

from __future__ import annotations

import asyncio
import random
from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from services.poller.spacing import Spacing
from stancewire.types import (
    Acceptance,
    Accepted,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchRequest,
    FetchResult,
    Ledger,
    Listing,
    Mark,
    NotModified,
    PageTally,
    ParsedFeed,
    QueueDepth,
    Validators,
)

START = datetime(2026, 11, 3, tzinfo=UTC)
#: Of a hundred hosts one has a hundred feeds more than the others, which makes three a host.
_HOSTS, _FEEDS_OF_EACH, _FEEDS_OF_ONE = 100, 2, 102
#: Share of polls that find something new, and the pages asked for then.
_NEWS, _MOST_PAGES = 0.3, 3


def host_of(number: int) -> int:
    """Number of a feed's host."""
    hundred, place = divmod(number, _FEEDS_OF_ONE + (_HOSTS - 1) * _FEEDS_OF_EACH)
    return hundred * _HOSTS + (0 if place < _FEEDS_OF_ONE else 1 + (place - _FEEDS_OF_ONE) // _FEEDS_OF_EACH)


def feed(number: int) -> Feed:
    """A feed as a catalogue has it; no two share the memory of their words."""
    host = f"www.paper-{host_of(number):05}.example"
    return Feed(
        id=f"paper-{host_of(number):05}-{number:06}",
        url=f"https://{host}/news/section-{number:06}/rss.xml",
        outlet=f"The Paper of Town {host_of(number)}",
        country="IE",
        language="en",
        ownership="independent",
        source=f"https://{host}/about/feeds",
    )


class FeedWorld:
    """Fetcher, parser and intake of a poller; times are seconds of `monotonic`."""

    def __init__(
        self, feeds: int, turns: Spacing, *, gap: float, within: float, monotonic: Callable[[], float]
    ) -> None:
        """`gap` seconds are to lie between two requests to a host; the feeds are due first `within` so many seconds."""
        self._turns = turns
        self._gap = gap
        self._monotonic = monotonic
        #: Set when each feed was polled once.
        self.all_polled = asyncio.Event()
        self._random = random.Random(72)
        self._next_poll = array("d", (self._random.uniform(0, within) for _ in range(feeds)))
        self._polled = bytearray(feeds)
        self._asked_at = array("d", [-1e9]) * (host_of(feeds - 1) + 1)
        self._under_way = array("H", [0]) * (host_of(feeds - 1) + 1)
        self.polls = self.pages = self.violations = self.most_at_a_host = 0
        self.smallest_gap = float("inf")
        #: How late each poll came, in seconds, while `watching`.
        self.late = array("d")
        self.watching = False
        self._never_polled = feeds

    def clock(self) -> datetime:
        """The time of day."""
        return START + timedelta(seconds=self._monotonic())

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Answer that nothing changed; where there is news, its pages are asked for in turns of their own."""
        number = int(urlsplit(request.url).path.split("-")[1].partition("/")[0])
        host = urlsplit(request.url).hostname or ""
        await self._ask(host, host_of(number), number)
        if self._random.random() < _NEWS:
            pages = self._random.randint(1, _MOST_PAGES)
            self.pages += pages
            await asyncio.gather(*(self._ask(host, host_of(number)) for _ in range(pages)))
        if request.validators == Validators():
            return FetchFailed(url=request.url, kind="http_status", detail="asked without validators", status=500)
        return NotModified(url=request.url, validators=request.validators)

    def hold(self, url: str, until: datetime) -> None:
        """No server asks to be left alone."""

    def held_until(self, url: str) -> datetime | None:
        """No server asked to be left alone."""

    async def _ask(self, name: str, host: int, polled: int | None = None) -> None:
        async with self._turns.turn(name):
            if polled is not None:
                self._note_poll(polled)
            now = self._monotonic()
            gap = now - self._asked_at[host]
            self.smallest_gap = min(self.smallest_gap, gap)
            # Sums of floats differ from what they should be in their last places.
            self.violations += gap < self._gap - 1e-6
            self._asked_at[host] = now
            self._under_way[host] += 1
            self.most_at_a_host = max(self.most_at_a_host, self._under_way[host])
            # From 50 ms on, and now and then some seconds.
            await asyncio.sleep(min(0.05 + self._random.expovariate(3), 10.0))
            self._under_way[host] -= 1

    def _note_poll(self, number: int) -> None:
        self.polls += 1
        self._never_polled -= not self._polled[number]
        self._polled[number] = True
        if not self._never_polled:
            self.all_polled.set()
        if self.watching:
            self.late.append(self._monotonic() - self._next_poll[number])

    async def parse(self, document: Fetched) -> ParsedFeed | FetchFailed:
        """Never asked for: no document is sent."""
        raise AssertionError(f"no document was sent, and yet one came from {document.url}")

    def feed_states(self, feed_ids: Sequence[str]) -> Mapping[str, FeedState]:
        """A state for each: kept outside the poller, as a store does, and so made when it is asked for."""
        return {feed_id: self._state_of(feed_id) for feed_id in feed_ids}

    def _state_of(self, feed_id: str) -> FeedState:
        return FeedState(
            feed_id=feed_id,
            validators=Validators(etag=f'"{feed_id}"', last_modified="Tue, 03 Nov 2026 00:00:00 GMT"),
            next_poll_at=START + timedelta(seconds=self._next_poll[_number_in(feed_id)]),
        )

    def ledgers(self, feed_ids: Sequence[str]) -> Mapping[str, Ledger]:
        """None is kept."""
        del feed_ids
        return {}

    def page_tallies(self, feed_id: str, days: Sequence[date]) -> tuple[PageTally, ...]:
        """No page was read."""
        del feed_id
        return tuple(PageTally() for _ in days)

    def listing(self, feed_id: str) -> Listing:
        """Nothing was listed."""
        return Listing(feed_id=feed_id)

    def marks(self, article_ids: Sequence[str]) -> Mapping[str, Mark]:
        """Nothing is known of any article."""
        del article_ids
        return {}

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Keep when the feed is polled next."""
        if (state := acceptance.feed_state) is not None and state.next_poll_at is not None:
            self._next_poll[_number_in(state.feed_id)] = (state.next_poll_at - START).total_seconds()
        return Accepted(item_ids=())

    def depth(self) -> QueueDepth:
        """The workers keep up."""
        return QueueDepth(pending=0, queued=0, running=0, dead=0)


def _number_in(feed_id: str) -> int:
    return int(feed_id.rpartition("-")[2])
