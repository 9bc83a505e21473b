"""The ways to read the whole stream that are held against each other; one function each, run in a process of its own.

`python -m bench.parts.consumers URL NAME` prints how many entries were read and how many seconds it took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import redis

from bench.parts.published import outlet
from stancewire import client, decoding, keys
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.types import ALL, Filter
from stancewire.wiring.querying import Query, Search

_AT_ONCE = 1_000

Reader = Callable[[str], Iterable[object]]


def _rows(url: str) -> Iterator[bytes]:
    """The data of each entry, as the Redis client alone gives it."""
    server: Any = redis.Redis.from_url(url)
    start = "-"
    while rows := server.xrange(keys.SIGNALS_STREAM, min=start, count=_AT_ONCE):
        for _, fields in rows:
            yield fields[b"data"]
        start = f"({rows[-1][0].decode()}"


def bare(url: str) -> Iterator[object]:
    """The yardstick: pages of XRANGE, and the same JSON parsed."""
    return map(json.loads, _rows(url))


def decoded(url: str) -> Iterator[object]:
    """Pages of XRANGE, and the decoder of the client."""
    return map(decoding.announcement, _rows(url))


def _searched(url: str, wanted: Filter) -> Iterator[object]:
    store = RedisStore(connect(url, purpose="consumer"), Limits())
    for found in Search(store, Query(wanted=wanted), lambda _: None):
        yield from found


def searched(url: str) -> Iterator[object]:
    """As `stancewire query` reads, and lets everything through."""
    return _searched(url, ALL)


def searched_narrowly(url: str) -> Iterator[object]:
    """As `stancewire query` reads, and lets one of a hundred through."""
    return _searched(url, Filter(outlets=frozenset({outlet(0)})))


def grouped(url: str) -> Iterator[object]:
    """The client for Python, as one consumer of a group that is new."""
    return client.signals(redis.Redis.from_url(url), group=f"bench-{time.time_ns()}", follow=False)


def past(url: str) -> Iterator[object]:
    """The client for Python, without a group."""
    return client.history(redis.Redis.from_url(url))


READERS: Mapping[str, Reader] = {
    "bare": bare,
    "decoded": decoded,
    "searched": searched,
    "searched_narrowly": searched_narrowly,
    "history": past,
    "grouped": grouped,
}


def main(url: str, name: str) -> None:
    """Read the stream once."""
    began = time.perf_counter()
    count = sum(1 for _ in READERS[name](url))
    seconds = time.perf_counter() - began
    print(json.dumps({"count": count, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
