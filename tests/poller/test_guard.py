"""What the guard refuses; the numbers are those of the list of hostile inputs."""

from __future__ import annotations

import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.poller.guard import Guard, Refusal, Target, is_public, read_url
from services.poller.networks import REFUSED_V4, REFUSED_V6

GUARD = Guard()


def verdict(url: str, guard: Guard = GUARD) -> str | None:
    """Kind of the refusal of a URL whose host is an address, or None."""
    target = read_url(url)
    refusal = target if isinstance(target, Refusal) else guard.check_target(target)
    return refusal.kind if refusal else None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001", "127.0.0.1.", "１２７.0.0.1"]
)
def test_01_loopback_is_refused_in_every_notation(host: str) -> None:
    assert verdict(f"http://{host}/") in {"bad_url", "blocked_address"}


@pytest.mark.parametrize(
    "host",
    [
        *("::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "fe80::1%25eth0", "::"),
        *("fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "fd00:ec2::254", "64:ff9b:1::1", "100::1"),
    ],
)
def test_02_03_addresses_of_version_6_that_are_not_public_are_refused(host: str) -> None:
    assert verdict(f"http://[{host}]/") in {"bad_url", "blocked_address"}


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "10.0.0.1", "172.31.255.255"),
        *("192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1"),
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    ],
)
def test_03_04_addresses_of_version_4_that_are_not_public_are_refused(host: str) -> None:
    assert verdict(f"http://{host}/") == "blocked_address"


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2606:4700:4700::1111]", "[64:ff9b::808:808]", "172.32.0.1", "100.63.0.1"]
)
def test_public_addresses_pass(host: str) -> None:
    assert verdict(f"http://{host}/") is None


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "ftp://example.org/",
            "gopher://example.org/",
            "data:text/html,x",
            "javascript:alert(1)",
        ),
        *("feed:http://example.org/", "source:x", "//example.org/", "example.org", "", "http:", "http://", "HTTP:///x"),
    ],
)
def test_08_other_schemes_are_refused(url: str) -> None:
    assert verdict(url) == "bad_url"


@pytest.mark.parametrize(
    "url",
    [
        *("http://user@example.org/", "http://user:pw@example.org/", "http://127.0.0.1\\@example.org/"),
        *("http://exa\tmple.org/", "http://example.org/\n", "http://127.0.0.1#@example.org/", "http://example.org/%00"),
        *("http://example.org/" + "a" * 9_000, "http://example.org:99999/", "http://example.org:0/", "http://a b/"),
        *("http://[::1", "http://exa%6dple.org/", "http://..example.org/", "http://example..org/"),
    ],
)
def test_09_urls_that_deceive_are_refused(url: str) -> None:
    assert verdict(url) == "bad_url"


@pytest.mark.parametrize("port", [22, 25, 6379, 65_535])
def test_09_other_ports_are_refused(port: int) -> None:
    assert verdict(f"http://example.org:{port}/") == "blocked_address"


@pytest.mark.parametrize("host", ["xn--a.com", "xn--.com", "\u0130\u0307\u200d.com", "a" * 64 + ".com", "." * 5])
def test_10_hosts_that_are_no_names_are_refused(host: str) -> None:
    assert verdict(f"http://{host}/") == "bad_url"


def test_10_a_name_in_another_script_is_asked_for_in_ascii() -> None:
    target = read_url("HTTPS://Пример.испытание.:443/Путь?q=1#end")

    assert isinstance(target, Target)
    assert (target.host, target.port) == ("xn--e1afmkfd.xn--80akhbyknj4f", 443)
    assert target.url == "https://xn--e1afmkfd.xn--80akhbyknj4f/Путь?q=1"


REGISTRIES: dict[str, str] = tomllib.loads((Path(__file__).parent / "special_purpose.toml").read_text("utf-8"))[
    "reachable"
]


@pytest.mark.parametrize("entry", [entry for entry in REGISTRIES if entry != "64:ff9b::/96"])
def test_every_network_of_a_special_purpose_is_refused_from_its_first_address_to_its_last(entry: str) -> None:
    """Also those that are reachable: they serve relays and name servers, and no documents."""
    network = ip_network(entry)
    listed = REFUSED_V4 if network.version == 4 else REFUSED_V6
    assert any(network.subnet_of(other) for other, _ in listed if other.version == network.version)  # type: ignore[arg-type]
    for address in (network[0], network[-1], network[network.num_addresses // 2]):
        refusal = GUARD.check_endpoint(address, 80)
        assert refusal is not None
        assert refusal.kind == "blocked_address"


def test_what_lies_beside_the_networks_refused_is_public() -> None:
    for address in ("9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"):
        assert is_public(ip_address(address))
    for address in ("168.63.129.15", "168.63.129.17", "191.255.255.255", "192.0.1.0", "198.17.255.255", "198.20.0.0"):
        assert is_public(ip_address(address))
    for address in ("2001:200::", "2003::", "2001:db7:ffff::", "2001:db9::", "2000::1", "3ffd::", "2a00::1"):
        assert is_public(ip_address(address))


def test_12_our_own_ports_are_refused_even_on_networks_let_through() -> None:
    guard = Guard(allow_networks=(ip_network("127.0.0.0/8"),), own_ports=frozenset({6379}))

    assert guard.check_endpoint(ip_address("127.0.0.1"), 6379) is not None
    assert guard.check_endpoint(ip_address("127.0.0.1"), 9_999) is None


def test_12_a_port_of_ours_that_is_one_of_the_web_closes_no_other_site() -> None:
    guard = Guard(allow_networks=(ip_network("127.0.0.0/8"),), own_ports=frozenset({8_080}))

    assert guard.check_endpoint(ip_address("127.0.0.1"), 8_080) is not None
    assert guard.check_endpoint(ip_address("93.184.216.34"), 8_080) is None


def test_a_network_let_through_lets_no_other_through() -> None:
    guard = Guard(allow_networks=(ip_network("127.0.0.0/8"),))

    assert guard.check_endpoint(ip_address("10.0.0.1"), 80) is not None
    assert guard.check_endpoint(ip_address("::ffff:127.0.0.1"), 80) is not None


@given(st.text(max_size=80))
def test_any_text_gives_a_target_or_a_refusal(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.org{text}"):
        assert isinstance(read_url(url), Target | Refusal)
