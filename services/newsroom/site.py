"""Serves the newsroom on the loopback and releases its articles by the clock.

It listens on no other interface, and keeps nothing.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.newsroom.edition import Piece, pieces_of
from services.newsroom.material import Material, Outlet, load_material
from services.newsroom.rendering import render_feed, render_front_page, render_page
from services.web import serving
from stancewire.types import Feed

_HOST = "127.0.0.1"


class NewsroomSite:
    """A running site; `async with` starts and stops it."""

    def __init__(self, *, clock: Callable[[], datetime], folder: Traversable | None = None, port: int = 0) -> None:
        """`clock` says what is released; port 0 takes any free one."""
        self._material = load_material(folder or resources.files("seeds") / "newsroom")
        self._clock = clock
        self._started_at = clock()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((_HOST, port))
        self._base = f"http://{_HOST}:{self._socket.getsockname()[1]}"
        self._serving = serving(self._app(), self._socket)

    @property
    def base(self) -> str:
        """The site's address, without slash."""
        return self._base

    @property
    def material(self) -> Material:
        """What the site has to show in the end."""
        return self._material

    def feeds(self) -> tuple[Feed, ...]:
        """The outlets' feeds, as a catalogue lists them."""
        return tuple(
            Feed(
                id=outlet.id,
                url=f"{self.base}{feed_path(outlet)}",
                outlet=outlet.name,
                country=outlet.country,
                language=outlet.language,
                ownership=outlet.ownership,
                source="demo newsroom; the outlet is invented",
            )
            for outlet in self._material.outlets
        )

    async def __aenter__(self) -> NewsroomSite:
        """Start serving; the articles' times count from here."""
        self._started_at = self._clock()
        await self._serving.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        await self._serving.__aexit__(None, None, None)

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{outlet}/", self._front_page),
                Route("/{outlet}/feed.xml", self._feed),
                Route("/{outlet}/feed.json", self._feed),
                Route("/{outlet}/{story}.html", self._page),
            ]
        )

    async def _front_page(self, request: Request) -> Response:
        outlet = self._outlet(request)
        if outlet is None:
            return _not_found()
        return HTMLResponse(render_front_page(outlet, self._pieces(outlet), feed_path(outlet)))

    async def _feed(self, request: Request) -> Response:
        outlet = self._outlet(request)
        if outlet is None or request.url.path != feed_path(outlet):
            return _not_found()
        pieces = self._pieces(outlet)
        if outlet.format == "hostile":
            kind, body = "application/rss+xml", self._material.hostile
        else:
            kind, body = render_feed(outlet, pieces, self.base)
        changed = max((piece.updated_at for piece in pieces), default=self._started_at)
        return _conditional(request, body, kind, changed)

    async def _page(self, request: Request) -> Response:
        outlet = self._outlet(request)
        pieces = self._pieces(outlet) if outlet else ()
        piece = next((piece for piece in pieces if piece.path == request.url.path), None)
        if piece is None:
            return _not_found()
        return HTMLResponse(render_page(piece, [other for other in pieces if other is not piece]))

    def _outlet(self, request: Request) -> Outlet | None:
        name = request.path_params["outlet"]
        return next((outlet for outlet in self._material.outlets if outlet.id == name), None)

    def _pieces(self, outlet: Outlet) -> tuple[Piece, ...]:
        return pieces_of(self._material, outlet, started_at=self._started_at, now=self._clock())


def feed_path(outlet: Outlet) -> str:
    """Path of the outlet's feed on the site."""
    return f"/{outlet.id}/feed.{'json' if outlet.format == 'json' else 'xml'}"


def _conditional(request: Request, body: bytes, kind: str, changed: datetime) -> Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"etag": etag, "last-modified": format_datetime(changed.replace(microsecond=0), usegmt=True)}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "if-none-match" not in request.headers and _unchanged_since(request, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def _unchanged_since(request: Request, changed: datetime) -> bool:
    asked = request.headers.get("if-modified-since")
    try:
        return asked is not None and parsedate_to_datetime(asked) >= changed.replace(microsecond=0)
    except (ValueError, TypeError):
        return False


def _not_found() -> Response:
    return PlainTextResponse("not found", status_code=404)
