"""The demo's own settings and its newsroom: everything on the loopback, in a data folder of its own.

The newsroom is served at the same address as last time where that is free, so that a kept folder repeats nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Network
from pathlib import Path

from config.settings import Settings, WebSubSettings
from services.cores import usable_cores
from services.embedded import socket_path
from services.folder_lock import LOCK_NAME
from services.newsroom import NewsroomSite
from stancewire.errors import ServerError
from stancewire.wiring.outside import now
from stancewire.wiring.stores import answers, demo_folder

DEFAULT_PORT = 8791
_PORT_FILE = "newsroom.port"
_LOOPBACK = IPv4Network("127.0.0.0/8")
_INTERVAL_S = 3.0
_MOST_WORKERS = 2


def demo_settings(settings: Settings, *, keep: bool) -> Settings:
    """The settings of a demo; `keep`: in the data folder as set, else in a folder of its own in there."""
    folder = settings.data_dir.expanduser() if keep else demo_folder(settings.data_dir.expanduser())
    fetch = settings.fetch.model_copy(
        update={"allow_networks": (*settings.fetch.allow_networks, _LOOPBACK), "host_interval_s": 0.0}
    )
    interval = min(settings.poll.interval_s, _INTERVAL_S)
    poll = settings.poll.model_copy(update={"interval_s": interval, "max_interval_s": interval})
    work = settings.work.model_copy(update={"processes": settings.work.processes or min(_MOST_WORKERS, usable_cores())})
    return settings.model_copy(
        update={
            "data_dir": folder,
            "redis_url": None,
            "fetch": fetch,
            "poll": poll,
            "work": work,
            # No hub knows the newsroom, and the port may be another run's.
            "websub": WebSubSettings(),
        }
    )


def empty(folder: Path) -> None:
    """Remove what an earlier demo left in its folder; raises ServerError while one runs there."""
    if not folder.exists():
        return
    if answers(f"unix://{socket_path(folder)}"):
        raise ServerError(
            f"a demo already runs on {folder}",
            "follow it with `stancewire tail`, or stop it first; with STANCEWIRE_DATA_DIR this one has its own folder",
        )
    for path in folder.iterdir():
        if path.name == LOCK_NAME:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def newsroom(data_dir: Path) -> AsyncIterator[NewsroomSite]:
    """The newsroom, served inside."""
    site = _site(data_dir)
    (data_dir / _PORT_FILE).write_text(site.base.rpartition(":")[2], "ascii")
    async with site:
        yield site


def _site(data_dir: Path) -> NewsroomSite:
    try:
        port = int((data_dir / _PORT_FILE).read_text("ascii"))
    except (OSError, ValueError):
        port = DEFAULT_PORT
    try:
        return NewsroomSite(clock=now, port=port)
    except (OSError, OverflowError):
        return NewsroomSite(clock=now)
