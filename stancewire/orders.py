"""The form in which work passes to a bounded child and back: an order, the bytes that it is about, and an answer.

It starts no process and sets no limit; that is `stancewire.bounded`'s part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from stancewire.errors import CodecError

Order = TypeVar("Order")
Answer = TypeVar("Answer")

_HEAD_BYTES = 4


class Orders(Generic[Order, Answer]):
    """Orders of one kind, each with bytes, and their answers."""

    def __init__(self, orders: TypeAdapter[Order], answers: TypeAdapter[Answer], *, to: str) -> None:
        """`to` names who answers, for people."""
        self._orders = orders
        self._answers = answers
        self._to = to

    def encode(self, order: Order, body: bytes) -> bytes:
        """One request: the order's length, the order, then the bytes as they are."""
        head = self._orders.dump_json(order)
        return len(head).to_bytes(_HEAD_BYTES, "big") + head + body

    def decode(self, answer: bytes) -> Answer:
        """What was answered; raises CodecError."""
        try:
            return self._answers.validate_json(answer)
        except ValidationError as error:
            raise CodecError(f"the answer of the {self._to} cannot be read") from error

    def answered(self, work: Callable[[Order, bytes], Answer]) -> Callable[[bytes], bytes]:
        """The child's side: what `work` makes of a request."""

        def answer(request: bytes) -> bytes:
            start = _HEAD_BYTES + int.from_bytes(request[:_HEAD_BYTES], "big")
            order = self._orders.validate_json(request[_HEAD_BYTES:start])
            return self._answers.dump_json(work(order, request[start:]))

        return answer
