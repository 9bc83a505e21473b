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

from config.knowledge.notes import load_notes
from config.settings import PollSettings, Settings
from services.poller.backpressure import Backpressure
from services.poller.conduct import standing_of
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.poll import FeedPoller, PollLimits, PollReport
from services.poller.rhythm import Pace
from services.poller.schedule import seconds_until_due
from stancewire.errors import StoreError
from stancewire.ports import Fetcher, Intake
from stancewire.types import Feed, FeedState, PollPlan, QueueDepth

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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`workers` is how many worker processes share the batches, `random` gives numbers from 0 to 1."""
        self._feeds = {feed.id: feed for feed in feeds}
        self._intake = intake
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        self._log = structlog.get_logger()
        self._backpressure = Backpressure(
            depth=depth, max_pending=settings.poll.max_pending, monotonic=monotonic, sleep=sleep
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
        )
        self._states: dict[str, FeedState] = {}
        #: Feeds by when they are due, on the monotonic clock: a clock that is set does not disturb the order.
        self._due: list[tuple[float, str]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`; then end what is under way within seconds."""
        watch = asyncio.create_task(self._backpressure.watch())
        try:
            if await self._load_states():
                await self._poll_until_stopped()
            await self._finish()
        finally:
            watch.cancel()
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(watch, *self._under_way, return_exceptions=True)

    def stop(self) -> None:
        """Start no more polls; `run` returns when those under way have ended."""
        self._stopping.set()
        self._backpressure.stop()

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
            self._feed_poller.remember(self._feeds[feed_id], state)
            wait = seconds_until_due(state, now)
            heapq.heappush(self._due, (here + wait, feed_id))

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
                wait = seconds_until_due(report.state, self._clock())
            self._log_poll(feed, report, self._monotonic() - started, wait)
        except StoreError as error:
            # Nothing is lost: the feed's state was not saved, and the next attempt is held back.
            self._backpressure.store_failed(error)
            wait = 0.0
        except Exception:  # noqa: BLE001 - the edge of the loop: one feed must not stop the others
            self._log.exception("poll crashed", feed=feed_id)
        heapq.heappush(self._due, (self._monotonic() + wait, feed_id))

    def _log_poll(self, feed: Feed, report: PollReport, seconds: float, wait: float) -> None:
        fields: dict[str, object] = {"feed": feed.id, "outcome": report.outcome}
        if report.failure is not None:
            fields |= {"error": report.failure.kind, "detail": report.failure.detail, "url": report.failure.url}
        counts = {
            "entries": report.entries,
            "new": report.new,
            "revised": report.revised,
            "seen": report.seen,
            "reappeared": report.reappeared,
            "vanished": report.vanished,
            "too_old": report.too_old,
            "skipped": report.skipped,
            "truncated": report.truncated,
            "accepted": report.accepted,
            "pages": report.pages,
        }
        fields |= {name: count for name, count in counts.items() if count or name == "accepted"}
        if report.state is not None and (standing := standing_of(report.state)).kind != "well":
            fields["standing"] = standing.words
        if report.malformed is not None:
            fields["malformed"] = report.malformed
        log = self._log.warning if report.outcome == "failed" else self._log.info
        log("feed polled", **fields, seconds=round(seconds, 3), next_in=round(wait))
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
