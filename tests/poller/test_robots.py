"""What a host asks of all who come: robots.txt and time to be left alone, kept to by the fetcher on real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpcore
import pytest
from fetchers import AGENT, Clock, fetcher_at
from raw_site import RawSite, page, paths, redirect

from services.poller.fetch import HttpFetcher
from services.poller.guard import Target, read_url
from services.poller.robots import LIFETIME, Robots
from services.poller.visit import Visit
from stancewire.types import Fetched, FetchFailed, FetchRequest, FetchResult, Validators

OPEN = page(b"words")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


async def got(fetcher: HttpFetcher, url: str) -> FetchResult:
    return await fetcher.fetch(FetchRequest(url=url, accept="*/*", max_bytes=100_000))


def kind(result: FetchResult) -> str:
    return result.kind if isinstance(result, FetchFailed) else "fetched"


async def test_a_host_without_robots_txt_is_asked_for_it_once_a_day(site: RawSite, clock: Clock) -> None:
    site.answers |= {"/1": OPEN, "/2": OPEN}
    async with fetcher_at(clock) as fetcher:
        assert [kind(await got(fetcher, site.url(path))) for path in ("/1", "/2")] == ["fetched"] * 2
        assert list(paths(site)) == ["/robots.txt", "/1", "/2"]
        clock.at += timedelta(seconds=LIFETIME)
        await got(fetcher, site.url("/1"))

    assert list(paths(site)).count("/robots.txt") == 2
    assert all(headers["user-agent"] == AGENT for _, headers in site.requests)


async def test_what_is_forbidden_is_not_asked_for_and_said(site: RawSite, clock: Clock) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: desk\nDisallow: /private/\nAllow: /private/feed$"
    site.answers |= {"/robots.txt": page(rules), "/private/feed": OPEN, "/away": redirect("/private/2"), "/1": OPEN}
    async with fetcher_at(clock) as fetcher:
        result = await got(fetcher, site.url("/private/1"))
        assert isinstance(result, FetchFailed)
        assert (result.kind, result.detail) == ("robots", "robots.txt of 127.0.0.1 forbids this address")
        assert result.retry_after == pytest.approx(LIFETIME)
        assert kind(await got(fetcher, site.url("/away"))) == "robots"
        assert kind(await got(fetcher, site.url("/private/feed"))) == "fetched"
        assert kind(await got(fetcher, site.url("/1"))) == "fetched"

    assert list(paths(site)) == ["/robots.txt", "/away", "/private/feed", "/1"]


async def test_by_setting_robots_txt_is_not_asked_for(site: RawSite, clock: Clock) -> None:
    site.answers |= {"/robots.txt": page(b"User-agent: *\nDisallow: /"), "/1": OPEN}
    async with fetcher_at(clock, robots=False) as fetcher:
        assert kind(await got(fetcher, site.url("/1"))) == "fetched"

    assert list(paths(site)) == ["/1"]


async def test_a_host_that_cannot_be_reached_says_so_itself(clock: Clock) -> None:
    with RawSite() as closed:
        url = closed.url("/1")
    async with fetcher_at(clock) as fetcher:
        result = await got(fetcher, url)

    assert (kind(result), result.url) == ("connect", url)


async def test_28_after_retry_after_the_whole_host_is_left_alone(site: RawSite, clock: Clock) -> None:
    busy = page(b"", "retry-after: 120", status="429 Too Many Requests")
    site.answers |= {"/busy": busy, "/1": OPEN}
    async with fetcher_at(clock) as fetcher:
        await got(fetcher, site.url("/busy"))
        asked = len(site.requests)
        until = fetcher.held_until(site.url("/other"))
        assert until == clock.at + timedelta(seconds=120)
        held = await got(fetcher, site.url("/1"))
        assert (kind(held), len(site.requests)) == ("held", asked)
        assert isinstance(held, FetchFailed)
        assert held.retry_after == pytest.approx(120)
        assert fetcher.held_until(site.url("/1", host="other.example")) is None
        clock.at += timedelta(seconds=120)
        assert kind(await got(fetcher, site.url("/1"))) == "fetched"

    async with fetcher_at(clock) as next_run:
        next_run.hold(site.url("/feed"), clock.at + timedelta(seconds=60))
        assert kind(await got(next_run, site.url("/1"))) == "held"


async def test_28_by_setting_only_the_feed_itself_waits(site: RawSite, clock: Clock) -> None:
    site.answers |= {"/busy": page(b"", "retry-after: 120", status="503 Busy"), "/1": OPEN}
    async with fetcher_at(clock, retry_after_scope="feed") as fetcher:
        result = await got(fetcher, site.url("/busy"))
        assert isinstance(result, FetchFailed)
        assert result.retry_after == 120
        assert kind(await got(fetcher, site.url("/1"))) == "fetched"


async def test_26_only_an_answer_behind_permanent_redirects_alone_says_moved(site: RawSite, clock: Clock) -> None:
    site.answers |= {
        "/new": OPEN,
        "/for-good": redirect("/new", "301 Moved"),
        "/twice": redirect("/for-good", "308 Moved"),
        "/for-now": redirect("/for-good", "302 Found"),
    }
    async with fetcher_at(clock) as fetcher:
        results = [await got(fetcher, site.url(path)) for path in ("/new", "/for-good", "/twice", "/for-now")]

    moved = [result.moved_to for result in results if isinstance(result, Fetched)]
    assert moved == [None, site.url("/new"), site.url("/new"), None]


class Connected(httpcore.AsyncNetworkStream):
    """A connection of which only the address at the other end counts."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, info: str) -> tuple[str, int]:
        return self._address, 443


@pytest.mark.parametrize(
    ("addresses", "moved"),
    [
        (("93.184.216.34", "10.0.0.1"), False),
        (("93.184.216.34", "93.184.216.35"), True),
        (("10.0.0.1", "10.0.0.2"), True),
        (("10.0.0.1", "93.184.216.34", "fd00::1"), False),
    ],
)
def test_26_no_move_leads_from_the_open_network_to_a_private_one(addresses: tuple[str, ...], moved: bool) -> None:
    visit = Visit(seconds_left=1)
    for address in addresses:
        visit.note_address(Connected(address))

    assert visit.moved is moved


async def test_of_more_rules_than_may_be_kept_those_met_first_are_forgotten_and_asked_for_again() -> None:
    asked: list[str] = []

    async def get(request: FetchRequest, _delay: float) -> FetchResult:
        asked.append(request.url)
        body = b"User-agent: *\n" + b"Disallow: /x\n" * 35
        return Fetched(url=request.url, status=200, headers=(), body=body, validators=Validators())

    robots = Robots(get, agent="desk", longest_delay=60, now=Clock().now, most_bytes=100_000)
    hosts = [f"https://host-{number}.example/a" for number in range(30)]
    for url in hosts:
        target = read_url(url)
        assert isinstance(target, Target)
        await robots.delay_for(target)
    assert len(asked) == len(hosts)

    for url in (hosts[-1], hosts[0]):
        target = read_url(url)
        assert isinstance(target, Target)
        await robots.delay_for(target)
    assert asked[len(hosts) :] == ["https://host-0.example/robots.txt"]
