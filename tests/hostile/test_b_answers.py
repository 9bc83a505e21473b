"""What servers answer, 27 to 31: validators, requests for time, refusals, pages in a feed's place and cookies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from fetchers import Clock, ask, fetcher_with
from polls import desk_with, feed_at, poll_each, rss
from raw_site import RawSite, page, redirect

from stancewire.types import Fetched, Validators


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


async def test_27_validators_go_back_as_they_came_and_nothing_new_is_no_failure(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    etag, modified = 'W/"é,\'x"', "Fri, 31 Dec 2099 23:59:59 GMT"
    site.answers["/feed"] = page(rss("One"), f"etag: {etag}", f"last-modified: {modified}")
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        await desk.poll(feed)
        site.answers["/feed"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
        for _ in range(2):
            report = await desk.poll(feed)
            assert report.outcome == "unchanged"
        assert desk.state(feed).validators == Validators(etag=etag, last_modified=modified)
        assert desk.state(feed).failures == 0
    assert "if-none-match" not in site.requests[0][1]
    for _, headers in site.requests[1:]:
        assert (headers["if-none-match"], headers["if-modified-since"]) == (etag, modified)


@pytest.mark.parametrize("etag", ["unquoted", '"with \\" quote"', 'w/"lower"', '""', "*", '"' + "x" * 1_000 + '"'])
async def test_27_an_odd_etag_is_neither_judged_nor_changed(site: RawSite, etag: str) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    site.answers["/feed"] = page(rss("One"), f"etag: {etag}", "last-modified: yesterday")
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        await desk.poll(feed)
        await desk.poll(feed)
    assert site.requests[1][1]["if-none-match"] == etag
    assert site.requests[1][1]["if-modified-since"] == "yesterday"


async def test_27_an_endless_etag_is_left_out(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    site.answers["/feed"] = page(rss("One"), f'etag: "{"x" * 5_000}"')
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        await desk.poll(feed)
        await desk.poll(feed)
    assert "if-none-match" not in site.requests[1][1]


async def test_27_a_304_that_nobody_asked_for_is_a_failure_that_keeps_the_feed(site: RawSite) -> None:
    site.answers["/feed"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, site.url("/feed"))
    assert set(polled.reasons.values()) == {"protocol"}


AT = Clock().at


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("86400000", 86_400),
        ("9" * 5_000, 86_400),
        ("-10", 60),
        ("0", 60),
        ("7200", 7_200),
        (f"{AT + timedelta(hours=2):%a, %d %b %Y %H:%M:%S GMT}", 7_200),
        ("Mon, 23 Nov 2020 12:05:00 GMT", 60),
        ("Sun, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("soon", 0),
        ("", 0),
    ],
)
async def test_28_what_a_server_asks_to_wait_is_kept_to_within_bounds(
    site: RawSite, value: str, seconds: float, status: str
) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    site.answers["/feed"] = page(b"", f"retry-after: {value}", status=status)
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        report = await desk.poll(feed)
        held = fetcher.held_until(site.url("/other"))
    assert report.failure is not None
    # An empty header is none.
    assert report.failure.retry_after == (seconds or None)
    assert waited(desk.state(feed).next_poll_at, clock.at) >= max(seconds, 600)
    assert waited(desk.state(feed).next_poll_at, clock.at) <= max(1.1 * seconds, 660)
    # One that says to wait, or 429, holds for the whole host, which is asked for nothing meanwhile.
    least = seconds or (60 if status.startswith("429") else 0)
    assert waited(held, clock.at) == least


def waited(until: datetime | None, at: datetime) -> float:
    return (until - at).total_seconds() if until else 0.0


@pytest.mark.parametrize("status", [401, 403, 404, 451, 500, 502])
async def test_29_a_feed_that_is_refused_is_kept_and_asked_again_later(site: RawSite, status: int) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    site.answers["/feed"] = page(rss("Not to be read"), status=f"{status} No")
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        report = await desk.poll(feed)
        state = desk.state(feed)
        assert (report.failure and report.failure.status, state.failures, state.retired_at) == (status, 1, None)
        site.answers["/feed"] = page(rss("Back again"))
        assert (await desk.poll(feed)).accepted == 1
        assert desk.state(feed).failures == 0
    assert [entry.title for entry in desk.entries()] == ["Back again"]


async def test_29_a_feed_that_is_gone_for_good_is_retired_and_asked_once_a_month(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    site.answers["/feed"] = page(b"", status="410 Gone")
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        await desk.poll(feed)
        state = desk.state(feed)
        assert state.retired_at == clock.at
        assert timedelta(days=30) <= timedelta(seconds=waited(state.next_poll_at, clock.at)) <= timedelta(days=33)
        # One that said so by mistake comes back by itself.
        site.answers["/feed"] = page(rss("Back again"))
        await desk.poll(feed)
        assert desk.state(feed).retired_at is None


JUST_A_MOMENT = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title><meta http-equiv='refresh' content='5'></head>"
    b"<body><h1>Checking your browser</h1><script src='/cdn-cgi/challenge.js'></script></body></html>"
)


@pytest.mark.parametrize("content_type", ["text/html", "application/rss+xml", ""])
async def test_30_a_page_in_the_feeds_place_is_told_and_the_old_validators_stay(
    site: RawSite, content_type: str
) -> None:
    clock, feed = Clock(), feed_at(site.url("/feed"))
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        site.answers["/feed"] = page(rss("One"), 'etag: "1"')
        await desk.poll(feed)
        site.answers["/feed"] = page(JUST_A_MOMENT, f"content-type: {content_type}", 'etag: "2"')
        report = await desk.poll(feed)
        assert report.failure is not None
        assert report.failure.kind == "not_a_feed"
        site.answers["/feed"] = page(rss("One", "Two"), 'etag: "3"')
        assert (await desk.poll(feed)).accepted == 1
    assert [headers.get("if-none-match") for _, headers in site.requests] == [None, '"1"', '"1"']
    assert [entry.title for entry in desk.entries()] == ["One", "Two"]


async def test_31_a_cookie_goes_to_no_other_request(site: RawSite) -> None:
    cookies = ("set-cookie: session=1; path=/", "set-cookie: all=1; domain=127.0.0.1", "set-cookie2: old=1")
    site.answers |= {
        "/feed": page(rss("One"), *cookies),
        "/other": page(rss("Two"), *cookies),
        "/away": redirect("/feed").replace(b"connection:", b"set-cookie: way=1\r\nconnection:"),
    }
    async with fetcher_with() as fetcher:
        await poll_each(fetcher, *(site.url(path) for path in ("/feed", "/other", "/away")))
        assert isinstance(await fetcher.fetch(ask(site.url("/other"))), Fetched)
    assert len(site.requests) == 5
    sent = {name for _, headers in site.requests for name in headers}
    assert sent.isdisjoint({"cookie", "cookie2", "authorization", "referer"})
