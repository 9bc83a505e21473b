"""The operator's side of the store: the dead letters, and the two steps that take one off their stream.

It decides nothing about them and buries none; `worklist` and `upkeep` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import redis

from stancewire import codec, keys
from stancewire.adapters.connection import checked
from stancewire.adapters.intake import milliseconds
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument, Script
from stancewire.adapters.queue import job_fields
from stancewire.errors import CodecError
from stancewire.types import DeadEntry, DeadInput, Settled

_LETTERS_A_READ = 500


class RedisDeadLetters:
    """`stancewire.ports.DeadLetters` on a Redis server."""

    def __init__(self, client: redis.Redis, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._retry = Script(client, "retry")
        self._drop = Script(client, "drop")

    def letters(self) -> Iterator[DeadEntry]:
        """All letters, the oldest first; one that cannot be read is passed over. Raises StoreError."""
        start = "-"
        while True:
            with checked(self._client):
                rows: Any = self._client.xrange(keys.DEAD_STREAM, min=start, count=_LETTERS_A_READ)
            for stream_id, fields in rows:
                if (entry := _entry(stream_id.decode(), fields)) is not None:
                    yield entry
            if len(rows) < _LETTERS_A_READ:
                return
            start = f"({rows[-1][0].decode()}"

    def input_of(self, item_id: str) -> DeadInput:
        """What is left of a letter's item; raises StoreError."""
        with checked(self._client), self._client.pipeline(transaction=True) as pipeline:
            pipeline.get(keys.item(item_id))
            pipeline.ttl(keys.item(item_id))
            pipeline.zscore(keys.PENDING, item_id)
            payload, seconds, score = pipeline.execute()
        return DeadInput(payload=payload, seconds_left=seconds if seconds >= 0 else None, pending=score is not None)

    def retry(self, stream_ids: Sequence[str], now: datetime) -> tuple[Settled, ...]:
        """Make the items of letters pending again, attempts forgotten, each queued alone and its letter gone.

        One atomic step for all of them; what became of each letter, in their order. An item that dies again is a
        letter again. Raises StoreError.
        """
        names = [
            keys.DEAD_STREAM,
            keys.PENDING,
            keys.ATTEMPTS,
            keys.COUNTERS,
            keys.RQ_QUEUE,
            keys.RQ_QUEUES,
        ]
        arguments: list[Argument] = [
            milliseconds(now),
            keys.BATCH_SECONDS,
            keys.item(""),
            keys.ends(""),
            keys.batch(""),
            keys.rq_job(""),
            len(stream_ids),
            *stream_ids,
            *job_fields(self._client, timeout_s=self._limits.job_timeout_s, at=now),
        ]
        with checked(self._client):
            return tuple(outcome.decode() for outcome in self._retry(names, arguments))

    def drop(self, stream_ids: Sequence[str]) -> tuple[Settled, ...]:
        """Forget letters and the payloads of their items at once; what became of each letter, in their order.

        The payload of an item that is pending again is left to it. Raises StoreError.
        """
        with checked(self._client):
            outcomes = self._drop([keys.DEAD_STREAM, keys.PENDING, keys.COUNTERS], [keys.item(""), *stream_ids])
        return tuple(outcome.decode() for outcome in outcomes)


def _entry(stream_id: str, fields: dict[bytes, bytes]) -> DeadEntry | None:
    feed_id, link, title = (fields.get(name, b"").decode(errors="replace") for name in (b"feed", b"link", b"title"))
    try:
        letter = codec.dead_letters.decode(fields.get(b"data", b""))
    except CodecError:
        return None
    return DeadEntry(stream_id=stream_id, letter=letter, feed_id=feed_id, link=link, title=title)
