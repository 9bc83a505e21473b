"""What a robots.txt may do to whoever reads it, 14: endless, in a circle, broken, slow, asking for a long time."""

from __future__ import annotations

import asyncio
import socket
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
from fetchers import Clock, ask, failed, fetcher_at, fetcher_with
from listening import Listening, watched_connections
from polls import poll_each, rss
from raw_site import RawSite, gzip_bomb, page, paths, redirect

from services.poller.fetch import HttpFetcher
from services.poller.robots import MAX_BYTES, UNKNOWN_LIFETIME, read_rules, size_of
from stancewire.types import FetchFailed

OPEN = page(b"words")
RULES = b"User-agent: *\nDisallow: /private/\n"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite(answers={"/1": OPEN, "/private/1": OPEN}) as running:
        yield running


async def kinds(fetcher: HttpFetcher, site: RawSite, *addresses: str) -> list[str]:
    answers = [await fetcher.fetch(ask(site.url(path))) for path in addresses]
    return [answer.kind if isinstance(answer, FetchFailed) else "fetched" for answer in answers]


async def test_14_of_fifty_megabytes_the_first_five_hundred_kilobytes_are_read(site: RawSite, clock: Clock) -> None:
    sent: list[int] = []

    def fifty_megabytes(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n" + RULES)
        for _ in range(50_000):
            connection.sendall(b"# padding " * 100)
            sent.append(1_000)

    site.answers["/robots.txt"] = fifty_megabytes
    async with fetcher_at(clock) as fetcher:
        assert await kinds(fetcher, site, "/private/1", "/1") == ["robots", "fetched"]
    assert MAX_BYTES == 500 * 1024
    # What lies in the buffers of both sides was sent and not read.
    assert sum(sent) < 20_000_000
    assert list(paths(site)) == ["/robots.txt", "/1"]


async def test_14_rules_beyond_the_limit_do_not_count(site: RawSite, clock: Clock) -> None:
    site.answers["/robots.txt"] = page(b"User-agent: *\n" + b"# more\n" * 80_000 + b"Disallow: /private/\n")
    async with fetcher_at(clock) as fetcher:
        assert await kinds(fetcher, site, "/private/1") == ["fetched"]


async def test_14_a_compressed_bomb_is_cut_where_a_long_one_is(site: RawSite, clock: Clock) -> None:
    site.answers["/robots.txt"] = page(gzip_bomb(50), "content-encoding: gzip")
    async with fetcher_at(clock) as fetcher:
        assert await kinds(fetcher, site, "/1") == ["fetched"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(redirect("/robots.txt"), id="a circle"),
        pytest.param(redirect("http://[::bad/"), id="nowhere"),
        pytest.param(page(b"", status="403 No"), id="refused"),
        pytest.param(page(b"", status="410 Gone"), id="gone"),
        pytest.param(page(b"<html>Not here</html>"), id="a page"),
        pytest.param(page(b""), id="empty"),
        pytest.param(page(bytes(range(256)) * 1_000), id="all bytes"),
        pytest.param(page(b"\xff\xfeU\0s\0e\0r\0"), id="UTF-16"),
        pytest.param(page(b"Disallow: /\n" * 100), id="rules for nobody"),
        pytest.param(page(b"User-agent\n: *\nDisallow\n/\n:::\n"), id="no rules"),
    ],
)
async def test_14_one_that_is_not_there_or_none_allows_all(site: RawSite, clock: Clock, answer: bytes) -> None:
    site.answers["/robots.txt"] = answer
    async with fetcher_at(clock) as fetcher:
        assert await kinds(fetcher, site, "/1") == ["fetched"]


@pytest.mark.parametrize("status", ["500 Broken", "502 Away", "503 Busy", "429 Slow"])
async def test_14_one_that_cannot_be_read_forbids_all_for_an_hour(site: RawSite, clock: Clock, status: str) -> None:
    site.answers["/robots.txt"] = page(b"", status=status)
    async with fetcher_at(clock) as fetcher:
        second = "held" if status.startswith("429") else "robots"
        assert await kinds(fetcher, site, "/1", "/1") == ["robots", second]
        assert "/1" not in list(paths(site))
        site.answers["/robots.txt"] = page(b"", status="404 Not Found")
        clock.at += timedelta(seconds=UNKNOWN_LIFETIME - 1)
        assert await kinds(fetcher, site, "/1") == ["robots"]
        clock.at += timedelta(seconds=1)
        assert await kinds(fetcher, site, "/1") == ["fetched"]
    assert list(paths(site)) == ["/robots.txt", "/robots.txt", "/1"]


async def test_14_a_drip_ends_at_the_deadline_and_is_not_waited_for_by_each_of_the_hosts_feeds(site: RawSite) -> None:
    site.answers["/robots.txt"] = site.dripping
    started = time.monotonic()
    async with fetcher_with(robots=True, total_timeout_s=0.6) as fetcher:
        results = await asyncio.gather(*(fetcher.fetch(ask(site.url("/1"))) for _ in range(5)))
    assert {failed(result) for result in results} == {"timeout"}
    assert time.monotonic() - started < 1.5
    assert list(paths(site)) == ["/robots.txt"]


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("", 1),
        ("Crawl-delay: 7", 7),
        ("Crawl-delay: 1e9", 60),
        ("Crawl-delay: 1e999", 1),
        ("Crawl-delay: nan", 1),
        ("Crawl-delay: -5", 1),
        ("Crawl-delay: soon", 1),
        (f"Crawl-delay: {'9' * 300}", 60),
        ("Request-rate: 1/10s", 10),
        ("Request-rate: 1/1000000d", 60),
        ("Request-rate: 0/0", 1),
    ],
)
async def test_14_a_crawl_delay_lies_between_any_two_requests_up_to_its_limit(
    site: RawSite, clock: Clock, line: str, seconds: float
) -> None:
    site.answers |= {"/robots.txt": page(f"User-agent: *\n{line}\n".encode()), "/2": redirect("/1")}
    async with fetcher_at(clock) as fetcher:
        assert await kinds(fetcher, site, "/1", "/1") == ["fetched", "fetched"]
        assert clock.monotonic() == pytest.approx(2 * seconds)
        assert await kinds(fetcher, site, "/2") == ["fetched"]
        # Without one a redirect within the host is part of the same visit.
        assert clock.monotonic() == pytest.approx(4 * seconds if seconds > 1 else 3)


async def test_14_a_pattern_of_many_stars_is_no_trap(site: RawSite, clock: Clock) -> None:
    patterns = b"".join(b"Disallow: /%b$\n" % (b"*a" * stars) for stars in range(1, 100))
    long = "/" + "a" * 3_000 + "b"
    site.answers |= {"/robots.txt": page(b"User-agent: *\n" + patterns), long: OPEN}
    async with fetcher_at(clock) as fetcher:
        started = time.monotonic()
        assert await kinds(fetcher, site, long) == ["fetched"]
        assert time.monotonic() - started < 5


async def test_14_one_that_sends_inside_is_guarded_and_as_good_as_none() -> None:
    with RawSite(host="127.0.0.2", answers={"/feed": page(rss("One"))}) as outside, Listening() as listening:
        outside.answers["/robots.txt"] = redirect(f"http://127.0.0.1:{listening.port}/robots.txt")
        async with fetcher_with(robots=True, allow_networks=(ip_network("127.0.0.2/32"),)) as fetcher:
            with watched_connections() as connected:
                polled = await poll_each(fetcher, outside.url("/feed"))
        assert set(polled.reasons.values()) == {""}
        assert set(connected) == {"127.0.0.2"}
        assert listening.connections == 0


@pytest.mark.parametrize(
    "line",
    [
        "Disallow: /a/path/of/usual/length/{number}/",
        "Disallow: /{number}",
        "Disallow: /{number}*a$",
        "Allow: /*?{number}=*&*",
        "User-agent: {number}\nDisallow: /",
        "Sitemap: https://example.org/{number}.xml",
        "# {number}",
    ],
)
def test_14_the_memory_that_rules_take_is_counted_so_that_not_all_hosts_may_take_it(line: str) -> None:
    """What is kept of all hosts is bounded by this count: 256 MB, at most twice of which may be taken."""
    body = "\n".join(("User-agent: *", *(line.format(number=number) for number in range(3_000)))).encode()
    tracemalloc.start()
    try:
        rules = read_rules(body, "desk", 60)
        rules.allows("https://example.org/story.html", "desk")
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 2 * size_of(body)
