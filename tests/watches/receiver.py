"""A receiver of webhooks on the loopback, which answers as told, and what a test sends there with."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook as Checker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.web import serving

SECRET = "whsec_" + base64.b64encode(b"a key of thirty-two bytes or so!").decode()
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


@dataclass(frozen=True, kw_only=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event

    def is_signed(self, secret: str = SECRET) -> bool:
        """By the reference library, whatever the time."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        good = Checker(secret).sign(self.headers["webhook-id"], at, self.body.decode())
        return good in self.headers["webhook-signature"].split(" ")


@dataclass(kw_only=True)
class Receiver:
    url: str
    #: Answers to give, by path, the first one first: a status and headers. Then 200.
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    #: Seconds to wait with an answer.
    slow: float = 0.0
    #: Signal ids that are always refused.
    refused: frozenset[str] = frozenset()
    received: list[Received] = field(default_factory=list)

    def ids(self, path: str = "/hook") -> list[str]:
        return [each.headers["webhook-id"] for each in self.received if each.path == path]

    async def serve(self, request: Request) -> Response:
        one = Received(path=request.url.path, headers=dict(request.headers), body=await request.body())
        self.received.append(one)
        await asyncio.sleep(self.slow)
        planned = self.answers.get(one.path, [])
        if one.headers["webhook-id"] in self.refused:
            return Response(status_code=500)
        status, headers = planned.pop(0) if planned else (200, {})
        return Response(b"x" * 100, status_code=status, headers=headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    receiver = Receiver(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = Starlette(routes=[Route("/{path:path}", receiver.serve, methods=["POST", "GET"])])
    async with serving(app, listener):
        yield receiver


class Clock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self._added = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._added

    def passes(self, **duration: float) -> None:
        self._added += timedelta(**duration)


async def until(reached: Callable[[], bool], *, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(0.02)


def names(count: int) -> Iterator[str]:
    return (f"s{number}" for number in range(count))
