"""Addresses that are none, or not what they seem, 8 to 10: as feeds of a running poller."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from fetchers import fetcher_with
from listening import Listening, watched_connections
from polls import assert_all_refused, poll_each

from services.poller.guard import Address

BAD = frozenset({"bad_url"})


async def test_08_other_schemes_are_not_asked_for() -> None:
    await assert_all_refused(
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://example.org/feed",
        "gopher://127.0.0.1:6379/_INFO",
        "data:application/rss+xml,<rss/>",
        "javascript:alert(1)",
        "feed:http://127.0.0.1/",
        "feed://127.0.0.1/",
        "source:http://127.0.0.1/",
        "ws://127.0.0.1/",
        "unix:///run/redis.sock",
        "//127.0.0.1/",
        "/etc/passwd",
        "127.0.0.1",
        kinds=BAD,
    )


async def test_09_addresses_that_programs_read_in_two_ways_are_not_asked_for() -> None:
    with Listening() as listening:
        port = listening.port
        await assert_all_refused(
            f"http://user@127.0.0.1:{port}/",
            f"http://user:word@127.0.0.1:{port}/",
            f"http://example.org@127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}\\@example.org/",
            f"http://example.org\\@127.0.0.1:{port}/",
            f"http:\\\\127.0.0.1:{port}\\",
            f"http://127.0.0.1:{port}#@example.org/",
            f"http://example.org#@127.0.0.1:{port}/",
            f"http://example.org?@127.0.0.1:{port}/\t",
            f"http://127.0.0.1\t:{port}/",
            f"http://127.0.\n0.1:{port}/",
            f"http://127.0.0.1:{port}/\r\nHost: example.org",
            f"http://127.0.0.1%00.example.org:{port}/",
            f"http://127.0.0.1:{port}/%00",
            f"http://127.0.0.1%2f@example.org:{port}/",
            f"http://127.0.0.1%23:{port}/",
            "http://example.org/" + "a" * 9_000,
            "http://" + "a." * 4_500 + "org/",
            port=port,
            kinds=BAD,
        )
        assert listening.connections == 0


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        *((port, "blocked_address") for port in (1, 21, 22, 23, 25, 53, 110, 143, 445, 2_375, 3_306, 5_432, 6_379)),
        *((port, "blocked_address") for port in (8_790, 9_200, 11_211, 27_017, 65_535)),
        *((port, "bad_url") for port in (0, 65_536, 99_999, "-80", "+80", "8O", "80:80", "9" * 400)),
    ],
)
async def test_09_other_ports_than_those_of_the_web_are_not_asked(port: int | str, kind: str) -> None:
    await assert_all_refused(f"http://example.org:{port}/feed", kinds=frozenset({kind}))


async def test_10_what_is_no_host_is_told_as_such() -> None:
    await assert_all_refused(
        "http://",
        "http:",
        "http:///feed",
        "http://:80/",
        "http://./",
        "http://...../",
        "http://?feed",
        "http://#feed",
        "http://xn--a.com/",
        "http://xn--.com/",
        "http://xn--ls8h=.com/",
        "http://\u0130\u0307\u200d.com/",
        "http://" + "a" * 64 + ".com/",
        "http://exa mple.org/",
        "http://exa%6dple.org/",
        "http://..example.org/",
        "http://example..org/",
        "http://[::1/",
        "http://::1/",
        "http://[127.0.0.1]/",
        "http://[v1.x]/",
        "http://exam\u2100ple.org/",
        "http://\ud800.org/",
        kinds=BAD,
    )


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        # The small Cyrillic `а`: another name, which is looked up as what it is.
        ("http://\u0430pple.example/feed", "xn--pple-43d.example"),
        ("http://xn--pple-43d.example/feed", "xn--pple-43d.example"),
        ("http://example.example./feed", "example.example"),
        ("http://EXAMPLE.example/feed", "example.example"),
        ("http://exa\u00admple.example/feed", "example.example"),
        ("http://ｅxample。example/feed", "example.example"),
    ],
)
async def test_10_a_name_in_another_script_or_form_is_looked_up_as_one_and_guarded(url: str, asked: str) -> None:
    names: list[str] = []

    async def resolve(host: str, port: int) -> tuple[Address, ...]:
        names.append(host)
        if len(names) == 1:
            return (ip_address("127.0.0.1"),)
        raise socket.gaierror("no such name")

    async with fetcher_with(allow_networks=(), resolve=resolve) as fetcher:
        with watched_connections() as connected:
            private = await poll_each(fetcher, url)
            unknown = await poll_each(fetcher, url)

    assert (private.reasons, unknown.reasons) == ({url: "blocked_address"}, {url: "dns"})
    assert names == [asked, asked]
    assert connected == []
