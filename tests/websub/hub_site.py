"""A site on the loopback that serves a feed and is its hub: it takes requests, asks back, and delivers."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.web import serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a subscription, and what was answered when the hub asked back."""

    form: dict[str, str]
    status: int = 0
    body: str = ""

    @property
    def callback(self) -> str:
        return self.form["hub.callback"]


@dataclass(kw_only=True)
class HubSite:
    url: str
    #: What is served, by path: a body and headers.
    pages: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    #: By path: where to, and with which status.
    moved: dict[str, tuple[str, int]] = field(default_factory=dict)
    #: What the hub asks back with; None: what it was asked for.
    verify: str | None = None
    lease: int = 864_000
    #: What the hub answers to a request; anything but 2xx ends it there.
    answer: int = 202
    #: Whether it asks back before it answers.
    at_once: bool = False
    #: Whether it asks back at all.
    silent: bool = False
    asked: list[Asked] = field(default_factory=list)
    polled: list[str] = field(default_factory=list)
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, request: Request) -> Response:
        path = request.url.path
        if path in self.moved:
            where, status = self.moved[path]
            return RedirectResponse(self.url + where, status)
        if request.method == "POST" and path == "/hub":
            assert request.headers["content-type"] == "application/x-www-form-urlencoded"
            return await self._take(dict(parse_qsl((await request.body()).decode("ascii"))))
        self.polled.append(path)
        if path not in self.pages:
            return Response(status_code=404)
        body, headers = self.pages[path]
        return Response(body, headers={"content-type": "text/xml", **headers})

    async def _take(self, form: dict[str, str]) -> Response:
        if self.answer >= 300 or self.silent:
            self.asked.append(Asked(form=form))
        elif self.at_once:
            await self._ask_back(form)
        else:
            task = asyncio.create_task(self._ask_back(form))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        return Response(status_code=self.answer)

    async def _ask_back(self, form: dict[str, str]) -> None:
        challenge = secrets.token_hex(8)
        answer = await self.call(
            form["hub.callback"],
            {
                "hub.mode": "subscribe",
                "hub.topic": self.verify or form["hub.topic"],
                "hub.challenge": challenge,
                "hub.lease_seconds": str(self.lease),
            },
        )
        assert answer.status_code != 200 or answer.text == challenge
        self.asked.append(Asked(form=form, status=answer.status_code, body=answer.text))

    async def call(self, callback: str, question: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(callback, params=question)

    async def deliver(
        self, asked: Asked, body: bytes, sign: str = "sha256", headers: dict[str, str] | None = None
    ) -> int:
        """Deliver `body`; the status that was answered."""
        topic = asked.form["hub.topic"]
        sent = {"content-type": "application/xml", "link": f'<{self.url}/hub>; rel="hub", <{topic}>; rel="self"'}
        if (signature := signed(sign, asked.form["hub.secret"], body)) is not None:
            sent["x-hub-signature"] = signature
        async with httpx.AsyncClient() as client:
            return (await client.post(asked.callback, content=body, headers=sent | (headers or {}))).status_code


def signed(how: str, secret: str, body: bytes) -> str | None:
    """The header's value; `bad` is made with another key."""
    if how == "missing":
        return None
    if how == "bad":
        return f"sha256={hmac.digest(b'another key', body, 'sha256').hex()}"
    return f"{how}={hmac.digest(secret.encode(), body, how).hex()}"


@asynccontextmanager
async def hub_site() -> AsyncIterator[HubSite]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    site = HubSite(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    async with serving(Starlette(routes=[Route("/{path:path}", site.serve, methods=["GET", "POST"])]), listener):
        yield site
