"""Servers of one's own that a test lets fail: killed, paused, filled, made a replica, or failed over by sentinels."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from runs import await_that

from services.embedded import find_binary

SERVICE = "news"
PASSWORD = "of-the-servers"
SENTINEL_PASSWORD = "of-the-sentinels"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class FailingServer:
    """A server on a port of the loopback, which keeps its port and its folder over any number of starts."""

    def __init__(self, folder: Path, *, password: str = "", **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://{f':{password}@' if password else ''}127.0.0.1:{self.port}"
        self.client = redis.Redis.from_url(self.url, retry=None, socket_timeout=5)
        self._settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(folder),
            "logfile": str(folder / "server.log"),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            "repl-diskless-sync-delay": "0",
            **({"requirepass": password, "masterauth": password} if password else {}),
            **{name.replace("_", "-"): value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.resume()
        self.stop(kill=True)

    def start(self, *, wait: bool = True, **settings: str) -> Self:
        """Start it, with more settings for this time; `wait` until it answers."""
        set_to = self._settings | {name.replace("_", "-"): value for name, value in settings.items()}
        command = [str(find_binary()), *(part for name, value in set_to.items() for part in (f"--{name}", value))]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Leaves ignored what Python ignores: a file that reaches its limit is an error of writing, no signal.
            restore_signals=False,
        )
        if wait:
            await_that(self.answers, "the server answers")
        return self

    def stop(self, *, kill: bool = False) -> None:
        """End it: in order, or at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            self._process.wait(20)
            self._process = None

    def pause(self) -> None:
        """Let it hang: its connections stay open and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def fill_disk(self) -> None:
        """Let no file of it grow any more: to the server it is as if the disk were full."""
        self._limit_files(max(file.stat().st_size for file in self.folder.rglob("*") if file.is_file()))

    def empty_disk(self) -> None:
        self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, size: int) -> None:
        assert self._process is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def resume(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGCONT)

    def size_of_file(self) -> int:
        """Bytes of its append-only file."""
        return self._append_only_file().stat().st_size

    def cut_file(self, size: int) -> None:
        """Take off the end of its append-only file, while it does not run."""
        assert self._process is None
        os.truncate(self._append_only_file(), size)

    def _append_only_file(self) -> Path:
        return max((self.folder / "appendonlydir").glob("*.incr.aof"), key=lambda file: file.stat().st_mtime)

    def answers(self) -> bool:
        return _answers(self.client)

    @property
    def said(self) -> str:
        """Its log."""
        return (self.folder / "server.log").read_text(errors="replace")


class FailoverGroup:
    """A primary and a replica, and sentinels that watch them; all on the loopback, each with a password."""

    def __init__(self, folder: Path, *, sentinels: int = 3) -> None:
        self._folder = folder
        self.primary = FailingServer(folder / "first", password=PASSWORD)
        replica_of = f"127.0.0.1 {self.primary.port}"
        self.replica = FailingServer(folder / "second", password=PASSWORD, replicaof=replica_of)
        self.ports = tuple(free_port() for _ in range(sentinels))
        self._quorum = sentinels // 2 + 1
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url = f"redis+sentinel://:{PASSWORD}@{hosts}/{SERVICE}?sentinel_password={SENTINEL_PASSWORD}"
        self._stack = ExitStack()
        self._sentinels: list[ExitStack] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.primary)
            stack.enter_context(self.replica)
            await_that(lambda: self.replica.client.info("replication")["master_link_status"] == "up", "it replicates")
            for port in self.ports:
                self._sentinels.append(stack.enter_context(ExitStack()))
                folder = self._folder / f"sentinel-{port}"
                watching = running_sentinel(folder, self.primary.port, port=port, quorum=self._quorum)
                self._sentinels[-1].enter_context(watching)
            await_that(self._is_watched, "all sentinels know each other and the replica")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def ask(self, *words: str, port: int | None = None) -> object:
        """What a sentinel, the first or the one at a port, answers."""
        with redis.Redis(port=port or self.ports[0], password=SENTINEL_PASSWORD, decode_responses=True) as client:
            return client.execute_command("SENTINEL", *words)

    def stop_sentinels(self, count: int) -> None:
        """End so many of them, the last ones first."""
        for _ in range(count):
            self._sentinels.pop().close()

    def cut_link(self) -> None:
        """Let the replica get nothing more from its primary."""
        self.replica.client.config_set("masterauth", "not-it")
        self.primary.client.client_kill_filter(_type="slave")
        await_that(lambda: self.replica.client.info("replication")["master_link_status"] == "down", "the link is cut")

    def primary_port(self) -> int:
        """Port of the primary, as the sentinels have it."""
        found = self.ask("GET-MASTER-ADDR-BY-NAME", SERVICE)
        assert isinstance(found, Sequence)
        return int(found[1])

    def _is_watched(self) -> bool:
        for port in self.ports:
            try:
                found = self.ask("MASTER", SERVICE, port=port)
            except redis.RedisError:
                return False
            told = found if isinstance(found, dict) else {}
            others, replicas = int(told.get("num-other-sentinels", 0)), int(told.get("num-slaves", 0))
            if others < len(self.ports) - 1 or replicas < 1:
                return False
        return True


@contextmanager
def running_sentinel(folder: Path, primary: int, *, port: int | None = None, quorum: int = 1) -> Iterator[int]:
    """A sentinel that watches a primary, with a password of its own; gives its port."""
    port = port or free_port()
    folder.mkdir(parents=True)
    file = folder / "sentinel.conf"
    file.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {folder}\nlogfile {folder}/sentinel.log\n"
        f"requirepass {SENTINEL_PASSWORD}\n"
        f"sentinel sentinel-pass {SENTINEL_PASSWORD}\n"
        f"sentinel monitor {SERVICE} 127.0.0.1 {primary} {quorum}\n"
        f"sentinel auth-pass {SERVICE} {PASSWORD}\n"
        f"sentinel down-after-milliseconds {SERVICE} 1500\n"
        f"sentinel failover-timeout {SERVICE} 6000\n"
    )
    process = subprocess.Popen([str(find_binary()), str(file), "--sentinel"])
    try:
        with redis.Redis(port=port, password=SENTINEL_PASSWORD) as client:
            await_that(lambda: _answers(client), "the sentinel answers")
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
