"""The poller's loop: polls the feeds that are due, several at once, until it is stopped.

    wait until due | wait for the store and the workers | poll | log | note when it is due again

It takes all of its parts from outside, and a failing feed, store or parser stops none of the others.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from config.settings import Settings
from services.poller.backpressure import Backpressure
from services.poller.hubs import NoHubs
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.poll import FeedPoller, PollLimits, PollReport
from services.poller.schedule import seconds_until_due
from stancewire.errors import StoreError
from stancewire.ports import Fetcher, Hubs, Intake
from stancewire.types import Feed, FeedState, Fetched, PollPlan, QueueDepth

_LOOK_SECONDS = 1.0
#: Seconds that polls under way are given when the poller is stopped.
_LAST_SECONDS = 3.0


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
        hubs: Hubs | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`workers` is how many worker processes share the batches, `random` gives numbers from 0 to 1."""
        self._feeds = {feed.id: feed for feed in feeds}
        self._intake = intake
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        self._hubs = hubs if hubs is not None else NoHubs()
        self._log = structlog.get_logger()
        self._backpressure = Backpressure(
            depth=depth, max_pending=settings.poll.max_pending, monotonic=monotonic, sleep=sleep
        )
        self._feed_poller = FeedPoller(
            fetcher=fetcher,
            parser=parser,
            intake=intake,
            pages=PageSource(fetcher, max_bytes=settings.fetch.max_page_bytes, enabled=settings.poll.pages),
            limits=_limits_of(settings, workers),
            clock=clock,
            random=random,
            new_id=new_id,
            hubs=self._hubs,
        )
        self._states: dict[str, FeedState] = {}
        #: Feeds by when they are due, on the monotonic clock: a clock that is set does not disturb the order.
        self._due: list[tuple[float, str]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`; then end what is under way within seconds."""
        watch = asyncio.create_task(self._backpressure.watch())
        hubs = asyncio.create_task(self._hubs.run(self.deliver))
        try:
            if await self._load_states():
                await self._poll_until_stopped()
            await self._finish()
        finally:
            for task in (watch, hubs, *self._under_way):
                task.cancel()
            await asyncio.gather(watch, hubs, *self._under_way, return_exceptions=True)

    def stop(self) -> None:
        """Start no more polls; `run` returns when those under way have ended."""
        self._stopping.set()
        self._backpressure.stop()

    async def deliver(self, feed_id: str, document: Fetched) -> bool:
        """Take in what a hub delivered, waiting for the store and the workers; whether it could be read."""
        feed, started = self._feeds[feed_id], self._monotonic()
        while await self._backpressure.may_go_on():
            try:
                report = await self._feed_poller.take_delivered(feed, document, self._backpressure.may_go_on)
            except StoreError as error:
                self._backpressure.store_failed(error)
                continue
            self._backpressure.store_worked()
            self._log_poll("feed delivered", feed, report, self._monotonic() - started)
            return report.outcome == "delivered"
        return False

    async def _load_states(self) -> bool:
        while await self._backpressure.may_go_on():
            try:
                states = await asyncio.to_thread(self._intake.feed_states, tuple(self._feeds))
            except StoreError as error:
                self._backpressure.store_failed(error)
                continue
            self._plan_all(states)
            return True
        return False

    def _plan_all(self, states: Mapping[str, FeedState]) -> None:
        now, here = self._clock(), self._monotonic()
        for feed_id in self._feeds:
            state = states.get(feed_id, FeedState(feed_id=feed_id))
            self._states[feed_id] = state
            wait = seconds_until_due(state, now, longest=self._longest_wait(state))
            heapq.heappush(self._due, (here + wait, feed_id))

    def _longest_wait(self, state: FeedState) -> float:
        # Without failures only a clock that was wrong can have put the next poll further away.
        return 2 * 3_600.0 + 2 * self._settings.poll.interval_s if state.failures == 0 else 31 * 86_400.0

    async def _poll_until_stopped(self) -> None:
        while await self._backpressure.may_go_on():
            while self._has_due():
                _, feed_id = heapq.heappop(self._due)
                task = asyncio.create_task(self._poll(feed_id))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            await self._wait_for_change()

    def _has_due(self) -> bool:
        at_once = self._settings.fetch.concurrency
        return bool(self._due) and len(self._under_way) < at_once and self._due[0][0] <= self._monotonic()

    async def _wait_for_change(self) -> None:
        stopped = asyncio.create_task(self._stopping.wait())
        wait = _LOOK_SECONDS
        if self._due and len(self._under_way) < self._settings.fetch.concurrency:
            wait = min(wait, max(self._due[0][0] - self._monotonic(), 0.0))
        await asyncio.wait({stopped, *self._under_way}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()

    async def _poll(self, feed_id: str) -> None:
        feed, state = self._feeds[feed_id], self._states[feed_id]
        started = self._monotonic()
        plan = PollPlan(feed=feed, state=state)
        wait = self._settings.poll.interval_s
        try:
            report = await self._feed_poller.poll(plan, self._backpressure.may_go_on)
            if report.state is not None:
                self._states[feed_id] = report.state
                self._backpressure.store_worked()
                wait = seconds_until_due(report.state, self._clock(), longest=31 * 86_400.0)
            self._log_poll("feed polled", feed, report, self._monotonic() - started, next_in=round(wait))
        except StoreError as error:
            # Nothing is lost: the feed's state was not saved, and the next attempt is held back.
            self._backpressure.store_failed(error)
            wait = 0.0
        except Exception:  # noqa: BLE001 - the edge of the loop: one feed must not stop the others
            self._log.exception("poll crashed", feed=feed_id)
        heapq.heappush(self._due, (self._monotonic() + wait, feed_id))

    def _log_poll(self, event: str, feed: Feed, report: PollReport, seconds: float, **more: int) -> None:
        fields: dict[str, object] = {"feed": feed.id, "outcome": report.outcome}
        if report.failure is not None:
            fields |= {"error": report.failure.kind, "detail": report.failure.detail, "url": report.failure.url}
        counts = {
            "entries": report.entries,
            "new": report.new,
            "revised": report.revised,
            "seen": report.seen,
            "too_old": report.too_old,
            "skipped": report.skipped,
            "truncated": report.truncated,
            "accepted": report.accepted,
            "pages": report.pages,
        }
        fields |= {name: count for name, count in counts.items() if count or name == "accepted"}
        if report.malformed is not None:
            fields["malformed"] = report.malformed
        log = self._log.warning if report.outcome == "failed" else self._log.info
        log(event, **fields, seconds=round(seconds, 3), **more)

    async def _finish(self) -> None:
        """Let what is nearly done be done; the rest is cut off, and the next poll takes it up."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=min(_LAST_SECONDS, self._settings.work.grace_s))


def _limits_of(settings: Settings, workers: int) -> PollLimits:
    return PollLimits(
        interval=settings.poll.interval_s,
        max_backoff=settings.poll.max_backoff_s,
        max_age=timedelta(days=settings.poll.max_age_days),
        max_feed_bytes=settings.fetch.max_feed_bytes,
        batch_size=settings.work.batch_size,
        workers=workers,
    )
