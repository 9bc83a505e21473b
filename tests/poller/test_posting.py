"""Forms sent by the fetcher, against real sockets: under the guard and the limits of all that is fetched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from raw_site import RawSite, page, redirect

from config.settings import FetchSettings
from services.poller.fetch import HttpFetcher
from services.poller.posting import reason_not_to_repeat
from services.poller.spacing import Spacing
from stancewire.types import Fetched, FetchFailed, FetchRequest, FetchResult, Message

FORM = (("hub.mode", "subscribe"), ("hub.topic", "https://news.example/a?b=1&c=é"))


@asynccontextmanager
async def fetching(*, open_loopback: bool = True) -> AsyncIterator[HttpFetcher]:
    networks = (ip_network("127.0.0.0/8"),) if open_loopback else ()
    fetcher = HttpFetcher(
        FetchSettings(allow_networks=networks, total_timeout_s=2),
        spacing=Spacing(interval=0, at_once=2, in_all=2, monotonic=time.monotonic, sleep=asyncio.sleep),
        now=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC),
        monotonic=time.monotonic,
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


async def post(site: RawSite, path: str = "/hub", *, open_loopback: bool = True) -> FetchResult:
    async with fetching(open_loopback=open_loopback) as fetcher:
        return await fetcher.fetch(FetchRequest(url=site.url(path), accept="*/*", max_bytes=0, form=FORM))


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
async def test_any_answer_of_success_takes_the_form_and_is_not_read(site: RawSite, status: str) -> None:
    site.answers["/hub"] = page(b"" if status[:3] == "204" else b"x" * 1_000, status=status)

    answer = await post(site)

    assert isinstance(answer, Fetched)
    assert (answer.status, answer.body) == (int(status[:3]), b"")
    _, headers = site.requests[0]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert site.bodies == [b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fnews.example%2Fa%3Fb%3D1%26c%3D%C3%A9"]


async def test_an_endless_answer_to_a_form_is_left_where_it_is(site: RawSite) -> None:
    site.answers["/hub"] = site.endless

    assert isinstance(await post(site), Fetched)


async def test_a_refused_form_is_a_failure_with_its_status(site: RawSite) -> None:
    site.answers["/hub"] = page(b"no", status="400 Bad Request")

    answer = await post(site)

    assert isinstance(answer, FetchFailed)
    assert (answer.kind, answer.status) == ("http_status", 400)


async def test_no_form_is_sent_to_an_address_that_is_not_public(site: RawSite) -> None:
    answer = await post(site, open_loopback=False)

    assert isinstance(answer, FetchFailed)
    assert answer.kind == "blocked_address"
    assert site.connections == 0


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_form_is_sent_again_where_a_redirect_leads(site: RawSite, status: str) -> None:
    site.answers |= {"/hub": redirect("/new", status), "/new": page(b"", status="202 Accepted")}

    answer = await post(site)

    assert isinstance(answer, Fetched)
    assert [path for path, _ in site.requests] == ["/hub", "/new"]
    assert site.bodies[0] == site.bodies[1]


async def test_a_redirect_to_a_page_takes_no_form_along(site: RawSite) -> None:
    site.answers |= {"/hub": redirect("/new", "303 See Other"), "/new": page(b"hello")}

    answer = await post(site)

    assert isinstance(answer, FetchFailed)
    assert answer.kind == "bad_redirect"
    assert len(site.requests) == 1


async def test_a_redirect_to_an_address_that_is_not_public_is_not_followed(site: RawSite) -> None:
    site.answers["/hub"] = redirect("http://10.0.0.1/hub", "307 Temporary")

    answer = await post(site)

    assert isinstance(answer, FetchFailed)
    assert answer.kind == "blocked_address"


async def send(site: RawSite, *, open_loopback: bool = True) -> FetchResult:
    message = Message(content_type="application/json", body='{"é": 1}'.encode(), headers=(("webhook-id", "s1"),))
    async with fetching(open_loopback=open_loopback) as fetcher:
        return await fetcher.fetch(FetchRequest(url=site.url("/hook"), accept="*/*", max_bytes=0, message=message))


async def test_a_message_is_sent_as_it_is_with_its_headers(site: RawSite) -> None:
    site.answers["/hook"] = page(b"thanks", status="204 No Content")

    answer = await send(site)

    assert isinstance(answer, Fetched)
    [(_, headers)] = site.requests
    assert (headers["content-type"], headers["webhook-id"]) == ("application/json", "s1")
    assert site.bodies == ['{"é": 1}'.encode()]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_no_message_goes_where_a_redirect_leads(site: RawSite, status: str) -> None:
    site.answers |= {"/hook": redirect("/new", status), "/new": page(b"")}

    answer = await send(site)

    assert isinstance(answer, FetchFailed)
    assert (answer.kind, answer.status) == ("bad_redirect", int(status[:3]))
    assert len(site.requests) == 1


async def test_a_receiver_that_asks_for_seconds_gets_seconds_and_a_hub_a_minute(site: RawSite) -> None:
    site.answers |= dict.fromkeys(("/hook", "/hub"), page(b"", "retry-after: 3", status="503 Busy"))

    message, form = await send(site), await post(site)

    assert isinstance(message, FetchFailed)
    assert isinstance(form, FetchFailed)
    assert (message.retry_after, form.retry_after) == (3, 60)


async def test_no_message_is_sent_to_an_address_that_is_not_public(site: RawSite) -> None:
    answer = await send(site, open_loopback=False)

    assert isinstance(answer, FetchFailed)
    assert (answer.kind, site.connections) == ("blocked_address", 0)


def test_a_secret_is_not_sent_on_without_tls() -> None:
    assert reason_not_to_repeat(308, "https://hub.example/a", "/b") is None
    assert reason_not_to_repeat(308, "https://hub.example/a", "http://hub.example/b")
