"""Which server a command uses, and the store on it: the URL given, an embedded server started here, or one that runs.

A server that does not answer is said so; waiting for it is the caller's part, or `wait_for_store`'s for a daemon.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings
from services.embedded import EmbeddedServer, socket_path
from services.waiting import set_within
from stancewire.adapters.archive import RedisArchive
from stancewire.adapters.connection import Purpose, connect, redacted
from stancewire.adapters.facts import ServerFacts, check_server, server_facts
from stancewire.adapters.limits import limits_of
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.errors import ConfigurationError, StateTooNew, StoreError, StoreUnavailable, UsageError
from stancewire.server_state import ServerWatch
from stancewire.wiring.watches import load_watches

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server to use."""

    #: With its password.
    url: str
    #: Of the embedded server; None for another.
    socket: Path | None

    @property
    def shown(self) -> str:
        """Where it is, without its password."""
        return str(self.socket) if self.socket else redacted(self.url)


def named_server(settings: Settings) -> Server | None:
    """The server that the settings name."""
    if settings.redis_url is None:
        return None
    return Server(url=settings.redis_url.get_secret_value(), socket=None)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What no log may show: the server's address, where it holds a password."""
    named = named_server(settings)
    return (named.url,) if named is not None and named.shown != named.url else ()


def demo_folder(data_dir: Path) -> Path:
    """Where the demo keeps its data."""
    return data_dir / "demo"


def find_server(settings: Settings) -> Server:
    """The server named, else the embedded one of the data folder that runs, else that of the demo.

    Raises StoreUnavailable that says how to start one.
    """
    if (named := named_server(settings)) is not None:
        return named
    data_dir = settings.data_dir.expanduser()
    for folder in (data_dir, demo_folder(data_dir)):
        path = socket_path(folder)
        if path.exists() and answers(url := f"unix://{path}"):
            return Server(url=url, socket=path)
    raise StoreUnavailable(
        f"no stancewire runs on the data folder {data_dir}",
        "start one with `stancewire up` or `stancewire up --demo`, or name a server with STANCEWIRE_REDIS_URL",
    )


def answers(url: str) -> bool:
    """Whether a server answers at `url`."""
    try:
        with connect(url, purpose="check") as client:
            server_facts(client)
    except (StoreError, ConfigurationError):
        return False
    return True


def embedded_server(settings: Settings) -> EmbeddedServer:
    """The embedded server of the data folder, not started yet."""
    return EmbeddedServer(settings.data_dir, fsync=settings.server.fsync, binary=settings.server.binary)


def on_server(settings: Settings, server: Server) -> Settings:
    """The settings with this server's address."""
    return settings.model_copy(update={"redis_url": SecretStr(server.url)})


def open_store(settings: Settings, server: Server, *, purpose: Purpose) -> RedisStore:
    """The store on a server; nothing is sent yet. Raises ConfigurationError for an address that is none."""
    return RedisStore(connect(server.url, purpose=purpose), limits_of(settings))


def open_archive(settings: Settings, server: Server, *, watch: str | None = None) -> RedisArchive:
    """What was published on a server, or what of it went to a watch; nothing is sent yet.

    Raises UsageError for a watch that the settings' file does not hold, where they name one.
    """
    names = [each.name for each in load_watches(settings)] if watch is not None else []
    if settings.watches is not None and watch is not None and watch not in names:
        raise UsageError(f"there is no watch {watch!r}", f"There are: {', '.join(names) or 'none'}.")
    return RedisArchive(connect(server.url, purpose="consumer"), limits_of(settings), watch=watch)


def accept_server(server: Server) -> tuple[ServerFacts, tuple[str, ...]]:
    """Its facts and warnings, and the layout claimed; raises StoreError for a server that will not do."""
    with connect(server.url, purpose="check") as client:
        facts, warnings = check_server(client)
        claim_layout(client)
    return facts, warnings


async def wait_for_store(
    server: Server, stop: asyncio.Event, watch: ServerWatch
) -> tuple[ServerFacts, tuple[str, ...]] | None:
    """As `accept_server`, but wait until the server will do; None when stopped before. Raises StateTooNew.

    `watch` is told how it is.
    """
    wait, known = _FIRST_WAIT_S, watch.state
    while not stop.is_set():
        asked_at = time.monotonic()
        try:
            accepted = await asyncio.to_thread(accept_server, server)
        except StateTooNew:
            raise
        except StoreError as error:
            watch.failed(error, asked_at)
        else:
            watch.worked("saving", asked_at)
            return accepted
        if watch.state != known:
            wait, known = _FIRST_WAIT_S, watch.state
        if not await set_within(stop, wait):
            wait = min(wait * 2, _LONGEST_WAIT_S)
    return None
