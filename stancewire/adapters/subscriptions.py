"""The subscriber's side of the store: what is agreed with hubs, one name a feed.

It decides nothing; what a state means stands in `stancewire.types.subscriptions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import redis

from stancewire import codec, keys
from stancewire.adapters.connection import checked
from stancewire.errors import CodecError
from stancewire.types import Subscription

_AT_ONCE = 1_000


class RedisSubscriptions:
    """`stancewire.ports.Subscriptions` on a Redis server."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def subscriptions(self, feed_ids: Sequence[str]) -> Mapping[str, Subscription]:
        """Subscriptions of those feeds that have one; one that cannot be read counts as none."""
        known: dict[str, Subscription] = {}
        for start in range(0, len(feed_ids), _AT_ONCE):
            names = feed_ids[start : start + _AT_ONCE]
            with checked(self._client):
                found: Any = self._client.mget([keys.subscription(feed_id) for feed_id in names])
            for feed_id, data in zip(names, found, strict=True):
                if data is not None and (subscription := _decoded(data)) is not None:
                    known[feed_id] = subscription
        return known

    def save_subscription(self, subscription: Subscription) -> None:
        """Remember it, in the place of what was known of its feed; raises StoreError."""
        data = codec.subscriptions.encode(subscription)
        with checked(self._client):
            self._client.set(keys.subscription(subscription.feed_id), data, ex=keys.SUBSCRIPTION_SECONDS)

    def forget_subscription(self, feed_id: str) -> None:
        """Remember nothing of it; raises StoreError."""
        with checked(self._client):
            self._client.delete(keys.subscription(feed_id))


def _decoded(data: bytes) -> Subscription | None:
    try:
        return codec.subscriptions.decode(data)
    except CodecError:
        return None
