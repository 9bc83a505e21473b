"""The one place that builds a Redis client.

It neither knows what is stored nor decides when to try again: a client tries a few times within seconds, and then an
error leaves that names the server and the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.connection import parse_url
from redis.exceptions import RedisError
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from config.redaction import masked
from config.server_address import FORMS, SentinelAddress, check_address, sentinel_address, split_address
from stancewire.adapters.meanings import SETTING, store_error
from stancewire.errors import ConfigurationError, Problem

Purpose: TypeAlias = Literal["poller", "worker", "heartbeat", "consumer", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patience:
    """How long a client waits, in seconds, and how often it tries again."""

    answer_s: float
    connect_s: float
    retries: int


#: A blocking command may wait this long at the server; the socket's patience must be longer.
MAX_BLOCK_MS = 5_000

#: Seconds a sentinel may take before the next one is asked.
_SENTINEL_PATIENCE_S = 1.0

_PATIENCE: dict[Purpose, _Patience] = {
    "poller": _Patience(answer_s=10, connect_s=3, retries=3),
    "worker": _Patience(answer_s=15, connect_s=3, retries=3),
    "heartbeat": _Patience(answer_s=2, connect_s=2, retries=0),
    "consumer": _Patience(answer_s=MAX_BLOCK_MS / 1000 + 5, connect_s=3, retries=3),
    "check": _Patience(answer_s=3, connect_s=3, retries=0),
}


def connect(url: str, *, purpose: Purpose) -> redis.Redis:
    """A client for an address of one of `FORMS`; nothing is sent yet. Raises ConfigurationError.

    With sentinels each new connection goes to whichever server they name as the primary then.
    """
    patience = _PATIENCE[purpose]
    options: dict[str, Any] = {
        "socket_timeout": patience.answer_s,
        "socket_connect_timeout": patience.connect_s,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), patience.retries),
        "health_check_interval": 30,
        "client_name": f"stancewire-{purpose}",
    }
    try:
        check_address(url)
        by_sentinels = sentinel_address(url)
        client = _primary(by_sentinels, options) if by_sentinels else redis.Redis.from_url(url, **options)
        # Not connected yet; an option that there is not shows here instead of at the first command.
        client.connection_pool.connection_class(**client.connection_pool.connection_kwargs)
    except (ValueError, TypeError) as error:
        problem = Problem(f"not a Redis address: {redacted(url)}", where=SETTING, hint=f"write {FORMS}")
        raise ConfigurationError((problem,)) from error
    return client


def _primary(address: SentinelAddress, options: Mapping[str, Any]) -> redis.Redis:
    """A client of the primary that sentinels name."""
    given: dict[str, Any] = dict(parse_url(address.server_url))  # type: ignore[no-untyped-call]
    for name in ("host", "port", "connection_class"):
        given.pop(name, None)
    security = {name: value for name, value in given.items() if name.startswith("ssl_")} | {"ssl": address.tls}
    asking = {
        "username": address.username,
        "password": address.password,
        "socket_timeout": _SENTINEL_PATIENCE_S,
        "socket_connect_timeout": _SENTINEL_PATIENCE_S,
        # The next one is asked instead.
        "retry": Retry(NoBackoff(), 0),
        **security,
    }
    sentinel = Sentinel(address.sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
    client: redis.Redis = sentinel.master_for(  # type: ignore[no-untyped-call]
        address.service, **{**options, **given, "ssl": address.tls}
    )
    return client


def redacted(url: str) -> str:
    """`url` as it may be shown: without its password."""
    try:
        parts = split_address(url)
    except ValueError:
        return masked(url)
    location = re.sub(r"^(?P<user>[^:@]*):.*@", r"\g<user>:***@", parts.netloc)
    query = re.sub(r"((?:^|&)[a-z_]*password=)[^&]*", r"\1***", parts.query)
    return f"{parts.scheme}://{location}{parts.path}{'?' if query else ''}{query}"


def address(client: redis.Redis) -> str:
    """Where a client's server is, as people say it: `HOST:PORT`, the path of a socket, or a service of sentinels."""
    pool = client.connection_pool
    if isinstance(pool, SentinelConnectionPool):
        known: Any = pool.master_address
        return f"{pool.service_name} ({known[0]}:{known[1]})" if known else str(pool.service_name)
    options = client.connection_pool.connection_kwargs
    if "path" in options:
        return str(options["path"])
    return f"{options.get('host', 'localhost')}:{options.get('port', 6379)}"


@contextmanager
def checked(client: redis.Redis) -> Iterator[None]:
    """Raise StoreUnavailable or StoreRefused for any error of `client` inside."""
    try:
        yield
    except RedisError as error:
        raise store_error(error, address(client)) from error
