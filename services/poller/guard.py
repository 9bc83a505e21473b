"""Decides which addresses may be connected to: a table of networks and the rules for a URL.

Pure: it resolves no names and opens no connections; whoever connects asks it about the address it is about to use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL_LENGTH = 4_096
DEFAULT_PORTS = {"http": 80, "https": 443}

# Written out because `ipaddress.is_global` of Python 3.11 calls several of these global, as 224.0.0.1 and 192.0.0.192.
_REFUSED_V4: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carriers"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "a cloud provider's own service"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT relays"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarks"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)
_REFUSED_V6: tuple[tuple[str, str], ...] = (
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
)
_REFUSED_NETWORKS_V4 = tuple((IPv4Network(network), why) for network, why in _REFUSED_V4)
_REFUSED_NETWORKS_V6 = tuple((IPv6Network(network), why) for network, why in _REFUSED_V6)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ASCII_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# As browsers do: a last label that reads as a number makes the host an IPv4 address in some notation.
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a URL or an address is not to be used."""

    kind: Literal["bad_url", "blocked_address"]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL that may be asked for, as far as the URL tells."""

    #: Without fragment, the host in ASCII.
    url: str
    scheme: str
    #: ASCII, lower case, without brackets and trailing dot.
    host: str
    port: int
    #: The host, where it is an address and not a name.
    address: Address | None


def read_url(url: str) -> Target | Refusal:
    """The parts of an absolute http or https URL; a Refusal of kind `bad_url` for any other text."""
    try:
        return _read_target(url)
    except (ValueError, idna.IDNAError) as error:
        return Refusal(kind="bad_url", detail=str(error)[:200])


def _read_target(url: str) -> Target:
    if len(url) > MAX_URL_LENGTH:
        raise ValueError(f"longer than {MAX_URL_LENGTH} characters")
    if _CONTROL.search(url) or "\\" in url or "%00" in url:
        raise ValueError("holds a control character, a backslash or half a character")
    parts = urlsplit(url.strip(" "))
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise ValueError(f"scheme {scheme[:20]!r}; only http and https are fetched")
    if "@" in parts.netloc or parts.fragment.startswith("@"):
        raise ValueError("holds a user name, which may hide the host")
    port = parts.port
    if port == 0:
        raise ValueError("port 0")
    host, address = _read_host(parts)
    shown = f"[{host}]" if isinstance(address, IPv6Address) else host
    netloc = shown if port in {None, DEFAULT_PORTS[scheme]} else f"{shown}:{port}"
    clean = urlunsplit((scheme, netloc, parts.path.replace(" ", "%20") or "/", parts.query.replace(" ", "%20"), ""))
    return Target(url=clean, scheme=scheme, host=host, port=port or DEFAULT_PORTS[scheme], address=address)


def _read_host(parts: SplitResult) -> tuple[str, Address | None]:
    host = (parts.hostname or "").removesuffix(".")
    if not host or "%" in host:
        raise ValueError("no host, or one with a percent sign")
    if "[" in parts.netloc:
        return _read_address(host)
    name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    if "xn--" in name:
        idna.decode(name)
    if _NUMERIC_HOST.fullmatch(name):
        return _read_address(name)
    if len(name) > 253 or not _ASCII_HOST.fullmatch(name):
        raise ValueError("not a host name")
    return name, None


def _read_address(host: str) -> tuple[str, Address]:
    try:
        address = ip_address(host)
    except ValueError:
        raise ValueError("an address in a notation that programs read differently") from None
    return str(address), address


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Which endpoints may be connected to."""

    #: Networks let through although they are not public, on any port.
    allow_networks: tuple[Network, ...] = ()
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    #: Ports of this program's own servers: refused everywhere.
    own_ports: frozenset[int] = frozenset()

    def check_target(self, target: Target) -> Refusal | None:
        """What can be said before any name is resolved."""
        if target.address is not None:
            return self.check_endpoint(target.address, target.port)
        if target.port in self.own_ports or (target.port not in self.allow_ports and not self.allow_networks):
            return _blocked_port(target.port)
        return None

    def check_endpoint(self, address: Address, port: int) -> Refusal | None:
        """Why `address` and `port` must not be connected to, or None."""
        if port in self.own_ports:
            return _blocked_port(port)
        if any(address.version == network.version and address in network for network in self.allow_networks):
            return None
        reason = _reason_against(address)
        if reason is not None:
            return Refusal(kind="blocked_address", detail=f"{address} is not public: {reason}")
        return None if port in self.allow_ports else _blocked_port(port)


def is_public(address: Address) -> bool:
    """Whether `address` is one of the open network."""
    return _reason_against(address) is None


def _reason_against(address: Address) -> str | None:
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            # The only way out of networks with IPv6 alone; what counts is the IPv4 address inside.
            return _reason_against(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_UNICAST:
            return "outside global unicast"
        return next((why for network, why in _REFUSED_NETWORKS_V6 if address in network), None)
    return next((why for network, why in _REFUSED_NETWORKS_V4 if address in network), None)


def _blocked_port(port: int) -> Refusal:
    return Refusal(kind="blocked_address", detail=f"port {port} is not one that feeds are served on")
