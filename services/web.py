"""A web server within this process, for as long as a context lasts.

What it serves, and where, is given to it; signals are left to the program around it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette

from stancewire.errors import ConfigurationError, Problem


@contextlib.asynccontextmanager
async def serving(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on a socket that listens or is bound, and close the socket afterwards."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=100,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=2,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        try:
            await task
        finally:
            listener.close()


@contextlib.asynccontextmanager
async def serving_at(app: Starlette, host: str, port: int, *, section: str, off: str) -> AsyncIterator[int]:
    """Serve `app` inside; gives the port, a free one for 0. Raises ConfigurationError where it cannot listen.

    `section` is that of the settings, `off` says how to do without.
    """
    listener = _listen(host, port, section, off)
    bound: int = listener.getsockname()[1]
    async with serving(app, listener):
        yield bound


def _listen(host: str, port: int, section: str, off: str) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        hint = f"Set STANCEWIRE_{section.upper()}__PORT to another port (0: any free one), or {off}."
        reason = (error.strerror or str(error)).lower()
        problem = Problem(f"cannot listen on {host} port {port}: {reason}", where=f"{section}.port", hint=hint)
        raise ConfigurationError((problem,)) from error
    listener.setblocking(False)
    return listener


class _Server(uvicorn.Server):
    """Uvicorn without its hands on the program's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
