"""What the page reader's child process runs, and what passes between it and the worker.

It opens nothing and keeps nothing; its limits are set by `stancewire.bounded`.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from stancewire.bounded import serve
from stancewire.orders import Orders
from stancewire.types import PageReading, PageRefused
from workers.read.extraction import read_page


@dataclass(frozen=True, kw_only=True)
class PageOrder:
    """What is said with a page."""

    url: str
    content_type: str
    before: datetime
    is_dated: bool


ORDERS: Orders[PageOrder, PageReading | PageRefused] = Orders(
    TypeAdapter(PageOrder), TypeAdapter(PageReading | PageRefused), to="page reader"
)


def read(order: PageOrder, body: bytes) -> PageReading | PageRefused:
    """The child's work on one page."""
    return read_page(body, content_type=order.content_type, url=order.url, before=order.before, is_dated=order.is_dated)


if __name__ == "__main__":
    serve(ORDERS.answered(read))
