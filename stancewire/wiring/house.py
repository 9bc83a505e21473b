"""The running house: poller, workers and health port on one server, stopped in order.

    health port opens ──▶ (caller) waits for the server ──▶ parts run
    stop ──▶ poller accepts no more ──▶ workers end their jobs ──▶ health port closes ──▶ (caller) server stops

It shows nothing; who wants to know how it is asks `House`.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector

from config.loading import dump
from config.logging import log_server_change
from config.settings import Settings
from services.cores import usable_cores
from services.embedded import EmbeddedServer
from services.health import Check, Finding, application, serve, store_check, workers_check
from services.metrics import Metrics, Sources
from services.poller.fetch import HttpFetcher
from services.poller.loop import Poller
from services.poller.standing import count_alarms
from services.probing import keep_probing
from services.supervisor import Supervisor, Workforce
from services.worker_handle import Command, WorkerHandle, WorkerLimits
from stancewire.adapters.common_clock import CommonUpkeep
from stancewire.adapters.connection import connect
from stancewire.adapters.leadership import PollerLease
from stancewire.adapters.limits import limits_of
from stancewire.adapters.store import RedisStore
from stancewire.errors import ConfigurationError, StancewireError, StoreError
from stancewire.server_state import ServerChange, ServerWatch
from stancewire.types import Feed, FeedState, QueueDepth, Watch
from stancewire.wiring.early_worker import PROGRAM
from stancewire.wiring.embedding import keep_running
from stancewire.wiring.hubs import subscribing
from stancewire.wiring.leading import LEASE_S, poll_while_leading
from stancewire.wiring.outside import fetching, now, parsing, spacing
from stancewire.wiring.process_name import has_ended, own_name
from stancewire.wiring.stores import Server, on_server, open_store
from stancewire.wiring.webhooks import sending

_LOOK_SECONDS = 1.0

#: Polls until the event is set.
_Polling: TypeAlias = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def worker_count(settings: Settings) -> int:
    """Worker processes to run: as set, else one per core that we may use."""
    return settings.work.processes or usable_cores()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What one process tree does."""

    poll: bool = True
    work: bool = True
    #: Take any free port for health where the one set is taken.
    any_health_port: bool = False


@dataclass(kw_only=True)
class House:
    """The parts on one server; `run` runs them."""

    settings: Settings
    server: Server
    feeds: tuple[Feed, ...]
    roles: Roles
    watches: tuple[Watch, ...] = ()
    #: Watched, and started again when it dies.
    embedded: EmbeddedServer | None = None
    #: How a worker is started.
    worker: tuple[str, ...] = PROGRAM
    #: One that was prepared already.
    first_worker: WorkerHandle | None = None
    #: Set when the health port is bound.
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    health_url: str | None = None
    #: Called with each change of the server's state, after it is logged.
    on_server: Callable[[ServerChange], None] = lambda _change: None
    #: How the server is, as all parts notice it.
    watch: ServerWatch = field(init=False)
    #: For looking and for upkeep: patient for seconds only, so that a server that hangs does not hold up the end.
    side: RedisStore = field(init=False)
    _intake: RedisStore = field(init=False)
    _supervisor: Supervisor | None = None
    _fetcher: HttpFetcher | None = None
    _port: int | None = None

    def __post_init__(self) -> None:
        self.side = open_store(self.settings, self.server, purpose="check")
        self._intake = open_store(self.settings, self.server, purpose="poller")
        self._log = structlog.get_logger()
        self.watch = ServerWatch(monotonic=time.monotonic, tell=self._tell)

    def _tell(self, change: ServerChange) -> None:
        log_server_change(change)
        self.on_server(change)

    @property
    def workforce(self) -> Workforce:
        """How the workers are."""
        if self._supervisor is None:
            return Workforce(processes=0, ready=0, restarts=0, kills=0)
        return self._supervisor.workforce

    def feed_states(self) -> Mapping[str, FeedState]:
        """States of the feeds that were polled; raises StoreError."""
        return self.side.feed_states(tuple(feed.id for feed in self.feeds))

    def kill(self) -> None:
        """End all processes at once, and hand back what they had."""
        for pid in self._supervisor.pids if self._supervisor else ():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        with suppress(StoreError):
            # Without an answer their leases run out, and the next start takes up what they had.
            self.side.hand_back(self._supervisor.batches if self._supervisor else (), now())
        if self.embedded is not None and self.embedded.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.embedded.pid, signal.SIGTERM)

    @asynccontextmanager
    async def healthy(self) -> AsyncIterator[None]:
        """The health port is open inside, also while the server is waited for. Raises ConfigurationError."""
        async with AsyncExitStack() as stack:
            self._port = await self._open_health(stack)
            self.opened.set()
            yield

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then stop in order; raises what ended a part that should have run on."""
        async with AsyncExitStack() as stack:
            if self.roles.work:
                self._supervisor = self._make_supervisor()
            poll = await self._open_outside(stack, self._port) if self.roles.poll else None
            await self._run_parts(stop, poll)

    async def _open_outside(self, stack: AsyncExitStack, port: int | None) -> _Polling:
        """Open what pollers share, the fetcher, so that hosts are left their time, and the parser; what polls then."""
        turns = spacing(self.settings)
        fetcher = await stack.enter_async_context(fetching(self._as_bound(port), turns=turns))
        self._fetcher = fetcher
        parser = await stack.enter_async_context(parsing(self.settings))
        hubs = await stack.enter_async_context(
            subscribing(self.settings, self.server, self.feeds, fetcher, self.side.count)
        )
        make_sender = await stack.enter_async_context(sending(self._as_bound(port), self.server, self.watches))
        lease = self._make_lease()

        def make_poller(term: int) -> Poller:
            return Poller(
                feeds=self.feeds,
                fetcher=fetcher,
                parser=parser,
                intake=self._intake.under(term),
                leads=lease.is_held,
                free_at=turns.free_at,
                depth=self._depth,
                server=self.watch,
                settings=self.settings,
                workers=worker_count(self.settings),
                clock=now,
                monotonic=time.monotonic,
                random=random.random,
                new_id=lambda: uuid.uuid4().hex,
                hubs=hubs,
            )

        return lambda stop: poll_while_leading(lease, make_poller, stop, make_sender)

    def _as_bound(self, port: int | None) -> Settings:
        """The settings with the server in use, and with the port that health is served on."""
        health = {"enabled": port is not None, "port": port or 0}
        settings = on_server(self.settings, self.server)
        return settings.model_copy(update={"health": settings.health.model_copy(update=health)})

    def _depth(self) -> QueueDepth:
        """How much waits; raises StoreError also where the store would take nothing in."""
        self.side.probe()
        return self.side.depth()

    async def _run_parts(self, stop: asyncio.Event, poll: _Polling | None) -> None:
        poller_stop, workers_stop = asyncio.Event(), asyncio.Event()
        parts: dict[str, asyncio.Task[None]] = {}
        if self._supervisor is not None:
            parts["workers"] = asyncio.create_task(self._supervisor.run(workers_stop))
        else:
            # A poller that stands by asks the server nothing by which it would notice.
            parts["server's state"] = asyncio.create_task(
                keep_probing(self.side, self.watch, _LOOK_SECONDS, workers_stop)
            )
        if poll is not None:
            parts["poller"] = asyncio.create_task(poll(poller_stop))
        if self.embedded is not None:
            parts["server"] = asyncio.create_task(keep_running(self.embedded))
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({told, *parts.values()}, return_when=asyncio.FIRST_COMPLETED)
            self._log.info("stopping", reason="told to" if stop.is_set() else "a part has ended")
            poller_stop.set()
            if "poller" in parts:
                await asyncio.wait({parts["poller"]})
            workers_stop.set()
            if "workers" in parts:
                await asyncio.wait({parts["workers"]})
        finally:
            told.cancel()
            for task in parts.values():
                task.cancel()
            results = await asyncio.gather(*parts.values(), return_exceptions=True)
        for name, result in zip(parts, results, strict=True):
            if isinstance(result, StancewireError):
                raise result
            if isinstance(result, Exception):
                raise StancewireError(f"the {name} ended: {result}", "see the log") from result

    def _make_lease(self) -> PollerLease:
        client = connect(self.server.url, purpose="check")
        lease = PollerLease(client, holder=own_name(), seconds=LEASE_S, monotonic=time.monotonic, has_ended=has_ended)
        if self.embedded is not None:
            # Whoever led was killed with the server; nobody need wait for the end of its lease.
            lease.clear()
        return lease

    def _make_supervisor(self) -> Supervisor:
        work = self.settings.work
        return Supervisor(
            Command(
                arguments=self.worker,
                settings=dump(on_server(self.settings, self.server), self.watches),
            ),
            processes=worker_count(self.settings),
            limits=WorkerLimits(
                job_timeout_s=work.job_timeout_s, max_memory_mb=work.max_memory_mb, grace_s=work.grace_s
            ),
            upkeep=CommonUpkeep(
                connect(self.server.url, purpose="check"),
                limits_of(self.settings),
                lease_s=work.lease_s,
                monotonic=time.monotonic,
            ),
            clock=now,
            server=self.watch,
            first=self.first_worker,
        )

    async def _open_health(self, stack: AsyncExitStack) -> int | None:
        health = self.settings.health
        if not health.enabled:
            return None
        registry = CollectorRegistry()
        registry.register(
            Metrics(
                Sources(
                    upkeep=self.side,
                    watches=tuple(each.name for each in self.watches),
                    webhooks=tuple(each.name for each in self.watches if each.webhook is not None),
                    workforce=(lambda: self.workforce) if self.roles.work else None,
                    feeds=self._feeds_by_state if self.roles.poll else None,
                    alarms=self._feeds_by_alarm if self.roles.poll else None,
                    failures=self._failures_by_kind if self.roles.poll else None,
                    server=self.watch,
                )
            )
        )
        ProcessCollector(registry=registry)
        page = application(self._checks(), registry)
        try:
            port = await stack.enter_async_context(serve(page, health.host, health.port))
        except ConfigurationError:
            if not self.roles.any_health_port:
                raise
            port = await stack.enter_async_context(serve(page, health.host, 0))
        host = f"[{health.host}]" if ":" in health.host else health.host
        self.health_url = f"http://{host}:{port}"
        self._log.info("health served", url=self.health_url)
        return port

    def _checks(self) -> dict[str, Check]:
        checks: dict[str, Check] = {"store": store_check(self.side, self.watch)}
        if self.roles.work:
            checks["workers"] = workers_check(lambda: self.workforce)
        if self.roles.poll:
            checks["feeds"] = self._check_feeds
        return checks

    def _check_feeds(self) -> Finding:
        counts = self._feeds_by_state()
        detail = ", ".join(f"{count} {state}" for state, count in counts.items())
        is_ok = not self.feeds or counts["failing"] < len(self.feeds)
        fix = (
            "" if is_ok else "every feed fails: see whether this machine reaches the network; `stancewire feeds check`"
        )
        return Finding(ok=is_ok, detail=detail, fix=fix)

    def _feeds_by_state(self) -> Mapping[str, int]:
        states = self.feed_states()
        failing = sum(1 for state in states.values() if state.failures)
        return {"ok": len(states) - failing, "failing": failing, "waiting": len(self.feeds) - len(states)}

    def _failures_by_kind(self) -> Mapping[str, int]:
        return self._fetcher.failures if self._fetcher is not None else {}

    def _feeds_by_alarm(self) -> Mapping[str, int]:
        return count_alarms(self.side.ledgers(tuple(feed.id for feed in self.feeds)).values())
