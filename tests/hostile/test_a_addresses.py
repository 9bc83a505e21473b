"""Addresses that must not be connected to, 1 to 12: as feeds of a running poller, with a socket that would notice."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from fetchers import always, ask, failed, fetcher_with
from listening import Listening, watched_connections
from polls import REFUSED, assert_all_refused, poll_each
from raw_site import RawSite, page, paths, redirect

from services.poller.guard import Address
from stancewire.types import Fetched

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "addresses.toml").read_text("utf-8"))["case"]
ABOUT = [case["about"] for case in CASES]

#: Where pages may be asked for that lead elsewhere: no other address of this machine is let through.
OUTSIDE = "127.0.0.2"
OUTSIDE_NETWORK = (ip_network(f"{OUTSIDE}/32"),)


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as socket:
        yield socket


@pytest.fixture
def outside() -> Iterator[RawSite]:
    with RawSite(host=OUTSIDE) as site:
        yield site


def addresses(case: dict[str, Any], port: int) -> tuple[str, ...]:
    return tuple(f"http://{host}:{port}/" for host in case["hosts"])


@pytest.mark.parametrize("case", CASES, ids=ABOUT)
async def test_01_to_04_no_connection_is_made_to_what_is_not_public(case: dict[str, Any], listening: Listening) -> None:
    await assert_all_refused(*addresses(case, listening.port), port=listening.port)
    assert listening.connections == 0


async def test_01_a_connection_that_is_let_through_would_be_seen(listening: Listening) -> None:
    async with fetcher_with() as fetcher:
        with watched_connections() as connected:
            await fetcher.fetch(ask(f"http://127.0.0.1:{listening.port}/"))

    assert connected == ["127.0.0.1"]
    assert listening.connections == 1


@pytest.mark.parametrize(
    "answers",
    [
        ("93.184.216.34", "127.0.0.1"),
        ("127.0.0.1", "93.184.216.34"),
        ("2606:4700:4700::1111", "93.184.216.34", "93.184.216.35", "93.184.216.36", "::1"),
        ("93.184.216.34", "::ffff:127.0.0.1"),
    ],
)
async def test_05_a_name_of_which_one_address_is_private_is_refused(
    listening: Listening, answers: tuple[str, ...]
) -> None:
    url = f"http://two.example:{listening.port}/"
    await assert_all_refused(url, port=listening.port, kinds=frozenset({"blocked_address"}), resolve=always(*answers))
    assert listening.connections == 0


async def test_06_a_name_that_changes_its_address_is_asked_once_and_its_checked_answer_used(
    outside: RawSite, listening: Listening
) -> None:
    lookups: list[str] = []

    async def rebinding(host: str, port: int) -> tuple[Address, ...]:
        lookups.append(host)
        return (ip_address(OUTSIDE if len(lookups) == 1 else "127.0.0.1"),)

    outside.answers["/"] = page(b"first")
    async with fetcher_with(allow_networks=OUTSIDE_NETWORK, resolve=rebinding) as fetcher:
        with watched_connections() as connected:
            result = await fetcher.fetch(ask(f"http://rebinding.example:{outside.port}/"))
        assert isinstance(result, Fetched)
        assert (lookups, connected) == (["rebinding.example"], [OUTSIDE])
        assert outside.requests[0][1]["host"] == f"rebinding.example:{outside.port}"
        # Asked again it is checked again: what was public once is no pass.
        assert failed(await fetcher.fetch(ask(f"http://rebinding.example:{listening.port}/"))) == "blocked_address"
    assert listening.connections == 0


@pytest.mark.parametrize("case", CASES, ids=ABOUT)
async def test_07_no_redirect_leads_to_what_is_not_public(
    case: dict[str, Any], outside: RawSite, listening: Listening
) -> None:
    targets = addresses(case, listening.port)
    # The third hop leaves: the two before it are as they should be.
    for number, target in enumerate(targets):
        outside.answers |= {
            f"/{number}/1": redirect(f"/{number}/2", "301 Moved"),
            f"/{number}/2": redirect(outside.url(f"/{number}/3"), "308 Moved"),
            f"/{number}/3": redirect_in_utf8(target),
        }
    urls = tuple(outside.url(f"/{number}/1") for number in range(len(targets)))
    async with fetcher_with(allow_networks=OUTSIDE_NETWORK) as fetcher:
        with watched_connections() as connected:
            polled = await poll_each(fetcher, *urls)
    reasons = dict(zip(targets, polled.reasons.values(), strict=True))
    assert {target: reason for target, reason in reasons.items() if reason not in REFUSED} == {}
    assert set(connected) == {OUTSIDE}
    assert listening.connections == 0
    assert len(list(paths(outside))) == 3 * len(targets)
    assert polled.store.payloads == {}


def redirect_in_utf8(location: str) -> bytes:
    head = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nconnection: close\r\nlocation: "
    return f"{head}{location}\r\n\r\n".encode()


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "data:application/rss+xml,<rss/>",
        "http://user@127.0.0.1/",
        "//127.0.0.1/",
        "///127.0.0.1/",
        "\\\\127.0.0.1\\",
        "http:\\\\127.0.0.1\\",
        "http://xn--a.com/",
        "http://127.0.0.1:99999/",
    ],
)
async def test_07_no_redirect_leads_to_another_scheme_or_to_a_host_that_is_hidden(
    outside: RawSite, location: str
) -> None:
    outside.answers["/"] = redirect(location)
    async with fetcher_with(allow_networks=OUTSIDE_NETWORK) as fetcher:
        with watched_connections() as connected:
            polled = await poll_each(fetcher, outside.url("/"))
    assert set(connected) == {OUTSIDE}
    # An address that begins with three slashes has no host of its own: it is one of the same site, which has none such.
    allowed = {"http_status"} if location.startswith("///") else {*REFUSED, "bad_redirect"}
    assert set(polled.reasons.values()) <= allowed


async def test_01_to_12_the_connections_made_to_addresses_that_are_denied_are_none(
    outside: RawSite, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figure: every form of the cases in one poller, as an address, behind a redirect and behind a name."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listening.port}")
    direct = tuple(url for case in CASES for url in addresses(case, listening.port))
    for number, target in enumerate(direct):
        outside.answers[f"/{number}"] = redirect_in_utf8(target)
    redirected = tuple(outside.url(f"/{number}") for number in range(len(direct)))
    hosts = [host.strip("[]") for case in CASES for host in case["hosts"]]
    private = {f"name-{number}.example": host for number, host in enumerate(hosts) if is_address(host)}
    named = tuple(f"http://{name}:{listening.port}/" for name in private)

    async def resolve(host: str, port: int) -> tuple[Address, ...]:
        return ip_address("93.184.216.34"), ip_address(private.get(host, "127.0.0.1"))

    urls = (*direct, *redirected, *named)
    async with fetcher_with(
        allow_networks=OUTSIDE_NETWORK, allow_ports=(80, 443, listening.port), resolve=resolve
    ) as fetcher:
        with watched_connections() as connected:
            polled = await poll_each(fetcher, *urls)
    assert {url: reason for url, reason in polled.reasons.items() if reason not in REFUSED} == {}
    assert (listening.connections, {each for each in connected if each != OUTSIDE}) == (0, set())
    assert len(urls) > 170


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host
