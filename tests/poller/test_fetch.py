"""The fetcher against real sockets; the numbers are those of the list of hostile inputs."""

from __future__ import annotations

import asyncio
import gzip
import resource
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from raw_site import RawSite, deflate, gzip_bomb, layers, page, paths, redirect

from config.settings import FetchSettings
from services.poller.connecting import Resolve
from services.poller.fetch import HttpFetcher
from services.poller.guard import Address
from services.poller.spacing import Spacing
from stancewire.types import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified, Validators

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
#: Taken as it is: nothing in it stands for something else by now.
AGENT = "desk/1.2.3 {version} (+https://desk.example)"


@asynccontextmanager
async def fetcher_with(
    *,
    total: float = 5,
    interval: float = 0,
    open_loopback: bool = True,
    resolve: Resolve | None = None,
    tls: ssl.SSLContext | None = None,
    redirects: int = 5,
) -> AsyncIterator[HttpFetcher]:
    settings = FetchSettings(
        user_agent=AGENT,
        allow_networks=LOOPBACK if open_loopback else (),
        total_timeout_s=total,
        connect_timeout_s=2,
        max_redirects=redirects,
        robots=False,
    )
    fetcher = HttpFetcher(
        settings,
        spacing=Spacing(interval=interval, at_once=2, in_all=32, monotonic=time.monotonic, sleep=asyncio.sleep),
        now=lambda: NOW,
        monotonic=time.monotonic,
        resolve=resolve,
        tls=tls,
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with fetcher_with() as made:
        yield made


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


def ask(url: str, max_bytes: int = 1_000_000, validators: Validators | None = None) -> FetchRequest:
    return FetchRequest(url=url, accept="*/*", max_bytes=max_bytes, validators=validators or Validators())


def failed(result: FetchResult) -> str:
    """Kind of a failure, which it must be, with one line for people."""
    assert isinstance(result, FetchFailed), result
    assert result.detail
    assert "\n" not in result.detail
    return result.kind


def self_signed(host: str, folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ("-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}")
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    written = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(["openssl", "req", "-x509", *made, *written, *subject], check=True, capture_output=True)
    return certificate, key


async def test_a_document_comes_with_headers_and_validators(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/feed"] = page(b"hello", "Content-Type: text/xml", 'ETag: W/"a,\'b"', "Last-Modified: yesterday")

    result = await fetcher.fetch(ask(site.url("/feed")))

    assert isinstance(result, Fetched)
    assert (result.body, result.status, result.url) == (b"hello", 200, site.url("/feed"))
    assert result.header("content-type") == "text/xml"
    assert result.validators == Validators(etag='W/"a,\'b"', last_modified="yesterday")
    assert site.requests[0][1]["user-agent"] == AGENT


async def test_11_a_proxy_in_the_environment_is_ignored(site: RawSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.answers["/"] = page(b"direct")

    async with fetcher_with() as fetcher:
        assert isinstance(await fetcher.fetch(ask(site.url("/"))), Fetched)


async def test_15_refused_and_reset_connections_and_silence_are_values(site: RawSite) -> None:
    site.answers |= {"/reset": lambda connection: connection.close(), "/silent": site.silent}

    async with fetcher_with(total=0.5) as fetcher:
        assert failed(await fetcher.fetch(ask("http://127.0.0.1:9/"))) == "connect"
        assert failed(await fetcher.fetch(ask(site.url("/reset")))) == "protocol"
        assert failed(await fetcher.fetch(ask(site.url("/silent")))) == "timeout"
        assert failed(await fetcher.fetch(ask("http://no-such-host.invalid/"))) == "dns"


async def test_16_certificates_are_verified_by_the_name_of_the_host(tmp_path: Path) -> None:
    certificate, key = self_signed("feeds.example", tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)

    async def resolve(host: str, port: int) -> tuple[Address, ...]:
        return (ip_address("127.0.0.1"),)

    with RawSite(tls=server, answers={"/": page(b"secret")}) as site:
        async with fetcher_with(resolve=resolve) as distrustful:
            assert failed(await distrustful.fetch(ask(site.url(host="feeds.example")))) == "tls"
        trusting = ssl.create_default_context(cafile=str(certificate))
        async with fetcher_with(resolve=resolve, tls=trusting) as fetcher:
            assert isinstance(await fetcher.fetch(ask(site.url(host="feeds.example"))), Fetched)
            assert failed(await fetcher.fetch(ask(site.url(host="other.example")))) == "tls"


async def test_17_a_drip_ends_at_the_total_deadline(site: RawSite) -> None:
    site.answers["/"] = site.dripping
    started = time.monotonic()

    async with fetcher_with(total=0.6) as fetcher:
        assert failed(await fetcher.fetch(ask(site.url()))) == "timeout"
    assert time.monotonic() - started < 1.5


async def test_17_the_deadline_holds_for_all_hops_together(site: RawSite) -> None:
    def slow(connection: object) -> None:
        time.sleep(0.25)
        connection.sendall(redirect(f"/{len(site.requests)}"))  # type: ignore[attr-defined]

    site.answers |= {"/": slow} | {f"/{number}": slow for number in range(1, 9)}
    async with fetcher_with(total=0.6, redirects=8) as fetcher:
        assert failed(await fetcher.fetch(ask(site.url()))) == "timeout"


async def test_18_headers_without_end_are_a_protocol_error(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = site.endless_headers

    assert failed(await fetcher.fetch(ask(site.url()))) == "protocol"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nhello",
        b"nonsense\r\n\r\n",
    ],
)
async def test_19_bodies_that_are_cut_off_are_not_half_taken(
    site: RawSite, fetcher: HttpFetcher, answer: bytes
) -> None:
    site.answers["/"] = answer

    assert failed(await fetcher.fetch(ask(site.url()))) == "protocol"


async def test_20_chunks_without_end_stop_at_the_limit(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = site.endless

    assert failed(await fetcher.fetch(ask(site.url()))) == "too_large"


async def test_20_a_page_of_50_megabytes_is_refused_by_its_length(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n<html>"

    assert failed(await fetcher.fetch(ask(site.url()))) == "too_large"


async def test_21_a_gzip_bomb_stops_at_the_limit_in_little_memory(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = page(gzip_bomb(300), "content-encoding: gzip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert failed(await fetcher.fetch(ask(site.url()))) == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize("codings", ["gzip, gzip, gzip", "br", "zstd", "gzip, br", "x" * 500])
async def test_22_23_other_content_codings_are_refused(site: RawSite, fetcher: HttpFetcher, codings: str) -> None:
    site.answers["/"] = page(layers(b"small", 3), f"content-encoding: {codings}")

    assert failed(await fetcher.fetch(ask(site.url()))) == "decode"


@pytest.mark.parametrize("body", [b"\x1f\x8bgarbage and more", gzip.compress(b"x" * 10_000)[:-30], b"plain text"])
async def test_24_damaged_compression_is_a_value(site: RawSite, fetcher: HttpFetcher, body: bytes) -> None:
    site.answers["/"] = page(body, "content-encoding: gzip")

    assert failed(await fetcher.fetch(ask(site.url()))) == "decode"


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


async def test_25_redirects_in_a_circle_too_many_and_to_nowhere_are_values(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers |= {f"/{number}": redirect(f"/{number + 1}") for number in range(11)}
    site.answers |= {
        "/circle": redirect("/circle"),
        "/nowhere": page(b"", status="302 Found"),
        "/bad": redirect("http://[::bad/"),
    }

    assert failed(await fetcher.fetch(ask(site.url("/0")))) == "too_many_redirects"
    assert failed(await fetcher.fetch(ask(site.url("/circle")))) == "too_many_redirects"
    assert failed(await fetcher.fetch(ask(site.url("/nowhere")))) == "bad_redirect"
    assert failed(await fetcher.fetch(ask(site.url("/bad")))) in {"bad_redirect", "bad_url"}


async def test_27_validators_are_sent_back_as_they_came(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    validators = Validators(etag='W/"é,\'x"', last_modified="Fri, 31 Dec 2099 23:59:59 GMT")

    result = await fetcher.fetch(ask(site.url(), validators=validators))

    assert isinstance(result, NotModified)
    assert (result.url, result.validators) == (site.url(), validators)
    assert site.requests[0][1]["if-none-match"] == validators.etag
    assert site.requests[0][1]["if-modified-since"] == validators.last_modified


async def test_27_a_304_that_nobody_asked_for_is_a_failure(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"

    assert failed(await fetcher.fetch(ask(site.url()))) == "protocol"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("86400000", 86_400),
        ("-10", 60),
        ("120", 120),
        ("9" * 5_000, 86_400),
        ("Mon, 23 Nov 2026 12:05:00 GMT", 300),
        ("Mon, 23 Nov 2020 12:05:00 GMT", 60),
        ("soon", None),
    ],
)
async def test_28_retry_after_is_clamped(
    site: RawSite, fetcher: HttpFetcher, value: str, seconds: float | None
) -> None:
    site.answers["/"] = page(b"", f"retry-after: {value}", status="429 Too Many Requests")

    result = await fetcher.fetch(ask(site.url()))

    assert isinstance(result, FetchFailed)
    assert (result.kind, result.status, result.retry_after) == ("http_status", 429, seconds)


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410, 500, 503])
async def test_29_any_other_status_is_a_failure_with_its_number(
    site: RawSite, fetcher: HttpFetcher, status: int
) -> None:
    site.answers["/"] = f"HTTP/1.1 {status} So\r\nconnection: close\r\n\r\n".encode()

    result = await fetcher.fetch(ask(site.url()))

    assert isinstance(result, FetchFailed)
    assert (result.kind, result.status) == ("http_status", status)


async def test_31_cookies_are_not_kept(site: RawSite, fetcher: HttpFetcher) -> None:
    site.answers["/"] = page(b"x", "set-cookie: session=1; path=/")

    await fetcher.fetch(ask(site.url()))
    await fetcher.fetch(ask(site.url()))

    assert all("cookie" not in headers for _, headers in site.requests)


async def test_33_a_banner_of_another_protocol_is_a_value(fetcher: HttpFetcher) -> None:
    with RawSite(banner=b"SSH-2.0-OpenSSH_9.6\r\n") as site:
        assert failed(await fetcher.fetch(ask(site.url()))) == "protocol"


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
