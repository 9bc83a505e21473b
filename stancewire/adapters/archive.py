"""What was published, for readers: the stream of signals and the stored articles.

It keeps no place for a reader; whoever reads says after which entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import redis

from stancewire import codec, keys
from stancewire.adapters.carried import decode_carried
from stancewire.adapters.connection import MAX_BLOCK_MS, checked
from stancewire.adapters.limits import Limits
from stancewire.errors import CodecError
from stancewire.types import Article, StreamEntry, Stretch, Unreadable

#: More entries at once would be no faster: what is held longer is looked at by the garbage collector again and again.
_ARTICLES_A_READ, _ENTRIES_A_READ = 100, 250


class RedisArchive:
    """`stancewire.ports.Archive` on a Redis server; of all signals, or of those on the stream of a watch."""

    def __init__(self, client: redis.Redis, limits: Limits, *, watch: str | None = None) -> None:
        self._client = client
        self._limits = limits
        self._stream = keys.watch_stream(watch) if watch else keys.SIGNALS_STREAM

    def read(self, after: str, *, limit: int, wait_ms: int) -> tuple[StreamEntry, ...]:
        """Entries after a stream id (`0`: all, `end()`: those yet to come), waiting if there are none.

        Waits five seconds at most. An entry that cannot be read is passed over.
        """
        block = min(wait_ms, MAX_BLOCK_MS) or None
        while True:
            with checked(self._client):
                answer: Any = self._client.xread({self._stream: after}, count=limit, block=block)
            rows = _rows(answer)
            entries = tuple(entry for entry in (_entry(*row) for row in rows) if entry is not None)
            if entries or not rows:
                return entries
            after = rows[-1][0].decode()

    def end(self) -> str:
        """Id of the newest entry, `0-0` where there is none: reading after it misses nothing that is yet to come."""
        with checked(self._client):
            rows: Any = self._client.xrevrange(self._stream, count=1)
        return str(rows[0][0].decode()) if rows else "0-0"

    def length(self) -> int:
        """How many entries there are. Raises StoreError."""
        with checked(self._client):
            return int(self._client.xlen(self._stream))

    def stretches(self, first: str, last: str, *, newest_first: bool = False) -> Iterator[Stretch]:
        """Entries from one stream id to another, both included, some hundreds at a time. Raises StoreError."""
        read = self._client.xrevrange if newest_first else self._client.xrange
        start, stop = (last, first) if newest_first else (first, last)
        while True:
            with checked(self._client):
                rows: Any = read(self._stream, start, stop, count=_ENTRIES_A_READ)
            if not rows:
                return
            entries = tuple(entry for entry in (_entry(*row) for row in rows) if entry is not None)
            yield Stretch(entries=entries, unreadable=len(rows) - len(entries))
            start = f"({rows[-1][0].decode()}"

    def carried_by(self, article_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Ids of the signals that articles carry now; without those articles of which nothing is on record."""
        if not article_ids:
            return {}
        with checked(self._client):
            records: Any = self._client.mget([keys.carried(each) for each in article_ids])
        found = zip(article_ids, map(decode_carried, records), strict=True)
        return {article: frozenset(standing.signal_ids) for article, (_, standing) in found if standing is not None}

    def articles(self) -> Iterator[Article | Unreadable]:
        """Stored articles, in no order; one may come twice. Raises StoreError."""
        with checked(self._client):
            found = self._client.scan_iter(match=keys.article("*"), count=_ARTICLES_A_READ)
            names = (name.decode().removeprefix(keys.article("")) for name in found)
            yield from self._stored(names)

    def articles_of(self, article_ids: Sequence[str]) -> Iterator[Article | Unreadable]:
        """Those of the articles that are stored, in their order. Raises StoreError."""
        with checked(self._client):
            yield from self._stored(iter(article_ids))

    def _stored(self, article_ids: Iterator[str]) -> Iterator[Article | Unreadable]:
        while some := tuple(islice(article_ids, _ARTICLES_A_READ)):
            for article_id, data in zip(some, self._client.mget(map(keys.article, some)), strict=True):
                if data is None:
                    continue
                try:
                    yield codec.articles.decode(data)
                except CodecError as error:
                    yield Unreadable(article_id=article_id, reason=error.message)


def _rows(answer: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Rows of the one stream asked for; an answer is a list of pairs or a mapping, by the protocol spoken."""
    streams = answer.items() if isinstance(answer, dict) else answer or ()
    return [row for _, rows in streams for row in rows]


def _entry(stream_id: bytes, fields: dict[bytes, bytes] | None) -> StreamEntry | None:
    data = (fields or {}).get(b"data", b"")
    try:
        return StreamEntry(stream_id=stream_id.decode(), signal=codec.announcements.decode(data), data=data)
    except CodecError:
        return None
