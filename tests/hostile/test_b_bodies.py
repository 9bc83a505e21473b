"""Bodies that are cut off, endless, damaged or blown up, 19 to 24: as feeds of a running poller, and by memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetchers import Clock, ask, failed, fetcher_with
from polls import desk_with, feed_at, poll_each, rss
from raw_site import RawSite, deflate, gzip_bomb, layers, page

from services.poller.metering import HEAD_BYTES
from stancewire.types import Fetched, Validators

#: As a feed may have.
MAX_BYTES = 10_000_000
MAX_GROWN_MB = 64
MEASURED = Path(__file__).parent / "measured_fetch.py"
has_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells how much memory a process had")


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite(answers={"/small": page(b"small")}) as running:
        yield running


async def measured(site: RawSite, path: str, max_bytes: int = MAX_BYTES) -> str:
    """Kind of what comes of fetching a path in a process of its own, whose memory must not grow."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(MEASURED), site.url("/small"), site.url(path), str(max_bytes)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    found = json.loads(said)
    assert found["grown_mb"] < MAX_GROWN_MB, found
    return str(found["kind"])


WHOLE = rss("One", "Two")
CUT_OFF = {
    "/too-long": b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + WHOLE,
    "/no-chunk-end": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfff\r\n" + WHOLE,
    "/no-last-chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(WHOLE), WHOLE),
    "/no-hex": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n" + WHOLE,
    "/negative-chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\n" + WHOLE,
    "/huge-chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n" + WHOLE,
    "/negative": b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n" + WHOLE,
    "/two-lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n" + WHOLE,
    "/no-number": b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n" + WHOLE,
    "/odd-coding": b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "/nonsense": b"nonsense\r\n\r\n",
    "/nothing": b"HTTP/1.1 200 OK\r\n",
}


async def test_19_of_a_body_that_is_cut_off_nothing_is_taken(site: RawSite) -> None:
    site.answers |= CUT_OFF
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, *(site.url(path) for path in CUT_OFF))
    assert {url: reason for url, reason in polled.reasons.items() if reason != "protocol"} == {}
    assert polled.store.payloads == {}
    assert all(state.validators == Validators() for state in polled.states.values())


async def test_19_a_poll_that_is_cut_off_leaves_what_is_known_and_the_next_one_takes_all(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    whole = page(WHOLE, 'etag: "2"')
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        site.answers["/feed"] = page(rss("One"), 'etag: "1"')
        assert (await desk.poll(feed)).accepted == 1
        site.answers["/feed"] = whole[:-20]
        assert (await desk.poll(feed)).outcome == "failed"
        assert desk.state(feed).validators == Validators(etag='"1"')
        site.answers["/feed"] = whole
        assert (await desk.poll(feed)).accepted == 1
    assert [entry.title for entry in desk.entries()] == ["One", "Two"]


async def test_19_what_comes_beyond_the_length_is_no_answer_to_the_next_request(site: RawSite) -> None:
    smuggled = page(rss("Smuggled"))
    two = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst" + smuggled

    def both(connection: socket.socket) -> None:
        connection.sendall(two)
        # The connection stays, as if it were to be used again.
        time.sleep(0.5)

    site.answers |= {"/first": both, "/second": page(b"second")}
    async with fetcher_with() as fetcher:
        bodies = [await fetcher.fetch(ask(site.url(path))) for path in ("/first", "/second")]
    assert [answer.body for answer in bodies if isinstance(answer, Fetched)] == [b"first", b"second"]


def small_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n" * 10_000)


def chunk_extensions(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1;" + b"a" * 60_000 + b"\r\nx\r\n")


def trailers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")
    while True:
        connection.sendall(b"x-more: yyyyyyyyyyyy\r\n" * 1_000)


def no_length(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


@has_proc
@pytest.mark.parametrize("path", ["/endless", "/no-length", "/small-chunks", "/chunk-extensions", "/trailers", "/said"])
async def test_20_a_body_without_end_stops_at_the_limit_on_bytes(site: RawSite, path: str) -> None:
    site.answers |= {
        "/endless": site.endless,
        "/no-length": no_length,
        "/small-chunks": small_chunks,
        "/chunk-extensions": chunk_extensions,
        "/trailers": trailers,
        "/said": b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n<rss>",
    }
    # Trailers are headers: there are as many as headers may be.
    expected = "protocol" if path == "/trailers" else "too_large"
    assert await measured(site, path, 1_000_000) == expected


async def test_20_a_body_in_the_smallest_chunks_that_are_sent_in_practice_is_taken(site: RawSite) -> None:
    body = b"0123456789" * 10_000
    chunks = b"".join(b"a\r\n%b\r\n" % body[start : start + 10] for start in range(0, len(body), 10))
    site.answers["/"] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    async with fetcher_with() as fetcher:
        result = await fetcher.fetch(ask(site.url(), len(body)))
    assert isinstance(result, Fetched)
    assert result.body == body
    assert len(chunks) < 2 * len(body) + HEAD_BYTES


@has_proc
@pytest.mark.parametrize(("bomb", "coding"), [("gzip", "gzip"), ("zlib", "deflate"), ("raw", "deflate")])
async def test_21_a_compressed_bomb_stops_at_the_limit_in_little_memory(site: RawSite, bomb: str, coding: str) -> None:
    megabytes = 100
    body = gzip_bomb(megabytes) if bomb == "gzip" else deflate(bytes(megabytes * 1_000_000), raw=bomb == "raw")
    site.answers["/"] = page(body, f"content-encoding: {coding}")
    assert await measured(site, "/") == "too_large"


@has_proc
async def test_21_a_bomb_of_many_small_members_stops_at_the_limit(site: RawSite) -> None:
    site.answers["/"] = page(gzip.compress(bytes(10_000)) * 5_000, "content-encoding: gzip")
    assert await measured(site, "/", 1_000_000) == "too_large"


@has_proc
@pytest.mark.parametrize(
    "codings",
    [("gzip, gzip, gzip",), ("gzip", "gzip", "gzip"), ("gzip,identity,gzip",), ("deflate, gzip",), ("gzip",)],
    ids=" and ".join,
)
async def test_22_of_several_layers_of_compression_none_or_one_is_taken_off(
    site: RawSite, codings: tuple[str, ...]
) -> None:
    bomb = layers(bytes(100_000_000), 3)
    assert len(bomb) < 1_000
    site.answers["/"] = page(bomb, *(f"content-encoding: {coding}" for coding in codings))
    # One layer is what its header says; below it is a document that is none.
    assert await measured(site, "/") == ("fetched" if codings == ("gzip",) else "decode")
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, site.url())
    assert polled.reasons == {site.url(): "not_a_feed" if codings == ("gzip",) else "decode"}
    assert polled.store.payloads == {}


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "aes128gcm", "x" * 500, "gzip;q=1"])
async def test_23_a_coding_that_was_not_asked_for_is_told(site: RawSite, coding: str) -> None:
    site.answers["/"] = page(WHOLE, f"content-encoding: {coding}")
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, site.url())
    assert polled.reasons == {site.url(): "decode"}
    asked = {each.strip() for each in site.requests[0][1]["accept-encoding"].split(",")}
    assert asked == {"gzip", "deflate"}


def damaged(body: bytes, place: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :]


LONG = gzip.compress(rss(*(f"Title {number}" for number in range(5_000))))
CORRUPT = {
    "no compression": b"plain text",
    "a head alone": b"\x1f\x8bgarbage and more",
    "cut off": LONG[:-30],
    "without its checksum": LONG[:-8],
    "damaged in the middle": damaged(LONG, len(LONG) // 2),
    "damaged in its checksum": damaged(LONG, len(LONG) - 6),
    "damaged in its length": damaged(LONG, len(LONG) - 1),
    "another member that is damaged": LONG + b"\x1f\x8b\x08\x00garbage",
    "a member that is cut off": LONG + LONG[:100],
    "zlib without an end": zlib.compress(bytes(100_000))[:-10],
}


@has_proc
@pytest.mark.parametrize("name", CORRUPT)
async def test_24_damaged_compression_is_told_and_nothing_of_it_taken(site: RawSite, name: str) -> None:
    site.answers["/"] = page(CORRUPT[name], "content-encoding: gzip", 'etag: "1"')
    assert await measured(site, "/") == "decode"
    async with fetcher_with() as fetcher:
        assert failed(await fetcher.fetch(ask(site.url()))) == "decode"
        polled = await poll_each(fetcher, site.url())
    assert polled.reasons == {site.url(): "decode"}
    assert polled.store.payloads == {}
    assert polled.states[site.url()].validators == Validators()
