"""The addresses that hubs call: to make sure that we asked, to refuse, and to deliver.

What is asked and delivered is for the subscriber to judge; answers are quick, and nothing is read before them.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from config.settings import WebSubSettings
from services.poller.plain_text import clean_line
from services.web import serving_at
from services.websub.signature import check_signature
from services.websub.subscriber import Subscriber

#: Seconds that a hub may take to send a document.
BODY_PATIENCE_S = 20.0
_MAX_PARAMETER = 4_096
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
#: With an answer to what was not read to its end: else whoever sends it may go on for ever.
_CLOSING = {**_HEADERS, "Connection": "close"}


def application(subscriber: Subscriber, *, max_bytes: int, patience_s: float = BODY_PATIENCE_S) -> Starlette:
    """One address for each subscription, its last part the token; `max_bytes` bounds a delivery."""
    calls = _Calls(subscriber, max_bytes=max_bytes, patience_s=patience_s)
    return Starlette(
        routes=[
            Route("/{path:path}", calls.verify, methods=["GET"]),
            Route("/{path:path}", calls.receive, methods=["POST"]),
        ]
    )


def serve(app: Starlette, settings: WebSubSettings) -> AbstractAsyncContextManager[int]:
    """Serve `app` inside; gives the port. Raises ConfigurationError where it cannot listen."""
    off = "leave STANCEWIRE_WEBSUB__CALLBACK_URL unset"
    return serving_at(app, settings.host, settings.port, section="websub", off=off)


class _Calls:
    def __init__(self, subscriber: Subscriber, *, max_bytes: int, patience_s: float) -> None:
        self._subscriber = subscriber
        self._max_bytes = max_bytes
        self._patience_s = patience_s

    async def verify(self, request: Request) -> Response:
        if not self._subscriber.is_running:
            return _later()
        asked = {name: value for name, value in request.query_params.items() if len(value) <= _MAX_PARAMETER}
        token, topic = _token(request), asked.get("hub.topic", "")
        match asked:
            case {"hub.mode": "subscribe", "hub.challenge": challenge}:
                if self._subscriber.confirm(token, topic, _lease(asked.get("hub.lease_seconds"))):
                    return PlainTextResponse(challenge, headers=_HEADERS)
            case {"hub.mode": "denied"}:
                if self._subscriber.deny(token, topic, clean_line(asked.get("hub.reason", ""))[:200]):
                    return _said(200, "noted")
        return _said(404, "nobody here asked for that")

    async def receive(self, request: Request) -> Response:
        if not self._subscriber.is_running or self._subscriber.is_busy:
            return _later()
        token = _token(request)
        if self._subscriber.secret_for(token) is None:
            return _said(410, "there is no subscription here")
        if request.headers.get("content-encoding", "identity") != "identity":
            return _said(415, "send it without Content-Encoding")
        try:
            async with asyncio.timeout(self._patience_s):
                body = await _body(request, self._max_bytes)
        except (TimeoutError, ClientDisconnect):
            return _said(408, "took too long")
        if body is None:
            return _said(413, f"more than {self._max_bytes} bytes")
        self._judge(token, request, body)
        # The same whatever the signature says: whoever guesses at signatures learns nothing.
        return _said(202, "received")

    def _judge(self, token: str, request: Request, body: bytes) -> None:
        # Asked for again: the lease may have ended while the body came.
        secret = self._subscriber.secret_for(token)
        if secret is None:
            return
        verdict = check_signature(request.headers.get("x-hub-signature"), secret, body)
        if verdict == "good":
            self._subscriber.receive(token, request.headers.get("content-type", "")[:200], body)
        else:
            self._subscriber.ignore(token, verdict)


def _token(request: Request) -> str:
    # A proxy before us may have taken off the path of the public address, or not.
    return request.url.path.rpartition("/")[2]


def _lease(written: str | None) -> int | None:
    return int(written) if written and written.isdecimal() and len(written) <= 10 else None


async def _body(request: Request, max_bytes: int) -> bytes | None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 18 or int(length) > max_bytes):
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > max_bytes:
            return None
    return bytes(body)


def _said(status: int, what: str) -> Response:
    return PlainTextResponse(f"{what}\n", status_code=status, headers=_HEADERS if status < 300 else _CLOSING)


def _later() -> Response:
    return PlainTextResponse("later\n", status_code=503, headers={**_CLOSING, "Retry-After": "60"})
