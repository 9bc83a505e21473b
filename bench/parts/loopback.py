"""Answers requests on all addresses of the loopback, at next to no cost for a benchmark: each host can be one of them.

It knows of a request no more than where it ends; what is answered is the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def ok(body: bytes, *, kind: bytes = b"application/rss+xml", tag: bytes = b"") -> bytes:
    """A document, with its entity tag if it has one."""
    return response(b"200 OK", body, kind=kind, tag=tag)


def response(status: bytes, body: bytes = b"", *, kind: bytes = b"text/plain", tag: bytes = b"") -> bytes:
    """An answer of HTTP/1.1, whole."""
    named = b"etag: %b\r\n" % tag if tag else b""
    head = b"HTTP/1.1 %b\r\ncontent-type: %b\r\n%bcontent-length: %d\r\n\r\n"
    return head % (status, kind, named, len(body)) + body


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            request, self._received = self._received, b""
            self._transport.write(self._answer(request))


async def serve(answer: Callable[[bytes], bytes]) -> None:
    """Print the port, and serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer), "0.0.0.0", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
