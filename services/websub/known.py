"""The subscriptions a process knows of, by feed and by the addresses hubs call, and what of them is not saved yet.

What they become is decided elsewhere; each change is logged here, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from services.websub.subscription import tokens
from stancewire.errors import StoreError
from stancewire.ports import Subscriptions
from stancewire.types import Active, Asked, Dropped, Subscription, Wanted


class KnownSubscriptions:
    """Subscriptions in memory, saved when told to."""

    def __init__(self, store: Subscriptions) -> None:
        self._store = store
        self._log = structlog.get_logger()
        self._by_feed: dict[str, Subscription] = {}
        self._feed_by_token: dict[str, str] = {}
        self._unsaved: set[str] = set()
        #: Set with each change.
        self.changed = asyncio.Event()

    def of(self, feed_id: str) -> Subscription | None:
        """The feed's."""
        return self._by_feed.get(feed_id)

    def at(self, token: str) -> Subscription | None:
        """The one whose hub calls the address with `token`."""
        feed_id = self._feed_by_token.get(token)
        return None if feed_id is None else self._by_feed.get(feed_id)

    def all(self) -> tuple[Subscription, ...]:
        """All of them, as they are now."""
        return tuple(self._by_feed.values())

    def put(self, new: Subscription) -> None:
        """Have it in the place of what its feed had."""
        old = self._by_feed.get(new.feed_id)
        if new == old:
            return
        self._remember(new)
        self._unsaved.add(new.feed_id)
        self.changed.set()
        _log_change(self._log, old, new)

    def forget(self, feed_id: str) -> None:
        """Have none for the feed."""
        old = self._by_feed.pop(feed_id, None)
        for token in tokens(old) if old is not None else ():
            self._feed_by_token.pop(token, None)
        self._unsaved.add(feed_id)

    async def load(self, feed_ids: Iterable[str]) -> None:
        """Have those of the store and no others; raises StoreError."""
        found = await asyncio.to_thread(self._store.subscriptions, tuple(feed_ids))
        self._by_feed.clear()
        self._feed_by_token.clear()
        self._unsaved.clear()
        for each in found.values():
            self._remember(each)

    async def save(self) -> None:
        """Save what changed; what the store does not take now is saved the next time."""
        for feed_id in tuple(self._unsaved):
            known = self._by_feed.get(feed_id)
            try:
                if known is None:
                    await asyncio.to_thread(self._store.forget_subscription, feed_id)
                else:
                    await asyncio.to_thread(self._store.save_subscription, known)
            except StoreError:
                return
            if self._by_feed.get(feed_id) == known:
                self._unsaved.discard(feed_id)

    def _remember(self, new: Subscription) -> None:
        old = self._by_feed.get(new.feed_id)
        for token in tokens(old) if old is not None else ():
            self._feed_by_token.pop(token, None)
        self._by_feed[new.feed_id] = new
        for token in tokens(new):
            self._feed_by_token[token] = new.feed_id


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
