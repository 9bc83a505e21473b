"""The one place that builds a Redis client, and the one that says what its errors mean.

It neither knows what is stored nor decides when to try again: a client tries a few times within seconds, and then an
error leaves that names the server and the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeoutError,
)
from redis.retry import Retry

from stancewire.errors import (
    ConfigurationError,
    LeadershipLost,
    Problem,
    StoreError,
    StoreRefused,
    StoreUnavailable,
    Trouble,
)

Purpose: TypeAlias = Literal["poller", "worker", "heartbeat", "consumer", "check"]

#: Where a URL comes from, as error messages name it.
SETTING = "STANCEWIRE_REDIS_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patience:
    """How long a client waits, in seconds, and how often it tries again."""

    answer_s: float
    connect_s: float
    retries: int


#: A blocking command may wait this long at the server; the socket's patience must be longer.
MAX_BLOCK_MS = 5_000

_PATIENCE: dict[Purpose, _Patience] = {
    "poller": _Patience(answer_s=10, connect_s=3, retries=3),
    "worker": _Patience(answer_s=15, connect_s=3, retries=3),
    "heartbeat": _Patience(answer_s=2, connect_s=2, retries=0),
    "consumer": _Patience(answer_s=MAX_BLOCK_MS / 1000 + 5, connect_s=3, retries=3),
    "check": _Patience(answer_s=3, connect_s=3, retries=0),
}


def connect(url: str, *, purpose: Purpose) -> redis.Redis:
    """A client for `redis://`, `rediss://` or `unix://`; nothing is sent yet. Raises ConfigurationError."""
    patience = _PATIENCE[purpose]
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=patience.answer_s,
            socket_connect_timeout=patience.connect_s,
            retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), patience.retries),
            health_check_interval=30,
            client_name=f"stancewire-{purpose}",
        )
    except (ValueError, TypeError) as error:
        problem = Problem(
            f"not a Redis address: {redacted(url)}",
            where=SETTING,
            hint="write redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH",
        )
        raise ConfigurationError((problem,)) from error


def redacted(url: str) -> str:
    """`url` as it may be shown: without its password."""
    parts = urlsplit(url)
    location = re.sub(r"^(?P<user>[^:@]*):.*@", r"\g<user>:***@", parts.netloc)
    query = re.sub(r"((?:^|&)[a-z_]*password=)[^&]*", r"\1***", parts.query)
    return f"{parts.scheme}://{location}{parts.path}{'?' if query else ''}{query}"


def address(client: redis.Redis) -> str:
    """Where a client's server is, as people say it: `HOST:PORT`, or the path of a socket."""
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


def store_error(error: RedisError, server: str) -> StoreError:
    """What an error of the Redis client means, said of the server at `server` in one line, with the next step."""
    said = " ".join(str(error).split())
    for meaning in _MEANINGS:
        if isinstance(error, meaning.error) and meaning.words in said:
            message = meaning.message.format(server=server, said=_reason(said))
            return meaning.raised(message, meaning.hint, trouble=meaning.trouble)
    return StoreRefused(
        f"the server at {server} refuses a command: {said}", "Redis 7.0 or Valkey 7.2 is the oldest that will do"
    )


def _reason(said: str) -> str:
    known = {
        "Connection refused": "nothing listens there",
        "No such file or directory": "there is no such socket",
        "Name or service not known": "the host name is unknown",
        "Permission denied": "permission denied",
    }
    return next((meaning for part, meaning in known.items() if part in said), said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """An error of the client, by its type and words that must stand in it, and what is raised for it."""

    error: type[RedisError]
    words: str = ""
    raised: type[StoreError]
    #: None: as the error has it by itself.
    trouble: Trouble | None = None
    message: str
    hint: str


#: The first that fits counts: the client's errors for passwords and for loading are connection errors to it.
_MEANINGS: tuple[_Meaning, ...] = (
    *(
        _Meaning(
            error=AuthenticationError,
            words=words,
            raised=StoreRefused,
            trouble="denied",
            message="the server at {server} wants a password",
            hint=f"add one to {SETTING}: redis://:PASSWORD@HOST:PORT",
        )
        # As older servers say it, and as they say it to clients that speak RESP3.
        for words in ("Authentication required", "HELLO must be called with the client already authenticated")
    ),
    _Meaning(
        error=ResponseError,
        words="NOAUTH",
        raised=StoreRefused,
        trouble="denied",
        message="the server at {server} wants a password",
        hint=f"add one to {SETTING}: redis://:PASSWORD@HOST:PORT",
    ),
    _Meaning(
        error=AuthenticationError,
        raised=StoreRefused,
        trouble="denied",
        message="the server at {server} does not accept the user name and password",
        hint=f"correct them in {SETTING}",
    ),
    _Meaning(
        error=BusyLoadingError,
        raised=StoreUnavailable,
        trouble="loading",
        message="the server at {server} is still loading its data",
        hint="wait until it has finished",
    ),
    _Meaning(
        error=RedisTimeoutError,
        raised=StoreUnavailable,
        message="the server at {server} did not answer in time",
        hint="see whether it runs, and whether it is overloaded",
    ),
    _Meaning(
        error=RedisConnectionError,
        raised=StoreUnavailable,
        message="no connection to the server at {server}: {said}",
        hint=f"start it, or correct {SETTING}",
    ),
    _Meaning(
        error=ReadOnlyError,
        raised=StoreRefused,
        trouble="replica",
        message="the server at {server} is a read-only replica",
        hint=f"let {SETTING} name the primary",
    ),
    _Meaning(
        error=OutOfMemoryError,
        raised=StoreRefused,
        trouble="full",
        message="the server at {server} is out of memory: nothing is taken in until there is room",
        hint="raise its maxmemory, or lower STANCEWIRE_PUBLISH__RETENTION_DAYS",
    ),
    _Meaning(
        error=NoPermissionError,
        raised=StoreRefused,
        message="the server at {server} forbids it: {said}",
        hint="give the user the rights it needs",
    ),
    _Meaning(
        error=ResponseError,
        words="MISCONF",
        raised=StoreRefused,
        trouble="disk",
        message="the server at {server} cannot write to its disk and takes nothing in",
        hint="make room on its disk; its log names the cause",
    ),
    _Meaning(
        error=MasterDownError,
        raised=StoreUnavailable,
        trouble="replica",
        message="the server at {server} is a replica whose primary is away",
        hint=f"let {SETTING} name the primary",
    ),
    _Meaning(
        error=ResponseError,
        words="OLDTERM",
        raised=LeadershipLost,
        message="another poller leads now on the server at {server}",
        hint="nothing to do: this one stands by",
    ),
    *(
        _Meaning(
            error=error,
            words=words,
            raised=StoreUnavailable,
            message="the server at {server} is not ready: {said}",
            hint="wait, or look into its log",
        )
        for error, words in ((ClusterDownError, ""), (TryAgainError, ""), (ResponseError, "BUSY "))
    ),
    _Meaning(
        error=ResponseError,
        words="NOREPLICAS",
        raised=StoreUnavailable,
        trouble="unreplicated",
        message="the server at {server} takes nothing in: too few replicas follow it (min-replicas-to-write)",
        hint="bring its replicas back",
    ),
)
