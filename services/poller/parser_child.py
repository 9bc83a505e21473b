"""What the parser's child process runs, and what passes between it and the poller.

It opens nothing and keeps nothing; its limits are set by `stancewire.bounded`.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from services.poller.parse import parse_feed
from stancewire.bounded import serve
from stancewire.orders import Orders
from stancewire.types import FetchFailed, ParsedFeed


@dataclass(frozen=True, kw_only=True)
class ParseOrder:
    """What is said with a document."""

    url: str
    content_type: str
    max_entries: int
    now: datetime


ORDERS: Orders[ParseOrder, ParsedFeed | FetchFailed] = Orders(
    TypeAdapter(ParseOrder), TypeAdapter(ParsedFeed | FetchFailed), to="parser"
)


def parse(order: ParseOrder, body: bytes) -> ParsedFeed | FetchFailed:
    """The child's work on one document."""
    return parse_feed(
        body, url=order.url, content_type=order.content_type, max_entries=order.max_entries, now=order.now
    )


if __name__ == "__main__":
    serve(ORDERS.answered(parse))
