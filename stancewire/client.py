"""The signals for whoever stands downstream: an iterator over the stream, with a consumer group that keeps the place.

It needs a Redis client and nothing else of this program's; nothing is decided about a signal here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any, Protocol

from stancewire import codec, keys
from stancewire.errors import CodecError
from stancewire.types import Announcement

#: Milliseconds after which an entry that another consumer took and did not finish is taken over.
TAKE_OVER_MS = 60_000
_WAIT_MS = 1_000
_AT_ONCE = 16


class RedisClient(Protocol):
    """What is needed of `redis.Redis`."""

    def execute_command(self, *arguments: Any) -> Any:
        """Send a command and return its answer."""
        ...


def signals(
    redis: RedisClient,
    *,
    group: str,
    consumer: str | None = None,
    start: str = "0",
    follow: bool = True,
    watch: str | None = None,
) -> Iterator[Announcement]:
    """Each signal at least once for `group`, in the order published, waiting for those to come.

    Among them, of kind `revision`, what became of the signals of an article that was revised.

    A signal counts as done when the next one is asked for: one that was being worked on when a consumer ended is
    given again. A new group begins after the stream id `start`: `0` for the beginning, `$` for what is yet to come.
    Consumers of one group share the signals; `consumer` names this one, else host and process do. With `follow` False
    it ends where the stream ends. `watch` names a watch whose matches are wanted alone. An entry that cannot be read
    is passed over. Raises what the Redis client raises.
    """
    name = consumer or f"{socket.gethostname()}-{os.getpid()}"
    stream = keys.watch_stream(watch) if watch else keys.SIGNALS_STREAM
    _create_group(redis, stream, group, start)
    after = "0"
    while True:
        if after == ">":
            rows = _taken_over(redis, stream, group, name) or _read(
                redis, stream, group, name, after, wait_ms=_WAIT_MS * follow
            )
        else:
            rows = _read(redis, stream, group, name, after, wait_ms=0)
        for stream_id, fields in rows:
            try:
                if fields is not None:
                    # Text where the client was told to decode answers.
                    yield codec.announcements.decode(fields.get(b"data") or fields.get("data") or b"")
            except CodecError:
                pass
            redis.execute_command("XACK", stream, group, stream_id)
        if not rows and after == ">" and not follow:
            return
        if not rows:
            # What this consumer had not finished has been given again; from here on comes what is new.
            after = ">"


def _create_group(redis: RedisClient, stream: str, group: str, start: str) -> None:
    try:
        redis.execute_command("XGROUP", "CREATE", stream, group, start, "MKSTREAM")
    except Exception as error:  # the client's own error class is not known here
        if "BUSYGROUP" not in str(error):
            raise


def _read(
    redis: RedisClient, stream: str, group: str, name: str, after: str, *, wait_ms: int
) -> list[tuple[bytes, Any]]:
    block = ("BLOCK", wait_ms) if wait_ms else ()
    answer = redis.execute_command(
        "XREADGROUP", "GROUP", group, name, "COUNT", _AT_ONCE, *block, "STREAMS", stream, after
    )
    streams = answer.values() if isinstance(answer, dict) else [rows for _, rows in answer or ()]
    return [_row(row) for rows in streams for row in rows]


def _taken_over(redis: RedisClient, stream: str, group: str, name: str) -> list[tuple[bytes, Any]]:
    answer = redis.execute_command("XAUTOCLAIM", stream, group, name, TAKE_OVER_MS, "0", "COUNT", _AT_ONCE)
    return [_row(row) for row in answer[1]]


def _row(row: Any) -> tuple[bytes, Any]:
    return row[0], row[1]
