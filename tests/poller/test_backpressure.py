"""When the poller waits for the workers."""

from __future__ import annotations

import asyncio
import time

from config.logging import log_server_change
from services.poller.backpressure import Backpressure
from stancewire.server_state import ServerWatch
from stancewire.types import QueueDepth


class Queue:
    """A queue whose depth a test sets, and the backpressure that watches it."""

    def __init__(self, pending: int, limit: int) -> None:
        self.pending = pending
        self.pressure = Backpressure(
            depth=lambda: QueueDepth(pending=self.pending, queued=0, running=0, dead=0),
            max_pending=limit,
            server=ServerWatch(monotonic=time.monotonic, tell=log_server_change),
            monotonic=time.monotonic,
            sleep=lambda _seconds: asyncio.sleep(0.01),
        )

    async def is_open(self) -> bool:
        await asyncio.sleep(0.1)
        try:
            async with asyncio.timeout(0.05):
                return await self.pressure.may_go_on()
        except TimeoutError:
            return False


async def test_69_polling_pauses_at_the_limit_and_resumes_well_below_it() -> None:
    queue = Queue(pending=100, limit=100)
    watching = asyncio.create_task(queue.pressure.watch())
    opened = []
    for queue.pending in (100, 101, 100, 76, 75, 100, 101):
        opened.append(await queue.is_open())
    queue.pressure.stop()
    await watching

    assert opened == [True, False, False, False, True, True, False]


async def test_69_what_polls_take_in_between_two_looks_counts() -> None:
    queue = Queue(pending=0, limit=100)
    looking = asyncio.create_task(queue.pressure.watch())
    assert await queue.is_open()
    looking.cancel()

    for _ in range(3):
        queue.pressure.taken_in(40)

    assert not await queue.is_open()
