"""A worker's side of the store: the items of its batch, and the step that ends each of them.

It does not analyse anything and counts no attempt by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import redis
from redis.exceptions import ResponseError

from stancewire import codec, keys
from stancewire.adapters.connection import checked
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument, Script
from stancewire.errors import CodecError
from stancewire.types import DeadLetter, Entity, Item, Outcome, Published, Signal, Stance

#: Where the schemas stand that the `data` of stream entries follow, one for each kind of signal.
SCHEMAS = "https://stancewire.org/schema/v1"

#: Ids read of one batch, more than any has; and the bytes of pages after which no more of its items are read.
MAX_BATCH, MAX_BATCH_BYTES = 1_000, 64 * 1024 * 1024


class RedisWorklist:
    """`stancewire.ports.Worklist` on a Redis server."""

    def __init__(self, client: redis.Redis, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._publish = Script(client, "publish")
        self._bury = Script(client, "bury")
        self._fail = Script(client, "fail")

    def batch(self, batch_id: str) -> tuple[Item, ...]:
        """Items of a batch that are still pending, in the order accepted.

        An item whose payload cannot be read goes to the dead letters. What a batch holds past its bounds stays pending,
        and is queued again when the batch is done.
        """
        with checked(self._client):
            rows: Any = self._client.lrange(keys.batch(batch_id), 0, MAX_BATCH - 1)
            listed = [row.decode(errors="replace") for row in rows]
            if not listed:
                return ()
            scores = self._client.zmscore(keys.PENDING, listed)
            pending = [item_id for item_id, score in zip(listed, scores, strict=True) if score is not None]
        items: list[Item] = []
        size = 0
        for item_id in dict.fromkeys(pending):
            item = self._item(item_id)
            if item is not None:
                items.append(item)
                size += len(item.page.body) if item.page else 0
            if size >= MAX_BATCH_BYTES:
                break
        return tuple(items)

    def publish(self, outcome: Outcome, at: datetime) -> Published:
        """Store the article and its signals, append each to the stream, announce it, and end the item: one atomic step.

        A signal id that is on record is not appended again. Signals without a time of detection get `at`.
        """
        signals = [signal if signal.detected_at else replace(signal, detected_at=at) for signal in outcome.signals]
        names = [
            keys.PENDING,
            keys.item(outcome.item_id),
            keys.ATTEMPTS,
            keys.article(outcome.article.id),
            keys.SIGNALS_STREAM,
            keys.COUNTERS,
            keys.page_tallies(at.astimezone(UTC).date()),
            *(keys.signal(signal.id) for signal in signals),
        ]
        arguments: list[Argument] = [
            outcome.item_id,
            keys.SIGNALS_CHANNEL,
            codec.articles.encode(outcome.article),
            self._limits.retention_s,
            self._limits.max_stream_length,
            outcome.article.feed_id or "",
            outcome.page.pages,
            outcome.page.poor,
            outcome.page.words,
            keys.PAGE_TALLY_SECONDS,
        ]
        for signal in signals:
            arguments += entry_values(signal)
        with checked(self._client):
            first, *published = self._publish(names, arguments)
        return Published(first=bool(first), signal_ids=tuple(signal_id.decode() for signal_id in published))

    def bury(self, letter: DeadLetter) -> None:
        """End an item as a dead letter; its payload is kept for a retry. An item that is not pending stays ended."""
        names = [keys.PENDING, keys.item(letter.item_id), keys.ATTEMPTS, keys.DEAD_STREAM, keys.COUNTERS]
        arguments: list[Argument] = [
            letter.item_id,
            letter.reason,
            codec.dead_letters.encode(letter),
            keys.DEAD_STREAM_LENGTH,
            keys.DEAD_ITEM_SECONDS,
        ]
        with checked(self._client):
            self._bury(names, arguments)

    def fail(self, item_id: str) -> int:
        """Count a failed attempt on an item and return how many there were; 0 for an item that is not pending."""
        with checked(self._client):
            return int(self._fail([keys.PENDING, keys.ATTEMPTS, keys.COUNTERS], [item_id]))

    def _item(self, item_id: str) -> Item | None:
        """One by one, and none further than an item may be long: what stands there may be anything."""
        with checked(self._client):
            try:
                payload: Any = self._client.getrange(keys.item(item_id), 0, codec.MAX_ITEM_BYTES)
            except ResponseError as error:
                if not str(error).startswith("WRONGTYPE"):
                    raise
                payload = b""
        if not payload:
            self._bury_unreadable(item_id, "the payload is gone")
            return None
        try:
            return codec.decode_item(payload)
        except CodecError as error:
            self._bury_unreadable(item_id, error.message)
            return None

    def _bury_unreadable(self, item_id: str, detail: str) -> None:
        with checked(self._client):
            seconds, microseconds = self._client.time()
        at = datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)
        self.bury(DeadLetter(item_id=item_id, reason="unreadable", detail=detail[:500], attempts=0, at=at))


def entry_values(signal: Signal) -> Sequence[str | bytes]:
    """Values of a stream entry's fields, in their order: id, type, source, time, subject, lang, schema, data."""
    if isinstance(signal, Stance):
        subject = f"{_party(signal.holder)}->{_party(signal.target)}"
    else:
        subject = f"{_party(signal.actor)}->{_party(signal.target or signal.event)}"
    return (
        signal.id,
        f"org.stancewire.{signal.kind}.v1",
        signal.article.url or f"urn:stancewire:article:{signal.article.id}",
        signal.detected_at.isoformat() if signal.detected_at else "",
        subject,
        signal.language,
        f"{SCHEMAS}/{signal.kind}.json",
        codec.signals.encode(signal),
    )


def _party(entity: Entity | None) -> str:
    return (entity.country or entity.name) if entity else ""
