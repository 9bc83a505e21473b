"""The real fetcher for tests of what it meets: on the loopback, with real time or time that is only waited for."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from config.settings import FetchSettings
from services.poller.connecting import Resolve
from services.poller.fetch import HttpFetcher
from services.poller.guard import Address
from services.poller.spacing import Spacing
from stancewire.types import FetchFailed, FetchRequest, FetchResult, Validators

LOOPBACK = (ip_network("127.0.0.0/8"),)
#: Taken as it is: nothing in it stands for something else by now.
AGENT = "desk/1.2.3 {version} (+https://desk.example)"


class Clock:
    """Time that passes only by being waited for."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 12, tzinfo=UTC)
        self.began = self.at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - self.began).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def always(*addresses: str) -> Resolve:
    """Every name has these addresses."""

    async def resolve(host: str, port: int) -> tuple[Address, ...]:
        return tuple(ip_address(each) for each in addresses)

    return resolve


@asynccontextmanager
async def fetcher_with(
    *,
    clock: Clock | None = None,
    interval: float = 0,
    resolve: Resolve | None = None,
    tls: ssl.SSLContext | None = None,
    own_ports: frozenset[int] = frozenset(),
    **settings: Any,
) -> AsyncIterator[HttpFetcher]:
    """A fetcher that may ask the loopback; with a `clock` that is what it waits by, while exchanges take real time."""
    usual = {"allow_networks": LOOPBACK, "total_timeout_s": 5, "connect_timeout_s": 2, "robots": False}
    monotonic = clock.monotonic if clock else time.monotonic
    fetcher = HttpFetcher(
        FetchSettings(user_agent=AGENT, **{**usual, **settings}),
        spacing=Spacing(
            interval=interval,
            at_once=2,
            in_all=32,
            monotonic=monotonic,
            sleep=clock.sleep if clock else asyncio.sleep,
        ),
        now=clock.now if clock else lambda: datetime.now(UTC),
        monotonic=monotonic,
        own_ports=own_ports,
        resolve=resolve,
        tls=tls,
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


def ask(url: str, max_bytes: int = 1_000_000, validators: Validators | None = None) -> FetchRequest:
    return FetchRequest(url=url, accept="*/*", max_bytes=max_bytes, validators=validators or Validators())


def failed(result: FetchResult) -> str:
    """Kind of a failure, which it must be, with one line for people."""
    assert isinstance(result, FetchFailed), result
    assert result.detail
    assert "\n" not in result.detail
    return result.kind


def fetcher_at(clock: Clock, **settings: Any) -> AbstractAsyncContextManager[HttpFetcher]:
    """One that keeps to robots.txt, leaves a second between requests, and finds every name on the loopback."""
    return fetcher_with(clock=clock, interval=1, resolve=always("127.0.0.1"), **{"robots": True, **settings})
