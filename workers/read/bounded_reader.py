"""Reads pages in a child process, so that a hostile one costs a bounded time and never the worker.

What a page says is found out in `extraction`; here is only who does it and for how long. The child lives on over many
pages.
"""

from __future__ import annotations

from datetime import datetime

from stancewire.bounded import BlockingChild, ChildDiedError, ChildOverranError, ChildProcess
from stancewire.errors import CodecError
from stancewire.types import Page, PageReading, PageRefused
from workers.read.page_child import ORDERS, PageOrder

#: Real pages take a fifth of it.
MAX_MEMORY_BYTES = 512 * 1024 * 1024
MAX_ANSWER_BYTES = 64 * 1024 * 1024
#: For one page; the largest of the real pages at hand takes half of it.
CPU_SECONDS = 1.0
#: For one page, on a machine that has much else to do.
SECONDS = 20.0


class BoundedReader:
    """Called with a page and the time before which it was published; a failure is a value."""

    def __init__(self, *, cpu_seconds: float = CPU_SECONDS, seconds: float = SECONDS) -> None:
        self._child = BlockingChild(
            ChildProcess(
                "workers.read.page_child",
                max_memory_bytes=MAX_MEMORY_BYTES,
                seconds=seconds,
                cpu_seconds=cpu_seconds,
                max_answer_bytes=MAX_ANSWER_BYTES,
            )
        )

    def __call__(self, page: Page, before: datetime, *, is_dated: bool = False) -> PageReading | PageRefused:
        """What the page says, or why it was not read."""
        order = PageOrder(url=page.url, content_type=page.content_type, before=before, is_dated=is_dated)
        try:
            return ORDERS.decode(self._child.ask(ORDERS.encode(order, page.body)))
        except ChildOverranError as error:
            return PageRefused(reason=f"the page takes too long to read: {error}")
        except (ChildDiedError, CodecError) as error:
            return PageRefused(reason=f"the page cannot be read: {error}")

    def close(self) -> None:
        """End the child."""
        self._child.close()
