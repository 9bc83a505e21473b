"""What the address of a server may be, and the parts of one that names sentinels.

Nothing is connected to; a plain address is taken apart by the Redis client itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

FORMS = (
    "redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss://… for TLS, unix:///PATH, "
    "or redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/SERVICE[/DB] and rediss+sentinel://…"
)
SENTINEL_PORT = 26_379

_SENTINEL = "+sentinel"
_SCHEMES = ("redis", "rediss", "unix", f"redis{_SENTINEL}", f"rediss{_SENTINEL}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelAddress:
    """Sentinels, and the service whose primary they name."""

    #: Host and port of each.
    sentinels: tuple[tuple[str, int], ...]
    service: str
    #: User, password, database and options of the servers behind the service, as the URL of one that stands for all.
    server_url: str
    #: Over TLS, sentinels and servers alike.
    tls: bool
    #: What the sentinels themselves want; their users are not those of the servers.
    username: str | None
    password: str | None


def split_address(url: str) -> SplitResult:
    """As `urlsplit`, also where several hosts stand in the place of one: some Pythons take no brackets among them."""
    scheme, _, rest = url.partition("://")
    if not scheme.lower().endswith(_SENTINEL):
        return urlsplit(url)
    hosts = re.split("[/?#]", rest, maxsplit=1)[0]
    return urlsplit(f"{scheme}://{rest[len(hosts) :]}")._replace(netloc=hosts)


def sentinel_address(url: str) -> SentinelAddress | None:
    """The parts of an address that names sentinels, None for a plain one; ValueError says what is wrong with it.

    >>> sentinel_address("redis+sentinel://s1:26379,s2/news/2").sentinels
    (('s1', 26379), ('s2', 26379))
    """
    parts = split_address(url)
    if not parts.scheme.endswith(_SENTINEL):
        return None
    credentials, has_user, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise ValueError("it names no service: write the one that the sentinels watch behind the hosts, as /mymaster")
    if database and not database.isdecimal():
        raise ValueError("behind the service there may be the number of a database and nothing else")
    own, options = {}, []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in {"sentinel_username", "sentinel_password"}:
            own[name] = value
        else:
            options.append((name, value))
    scheme = parts.scheme.removesuffix(_SENTINEL)
    query = f"?{urlencode(options)}" if options else ""
    return SentinelAddress(
        sentinels=tuple(_host_and_port(each) for each in hosts.split(",")),
        service=unquote(service),
        server_url=f"{scheme}://{credentials}{has_user}localhost/{database or 0}{query}",
        tls=scheme == "rediss",
        username=own.get("sentinel_username"),
        password=own.get("sentinel_password"),
    )


def check_address(url: str) -> None:
    """Raise ValueError, which says what is wrong without saying any of it, where `url` cannot be a server's address."""
    try:
        parts = split_address(url)
    except ValueError:
        raise ValueError("it is no URL") from None
    if parts.scheme not in _SCHEMES:
        raise ValueError(
            f"it must begin with {', '.join(f'{scheme}://' for scheme in _SCHEMES[:-1])} or {_SCHEMES[-1]}://"
        )
    if sentinel_address(url) is not None:
        return
    if parts.scheme == "unix":
        if not parts.path.strip("/"):
            raise ValueError("it names no socket: write unix:///PATH")
        return
    _host_and_port(parts.netloc.rpartition("@")[2], needs_host=False)


def _host_and_port(text: str, *, needs_host: bool = True) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("a port is a number from 1 to 65535, and an IPv6 address stands in brackets") from None
    if port == 0:
        raise ValueError("a port is a number from 1 to 65535")
    if needs_host and not host:
        raise ValueError("it names no host, or there is a comma too much")
    return host or "", SENTINEL_PORT if port is None else port
