"""The house as `stancewire work` runs it, with workers that an article can kill (`bench.parts.deadly_worker`)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from config.loading import load
from config.logging import configure
from stancewire import __version__
from stancewire.wiring.house import House, Roles
from stancewire.wiring.stores import find_server, wait_for_store


async def main() -> None:
    """Run until SIGTERM."""
    settings = load(os.environ, version=__version__)
    configure(settings.log, sys.stderr, is_terminal=False)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = find_server(settings)
    house = House(
        settings=settings,
        server=server,
        feeds=(),
        roles=Roles(poll=False),
        worker=(sys.executable, "-P", "-m", "bench.parts.deadly_worker"),
    )
    if await wait_for_store(server, stop, house.watch) is not None:
        await house.run(stop)


if __name__ == "__main__":
    asyncio.run(main())
