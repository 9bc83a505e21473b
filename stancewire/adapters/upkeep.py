"""The supervisor's side of the store: brings back what dead workers held, and counts.

Every step is atomic, so that any number of supervisors may do it at once; it starts and stops no process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import redis

from stancewire import keys
from stancewire.adapters.connection import checked
from stancewire.adapters.intake import milliseconds
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument, Script
from stancewire.adapters.queue import job_fields
from stancewire.adapters.watch_streams import lags_of, watch_names
from stancewire.types import QueueDepth, Trimmed

#: Entries that one step takes off at most, for others wait meanwhile; and steps in a row.
_TRIMMED_AT_ONCE, _TRIMS = 1_000, 200

LEASE_RAN_OUT = "the workers that had it died or hung"


class RedisUpkeep:
    """`stancewire.ports.Upkeep` on a Redis server."""

    def __init__(self, client: redis.Redis, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._reap = Script(client, "reap")
        self._requeue = Script(client, "requeue")
        self._trim = Script(client, "trim")
        self._note_end = Script(client, "note_end")

    def reap(self, now: datetime) -> int:
        """Queue again the batches whose worker's lease has run out; how many.

        A batch goes back whole the first time and as single items the second; an item that is alone in its batch uses
        up an attempt, and its last one makes it a dead letter.
        """
        return self._take_back(only="", detail=LEASE_RAN_OUT, now=now)

    def give_back(self, lease: str, detail: str, now: datetime) -> int:
        """Treat a running batch as one whose lease ran out: its job failed as a whole. How many are queued again."""
        return self._take_back(only=lease, detail=ending_line(detail, now), now=now)

    def hand_back(self, batch_ids: Sequence[str], now: datetime) -> int:
        """Queue running batches again whose workers were stopped; how many. It costs none of their items an attempt."""
        return sum(self._take_back(only=batch_id, detail="", now=now) for batch_id in batch_ids)

    def note_end(self, batch_id: str, ending: str, at: datetime) -> None:
        """Remember how a worker ended that had a batch, for a letter; only where a single item of it was pending."""
        arguments: list[Argument] = [keys.ends(""), ending_line(ending, at), keys.BATCH_SECONDS]
        with checked(self._client):
            self._note_end([keys.PENDING, keys.batch(batch_id)], arguments)

    def reconcile(self, now: datetime) -> int:
        """Queue again the pending items that no live batch carries; how many."""
        names = [
            keys.PENDING,
            keys.RQ_QUEUE,
            keys.RQ_INTERMEDIATE,
            keys.RQ_LEASES,
            keys.ATTEMPTS,
            keys.COUNTERS,
            keys.RQ_QUEUES,
        ]
        arguments: list[Argument] = [
            milliseconds(now),
            milliseconds(now) - round(self._limits.reconcile_after_s * 1000),
            self._limits.batch_size,
            keys.BATCH_SECONDS,
            keys.batch(""),
            keys.rq_job(""),
            *job_fields(self._client, timeout_s=self._limits.job_timeout_s, at=now),
        ]
        with checked(self._client):
            return int(self._requeue(names, arguments))

    def trim(self) -> Trimmed:
        """Take off the stream, and those of watches, what its time is up for, and what is beyond its length."""
        trimmed = [self._trim_stream(keys.SIGNALS_STREAM)]
        trimmed += [
            self._trim_stream(keys.watch_stream(watch), keys.group_of_watch(watch, ""), goes_when_empty=True)
            for watch in watch_names(self._client)
        ]
        lost = sum((Counter(each.lost) for each in trimmed), Counter[str]())
        return Trimmed(entries=sum(each.entries for each in trimmed), lost=lost)

    def _trim_stream(self, stream: str, before_group: str = "", *, goes_when_empty: bool = False) -> Trimmed:
        entries, lost = 0, Counter[str]()
        arguments: list[Argument] = [
            self._limits.retention_s,
            self._limits.max_stream_length,
            self._limits.max_unread_length,
            _TRIMMED_AT_ONCE,
            before_group,
            int(goes_when_empty),
        ]
        for _ in range(_TRIMS):
            with checked(self._client):
                taken, *names = self._trim([stream, keys.COUNTERS, keys.LOST], arguments)
            entries += int(taken)
            for group, count in zip(names[::2], names[1::2], strict=True):
                lost[group.decode(errors="replace")] += int(count)
            if not taken:
                break
        return Trimmed(entries=entries, lost=lost)

    def lost(self) -> Mapping[str, int]:
        """Entries that were taken off the stream before a consumer group had read them, by group."""
        with checked(self._client):
            found: Any = self._client.hgetall(keys.LOST)
        return {group.decode(errors="replace"): int(count) for group, count in found.items()}

    def depth(self) -> QueueDepth:
        """How much work waits and runs."""
        with checked(self._client), self._client.pipeline(transaction=True) as pipeline:
            pipeline.zcard(keys.PENDING)
            pipeline.llen(keys.RQ_QUEUE)
            pipeline.zcard(keys.RQ_LEASES)
            pipeline.xlen(keys.DEAD_STREAM)
            pending, queued, running, dead = pipeline.execute()
        return QueueDepth(pending=pending, queued=queued, running=running, dead=dead)

    def probe(self) -> None:
        """Raise StoreError where the server would not take something in now; nothing is changed.

        The server asks whether a write may be before it looks what there is to write; here that is nothing.
        """
        with checked(self._client):
            self._client.set(keys.PROBE, "", xx=True)

    def counters(self) -> Mapping[str, int]:
        """All counters, by name."""
        with checked(self._client):
            found: Any = self._client.hgetall(keys.COUNTERS)
        return {name.decode(): int(value) for name, value in found.items()}

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter."""
        with checked(self._client):
            self._client.hincrby(keys.COUNTERS, name, by)

    def lag(self) -> Mapping[str, int]:
        """Entries that consumer groups have not read yet, by group; without those it is not known of.

        The server does not know it of a group that began in the middle, until it has read to the end once.
        """
        lags = dict(lags_of(self._client, keys.SIGNALS_STREAM))
        for watch in watch_names(self._client):
            of_watch = lags_of(self._client, keys.watch_stream(watch))
            lags |= {keys.group_of_watch(watch, group): lag for group, lag in of_watch.items()}
        return lags

    def watch_counts(self) -> Mapping[str, int]:
        """Counts of watches, by `keys.watch_count`."""
        with checked(self._client):
            found: Any = self._client.hgetall(keys.WATCH_COUNTS)
        return {field.decode(errors="replace"): int(count) for field, count in found.items()}

    def _take_back(self, *, only: str, detail: str, now: datetime) -> int:
        names = [
            keys.RQ_LEASES,
            keys.RQ_INTERMEDIATE,
            keys.RQ_QUEUE,
            keys.PENDING,
            keys.ATTEMPTS,
            keys.DEAD_STREAM,
            keys.COUNTERS,
            keys.RQ_WORKERS,
            keys.RQ_QUEUE_WORKERS,
        ]
        arguments: list[Argument] = [
            now.timestamp(),
            self._limits.stuck_after_s,
            self._limits.max_attempts,
            only,
            detail,
            now.isoformat(),
            keys.BATCH_SECONDS,
            keys.DEAD_STREAM_LENGTH,
            keys.DEAD_ITEM_SECONDS,
            keys.batch(""),
            keys.rq_job(""),
            keys.rq_execution(""),
            keys.rq_executions(""),
            keys.stuck(""),
            keys.item(""),
            keys.ends(""),
            *job_fields(self._client, timeout_s=self._limits.job_timeout_s, at=now),
        ]
        with checked(self._client):
            return int(self._reap(names, arguments))


def ending_line(ending: str, at: datetime) -> str:
    """How an attempt ended, as a letter's detail says it."""
    words = " ".join(ending.encode("utf-8", "replace").decode().split())
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC: {words}"[:500]
