"""Keeps the embedded server running: it is started again when it has died, as often as it takes.

Its data is on disk; what was under way at its clients is their own business.
"""

from __future__ import annotations

import asyncio

import structlog

from services.embedded import EmbeddedServer
from stancewire.errors import ServerError

_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 1.0, 30.0


async def keep_running(embedded: EmbeddedServer) -> None:
    """Look every second, less often while starting it is in vain or it dies at once; must run on the main thread."""
    log = structlog.get_logger()
    wait, was_started = _LOOK_SECONDS, True
    while True:
        await asyncio.sleep(wait)
        try:
            embedded.check()
        except ServerError as error:
            if was_started:
                log.error("embedded server ended", error=error.message, hint=error.hint)  # noqa: TRY400 - its log says more
            embedded.stop()
        else:
            wait = _LOOK_SECONDS
            continue
        wait = min(2 * wait, _LONGEST_LOOK_SECONDS)
        try:
            # Blocks the loop: the server ends with the thread that starts it, and nothing works without it.
            embedded.start()
        except ServerError as error:
            if was_started:
                log.error("embedded server not started", error=error.message, hint=error.hint)  # noqa: TRY400
            was_started = False
        else:
            was_started = True
            log.info("embedded server started again", pid=embedded.pid)
