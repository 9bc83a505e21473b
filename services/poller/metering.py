"""Counts what comes over a connection in answer to a request, and ends it where that is more than an answer needs.

It reads no HTTP: who knows that a body begins says so.
"""

from __future__ import annotations

import ssl
from typing import Any

import httpcore

from services.poller.decoding import OverflowedError

#: Bytes that may come before the body of an answer.
HEAD_BYTES = 256 * 1024
#: How many may come for each byte of the body: chunks of a few bytes each are mostly framing.
_FRAMING = 2


class MeteredStream(httpcore.AsyncNetworkStream):
    """A connection that ends when more comes over it in answer to a request than may, in whatever parts of HTTP.

    What a server sends as framing, interim answers or trailers is in no body, and would else have no limit but time.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._left = HEAD_BYTES
        self._in_head = True
        self._is_spoiled = False

    def spoil(self) -> None:
        """Let no other request be sent over it: more has come than the answer, and would be taken for the next one."""
        self._is_spoiled = True

    def allow_body(self, most_bytes: int) -> None:
        """Let a body of at most this size come, decompressed or not, with the framing that it may need."""
        self._left, self._in_head = _FRAMING * most_bytes + HEAD_BYTES, False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Bytes as they come; raises where they are too many."""
        piece = await self._inner.read(max_bytes, timeout)
        self._left -= len(piece)
        if self._left < 0 and self._in_head:
            raise httpcore.RemoteProtocolError(f"more than {HEAD_BYTES} bytes and no answer among them")
        if self._left < 0:
            raise OverflowedError
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Send a request or a part of one; what comes from then on is the answer to it."""
        self._left, self._in_head = HEAD_BYTES, True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """The connection with TLS, metered likewise."""
        try:
            return MeteredStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            # httpcore leaves it open where a deadline cuts off the handshake.
            await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection, by httpcore's names."""
        # One from which something can be read before anything was asked is not used again.
        return (info == "is_readable" and self._is_spoiled) or self._inner.get_extra_info(info)
