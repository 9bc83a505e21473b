"""Runs a house from the command line: its server, its parts, its signals for stopping, and its screen or log.

The order in which it stops: poller, workers, health port, server. A second signal stops everything at once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog

from config.logging import configure
from config.settings import Settings
from services.embedded import EmbeddedServer
from stancewire.cli.screen import Screen
from stancewire.cli.terminal import output
from stancewire.cli.watching import beginning, watch
from stancewire.server_state import ServerChange
from stancewire.types import Feed, Watch
from stancewire.wiring.demo import newsroom
from stancewire.wiring.early_worker import Start
from stancewire.wiring.feeds import load_feeds
from stancewire.wiring.house import House, Roles
from stancewire.wiring.stores import Server, embedded_server, named_server, secrets_of, wait_for_store
from stancewire.wiring.watches import load_watches
from stancewire.wiring.webhooks import signing_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is to run, and how it is shown."""

    settings: Settings
    config_folder: Path
    roles: Roles
    demo: bool = False
    #: The file that standard error goes to, for signals on the screen; None: no screen.
    log_file: Path | None = None
    #: The server to use; None: the one the settings name, else an embedded one.
    server: Server | None = None


def run(plan: Run, start: Start) -> None:
    """Run until SIGTERM or SIGINT; raises StancewireError where something that is needed is not to be had."""
    # Read before anything is started: a list that is wrong is best said at once.
    feeds = () if plan.demo or not plan.roles.poll else load_feeds(plan.settings, plan.config_folder).feeds
    watches = load_watches(plan.settings)
    if plan.roles.poll:
        signing_keys(watches)
    with _interruptible(), _log_of(plan) as screen:
        server = plan.server or named_server(plan.settings)
        if server is not None:
            start.runner.run(_run_on(plan, start, server, None, feeds, watches, screen))
            return
        embedded = embedded_server(plan.settings)
        server = Server(url=embedded.url, socket=embedded.socket_path)
        try:
            _start(embedded, screen)
            start.runner.run(_run_on(plan, start, server, embedded, feeds, watches, screen))
        finally:
            if screen:
                screen.standing("stopping the server")
            embedded.stop()


def _start(embedded: EmbeddedServer, screen: Screen | None) -> None:
    def waiting(seconds: float, loading: bool) -> None:
        doing = "reading its data" if loading else "starting"
        if screen:
            screen.standing(f"the embedded server is {doing}, {seconds:.0f} s")

    started = time.monotonic()
    embedded.start(on_wait=waiting)
    if screen:
        screen.done("server", f"embedded, at {embedded.socket_path}", time.monotonic() - started)


async def _run_on(
    plan: Run,
    start: Start,
    server: Server,
    embedded: EmbeddedServer | None,
    feeds: tuple[Feed, ...],
    watches: tuple[Watch, ...],
    screen: Screen | None,
) -> None:
    stop = asyncio.Event()
    logger = structlog.get_logger()

    def changed(change: ServerChange) -> None:
        # Later the screen shows it as it shows all warnings of the log.
        if screen and accepted is None and change.after.trouble:
            screen.trouble(change.after.cause, change.after.hint)

    with _stopping(stop, lambda: house.kill() if house else None):
        house: House | None = None
        accepted = None
        async with AsyncExitStack() as stack:
            if plan.demo:
                site = await stack.enter_async_context(newsroom(plan.settings.data_dir))
                feeds = site.feeds()
                if screen:
                    screen.done("newsroom", f"{len(feeds)} invented outlets at {site.base}")
            house = House(
                settings=plan.settings,
                server=server,
                feeds=feeds,
                roles=plan.roles,
                watches=watches,
                embedded=embedded,
                first_worker=start.worker,
                on_server=changed,
            )
            # First, so that whoever asks it is told what is waited for.
            await stack.enter_async_context(house.healthy())
            if screen:
                screen.standing(f"asking the server at {server.shown}")
            accepted = await wait_for_store(server, stop, house.watch)
            if accepted is None:
                return
            facts, warnings = accepted
            for warning in warnings:
                logger.warning("server", detail=warning)
            logger.info("running", server=server.shown, product=facts.product, version=facts.version, feeds=len(feeds))
            if screen and plan.log_file:
                await stack.enter_async_context(_shown(house, screen, plan.log_file, stop))
            await house.run(stop)


@asynccontextmanager
async def _shown(house: House, screen: Screen, log: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """The screen follows the house while it runs, and what was published last is still shown."""
    watching = asyncio.create_task(watch(house, screen, log, await beginning(house), stop))
    try:
        yield
    finally:
        stop.set()
        await watching


@contextmanager
def _log_of(plan: Run) -> Iterator[Screen | None]:
    log, secrets = plan.settings.log, secrets_of(plan.settings)
    if plan.log_file is None:
        configure(log, sys.stderr, is_terminal=sys.stderr.isatty(), secrets=secrets)
        yield None
        return
    configure(log.model_copy(update={"format": "json"}), sys.stderr, is_terminal=False, secrets=secrets)
    screen = Screen(output())
    with screen.open():
        yield screen


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM stops like SIGINT while nothing runs yet."""

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _stopping(stop: asyncio.Event, kill: Callable[[], None]) -> Iterator[None]:
    """The first signal sets `stop`; the second ends everything at once."""
    loop = asyncio.get_running_loop()

    def told(number: int) -> None:
        if stop.is_set():
            kill()
            os._exit(128 + number)
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    kept = [signal.getsignal(number) for number in numbers]
    for number in numbers:
        loop.add_signal_handler(number, told, number)
    try:
        yield
    finally:
        for number, handler in zip(numbers, kept, strict=True):
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
