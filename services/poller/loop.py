"""The poller's loop: polls the feeds that are due, several at once, until it is stopped.

    wait until due | wait for the store and the workers | read its state | poll | log | note when it is due again

It takes all of its parts from outside, and a failing feed, store or parser stops none of the others. What is known of a
feed is in the store; here is only when it is due.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from config.knowledge.notes import load_notes
from config.logging import log_server_change
from config.settings import PollSettings, Settings
from services.poller.backpressure import Backpressure
from services.poller.due import DueFeeds
from services.poller.guard import Target, read_url
from services.poller.hubs import NoHubs
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.poll import FeedPoller, PollLimits
from services.poller.report import PollReport, log_fields
from services.poller.rhythm import Pace
from services.poller.schedule import seconds_until_due
from services.waiting import set_within
from stancewire.errors import LeadershipLost, StoreError
from stancewire.ports import Fetcher, Hubs, Intake
from stancewire.server_state import ServerWatch
from stancewire.types import Feed, FeedState, Fetched, PollPlan, QueueDepth

_LOOK_SECONDS = 1.0
#: Seconds that polls under way are given when the poller is stopped.
_LAST_SECONDS = 3.0
#: Feeds of one host that are polled at the same time; their requests take turns.
_FEEDS_AT_ONE_HOST = 2
#: Polls under way for each request under way: most wait for a turn at a host, for a page or for the store.
_POLLS_A_REQUEST = 4
#: States read at once when the poller starts.
_STATES_AT_ONCE = 1_000


class Poller:
    """Polls `feeds` for as long as `run` runs."""

    def __init__(
        self,
        *,
        feeds: Iterable[Feed],
        fetcher: Fetcher,
        parser: Parser,
        intake: Intake,
        depth: Callable[[], QueueDepth],
        settings: Settings,
        workers: int,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        random: Callable[[], float],
        new_id: Callable[[], str],
        server: ServerWatch | None = None,
        hubs: Hubs | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        free_at: Callable[[str], float] = lambda _host: 0.0,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`workers` is how many worker processes share the batches, `random` gives numbers from 0 to 1.

        `depth` raises StoreError also where the store would take nothing in; `server` is what this process knows of it.
        `free_at` says when a host takes its next request, on the monotonic clock, `leads` whether this poller may poll.
        """
        self._feeds = tuple(feeds)
        self._hosts, host_of = _hosts_of(self._feeds)
        self._intake = intake
        self._settings = settings
        self._sleep = sleep
        self._free_at = free_at
        self._leads = leads
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        self._hubs = hubs if hubs is not None else NoHubs()
        self._feed_by_id = {feed.id: feed for feed in self._feeds} if hubs is not None else {}
        self._log = structlog.get_logger()
        self._backpressure = Backpressure(
            depth=depth,
            max_pending=settings.poll.max_pending,
            server=server or ServerWatch(monotonic=monotonic, tell=log_server_change),
            monotonic=monotonic,
            sleep=sleep,
        )
        self._feed_poller = FeedPoller(
            fetcher=fetcher,
            parser=parser,
            intake=intake,
            notes=load_notes(),
            pages=PageSource(fetcher, max_bytes=settings.fetch.max_page_bytes, enabled=settings.poll.pages),
            limits=_limits_of(settings, workers),
            clock=clock,
            random=random,
            new_id=new_id,
            hubs=self._hubs,
        )
        #: On the monotonic clock: a clock that is set does not disturb the order.
        self._due = DueFeeds(host_of, at_once=_FEEDS_AT_ONE_HOST, gap=settings.fetch.host_interval_s)
        #: The next poll of each feed as its state had it when it was planned, in seconds since 1970.
        self._planned = array("d", bytes(8 * len(self._feeds)))
        self._under_way: set[asyncio.Task[None]] = set()
        self._at_once = settings.fetch.concurrency * _POLLS_A_REQUEST
        self._changed = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Poll until `stop`; then end what is under way within seconds."""
        watch = asyncio.create_task(self._backpressure.watch())
        hubs = asyncio.create_task(self._hubs.run(self.deliver))
        try:
            if await self._plan_all():
                await self._poll_until_stopped()
            await self._finish()
        finally:
            for task in (watch, hubs, *self._under_way):
                task.cancel()
            await asyncio.gather(watch, hubs, *self._under_way, return_exceptions=True)

    def stop(self) -> None:
        """Start no more polls; `run` returns when those under way have ended."""
        self._stopping = True
        self._changed.set()
        self._backpressure.stop()

    async def deliver(self, feed_id: str, document: Fetched) -> bool:
        """Take in what a hub delivered, waiting for the store and the workers; whether it could be read."""
        feed, started = self._feed_by_id[feed_id], self._monotonic()
        while await self._may_go_on():
            try:
                report = await self._feed_poller.take_delivered(feed, document, self._may_go_on)
            except LeadershipLost as error:
                self._end(error)
                break
            except StoreError as error:
                self._backpressure.store_failed(error, started)
                continue
            self._backpressure.taken_in(report.accepted)
            self._backpressure.store_worked(started)
            self._log_poll(feed, report, self._monotonic() - started)
            return report.outcome == "delivered"
        return False

    def _end(self, error: LeadershipLost) -> None:
        self._log.warning("polling ended", detail=error.message)
        self.stop()

    async def _plan_all(self) -> bool:
        for start in range(0, len(self._feeds), _STATES_AT_ONCE):
            numbers = range(start, min(start + _STATES_AT_ONCE, len(self._feeds)))
            while not await self._plan(numbers):
                if self._stopping:
                    return False
        return True

    async def _plan(self, numbers: Sequence[int]) -> bool:
        if not await self._may_go_on():
            return False
        asked_at = self._monotonic()
        try:
            states = await asyncio.to_thread(self._intake.feed_states, [self._feeds[each].id for each in numbers])
        except StoreError as error:
            self._backpressure.store_failed(error, asked_at)
            return False
        here = self._monotonic()
        for number in numbers:
            feed_id = self._feeds[number].id
            state = states.get(feed_id, FeedState(feed_id=feed_id))
            self._feed_poller.remember(self._feeds[number], state)
            self._due.put(number, here + self._wait_of(number, state))
        return True

    def _wait_of(self, number: int, state: FeedState) -> float:
        """Seconds until a feed is due by its state, from which it is planned now."""
        self._planned[number] = _moment(state)
        return seconds_until_due(state, self._clock())

    async def _may_go_on(self) -> bool:
        while await self._backpressure.may_go_on():
            if self._leads():
                return True
            await self._sleep(_LOOK_SECONDS / 4)
        return False

    async def _poll_until_stopped(self) -> None:
        while await self._may_go_on():
            self._changed.clear()
            self._start_due()
            wait = _LOOK_SECONDS
            if len(self._under_way) < self._at_once:
                wait = min(wait, max(self._due.next_at() - self._monotonic(), 0.0))
            await set_within(self._changed, wait)

    def _start_due(self) -> None:
        now = self._monotonic()
        while len(self._under_way) < self._at_once:
            number = self._due.take(now, self._host_free_at)
            if number is None:
                return
            task = asyncio.create_task(self._poll(number))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def _host_free_at(self, host: int) -> float:
        return self._free_at(self._hosts[host])

    async def _poll(self, number: int) -> None:
        wait = self._settings.poll.interval_s
        feed, started = self._feeds[number], self._monotonic()
        try:
            states = await asyncio.to_thread(self._intake.feed_states, (feed.id,))
            state = states.get(feed.id, FeedState(feed_id=feed.id))
            # Where another has polled the feed since it was planned, it may not be due.
            left = 0.0 if _moment(state) == self._planned[number] else self._wait_of(number, state)
            wait = left or await self._poll_due(number, PollPlan(feed=feed, state=state))
        except LeadershipLost as error:
            self._end(error)
        except StoreError as error:
            # Nothing is lost: the feed's state was not saved, and the next attempt is held back.
            self._backpressure.store_failed(error, started)
            wait = 0.0
        except Exception:  # noqa: BLE001 - the edge of the loop: one feed must not stop the others
            self._log.exception("poll crashed", feed=feed.id)
        self._due.ended(number)
        self._due.put(number, self._monotonic() + wait)
        self._changed.set()

    async def _poll_due(self, number: int, plan: PollPlan) -> float:
        """Poll a feed; seconds to its next poll. Raises StoreError."""
        started = self._monotonic()
        report = await self._feed_poller.poll(plan, self._may_go_on)
        self._backpressure.taken_in(report.accepted)
        wait = self._settings.poll.interval_s
        if report.state is not None:
            self._planned[number] = _moment(report.state)
            self._backpressure.store_worked(started)
            wait = seconds_until_due(report.state, self._clock())
        self._log_poll(plan.feed, report, self._monotonic() - started, next_in=round(wait))
        return wait

    def _log_poll(self, feed: Feed, report: PollReport, seconds: float, next_in: int | None = None) -> None:
        """`next_in` is None for what a hub delivered."""
        log = self._log.warning if report.outcome == "failed" else self._log.info
        fields = {"feed": feed.id, **log_fields(report), "seconds": round(seconds, 3)}
        if next_in is None:
            log("feed delivered", **fields)
        else:
            log("feed polled", **fields, next_in=next_in)
        for change in report.alarms:
            alarm = change.alarm
            if change.is_raised:
                self._log.warning("feed alarm", feed=feed.id, alarm=alarm.kind, reason=alarm.reason)
            else:
                self._log.info("feed alarm over", feed=feed.id, alarm=alarm.kind, since=alarm.since.isoformat())

    async def _finish(self) -> None:
        """Let what is nearly done be done; the rest is cut off, and the next poll takes it up."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=min(_LAST_SECONDS, self._settings.work.grace_s))


def pace_of(settings: PollSettings) -> Pace:
    """How often feeds are asked, as set."""
    return Pace(
        start=settings.interval_s,
        shortest=settings.min_interval_s,
        longest=settings.max_interval_s,
        longest_asked=settings.max_asked_s,
        longest_backoff=settings.max_backoff_s,
    )


def _limits_of(settings: Settings, workers: int) -> PollLimits:
    return PollLimits(
        pace=pace_of(settings.poll),
        max_age=timedelta(days=settings.poll.max_age_days),
        max_feed_bytes=settings.fetch.max_feed_bytes,
        batch_size=settings.work.batch_size,
        workers=workers,
    )


def _hosts_of(feeds: Sequence[Feed]) -> tuple[tuple[str, ...], Sequence[int]]:
    """Names of all hosts, and the number of each feed's; addresses that cannot be asked share a nameless one."""
    numbers: dict[str, int] = {}
    host_of = array("I")
    for feed in feeds:
        target = read_url(feed.url)
        host_of.append(numbers.setdefault(target.host if isinstance(target, Target) else "", len(numbers)))
    return tuple(numbers), host_of


def _moment(state: FeedState) -> float:
    return state.next_poll_at.timestamp() if state.next_poll_at else 0.0
