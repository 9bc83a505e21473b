"""The users of the compose file, on a server started as it starts one: each can do its work and nothing else."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from cli_programs import left_behind, run_here, started
from hook_site import HookSite
from news_site import NewsSite
from runs import PER_STORY, await_that, each_once, found, is_done, many_stories, settings_of

from services.embedded import find_binary
from stancewire import keys
from stancewire.adapters.subscriptions import RedisSubscriptions
from stancewire.client import signals
from stancewire.types import Offer, Wanted

ROOT = Path(__file__).parents[2]
ROLES = ("poller", "worker", "consumer", "scaler")
STREAM = keys.SIGNALS_STREAM
WATCHED = keys.watch_stream("russia")


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The server of the compose file, with the secrets made for it."""

    #: Files with the address that each role uses.
    url_files: Mapping[str, Path]
    #: One that may do everything, which the deployed server does not have.
    admin: redis.Redis

    def client(self, role: str) -> Any:
        return redis.Redis.from_url(self.url_files[role].read_text().strip(), retry=None)

    def denials(self) -> list[tuple[str, str]]:
        """Who was refused what."""
        log: Any = self.admin.acl_log()
        return [(each["username"], each["object"]) for each in log]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("deployed")
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    subprocess.run(["sh", folder / "deploy/secrets.sh"], check=True, stderr=subprocess.DEVNULL)
    secrets = folder / "deploy/secrets"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url_files = {role: secrets / f"{role}_url" for role in ROLES}
    for file in url_files.values():
        file.write_text(file.read_text().replace("@valkey:6379/", f"@127.0.0.1:{port}/"))
    users = secrets / "valkey.acl"
    users.write_text(users.read_text() + "user admin on >all ~* &* +@all\n")
    program, *options = shlex.split(
        yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["valkey"]["command"]
    )
    assert program == "valkey-server"
    options = [str(users) if option == "/run/secrets/valkey_acl" else option for option in options]
    where = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    with subprocess.Popen([find_binary(), *options, *where], stdout=subprocess.DEVNULL) as process:
        admin = redis.Redis.from_url(f"redis://admin:all@localhost:{port}", retry=None)
        try:
            await_that(lambda: _answers(admin), "the server answers")
            yield Deployed(url_files=url_files, admin=admin)
        finally:
            admin.close()
            process.terminate()


def _answers(client: redis.Redis) -> bool:
    with contextlib.suppress(redis.ConnectionError):
        return bool(client.ping())
    return False


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_poller_workers_and_a_consumer_do_all_their_work_and_are_refused_nothing(
    deployed: Deployed, tmp_path: Path
) -> None:
    admin, stories = deployed.admin, many_stories(40)
    admin.flushall()
    admin.acl_log_reset()
    held = frozenset(story.path for story in stories[20:])
    with NewsSite(feeds={"/feed.xml": stories}, held=held) as site, HookSite() as hook:
        watching = hook.watching(tmp_path, '[[watch]]\nname = "russia"\nby = "RU"\n{webhook}')
        shared = settings_of(tmp_path, site, **watching, STANCEWIRE_WORK__BATCH_SIZE="4")
        polls, works = (
            {**shared, "STANCEWIRE_REDIS_URL_FILE": str(deployed.url_files[role])} for role in ("poller", "worker")
        )
        expected = each_once(site)
        with (
            started(tmp_path / "poll", "poll", **polls) as poller,
            started(tmp_path / "work", "work", **works) as worker,
        ):
            await_that(
                lambda: admin.xlen(STREAM) or deployed.denials(), "signals are published", poller, worker, seconds=90
            )
            assert deployed.denials() == []
            # The reaper, a dead letter, and the health page are part of the work.
            kill_a_worker(tmp_path / "work")
            spoil_an_item(admin)
            site.let_through()
            await_that(lambda: is_done(admin, expected.total()), "all is published", poller, worker, seconds=90)
            await_that(lambda: admin.xlen(keys.DEAD_STREAM) == 1, "the spoilt item is buried", poller, worker)
            await_that(lambda: len(set(hook.names)) == len(stories), "all is sent to the webhook", poller, worker)
            with started(tmp_path / "standby", "poll", **polls) as standby:
                standby.wait_for("standing by", stream="err")
                assert poller.stop() == 0
                standby.wait_for('"outcome":"unchanged"', stream="err", seconds=60)
                assert standby.stop() == 0
            assert worker.stop() == 0
        assert found(admin) == expected
        consume(deployed, expected.total())
        for role, command in (
            ("poller", ("doctor",)),
            ("poller", ("feeds", "health")),
            ("poller", ("watch", "list")),
            ("worker", ("tail", "--no-follow")),
            ("consumer", ("tail", "--watch", "russia", "--no-follow")),
            ("consumer", ("query",)),
            ("worker", ("replay", "--since", "1d")),
        ):
            settings = {**shared, "STANCEWIRE_REDIS_URL_FILE": str(deployed.url_files[role])}
            ended = run_here(tmp_path / role, *command, **settings)
            assert ended.status == 0, (role, command, ended.out, ended.err)
        subscribe(deployed)
    assert deployed.denials() == []


def kill_a_worker(home: Path) -> None:
    """End a worker in the middle of its work."""
    for pid in left_behind(home):
        if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0-m\0workers.process\0"):
            os.kill(pid, signal.SIGKILL)


def spoil_an_item(admin: redis.Redis) -> None:
    """One more item, whose payload cannot be read."""
    admin.set(keys.item("spoilt"), "no item")
    admin.zadd(keys.PENDING, {"spoilt": 1})


def consume(deployed: Deployed, count: int) -> None:
    """All that a consumer may do."""
    client = deployed.client("consumer")
    heard = client.pubsub()
    for channel in (keys.SIGNALS_CHANNEL, WATCHED):
        heard.subscribe(channel)
        assert heard.get_message(timeout=5)["type"] == "subscribe"
    heard.close()
    read = list(signals(client, group="desk", follow=False))
    assert len(read) == count
    assert client.get(keys.signal(read[0].id)) is not None
    assert client.get(keys.article(read[0].article.id)) is not None
    assert client.xinfo_groups(STREAM)[0]["pending"] == 0
    assert len(list(signals(client, group="desk", follow=False, stream=WATCHED))) == count // PER_STORY
    client.close()


def subscribe(deployed: Deployed) -> None:
    """A poller with hubs keeps what it agreed with them."""
    client = deployed.client("poller")
    kept = RedisSubscriptions(client)
    offer = Offer(hub="https://hub.example/", topic="https://gazette.example/feed")
    kept.save_subscription(Wanted(feed_id="a", offer=offer, ask_at=datetime.now(UTC)))
    assert list(kept.subscriptions(["a"])) == ["a"]
    kept.forget_subscription("a")
    client.close()


#: By role: what is another's, or nobody's.
FORBIDDEN: Mapping[str, tuple[tuple[object, ...], ...]] = {
    "poller": (
        ("XADD", STREAM, "*", "data", "{}"),
        ("XTRIM", STREAM, "MAXLEN", "0"),
        ("XGROUP", "CREATE", STREAM, "g", "0"),
        ("DEL", STREAM),
        ("SET", keys.signal("1"), "{}"),
        ("GET", keys.article("1")),
        ("SET", keys.article("1"), "{}"),
        ("XADD", WATCHED, "*", "data", "{}"),
        ("XTRIM", WATCHED, "MAXLEN", "0"),
        ("XGROUP", "DESTROY", WATCHED, "desk"),
        ("DEL", WATCHED),
        ("PUBLISH", WATCHED, "x"),
        ("XADD", keys.DEAD_STREAM, "*", "data", "{}"),
        ("ZADD", keys.RQ_LEASES, "1", "a:b"),
        ("LMOVE", keys.RQ_QUEUE, keys.RQ_INTERMEDIATE, "LEFT", "RIGHT"),
        ("HSET", keys.rq_worker("w"), "a", "b"),
        ("HSET", keys.ATTEMPTS, "a", "1"),
        ("HSET", keys.page_tallies(datetime(2026, 1, 1, tzinfo=UTC).date()), "a", "1"),
        ("PUBLISH", STREAM, "x"),
        ("SUBSCRIBE", STREAM),
        ("SCAN", "0"),
    ),
    "worker": (
        ("HGETALL", keys.FEED_STATES),
        ("HSET", keys.FEED_STATES, "a", "{}"),
        ("HGETALL", keys.FEED_LEDGERS),
        ("HGETALL", keys.known(0)),
        ("HSET", keys.known(0), "a", "x"),
        ("GET", keys.KNOWN),
        ("HGETALL", keys.KNOWN_SOURCES),
        ("GET", keys.seen_formerly("a")),
        ("GET", keys.listing("a")),
        ("GET", keys.subscription("a")),
        ("GET", keys.webhook("russia")),
        ("SET", keys.POLLER_LEASE, "me"),
        ("INCR", keys.POLLER_TERM),
        ("PUBLISH", "rq:pubsub:w", "{}"),
        ("LPUSH", "rq:queue:another", "x"),
        ("SET", "somebody:else", "x"),
    ),
    "consumer": (
        ("XADD", STREAM, "*", "data", "{}"),
        ("XTRIM", STREAM, "MAXLEN", "0"),
        ("XDEL", STREAM, "1-1"),
        ("XSETID", STREAM, "9-9"),
        ("XADD", WATCHED, "*", "data", "{}"),
        ("DEL", WATCHED),
        ("PUBLISH", WATCHED, "x"),
        ("HGETALL", keys.WATCH_COUNTS),
        ("XGROUP", "DESTROY", STREAM, "desk"),
        ("XGROUP", "SETID", STREAM, "desk", "0"),
        ("XGROUP", "DELCONSUMER", STREAM, "desk", "one"),
        ("DEL", STREAM),
        ("EXPIRE", STREAM, "1"),
        ("SET", keys.signal("1"), "{}"),
        ("SET", keys.article("1"), "{}"),
        ("SET", keys.carried("1"), "{}"),
        ("XREAD", "STREAMS", keys.DEAD_STREAM, "0"),
        ("LPUSH", keys.RQ_QUEUE, "x"),
        ("LRANGE", keys.RQ_QUEUE, "0", "-1"),
        ("GET", keys.item("1")),
        ("HGETALL", keys.known(0)),
        ("HGETALL", keys.FEED_STATES),
        ("HGETALL", keys.COUNTERS),
        ("PUBLISH", STREAM, "x"),
        ("SUBSCRIBE", "rq:pubsub:w"),
        ("PSUBSCRIBE", "*"),
        ("EVAL", "return 1", "0"),
        ("INFO",),
        ("SCAN", "0"),
    ),
    "scaler": (
        ("ZADD", keys.PENDING, "1", "a"),
        ("ZRANGE", keys.PENDING, "0", "-1"),
        ("DEL", keys.PENDING),
        ("LLEN", keys.RQ_QUEUE),
        ("XLEN", STREAM),
        ("GET", keys.item("1")),
        ("EVAL", "return redis.call('DEL', KEYS[1])", "1", keys.PENDING),
        ("INFO",),
    ),
    "default": (("GET", "x"), ("INFO",), ("CLIENT", "LIST"), ("ACL", "WHOAMI"), ("XREAD", "STREAMS", STREAM, "0")),
}
#: For operators alone.
DANGEROUS = (
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("KEYS", "*"),
    ("CONFIG", "SET", "maxmemory", "1"),
    ("CONFIG", "REWRITE"),
    ("ACL", "LIST"),
    ("ACL", "SETUSER", "me", "on"),
    ("SHUTDOWN", "NOSAVE"),
    ("SAVE",),
    ("MONITOR",),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("CLIENT", "KILL", "TYPE", "normal"),
    ("FUNCTION", "LOAD", "#!lua name=x\nredis.register_function('x', function() return 1 end)"),
    ("SCRIPT", "FLUSH"),
    ("SWAPDB", "0", "1"),
    ("MIGRATE", "127.0.0.1", "1", "x", "0", "1"),
    ("SORT", "x", "BY", "nosort", "GET", "stancewire:*"),
    ("RANDOMKEY",),
)


@pytest.mark.parametrize(
    ("role", "command"),
    [
        *((role, command) for role, commands in FORBIDDEN.items() for command in commands),
        *((role, command) for role in (*ROLES, "default") for command in DANGEROUS),
    ],
    ids=lambda part: part if isinstance(part, str) else "-".join(map(str, part))[:50],
)
def test_a_role_is_refused_what_is_not_its_own(deployed: Deployed, role: str, command: tuple[object, ...]) -> None:
    port = deployed.admin.connection_pool.connection_kwargs["port"]
    bare = redis.Redis.from_url(f"redis://localhost:{port}", retry=None)
    client = bare if role == "default" else deployed.client(role)
    with client, pytest.raises(redis.ResponseError, match=r"permission"):
        client.execute_command(*command)


#: What KEDA's scaler of type `redis` asks (2.17, `pkg/scalers/redis_scaler.go`), in other words.
COUNTING = """
local commands = {zset = 'zcard', list = 'llen', none = 'llen'}
return redis.call(commands[redis.call('type', KEYS[1]).ok], KEYS[1])
"""


def test_whatever_starts_more_workers_learns_how_much_waits(deployed: Deployed) -> None:
    deployed.admin.delete(keys.PENDING)
    with deployed.client("scaler") as client:
        assert client.eval(COUNTING, 1, keys.PENDING) == 0
        deployed.admin.zadd(keys.PENDING, {"a": 1, "b": 2})
        assert client.eval(COUNTING, 1, keys.PENDING) == 2
    deployed.admin.delete(keys.PENDING)


@pytest.mark.parametrize("role", ["poller", "worker"])
def test_a_role_has_no_more_rights_inside_a_script(deployed: Deployed, role: str) -> None:
    script = f"return redis.call('GET', '{keys.article('1') if role == 'poller' else keys.listing('1')}')"
    with deployed.client(role) as client, pytest.raises(redis.ResponseError, match=r"permission"):
        client.evalsha(client.script_load(script), 0)


def test_each_password_is_its_own_and_none_stands_in_what_is_shipped(deployed: Deployed) -> None:
    passwords = [file.read_text().split(":")[2].split("@")[0] for file in deployed.url_files.values()]

    assert len(set(passwords)) == len(ROLES)
    assert {len(password) for password in passwords} == {48}
    shipped = (ROOT / "deploy/valkey/users.acl.in").read_text()
    assert shipped.count(">@PASSWORD@") == len(ROLES)
    assert shipped.count("nopass") == 1


def test_secrets_are_made_once_and_kept_from_others(deployed: Deployed) -> None:
    secrets = deployed.url_files["poller"].parent
    before = {file.name: file.read_bytes() for file in secrets.iterdir()}

    again = subprocess.run(["sh", secrets.parent / "secrets.sh"], check=False, capture_output=True, text=True)

    assert (again.returncode, "exists already" in again.stderr) == (0, True)
    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == before
    assert secrets.stat().st_mode & 0o777 == 0o700


def test_secrets_of_a_version_with_one_user_for_all_are_told_of(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets"))
    (tmp_path / "deploy/secrets").mkdir()
    (tmp_path / "deploy/secrets/valkey.acl").write_text("user stancewire on\n")

    ended = subprocess.run(["sh", tmp_path / "deploy/secrets.sh"], check=False, capture_output=True, text=True)

    assert ended.returncode == 1
    assert "older version" in ended.stderr
