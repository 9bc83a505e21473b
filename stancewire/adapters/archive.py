"""What was published, for readers: the stream of signals and the stored articles.

It keeps no place for a reader; whoever reads says after which entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import redis

from stancewire import codec, keys
from stancewire.adapters.connection import MAX_BLOCK_MS, checked
from stancewire.adapters.limits import Limits
from stancewire.errors import CodecError
from stancewire.types import Article, StreamEntry, Unreadable

_ARTICLES_A_READ = 100


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
    try:
        announced = codec.announcements.decode((fields or {}).get(b"data", b""))
    except CodecError:
        return None
    return StreamEntry(stream_id=stream_id.decode(), signal=announced)
