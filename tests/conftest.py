"""A real server for the session, emptied for each test, and the store on it and in memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import redis

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.testing import FakeStore

ANY = "[^:]+"
#: Names that a server may hold after a test, and whether they must expire.
KNOWN = {
    **{re.escape(name): False for name in keys.PERMANENT},
    **{
        name(ANY): True
        for name in (
            keys.seen,
            keys.listing,
            keys.batch,
            keys.stuck,
            keys.ends,
            keys.article,
            keys.carried,
            keys.signal,
            keys.subscription,
            keys.rq_executions,
            keys.rq_worker,
        )
    },
    re.sub("[0-9]", "[0-9]", keys.page_tallies(date(2026, 1, 1))): True,
    keys.POLLER_LEASE: True,
    keys.rq_execution(f"{ANY}:{ANY}"): True,
    f"{keys.rq_worker(ANY)}:executions": True,
    keys.rq_job(ANY): True,
    keys.item(ANY): True,
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A real server on a unix socket; STANCEWIRE_TEST_SERVER names another program than the one that comes along."""
    program = os.environ.get("STANCEWIRE_TEST_SERVER")
    binary = Path(program) if program else None
    with EmbeddedServer(tmp_path_factory.mktemp("server"), fsync="everysec", binary=binary) as running:
        yield running


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client of the real server, which is empty; afterwards the server may hold no name that `keys` does not list."""
    with connect(server.url, purpose="poller") as made:
        made.flushall()
        yield made
        wrong = tuple(wrong_names(made))
        made.flushall()
    assert not wrong, f"not in stancewire/keys.py, or without an expiry that it must have: {wrong}"


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> FakeStore | RedisStore:
    """The store: in memory, and on the real server."""
    if request.param == "fake":
        return FakeStore()
    return RedisStore(request.getfixturevalue("client"), Limits())


def wrong_names(client: redis.Redis) -> Iterator[str]:
    """Names on the server that no pattern knows, or that ought to expire and do not."""
    for raw in client.scan_iter():
        name = raw.decode()
        must_expire = next((expires for known, expires in KNOWN.items() if re.fullmatch(known, name)), None)
        if must_expire is None or (must_expire and client.ttl(name) == -1 and not _may_last(client, name)):
            yield name


def _may_last(client: redis.Redis, name: str) -> bool:
    item_id = name.removeprefix(keys.item(""))
    return item_id != name and client.zscore(keys.PENDING, item_id) is not None
