"""Keeps the subscriptions of one process: asks hubs, believes what they prove, and hands over what they deliver.

    found | ask | confirm ─▶ receive | deliver ─▶ renew or drop

What follows from what is decided in `subscription`; the hubs' calls come in through `callback`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from config.settings import WebSubSettings
from services.waiting import set_within
from services.websub import subscription as decide
from services.websub.discovery import find_offer
from services.websub.known import KnownSubscriptions
from stancewire.errors import StoreError
from stancewire.ports import Deliver, Fetcher, Subscriptions
from stancewire.types import (
    Asked,
    Feed,
    Fetched,
    FetchFailed,
    FetchRequest,
    Offer,
    Renewing,
    Subscription,
    Validators,
)

_LOOK_SECONDS = 1.0
#: Requests to hubs under way at once; the others wait until they are due again.
_ASKED_AT_ONCE = 8
#: Deliveries that may wait or be under way; hubs bring others again.
_MAX_WAITING = 16


class Subscriber:
    """`stancewire.ports.Hubs` by WebSub; without effect but while `run` runs."""

    def __init__(
        self,
        *,
        feeds: Iterable[Feed],
        fetcher: Fetcher,
        store: Subscriptions,
        count: Callable[[str, int], None],
        settings: WebSubSettings,
        clock: Callable[[], datetime],
        new_secret: Callable[[], str],
    ) -> None:
        """`new_secret` gives texts that nobody can guess, of letters that may stand in an address."""
        self._feed_ids = tuple(feed.id for feed in feeds)
        self._fetcher = fetcher
        self._count = count
        self._settings = settings
        self._callback_url = (settings.callback_url or "").rstrip("/")
        self._clock = clock
        self._new_secret = new_secret
        self._log = structlog.get_logger()
        self._known = KnownSubscriptions(store)
        #: Found before it was known what is agreed already.
        self._early: dict[str, Offer] = {}
        self._counted: Counter[str] = Counter()
        self._tasks: asyncio.TaskGroup | None = None
        self._asking: set[str] = set()
        self._waiting = 0
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._deliver: Deliver | None = None

    @property
    def is_running(self) -> bool:
        """Whether hubs' calls are taken."""
        return self._deliver is not None

    @property
    def is_busy(self) -> bool:
        """Whether deliveries should come later."""
        return self._waiting >= _MAX_WAITING

    def subscription_of(self, feed_id: str) -> Subscription | None:
        """What is agreed with the feed's hub."""
        return self._known.of(feed_id)

    def found(self, feed: Feed, document: Fetched) -> None:
        """Look for a hub in a polled document."""
        try:
            offer = find_offer(document)
        except Exception:  # noqa: BLE001 - a hostile document may find new ways, and must not cost the poll
            self._log.exception("hub not looked for", feed=feed.id)
            return
        if offer is not None and self.is_running:
            self._take_up(feed.id, offer)
        elif offer is not None:
            self._early[feed.id] = offer

    def interval_after(self, feed_id: str, usual: float, new: int) -> float:
        """Seconds until the next poll; a hub that stays silent too often is dropped here."""
        current = self._known.of(feed_id)
        if current is None or not self.is_running:
            return usual
        now = self._clock()
        current = decide.polled(current, new, now)
        self._known.put(current)
        return decide.polling_interval(current, usual, self._settings.poll_interval_s, now)

    def confirm(self, token: str, topic: str, lease_seconds: int | None) -> bool:
        """Whether we asked the hub that calls `token` for `topic`; if so, the lease begins."""
        current = self._known.at(token)
        if current is None:
            return False
        lease = timedelta(seconds=self._settings.lease_s if lease_seconds is None else lease_seconds)
        new = decide.verified(current, token, topic, lease, self._clock())
        if new is not None:
            self._known.put(new)
        return new is not None

    def deny(self, token: str, topic: str, reason: str) -> bool:
        """Take note that the hub will not deliver; whether it may say so."""
        current = self._known.at(token)
        new = None if current is None else decide.denied(current, token, topic, reason, self._clock())
        if new is not None:
            self._known.put(new)
        return new is not None

    def secret_for(self, token: str) -> str | None:
        """The key that a delivery must be signed with; None where none is awaited."""
        current = self._known.at(token)
        return None if current is None else decide.secret_for(current, token, self._clock())

    def ignore(self, token: str, verdict: str) -> None:
        """Count a delivery that does not prove where it comes from."""
        current = self._known.at(token)
        self._counted["hub_deliveries_ignored"] += 1
        self._log.warning("hub delivery ignored", feed=current.feed_id if current else None, signature=verdict)

    def receive(self, token: str, content_type: str, body: bytes) -> None:
        """Take a delivery whose signature is good; it is read later."""
        current = self._known.at(token)
        if current is None or self._tasks is None:
            return
        self._counted["hub_deliveries"] += 1
        document = Fetched(
            url=current.offer.topic,
            status=200,
            headers=(("content-type", content_type),),
            body=body,
            validators=Validators(),
        )
        self._waiting += 1
        self._tasks.create_task(self._hand_over(current.feed_id, document))

    async def run(self, deliver: Deliver) -> None:
        """Keep subscriptions and hand over deliveries, until cancelled."""
        try:
            await self._load()
            async with asyncio.TaskGroup() as tasks:
                self._tasks, self._deliver = tasks, deliver
                await self._keep(tasks)
        except Exception:  # noqa: BLE001 - the edge: without subscriptions the feeds are polled as ever
            self._log.exception("subscriptions ended")
        finally:
            self._tasks = self._deliver = None
            self._asking.clear()
            self._waiting = 0

    async def _load(self) -> None:
        while True:
            try:
                await self._known.load(self._feed_ids)
            except StoreError:
                # The poller waits for the store too, and says so.
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                break
        now = self._clock()
        for each in self._known.all():
            self._known.put(decide.resumed(each, self._callback_url, now))
        for feed_id, offer in self._early.items():
            self._take_up(feed_id, offer)
        self._early.clear()

    def _take_up(self, feed_id: str, offer: Offer) -> None:
        self._known.put(decide.discovered(self._known.of(feed_id), feed_id, offer, self._clock()))

    async def _keep(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._known.changed.clear()
            for each in self._known.all():
                self._look_at(each, tasks)
            await self._known.save()
            await self._save_counts()
            await set_within(self._known.changed, _LOOK_SECONDS)

    def _look_at(self, before: Subscription, tasks: asyncio.TaskGroup) -> None:
        now, feed_id = self._clock(), before.feed_id
        current = decide.passed(before, now)
        if current is None:
            self._known.forget(feed_id)
            return
        self._known.put(current)
        wanted = decide.due(current, now)
        if wanted is not None and feed_id not in self._asking and len(self._asking) < _ASKED_AT_ONCE:
            asked = decide.ask(
                wanted, now, callback_url=self._callback_url, token=self._new_secret(), secret=self._new_secret()
            )
            self._known.put(asked)
            self._asking.add(feed_id)
            tasks.create_task(self._ask(asked))

    async def _ask(self, asked: Asked | Renewing) -> None:
        form = (
            ("hub.callback", f"{self._callback_url}/{asked.token}"),
            ("hub.mode", "subscribe"),
            ("hub.topic", asked.offer.topic),
            ("hub.lease_seconds", str(self._settings.lease_s)),
            ("hub.secret", asked.secret),
        )
        try:
            answer = await self._fetcher.fetch(FetchRequest(url=asked.offer.hub, accept="*/*", max_bytes=0, form=form))
        finally:
            self._asking.discard(asked.feed_id)
        # A hub may have made sure of us before it answered.
        if isinstance(answer, FetchFailed) and self._known.of(asked.feed_id) == asked:
            reason = f"{answer.kind}: {answer.detail}"
            self._known.put(decide.failed(asked, reason, self._clock(), answer.retry_after))

    async def _hand_over(self, feed_id: str, document: Fetched) -> None:
        try:
            # Two deliveries of one feed in the order they came.
            async with self._turns.setdefault(feed_id, asyncio.Lock()):
                was_read = self._deliver is not None and await self._deliver(feed_id, document)
        except Exception:  # noqa: BLE001 - the edge: one delivery must not end the others
            self._log.exception("hub delivery crashed", feed=feed_id)
            was_read = False
        finally:
            self._waiting -= 1
        current = self._known.of(feed_id)
        if was_read and current is not None:
            self._known.put(decide.delivered(current, self._clock()))

    async def _save_counts(self) -> None:
        """Add to the counters; what the store does not take now is added the next time."""
        for name, number in tuple(self._counted.items()):
            try:
                await asyncio.to_thread(self._count, name, number)
            except StoreError:
                return
            self._counted[name] -= number
        self._counted = +self._counted
