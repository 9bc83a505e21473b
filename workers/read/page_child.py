"""What the page reader's child process runs, and the form in which pages and readings pass between it and the worker.

It opens nothing and keeps nothing; its limits are set by `stancewire.bounded`.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from stancewire.bounded import serve
from stancewire.errors import CodecError
from stancewire.types import PageReading, PageRefused
from workers.read.extraction import read_page

_HEAD_BYTES = 4


@dataclass(frozen=True, kw_only=True)
class PageOrder:
    """What is said with a page."""

    url: str
    content_type: str
    before: datetime


_orders: TypeAdapter[PageOrder] = TypeAdapter(PageOrder)
_answers: TypeAdapter[PageReading | PageRefused] = TypeAdapter(PageReading | PageRefused)


def encode_order(order: PageOrder, body: bytes) -> bytes:
    """One request to the child: the order, then the page."""
    head = _orders.dump_json(order)
    return len(head).to_bytes(_HEAD_BYTES, "big") + head + body


def decode_answer(answer: bytes) -> PageReading | PageRefused:
    """What the child made of it; raises CodecError."""
    try:
        return _answers.validate_json(answer)
    except ValidationError as error:
        raise CodecError("the page reader's answer cannot be read") from error


def answer_order(request: bytes) -> bytes:
    """The child's work on one request."""
    length = int.from_bytes(request[:_HEAD_BYTES], "big")
    order = _orders.validate_json(request[_HEAD_BYTES : _HEAD_BYTES + length])
    body = request[_HEAD_BYTES + length :]
    return _answers.dump_json(read_page(body, content_type=order.content_type, url=order.url, before=order.before))


if __name__ == "__main__":
    serve(answer_order)
