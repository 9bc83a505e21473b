"""The webhooks' side of the store: what waits on the streams of watches, what was done with it, and how that stands.

One consumer group has a place in each of these streams; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import redis
from redis.exceptions import ResponseError

from stancewire import codec, keys
from stancewire.adapters.connection import checked
from stancewire.adapters.watch_streams import groups_of
from stancewire.errors import CodecError
from stancewire.types import WatchEntry, WatchFigures, WebhookStanding

#: The one consumer: whoever leads takes up what the one before had not finished.
_CONSUMER = "sender"


class RedisOutbox:
    """`stancewire.ports.Outbox` on a Redis server."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        #: The last entry handed out of each watch: where a group begins again that the server has forgotten.
        self._last: dict[str, str] = {}

    def waiting(self, watches: Sequence[str], limit: int) -> Mapping[str, tuple[WatchEntry, ...]]:
        """The first entries of each watch that are not done with, in their order; raises StoreError.

        A group that is not there is made: it begins with what is put on the stream from then on.
        """
        begun = self._read(watches, "0", limit)
        fresh = self._read([watch for watch in watches if not begun.get(watch)], ">", limit)
        found = {watch: entries for watch, entries in {**begun, **fresh}.items() if entries}
        self._last |= {watch: entries[-1].stream_id for watch, entries in found.items()}
        return found

    def settle(self, entry: WatchEntry, standing: WebhookStanding, counted: Sequence[str]) -> None:
        """Be done with an entry, count it, and remember how its watch stands, in one step; raises StoreError."""
        self._write(standing, counted, entry.stream_id)

    def note(self, standing: WebhookStanding, counted: Sequence[str]) -> None:
        """Count, and remember how a watch stands; raises StoreError."""
        self._write(standing, counted, None)

    def standings(self, watches: Sequence[str]) -> Mapping[str, WebhookStanding]:
        """How those stand of which anything is remembered; what cannot be read counts as nothing."""
        if not watches:
            return {}
        with checked(self._client):
            found: Any = self._client.mget(list(map(keys.webhook, watches)))
        known = ((watch, _decoded(data)) for watch, data in zip(watches, found, strict=True))
        return {watch: standing for watch, standing in known if standing is not None}

    def figures(self, watches: Sequence[str]) -> Mapping[str, WatchFigures]:
        """What is known of watches, by their names; raises StoreError."""
        standings = self.standings(watches)
        with checked(self._client):
            counts: Any = self._client.hgetall(keys.WATCH_COUNTS)
        return {watch: self._figures(watch, counts, standings.get(watch)) for watch in watches}

    def _figures(self, watch: str, counts: Mapping[bytes, bytes], standing: WebhookStanding | None) -> WatchFigures:
        stream = keys.watch_stream(watch)
        with checked(self._client):
            entries: Any = self._client.xlen(stream)
        matters = ("matched", "delivered", "failed", "given_up")
        counted = {matter: int(counts.get(keys.watch_count(matter, watch).encode(), 0)) for matter in matters}
        waiting = {
            group: lag + unfinished
            for group, (lag, unfinished) in groups_of(self._client, stream).items()
            if lag is not None
        }
        return WatchFigures(entries=int(entries), waiting=waiting, standing=standing, **counted)

    def _read(self, watches: Sequence[str], after: str, limit: int) -> dict[str, tuple[WatchEntry, ...]]:
        if not watches:
            return {}
        with checked(self._client), self._client.pipeline(transaction=False) as pipeline:
            for watch in watches:
                pipeline.xreadgroup(keys.WEBHOOK_GROUP, _CONSUMER, {keys.watch_stream(watch): after}, count=limit)
            answers: Any = pipeline.execute(raise_on_error=False)
            found: dict[str, tuple[WatchEntry, ...]] = {}
            for watch, answer in zip(watches, answers, strict=True):
                if not isinstance(answer, Exception):
                    found[watch] = _entries(answer)
                elif isinstance(answer, ResponseError) and "NOGROUP" in str(answer):
                    self._make_group(watch)
                else:
                    raise answer
        return found

    def _make_group(self, watch: str) -> None:
        start = self._last.get(watch, "$")
        try:
            self._client.xgroup_create(keys.watch_stream(watch), keys.WEBHOOK_GROUP, start, mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _write(self, standing: WebhookStanding, counted: Sequence[str], stream_id: str | None) -> None:
        watch = standing.watch
        with checked(self._client), self._client.pipeline(transaction=True) as pipeline:
            if stream_id is not None:
                pipeline.xack(keys.watch_stream(watch), keys.WEBHOOK_GROUP, stream_id)
            for matter in counted:
                pipeline.hincrby(keys.WATCH_COUNTS, keys.watch_count(matter, watch), 1)
            pipeline.set(keys.webhook(watch), codec.webhook_standings.encode(standing), ex=keys.WEBHOOK_SECONDS)
            pipeline.execute()


def _entries(answer: Any) -> tuple[WatchEntry, ...]:
    streams = answer.values() if isinstance(answer, dict) else [rows for _, rows in answer or ()]
    rows = [row for found in streams for row in (found[0] if found and isinstance(found[0], list) else found)]
    return tuple(
        WatchEntry(
            stream_id=stream_id.decode(),
            fields={name.decode(): value for name, value in (fields or {}).items()},
        )
        for stream_id, fields in rows
    )


def _decoded(data: bytes | None) -> WebhookStanding | None:
    try:
        return codec.webhook_standings.decode(data) if data is not None else None
    except CodecError:
        return None
