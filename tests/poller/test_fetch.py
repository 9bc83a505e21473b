"""The fetcher against real sockets; what it meets of bad servers is in `tests/hostile`."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from fetchers import AGENT, ask, fetcher_with
from raw_site import RawSite, deflate, page

from services.poller.fetch import HttpFetcher
from stancewire.types import Fetched, FetchFailed, Validators


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with fetcher_with() as made:
        yield made


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


async def test_a_document_comes_with_headers_and_validators(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/feed"] = page(b"hello", "Content-Type: text/xml", 'ETag: W/"a,\'b"', "Last-Modified: yesterday")

    result = await fetcher.fetch(ask(site.url("/feed")))

    assert isinstance(result, Fetched)
    assert (result.body, result.status, result.url) == (b"hello", 200, site.url("/feed"))
    assert result.header("content-type") == "text/xml"
    assert result.validators == Validators(etag='W/"a,\'b"', last_modified="yesterday")
    assert site.requests[0][1]["user-agent"] == AGENT


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(b"words " * 50_000), "gzip"),
        (gzip.compress(b"words " * 25_000) + gzip.compress(b"words " * 25_000), "x-gzip"),
        (deflate(b"words " * 50_000, raw=False), "deflate"),
        (deflate(b"words " * 50_000, raw=True), "deflate"),
        (b"words " * 50_000, "identity"),
    ],
)
async def test_one_layer_of_compression_is_taken_off(
    site: RawSite, fetcher: HttpFetcher, body: bytes, coding: str
) -> None:
    site.answers["/"] = page(body, f"content-encoding: {coding}")

    result = await fetcher.fetch(ask(site.url()))

    assert isinstance(result, Fetched)
    assert result.body == b"words " * 50_000


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410, 500, 503])
async def test_any_other_status_is_a_failure_with_its_number(site: RawSite, fetcher: HttpFetcher, status: int) -> None:
    site.answers["/"] = f"HTTP/1.1 {status} So\r\nconnection: close\r\n\r\n".encode()

    result = await fetcher.fetch(ask(site.url()))

    assert isinstance(result, FetchFailed)
    assert (result.kind, result.status) == ("http_status", status)


async def test_76_requests_to_one_host_are_spaced_out(site: RawSite) -> None:
    site.answers["/"] = page(b"x")
    started = time.monotonic()

    async with fetcher_with(interval=0.15) as fetcher:
        results = await asyncio.gather(*(fetcher.fetch(ask(site.url())) for _ in range(5)))

    assert all(isinstance(result, Fetched) for result in results)
    assert time.monotonic() - started >= 4 * 0.15


async def test_a_fetch_that_is_cancelled_leaves_the_fetcher_usable(site: RawSite) -> None:
    site.answers |= {"/slow": site.silent, "/": page(b"x")}
    async with fetcher_with() as fetcher:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await fetcher.fetch(ask(site.url("/slow")))
        assert isinstance(await fetcher.fetch(ask(site.url())), Fetched)
