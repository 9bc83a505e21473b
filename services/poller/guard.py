"""Decides which addresses may be connected to, by the table in `networks`, and which URLs may be read.

Pure: it resolves no names and opens no connections; whoever connects asks it about the address it is about to use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from services.poller.networks import GLOBAL_UNICAST, NAT64, REFUSED_V4, REFUSED_V6

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL_LENGTH = 4_096
DEFAULT_PORTS = {"http": 80, "https": 443}

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

    #: Networks let through although they are not public, on any port but our own.
    allow_networks: tuple[Network, ...] = ()
    #: Ports on all other networks.
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    #: Ports of this program's own servers, its store among them.
    own_ports: frozenset[int] = frozenset()

    def check_target(self, target: Target) -> Refusal | None:
        """What can be said before any name is resolved."""
        if target.address is not None:
            return self.check_endpoint(target.address, target.port)
        if target.port not in self.allow_ports and not self.allow_networks:
            return self._blocked_port(target.port)
        return None

    def check_endpoint(self, address: Address, port: int) -> Refusal | None:
        """Why `address` and `port` must not be connected to, or None."""
        if any(address.version == network.version and address in network for network in self.allow_networks):
            return self._blocked_port(port) if port in self.own_ports else None
        reason = _reason_against(address)
        if reason is not None:
            return Refusal(kind="blocked_address", detail=f"{address} is not public: {reason}")
        return None if port in self.allow_ports else self._blocked_port(port)

    def _blocked_port(self, port: int) -> Refusal:
        of_whom = "one of this program's own" if port in self.own_ports else "not one that feeds are served on"
        return Refusal(kind="blocked_address", detail=f"port {port} is {of_whom}")


def is_public(address: Address) -> bool:
    """Whether `address` is one of the open network."""
    return _reason_against(address) is None


def _reason_against(address: Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((use for network, use in REFUSED_V4 if address in network), None)
    if address in NAT64:
        return _reason_against(IPv4Address(int(address) & 0xFFFFFFFF))
    listed = next((use for network, use in REFUSED_V6 if address in network), None)
    return listed or (None if address in GLOBAL_UNICAST else "outside global unicast")
