"""What the parser's child process runs, and the form in which documents and feeds pass between it and the poller.

It opens nothing and keeps nothing; its limits are set by `stancewire.bounded`.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from services.poller.parse import parse_feed
from stancewire.bounded import serve
from stancewire.errors import CodecError
from stancewire.types import FetchFailed, ParsedFeed

_HEAD_BYTES = 4


@dataclass(frozen=True, kw_only=True)
class ParseOrder:
    """What is said with a document."""

    url: str
    content_type: str
    max_entries: int
    now: datetime


_orders: TypeAdapter[ParseOrder] = TypeAdapter(ParseOrder)
_answers: TypeAdapter[ParsedFeed | FetchFailed] = TypeAdapter(ParsedFeed | FetchFailed)


def encode_order(order: ParseOrder, body: bytes) -> bytes:
    """One request to the child: the order, then the document."""
    head = _orders.dump_json(order)
    return len(head).to_bytes(_HEAD_BYTES, "big") + head + body


def decode_answer(answer: bytes) -> ParsedFeed | FetchFailed:
    """What the child made of it; raises CodecError."""
    try:
        return _answers.validate_json(answer)
    except ValidationError as error:
        raise CodecError("the parser's answer cannot be read") from error


def answer_order(request: bytes) -> bytes:
    """The child's work on one request."""
    length = int.from_bytes(request[:_HEAD_BYTES], "big")
    order = _orders.validate_json(request[_HEAD_BYTES : _HEAD_BYTES + length])
    parsed = parse_feed(
        request[_HEAD_BYTES + length :],
        url=order.url,
        content_type=order.content_type,
        max_entries=order.max_entries,
        now=order.now,
    )
    return _answers.dump_json(parsed)


if __name__ == "__main__":
    serve(answer_order)
