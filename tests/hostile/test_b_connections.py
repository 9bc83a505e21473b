"""Connections that fail, lie or never end, 15 to 18 and 33: as feeds of a running poller, on real sockets."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from certificates import HAS_OPENSSL, Authority
from fetchers import Clock, always, ask, failed, fetcher_with
from polls import desk_with, feed_at, poll_each, rss
from raw_site import RawSite, page, redirect

from services.poller.connecting import default_tls
from stancewire.types import Fetched

LONG_AGO = {"begins": "20200101000000Z", "ends": "20200102000000Z"}
FAR_AHEAD = {"begins": "20980101000000Z", "ends": "20990101000000Z"}


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port whose packets are dropped, as those of a firewall's black hole: no more connections fit its line."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        time.sleep(0.1)
        yield port


def reset(connection: socket.socket) -> None:
    """End a connection with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


async def test_15_refused_and_reset_connections_and_silence_are_told_apart(site: RawSite) -> None:
    site.answers |= {"/reset": reset, "/closed": lambda connection: connection.close(), "/silent": site.silent}
    with RawSite() as closed:
        refused = closed.url("/feed")
    with full_backlog() as port:
        hole = f"http://127.0.0.1:{port}/feed"
        urls = (refused, site.url("/reset"), site.url("/closed"), site.url("/silent"), hole)
        async with fetcher_with(total_timeout_s=1, connect_timeout_s=0.3) as fetcher:
            polled = await poll_each(fetcher, *urls, "http://no-such-host.invalid/feed")
            assert dict(fetcher.failures) == {"connect": 1, "protocol": 2, "timeout": 2, "dns": 1}

    assert list(polled.reasons.values()) == ["connect", "protocol", "protocol", "timeout", "timeout", "dns"]
    assert polled.states[hole].last_error == "timeout: 127.0.0.1 took too long connecting"
    assert polled.states[site.url("/silent")].last_error == "timeout: 127.0.0.1 took too long answering"


async def test_15_each_failure_in_a_row_doubles_the_wait_up_to_its_limit_with_chance_on_top() -> None:
    clock = Clock()
    with RawSite() as closed:
        feed = feed_at(closed.url("/feed"))
    waits = []
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for _ in range(12):
            report = await desk.poll(feed)
            assert report.state is not None
            assert report.state.next_poll_at is not None
            waits.append((report.state.next_poll_at - clock.at).total_seconds())
            clock.at = report.state.next_poll_at

    # Half of the most that chance may add, as the desk has it: 5 percent.
    assert waits[:5] == pytest.approx([1.05 * 600 * 2**number for number in range(5)])
    assert waits[-1] == pytest.approx(1.05 * 86_400)
    assert desk.state(feed).failures == 12


needs_openssl = pytest.mark.skipif(not HAS_OPENSSL, reason="the openssl program, which makes the certificates")


@needs_openssl
@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(lambda made: made.server("feeds.example", **LONG_AGO), id="expired"),
        pytest.param(lambda made: made.server("feeds.example", **FAR_AHEAD), id="not yet valid"),
        pytest.param(lambda made: made.server("feeds.example", self_signed=True), id="self-signed"),
        pytest.param(lambda made: made.server("other.example"), id="of another host"),
        pytest.param(lambda made: made.server("*.feeds.example"), id="of hosts below it"),
    ],
)
async def test_16_a_certificate_that_does_not_hold_is_told_and_nothing_is_sent(
    tmp_path: Path, shown: Callable[[Authority], ssl.SSLContext]
) -> None:
    made = Authority(tmp_path)
    with RawSite(tls=shown(made), answers={"/feed": page(rss("secret"))}) as site:
        url = site.url("/feed", host="feeds.example")
        async with fetcher_with(tls=made.trusted(), resolve=always("127.0.0.1")) as fetcher:
            polled = await poll_each(fetcher, url)
        assert polled.reasons == {url: "tls"}
        # Not tried again in another way: one connection, and no request on it.
        assert (site.connections, site.requests) == (1, [])
    assert polled.store.payloads == {}


@needs_openssl
async def test_16_a_certificate_that_holds_is_accepted_and_an_unknown_authority_is_not(tmp_path: Path) -> None:
    made = Authority(tmp_path)
    with RawSite(tls=made.server("feeds.example"), answers={"/feed": page(rss("known"))}) as site:
        url = site.url("/feed", host="feeds.example")
        async with fetcher_with(tls=made.trusted(), resolve=always("127.0.0.1")) as fetcher:
            assert isinstance(await fetcher.fetch(ask(url)), Fetched)
        async with fetcher_with(tls=default_tls(), resolve=always("127.0.0.1")) as fetcher:
            assert failed(await fetcher.fetch(ask(url))) == "tls"
        assert len(site.requests) == 1


async def test_16_a_server_without_tls_is_not_asked_without_it(site: RawSite) -> None:
    async with fetcher_with(total_timeout_s=2) as fetcher:
        result = await fetcher.fetch(ask(site.url("/feed").replace("http:", "https:")))
    assert failed(result) in {"tls", "protocol", "timeout"}
    assert (site.connections, site.requests) == (1, [])


def dripping_headers(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 10_000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def dripping_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("part", ["body", "headers", "chunks", "handshake"])
async def test_17_a_drip_ends_at_the_total_deadline(site: RawSite, part: str) -> None:
    site.answers |= {"/body": site.dripping, "/headers": dripping_headers, "/chunks": dripping_chunks}
    url = site.url(f"/{part}")
    started = time.monotonic()
    async with fetcher_with(total_timeout_s=0.7) as fetcher:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            # It accepts, and says nothing to the client's hello.
            handshake = f"https://127.0.0.1:{mute.getsockname()[1]}/"
            assert failed(await fetcher.fetch(ask(handshake if part == "handshake" else url))) == "timeout"
    assert time.monotonic() - started < 1.5
    # What is not closed is told by Python when it is collected, and a warning is an error here.
    gc.collect()


async def test_17_the_deadline_holds_for_all_hops_together(site: RawSite) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.25)
        connection.sendall(redirect(f"/{len(site.requests)}"))

    site.answers |= {"/": slow} | {f"/{number}": slow for number in range(1, 9)}
    async with fetcher_with(total_timeout_s=0.6, max_redirects=8) as fetcher:
        assert failed(await fetcher.fetch(ask(site.url()))) == "timeout"


async def test_17_a_feed_that_drips_does_not_hold_up_the_others(site: RawSite) -> None:
    site.answers |= {"/drip": site.dripping, "/feed": page(rss("quick"))}
    async with fetcher_with(total_timeout_s=30) as fetcher:
        dripping = asyncio.create_task(fetcher.fetch(ask(site.url("/drip"))))
        assert isinstance(await asyncio.wait_for(fetcher.fetch(ask(site.url("/feed"))), 2), Fetched)
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


def interim_answers(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n" * 100)


HEADS = {
    "/one-long-line": b"HTTP/1.1 200 OK\r\nx-long: " + b"y" * 200_000 + b"\r\n\r\n",
    "/many-lines": b"HTTP/1.1 200 OK\r\n" + b"x-more: yyyyyyyyyyyy\r\n" * 10_000 + b"\r\n",
    "/long-status": b"HTTP/1.1 200 " + b"O" * 200_000 + b"\r\n\r\n",
    "/no-lines": b"x" * 300_000,
}


async def test_18_headers_without_end_are_a_protocol_error(site: RawSite) -> None:
    site.answers |= {"/endless": site.endless_headers, "/interim": interim_answers, **HEADS}
    async with fetcher_with(total_timeout_s=20) as fetcher:
        started = time.monotonic()
        polled = await poll_each(fetcher, *(site.url(path) for path in site.answers))
        # By the limit on bytes, long before the deadline.
        assert time.monotonic() - started < 10
    assert set(polled.reasons.values()) == {"protocol"}
    assert len(polled.reasons) == 6
    assert polled.store.payloads == {}


@pytest.mark.parametrize(
    "banner",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example ESMTP\r\n",
        b"-ERR unknown command\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"\0" * 1_000,
        b"ICY 200 OK\r\n\r\n",
    ],
)
async def test_33_a_banner_of_another_protocol_is_told(banner: bytes) -> None:
    with RawSite(banner=banner) as site:
        async with fetcher_with() as fetcher:
            polled = await poll_each(fetcher, site.url("/feed"))
    assert polled.reasons == {site.url("/feed"): "protocol"}
    assert polled.store.payloads == {}
