"""The streams of watches on a server: which there are, and who keeps a place in them.

A stream is known by the count of what was put on it, also when its watch is asked for no more; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import redis
from redis.exceptions import ResponseError

from stancewire import keys
from stancewire.adapters.connection import checked


def watch_names(client: redis.Redis) -> tuple[str, ...]:
    """Names of the watches that anything was ever put on the stream of, in their order; raises StoreError."""
    beginning = keys.watch_count("matched", "")
    with checked(client):
        found: Any = client.hkeys(keys.WATCH_COUNTS)
    fields = sorted(field.decode(errors="replace") for field in found)
    return tuple(field.removeprefix(beginning) for field in fields if field.startswith(beginning))


def lags_of(client: redis.Redis, stream: str) -> Mapping[str, int]:
    """Entries of a stream that its consumer groups have not read yet, by group; without those it is not known of."""
    return {name: lag for name, (lag, _) in groups_of(client, stream).items() if lag is not None}


def groups_of(client: redis.Redis, stream: str) -> Mapping[str, tuple[int | None, int]]:
    """Entries that each consumer group has not read, if that is known, and that it has read and not acknowledged."""
    with checked(client):
        try:
            groups: Any = client.xinfo_groups(stream)
        except ResponseError as error:
            if "no such key" in str(error):
                return {}
            raise
    return {
        group["name"].decode(errors="replace"): (group.get("lag"), int(group.get("pending", 0))) for group in groups
    }
