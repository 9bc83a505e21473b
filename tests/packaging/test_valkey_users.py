"""The Valkey users of the compose file: stancewire can do its work, a consumer can read signals and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from services.embedded import EmbeddedServer

ROOT = Path(__file__).parents[2]
STORE_TESTS = ROOT / "tests/store"
STREAM = "stancewire:signals:v1"


@pytest.fixture
def users(server: EmbeddedServer, client: Any) -> Iterator[str]:
    """The server with the users of `deploy/valkey`; their password is `secret`. Gives the path of its socket."""
    lines = (ROOT / "deploy/valkey/users.acl.in").read_text("utf-8").splitlines()
    names = []
    for line in lines:
        _, name, *rules = line.split()
        if name != "default":
            names.append(name)
            client.execute_command("ACL", "SETUSER", name, "reset", *(">secret" if r[0] == ">" else r for r in rules))
    client.acl_log_reset()
    yield str(server.socket_path)
    client.acl_deluser(*names)


def connected(socket: str, name: str) -> Any:
    return redis.Redis(unix_socket_path=socket, username=name, password="secret")


def test_a_consumer_reads_signals_with_a_group(users: str, client: Any) -> None:
    client.xadd(STREAM, {"data": "{}"})
    consumer = connected(users, "consumer")

    consumer.xgroup_create(STREAM, "desk", id="0")
    ((_, entries),) = consumer.xreadgroup("desk", "one", {STREAM: ">"})

    assert consumer.xack(STREAM, "desk", entries[0][0]) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("XADD", STREAM, "*", "data", "{}"),
        ("XTRIM", STREAM, "MAXLEN", "0"),
        ("DEL", STREAM),
        ("SET", "stancewire:signal:1", "{}"),
        ("LPUSH", "rq:queue:stancewire-articles", "x"),
        ("GET", "stancewire:item:1"),
        ("CONFIG", "GET", "*"),
        ("EVAL", "return 1", "0"),
        ("PUBLISH", STREAM, "x"),
        ("KEYS", "*"),
        ("FLUSHALL",),
    ],
    ids=lambda command: command[0],
)
def test_a_consumer_can_do_nothing_else(users: str, command: tuple[str, ...]) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        connected(users, "consumer").execute_command(*command)


def test_stancewire_is_refused_nothing_that_it_needs(users: str, client: Any) -> None:
    url = f"unix://stancewire:secret@{users}"
    accepting = """
import sys
from store_samples import NOON, acceptance, item
from stancewire.adapters.connection import connect
from stancewire.adapters.facts import server_facts
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout

client = connect(sys.argv[1], purpose="poller")
claim_layout(client)
server_facts(client)
store = RedisStore(client, Limits())
store.feed_states(("gazette",))
store.marks(("story",))
store.accept(acceptance(item("story")))
store.reap(NOON)
store.reconcile(NOON)
store.depth()
"""
    subprocess.run([sys.executable, "-c", accepting, url], check=True, timeout=60, env={"PYTHONPATH": str(STORE_TESTS)})
    with subprocess.Popen([sys.executable, str(STORE_TESTS / "worker_process.py"), url, "10"]) as worker:
        try:
            for _ in client.xread({STREAM: "0"}, block=20_000):
                pass
        finally:
            worker.terminate()

    assert client.xlen(STREAM) == 1
    assert [entry["object"] for entry in client.acl_log()] == []
