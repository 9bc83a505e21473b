"""Finds out again and again whether the server takes something in.

What that means for anybody is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import time

from services.waiting import set_within
from stancewire.errors import StoreError
from stancewire.ports import Upkeep
from stancewire.server_state import ServerWatch


async def keep_probing(upkeep: Upkeep, watch: ServerWatch, every_s: float, stop: asyncio.Event) -> None:
    """Tell `watch` what each probe shows, until `stop`."""
    while not stop.is_set():
        asked_at = time.monotonic()
        try:
            await asyncio.to_thread(upkeep.probe)
        except StoreError as error:
            watch.failed(error, asked_at)
        else:
            watch.worked("probing", asked_at)
        await set_within(stop, every_s)
