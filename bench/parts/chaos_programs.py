"""The processes of a run of `bench.chaos`: a server, and programs of which parts are killed.

What is killed, and when, is not decided here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from services.embedded import EmbeddedServer

#: Seconds of writes that a power failure takes from a server that asks for them to be on disk once a second.
FORGOTTEN_S = 1.0


class Program:
    """A program that is started again when it was killed; what it says goes to a file.

    With `tree` all that it started is killed with it, as at the end of a container; else that must see to it by itself.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path, *, tree: bool = False
    ) -> None:
        self._tree = tree
        self._command = command
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )

    def kill(self) -> None:
        assert self._process is not None
        if self._tree:
            kill_tree(self.pid)
        else:
            self._process.kill()
        self._process.wait()

    def has_ended(self) -> bool:
        """Whether it has ended without having been killed."""
        return self._process is not None and self._process.poll() is not None

    def workers(self, mark: bytes) -> list[int]:
        """Ids of its children whose command line has the mark."""
        return [child for child in children_of(self.pid) if mark in command_of(child)]

    def end(self) -> None:
        """Ask it to end, and kill it where it does not."""
        if self._process is not None and self._process.poll() is None:
            if self._tree:
                self.kill()
                return
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def kill_tree(pid: int) -> None:
    """Kill a process and all that it started."""
    children = children_of(pid)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    for child in children:
        kill_tree(child)


def children_of(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text("ascii").split()]
    return []


def command_of(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


class ChaosServer:
    """A server with an append-only file, which is killed and started again.

    With `everysec` a kill also takes the last second of its file, as when the power fails: a kill alone forgets
    nothing, because the system still writes what the process had handed to it.
    """

    def __init__(self, folder: Path, fsync: Literal["always", "everysec"]) -> None:
        self._fsync = fsync
        self._server = EmbeddedServer(folder, fsync=fsync)
        #: When the file that is appended to was of what size.
        self._sizes: deque[tuple[float, Path, int]] = deque()

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def pid(self) -> int | None:
        return self._server.pid

    def start(self) -> None:
        self._server.start()

    def note_size(self) -> None:
        """Note how much is written by now; to be called several times a second."""
        if (file := self._file()) is not None:
            self._sizes.append((time.monotonic(), file, file.stat().st_size))
            while self._sizes[0][0] < time.monotonic() - 5 * FORGOTTEN_S:
                self._sizes.popleft()

    def kill(self) -> None:
        assert self._server.pid is not None
        os.kill(self._server.pid, signal.SIGKILL)
        killed_at = time.monotonic()
        self._server.stop()
        if self._fsync == "everysec":
            self._forget(killed_at - FORGOTTEN_S)

    def stop(self) -> None:
        self._server.stop()

    def _forget(self, since: float) -> None:
        file = self._file()
        sizes = [(at, size) for at, noted, size in self._sizes if noted == file]
        if file is None or not sizes:
            return
        # A file that is newer than that has begun with the whole state, which was on disk before the file was named.
        kept = max((size for at, size in sizes if at <= since), default=sizes[0][1])
        os.truncate(file, kept)
        self._sizes = deque([(since, file, kept)])

    def _file(self) -> Path | None:
        files = self._server.data_dir.glob("appendonlydir/*.incr.aof")
        return max(files, key=lambda file: int(file.name.split(".")[-3]), default=None)
