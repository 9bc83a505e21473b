"""Redirects that lead nowhere, and those that say for good where a feed has moved to, 25 and 26."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
from fetchers import Clock, always, fetcher_with
from listening import Listening, watched_connections
from polls import desk_with, feed_at, poll_each, rss
from raw_site import RawSite, page, paths, redirect

from services.poller.guard import Address

OUTSIDE = "127.0.0.2"


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


def located(location: bytes) -> bytes:
    return b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\nconnection: close\r\nlocation: " + location + b"\r\n\r\n"


async def test_25_redirects_in_a_circle_and_without_end_are_told(site: RawSite) -> None:
    site.answers |= {f"/{number}": redirect(f"/{number + 1}") for number in range(11)}
    site.answers |= {
        "/circle": redirect("/circle"),
        "/there": redirect("/back", "301 Moved"),
        "/back": redirect("/there", "308 Moved"),
        "/fragment": redirect("/fragment#again"),
        "/case": redirect(site.url("/case").replace("http", "HTTP")),
    }
    urls = tuple(site.url(path) for path in ("/0", "/circle", "/there", "/fragment", "/case"))
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, *urls)
    assert set(polled.reasons.values()) == {"too_many_redirects"}
    # Five redirects are followed, which are six requests; a circle ends where it closes.
    assert [path for path in paths(site) if path.strip("/").isdecimal()] == [f"/{number}" for number in range(6)]
    assert list(paths(site)).count("/circle") == 1


@pytest.mark.parametrize(
    "location",
    [
        b"",
        b" ",
        b"http://[::bad/",
        b"http://",
        b"http:///nowhere",
        b"http://exa mple.org/",
        b"http://example.org:port/",
        b"http://\xff\xfe.invalid/",
        b"http://xn--a.com/",
        b"http://" + b"a" * 9_000 + b"/",
        b"/" + b"a" * 9_000,
        b"javascript:alert(1)",
        b"mailto:desk@example.org",
        b"/a\\b",
        b"/\x01",
    ],
)
async def test_25_a_location_that_cannot_be_gone_to_is_told(site: RawSite, location: bytes) -> None:
    site.answers["/feed"] = located(location)
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, site.url("/feed"))
    assert set(polled.reasons.values()) <= {"bad_redirect", "bad_url", "protocol", "dns"}
    assert list(paths(site)) == ["/feed"]


async def test_25_a_redirect_without_location_and_one_to_many_are_told(site: RawSite) -> None:
    site.answers |= {"/none": page(b"", status="302 Found"), "/300": redirect("/feed", "300 Multiple Choices")}
    async with fetcher_with() as fetcher:
        polled = await poll_each(fetcher, site.url("/none"), site.url("/300"))
    assert list(polled.reasons.values()) == ["bad_redirect", "http_status"]


def moved_to(url: str, status: str = "301 Moved Permanently") -> bytes:
    return redirect(url, status)


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
async def test_26_a_new_address_is_adopted_after_three_answers_over_a_day_that_say_the_same(
    site: RawSite, status: str
) -> None:
    clock, feed = Clock(), feed_at(site.url("/old"))
    site.answers |= {"/old": moved_to("/new", status), "/new": page(rss("One"))}
    adopted = []
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for _ in range(4):
            await desk.poll(feed)
            adopted.append(desk.state(feed).moved_to)
            clock.at += timedelta(hours=12)
        assert adopted == [None, None, site.url("/new"), site.url("/new")]
        assert list(paths(site))[-3:] == ["/old", "/new", "/new"]
        # Given up again where it fails: the list's own address is asked.
        site.answers["/new"] = page(b"", status="410 Gone")
        await desk.poll(feed)
        assert desk.state(feed).moved_to is None
        assert desk.state(feed).retired_at is None


async def test_26_three_answers_within_a_day_move_nothing(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/old"))
    site.answers |= {"/old": moved_to("/new"), "/new": page(rss("One"))}
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for _ in range(10):
            await desk.poll(feed)
            clock.at += timedelta(hours=2)
        assert desk.state(feed).moved_to is None


async def test_26_a_single_other_answer_begins_the_count_anew(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/old"))
    site.answers |= {"/new": page(rss("One")), "/login": page(rss("Log in"))}
    answers = ["/new", "/new", "/login", "/new", "/new", None, "/new", "/new"]
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for answer in answers:
            site.answers["/old"] = page(rss("One")) if answer is None else moved_to(answer)
            await desk.poll(feed)
            clock.at += timedelta(days=1)
        assert desk.state(feed).moved_to is None
        site.answers["/old"] = moved_to("/new")
        await desk.poll(feed)
        assert desk.state(feed).moved_to == site.url("/new")


async def test_26_a_temporary_redirect_on_the_way_moves_nothing(site: RawSite) -> None:
    clock, feed = Clock(), feed_at(site.url("/old"))
    site.answers |= {"/old": moved_to("/way"), "/way": redirect("/new", "307 Temporary"), "/new": page(rss("One"))}
    async with fetcher_with(clock=clock) as fetcher, desk_with(fetcher, clock) as desk:
        for _ in range(5):
            await desk.poll(feed)
            clock.at += timedelta(days=1)
        assert desk.state(feed).moved_to is None


async def test_26_no_move_leads_to_what_is_guarded(site: RawSite) -> None:
    clock = Clock()
    with RawSite(host=OUTSIDE) as outside, Listening() as listening:
        feed = feed_at(outside.url("/old"))
        outside.answers["/old"] = moved_to(f"http://127.0.0.1:{listening.port}/")
        networks = (ip_network(f"{OUTSIDE}/32"),)
        async with fetcher_with(clock=clock, allow_networks=networks) as fetcher, desk_with(fetcher, clock) as desk:
            with watched_connections() as connected:
                for _ in range(5):
                    await desk.poll(feed)
                    clock.at += timedelta(days=3)
        state = desk.state(feed)
        assert (state.moved_to, state.move, state.failures) == (None, None, 5)
        assert set(connected) == {OUTSIDE}
        assert listening.connections == 0


async def test_26_an_adopted_name_that_comes_to_lead_inside_is_refused_like_any_other(site: RawSite) -> None:
    clock = Clock()
    with RawSite(host=OUTSIDE) as outside, Listening() as listening:
        places = {"old.example": OUTSIDE, "new.example": OUTSIDE}

        async def resolve(host: str, port: int) -> tuple[Address, ...]:
            return await always(places[host])(host, port)

        feed = feed_at(outside.url("/old", host="old.example"))
        new = outside.url("/new", host="new.example")
        outside.answers |= {"/old": moved_to(new), "/new": page(rss("One"))}
        networks = (ip_network(f"{OUTSIDE}/32"),)
        async with (
            fetcher_with(clock=clock, allow_networks=networks, resolve=resolve) as fetcher,
            desk_with(fetcher, clock) as desk,
        ):
            for _ in range(3):
                await desk.poll(feed)
                clock.at += timedelta(days=1)
            assert desk.state(feed).moved_to == new
            places["new.example"] = "127.0.0.1"
            report = await desk.poll(feed)
        assert report.failure is not None
        assert report.failure.kind == "blocked_address"
        assert listening.connections == 0
