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
from stancewire.errors import StoreError
from stancewire.ports import Deliver, Fetcher, Subscriptions
from stancewire.types import (
    Active,
    Asked,
    Dropped,
    Feed,
    Fetched,
    FetchFailed,
    FetchRequest,
    Renewing,
    Subscription,
    Validators,
    Wanted,
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
        self._store = store
        self._count = count
        self._settings = settings
        self._clock = clock
        self._new_secret = new_secret
        self._log = structlog.get_logger()
        self._known: dict[str, Subscription] = {}
        self._feed_by_token: dict[str, str] = {}
        self._unsaved: set[str] = set()
        self._counted: Counter[str] = Counter()
        self._changed = asyncio.Event()
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
        return self._known.get(feed_id)

    def found(self, feed: Feed, document: Fetched) -> None:
        """Look for a hub in a polled document."""
        try:
            offer = find_offer(document) if self.is_running else None
        except Exception:  # noqa: BLE001 - a hostile document may find new ways, and must not cost the poll
            self._log.exception("hub not looked for", feed=feed.id)
            return
        if offer is not None:
            self._put(decide.discovered(self._known.get(feed.id), feed.id, offer, self._clock()))

    def interval_after(self, feed_id: str, usual: float, new: int) -> float:
        """Seconds until the next poll; a hub that stays silent too often is dropped here."""
        current = self._known.get(feed_id)
        if current is None or not self.is_running:
            return usual
        now = self._clock()
        current = decide.polled(current, new, now)
        self._put(current)
        return decide.polling_interval(current, usual, self._settings.poll_interval_s, now)

    def confirm(self, token: str, topic: str, lease_seconds: int | None) -> bool:
        """Whether we asked the hub that calls `token` for `topic`; if so, the lease begins."""
        current = self._subscription_at(token)
        if current is None:
            return False
        lease = timedelta(seconds=self._settings.lease_s if lease_seconds is None else lease_seconds)
        new = decide.verified(current, token, topic, lease, self._clock())
        if new is not None:
            self._put(new)
        return new is not None

    def deny(self, token: str, topic: str, reason: str) -> bool:
        """Take note that the hub will not deliver; whether it may say so."""
        current = self._subscription_at(token)
        new = None if current is None else decide.denied(current, token, topic, reason, self._clock())
        if new is not None:
            self._put(new)
        return new is not None

    def secret_for(self, token: str) -> str | None:
        """The key that a delivery must be signed with; None where none is awaited."""
        current = self._subscription_at(token)
        return None if current is None else decide.secret_for(current, token, self._clock())

    def ignore(self, token: str, verdict: str) -> None:
        """Count a delivery that does not prove where it comes from."""
        self._counted["hub_deliveries_ignored"] += 1
        self._log.warning("hub delivery ignored", feed=self._feed_by_token.get(token), signature=verdict)

    def receive(self, token: str, content_type: str, body: bytes) -> None:
        """Take a delivery whose signature is good; it is read later."""
        current = self._subscription_at(token)
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
            self._load(await self._stored())
            async with asyncio.TaskGroup() as tasks:
                self._tasks, self._deliver = tasks, deliver
                await self._keep(tasks)
        except Exception:  # noqa: BLE001 - the edge: without subscriptions the feeds are polled as ever
            self._log.exception("subscriptions ended")
        finally:
            self._tasks = self._deliver = None
            self._asking.clear()
            self._waiting = 0

    async def _stored(self) -> Iterable[Subscription]:
        while True:
            try:
                found = await asyncio.to_thread(self._store.subscriptions, self._feed_ids)
            except StoreError:
                # The poller waits for the store too, and says so.
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                return found.values()

    def _load(self, subscriptions: Iterable[Subscription]) -> None:
        self._known.clear()
        self._feed_by_token.clear()
        for each in subscriptions:
            self._remember(each)
        self._unsaved.clear()

    async def _keep(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._changed.clear()
            for feed_id in tuple(self._known):
                self._look_at(feed_id, tasks)
            await self._save()
            await set_within(self._changed, _LOOK_SECONDS)

    def _look_at(self, feed_id: str, tasks: asyncio.TaskGroup) -> None:
        now = self._clock()
        current = decide.passed(self._known[feed_id], now)
        if current is None:
            self._forget(feed_id)
            return
        self._put(current)
        wanted = decide.due(current, now)
        if wanted is not None and feed_id not in self._asking and len(self._asking) < _ASKED_AT_ONCE:
            asked = decide.ask(wanted, now, token=self._new_secret(), secret=self._new_secret())
            self._put(asked)
            self._asking.add(feed_id)
            tasks.create_task(self._ask(asked))

    async def _ask(self, asked: Asked | Renewing) -> None:
        form = (
            ("hub.callback", f"{(self._settings.callback_url or '').rstrip('/')}/{asked.token}"),
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
        if isinstance(answer, FetchFailed) and self._known.get(asked.feed_id) == asked:
            self._put(decide.failed(asked, f"{answer.kind}: {answer.detail}", self._clock()))

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
        current = self._known.get(feed_id)
        if was_read and current is not None:
            self._put(decide.delivered(current, self._clock()))

    def _subscription_at(self, token: str) -> Subscription | None:
        feed_id = self._feed_by_token.get(token)
        return None if feed_id is None else self._known.get(feed_id)

    def _put(self, new: Subscription) -> None:
        old = self._known.get(new.feed_id)
        if new == old:
            return
        self._remember(new)
        self._unsaved.add(new.feed_id)
        self._changed.set()
        _log_change(self._log, old, new)

    def _remember(self, new: Subscription) -> None:
        old = self._known.get(new.feed_id)
        for token in decide.tokens(old) if old is not None else ():
            self._feed_by_token.pop(token, None)
        self._known[new.feed_id] = new
        for token in decide.tokens(new):
            self._feed_by_token[token] = new.feed_id

    def _forget(self, feed_id: str) -> None:
        del self._known[feed_id]
        self._unsaved.add(feed_id)

    async def _save(self) -> None:
        """Save what changed; what the store does not take now is saved later."""
        try:
            for feed_id in tuple(self._unsaved):
                known = self._known.get(feed_id)
                if known is None:
                    await asyncio.to_thread(self._store.forget_subscription, feed_id)
                else:
                    await asyncio.to_thread(self._store.save_subscription, known)
                if self._known.get(feed_id) == known:
                    self._unsaved.discard(feed_id)
            for name, number in tuple(self._counted.items()):
                await asyncio.to_thread(self._count, name, number)
                self._counted[name] -= number
        except StoreError:
            return
        self._counted = +self._counted


def _log_change(log: structlog.stdlib.BoundLogger, old: Subscription | None, new: Subscription) -> None:
    where = {"feed": new.feed_id, "hub": new.offer.hub}
    match new:
        case Dropped():
            log.warning("hub dropped", **where, reason=new.reason, until=new.until.isoformat(timespec="minutes"))
        case Active() if isinstance(old, Asked):
            log.info("hub delivers", **where, lease_until=new.lease_until.isoformat(timespec="minutes"))
        case Wanted() if isinstance(old, Active):
            log.info("hub's lease ended", **where)
        case Wanted() if new.tries:
            log.info(
                "hub not subscribed at", **where, tries=new.tries, next_try=new.ask_at.isoformat(timespec="minutes")
            )
