"""A real server for the session, emptied for each test, and the store on it and in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from services.embedded import EmbeddedServer
from stancewire.adapters.connection import connect
from stancewire.adapters.lifetimes import wrong_names
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.testing import FakeStore


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
