"""The connections under the fetcher: kept for the next request to the same place, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_network

import httpx
import pytest

from services.poller import connecting
from services.poller.connecting import GuardedBackend, GuardedTransport, ThreadedResolver, default_tls
from services.poller.guard import Guard


class Server:
    """Answers every request on all addresses of the loopback, and keeps its connections open."""

    def __init__(self) -> None:
        self.open = self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server()
    listening = await asyncio.start_server(served.serve, "0.0.0.0", 0)
    served.port = listening.sockets[0].getsockname()[1]
    yield served
    listening.close()


@pytest.fixture
async def transport() -> AsyncIterator[GuardedTransport]:
    resolver = ThreadedResolver()
    guard = Guard(allow_networks=(ip_network("127.0.0.0/8"),))
    made = GuardedTransport(GuardedBackend(guard, resolver), default_tls())
    yield made
    await made.aclose()
    resolver.close()


async def ask(transport: GuardedTransport, server: Server, host: str) -> None:
    response = await transport.handle_async_request(httpx.Request("GET", f"http://{host}:{server.port}/"))
    assert await response.aread() == b"ok"
    await response.aclose()


async def test_a_connection_is_used_again_for_the_same_host(transport: GuardedTransport, server: Server) -> None:
    for _ in range(3):
        await ask(transport, server, "127.0.0.1")
    assert server.connections == 1


async def test_only_so_many_hosts_connections_are_kept(transport: GuardedTransport, server: Server) -> None:
    for number in range(100):
        await ask(transport, server, f"127.0.1.{number + 1}")
    await asyncio.sleep(0.1)

    assert server.open == 64
    await ask(transport, server, "127.0.1.100")
    assert server.connections == 100


async def test_connections_are_closed_that_were_not_used_for_a_while(
    transport: GuardedTransport, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_KEPT_SECONDS", 0.1)
    await ask(transport, server, "127.0.0.1")
    await ask(transport, server, "127.0.0.2")
    await asyncio.sleep(0.2)
    await ask(transport, server, "127.0.0.3")
    await asyncio.sleep(0.05)

    assert server.open == 1


async def test_what_is_under_way_is_not_closed_for_others(transport: GuardedTransport, server: Server) -> None:
    response = await transport.handle_async_request(httpx.Request("GET", f"http://127.0.0.1:{server.port}/"))
    for number in range(100):
        await ask(transport, server, f"127.0.1.{number + 1}")

    assert await response.aread() == b"ok"
