"""The connections under the fetcher: a name is resolved once, every answer is checked, and a checked address is used.

It sends no requests; only `services.poller.fetch` uses it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, TypeAlias

import certifi
import httpcore
import httpx

from services.poller.guard import Address, Guard
from services.poller.metering import MeteredStream
from stancewire.types import FetchErrorKind

#: Addresses of a name, given with the port; raises OSError where there are none.
Resolve = Callable[[str, int], Awaitable[tuple[Address, ...]]]

_MAX_ADDRESSES_TRIED = 3

#: Origins whose connections are kept for the next request, and for how long.
_KEPT_ORIGINS = 64
_KEPT_SECONDS = 15.0

_Key: TypeAlias = tuple[bytes, bytes, int | None]


class ConnectionRefusedByGuardError(Exception):
    """The connection was not made, for a reason of ours."""

    def __init__(self, kind: FetchErrorKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class ThreadedResolver:
    """The system's resolver in threads of its own: a slow name server must not hold up other work."""

    def __init__(self, threads: int = 16) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> tuple[Address, ...]:
        """Addresses of `host`, in the order they should be tried."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return tuple(dict.fromkeys(found))

    def close(self) -> None:
        """Take no more names; those being looked up are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[Address]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in answers]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that the guard lets through, and to no others."""

    def __init__(self, guard: Guard, resolve: Resolve) -> None:
        self._guard = guard
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check all answers, connect to the first that answers."""
        addresses = await self._addresses(host, port)
        for address in addresses:
            refusal = self._guard.check_endpoint(address, port)
            if refusal is not None:
                raise ConnectionRefusedByGuardError(refusal.kind, refusal.detail)
        tried = addresses[:_MAX_ADDRESSES_TRIED]
        share = None if timeout is None else timeout / len(tried)
        for address in tried[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._connect(address, port, share, local_address, socket_options)
        return await self._connect(tried[-1], port, share, local_address, socket_options)

    async def _connect(
        self,
        address: Address,
        port: int,
        seconds: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> MeteredStream:
        return MeteredStream(await self._inner.connect_tcp(str(address), port, seconds, local_address, socket_options))

    async def _addresses(self, host: str, port: int) -> tuple[Address, ...]:
        bare = host.strip("[]")
        try:
            return (ip_address(bare),)
        except ValueError:
            pass
        try:
            addresses = await self._resolve(bare, port)
        except (OSError, UnicodeError) as error:
            raise ConnectionRefusedByGuardError("dns", f"{bare} has no address: {error}") from error
        if not addresses:
            raise ConnectionRefusedByGuardError("dns", f"{bare} has no address")
        return addresses

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(slots=True, kw_only=True)
class _Origin:
    """The connections to one origin, and who uses them."""

    pool: httpcore.AsyncConnectionPool
    users: int = 0
    left_at: float = 0.0


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over guarded connections; TLS is verified against the host's name.

    Each origin has a pool of its own, as a pool looks through all of its connections, several times, at each request.
    """

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        self._backend = backend
        self._tls = tls
        #: By scheme, host and port; those that nobody uses stand in the order in which they were left.
        self._used: dict[_Key, _Origin] = {}
        self._idle: OrderedDict[_Key, _Origin] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; its body, if any, is known."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        key = (url.scheme, url.host, url.port)
        origin = self._enter(key)
        try:
            response = await origin.pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=url,
                    headers=request.headers.raw,
                    content=request.content,
                    extensions=request.extensions,
                )
            )
        except BaseException:
            await self._leave(key)
            raise
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response, lambda: self._leave(key)),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for origin in (*self._used.values(), *self._idle.values()):
            await origin.pool.aclose()

    def _enter(self, key: _Key) -> _Origin:
        origin = self._used.get(key) or self._idle.pop(key, None)
        if origin is None:
            # How many requests run at once is the fetcher's decision; a second limit here could only starve it.
            pool = httpcore.AsyncConnectionPool(
                ssl_context=self._tls,
                max_connections=None,
                keepalive_expiry=_KEPT_SECONDS,
                network_backend=self._backend,
            )
            origin = _Origin(pool=pool)
        self._used[key] = origin
        origin.users += 1
        return origin

    async def _leave(self, key: _Key) -> None:
        origin, now = self._used[key], asyncio.get_running_loop().time()
        origin.users -= 1
        if origin.users == 0:
            origin.left_at = now
            self._idle[key] = self._used.pop(key)
        while self._idle:
            oldest = next(iter(self._idle.values()))
            if len(self._idle) <= _KEPT_ORIGINS and now - oldest.left_at < _KEPT_SECONDS:
                return
            self._idle.popitem(last=False)
            await oldest.pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response, leave: Callable[[], Awaitable[None]]) -> None:
        self._response = response
        self._leave = leave
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        stream = self._response.extensions.get("network_stream")
        if isinstance(stream, MeteredStream) and _has_more(self._response):
            stream.spoil()
        try:
            await self._response.aclose()
        finally:
            await self._leave()


def _has_more(response: httpcore.Response) -> bool:
    """Whether more was read than the answer: httpcore keeps that for the next one, and says it nowhere in public."""
    connection: Any = getattr(getattr(response.stream, "_stream", None), "_connection", None)
    state = getattr(connection, "_h11_state", None)
    return state is not None and state.trailing_data[0] != b""


def default_tls() -> ssl.SSLContext:
    """TLS that trusts the system's authorities and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
