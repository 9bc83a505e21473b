"""Looks whether each name on a server is one of `stancewire.keys`, and expires where it must.

It changes nothing. It asks for each name on the server, so it is for tests and benchmarks, not for a server at work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import redis

from stancewire import keys

_ANY = "[^:]+"
#: Names that a server may hold, and whether they must expire.
_KNOWN = {
    **{re.escape(name): False for name in keys.PERMANENT},
    **{
        name(_ANY): True
        for name in (
            keys.seen_formerly,
            keys.listing,
            keys.batch,
            keys.stuck,
            keys.ends,
            keys.article,
            keys.carried,
            keys.signal,
            keys.subscription,
            keys.webhook,
            keys.rq_executions,
            keys.rq_worker,
        )
    },
    keys.known(0).replace("0", "[0-9]+"): True,
    keys.SEEN_FORMERLY: True,
    re.sub("[0-9]", "[0-9]", keys.page_tallies(date(2026, 1, 1))): True,
    keys.watch_stream(_ANY): False,
    keys.POLLER_LEASE: True,
    keys.rq_execution(f"{_ANY}:{_ANY}"): True,
    f"{keys.rq_worker(_ANY)}:executions": True,
    keys.rq_job(_ANY): True,
    keys.item(_ANY): True,
}


def wrong_names(client: redis.Redis) -> Iterator[str]:
    """Names on the server that no pattern knows, or that ought to expire and do not."""
    for raw in client.scan_iter(count=1_000):
        name = raw.decode()
        must_expire = next((expires for known, expires in _KNOWN.items() if re.fullmatch(known, name)), None)
        if must_expire is None or (must_expire and client.ttl(name) == -1 and not _may_last(client, name)):
            yield name


def _may_last(client: redis.Redis, name: str) -> bool:
    item_id = name.removeprefix(keys.item(""))
    return item_id != name and client.zscore(keys.PENDING, item_id) is not None
