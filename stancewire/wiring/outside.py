"""The fetcher and the parser as a real run has them, with its clock.

They are given settings and nothing else; what is fetched with them is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from config.settings import Settings
from services.poller.fetch import HttpFetcher
from services.poller.parser import ChildParser
from services.poller.spacing import Spacing

#: Where Redis and its sentinels listen unless told otherwise.
_STORE_PORTS = frozenset({6379, 26379})
_PORT = re.compile(r":(\d{1,5})$")

#: Requests under way at one host.
_AT_ONE_HOST = 2


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def spacing(settings: Settings) -> Spacing:
    """Turns at the hosts, for all that is fetched in a process."""
    return Spacing(
        interval=settings.fetch.host_interval_s,
        at_once=_AT_ONE_HOST,
        in_all=settings.fetch.concurrency,
        monotonic=time.monotonic,
        sleep=asyncio.sleep,
    )


def own_ports(settings: Settings) -> frozenset[int]:
    """Ports of this program's own servers as set: that for health, the one that hubs call, and the store's.

    >>> sorted(own_ports(Settings(redis_url="rediss://:secret@store.example:7000/0")))
    [6379, 7000, 8790, 26379]
    """
    ports = {settings.health.port} if settings.health.enabled else set()
    if settings.websub.callback_url is not None:
        ports.add(settings.websub.port)
    if settings.redis_url is not None:
        ports |= _store_ports(settings.redis_url.get_secret_value())
    return frozenset(ports)


def _store_ports(url: str) -> frozenset[int]:
    """Ports that an address names, of however many hosts, and those that it may leave out or lead on to."""
    scheme, _, rest = url.partition("://")
    if scheme == "unix":
        return frozenset()
    hosts = rest.partition("/")[0].rpartition("@")[2].split(",")
    named = (_PORT.search(host) for host in hosts)
    return _STORE_PORTS | {int(port[1]) for port in named if port}


@asynccontextmanager
async def fetching(settings: Settings, *, turns: Spacing | None = None) -> AsyncIterator[HttpFetcher]:
    """A fetcher, closed afterwards, which takes `turns` at the hosts; our own ports are never connected to."""
    fetcher = HttpFetcher(
        settings.fetch,
        spacing=turns or spacing(settings),
        now=now,
        monotonic=time.monotonic,
        own_ports=own_ports(settings),
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


@asynccontextmanager
async def parsing(settings: Settings) -> AsyncIterator[ChildParser]:
    """A parser in child processes, ended afterwards."""
    parser = ChildParser(seconds=settings.poll.parse_timeout_s, max_entries=settings.poll.max_entries, now=now)
    try:
        yield parser
    finally:
        await parser.aclose()
