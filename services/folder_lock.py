"""The lock that keeps a data folder to one server, and the file that says who holds it.

Two servers that append to one folder destroy each other's data; nothing is started or stopped here.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import IO

from stancewire.errors import ServerError

LOCK_NAME = "server.lock"


def lock_folder(data_dir: Path) -> IO[str]:
    """The folder's lock file, held until it is closed here and in every child that was given it.

    Waits a little for a server whose supervisor has just died; raises ServerError where the folder is in use.
    """
    import fcntl  # noqa: PLC0415 - not to be had on Windows, where only a server elsewhere can be used

    lock = (data_dir / LOCK_NAME).open("a+", encoding="ascii")
    give_up = time.monotonic() + 10
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner, server = _read_owner(lock)
            if owner is None or _runs(owner) or time.monotonic() > give_up:
                lock.close()
                raise _in_use(data_dir, owner, server) from None
            time.sleep(0.05)
        else:
            return lock


def _in_use(data_dir: Path, owner: int | None, server: int | None) -> ServerError:
    if owner is not None and not _runs(owner) and server is not None:
        return ServerError(
            f"data folder {data_dir} is in use by a server left behind, process {server}", f"end it: kill {server}"
        )
    by = f"process {owner}" if owner else "another process"
    return ServerError(
        f"data folder {data_dir} is in use by {by}",
        "stop that stancewire first, or give this one a folder of its own with STANCEWIRE_DATA_DIR",
    )


def write_owner(lock: IO[str], server: int) -> None:
    """Note in the lock file that this process holds it, and which server it started."""
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()} {server}\n")
    lock.flush()


def _read_owner(lock: IO[str]) -> tuple[int | None, int | None]:
    lock.seek(0)
    match lock.read(64).split():
        case [owner, server] if owner.isdigit() and server.isdigit():
            return int(owner), int(server)
    return None, None


def _runs(pid: int) -> bool:
    """Whether a process lives; one that has ended and only waits to be noticed by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state != b"Z"
