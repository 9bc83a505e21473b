"""What the errors of the Redis client mean: one of ours for each, which names the server and the next step in one line.

Nothing is asked or tried again here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
from redis.sentinel import MasterNotFoundError

from stancewire.errors import LeadershipLost, StoreError, StoreRefused, StoreUnavailable, Trouble

#: Where a URL comes from, as error messages name it.
SETTING = "STANCEWIRE_REDIS_URL"


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
    certificate = re.search(r"certificate verify failed: (.*?)\.? ?\(_ssl", said)
    return certificate[1] if certificate else next((meaning for part, meaning in known.items() if part in said), said)


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
        error=MasterNotFoundError,
        words="AuthenticationError",
        raised=StoreRefused,
        trouble="denied",
        message="the sentinels of {server} do not let us in",
        hint=f"put ?sentinel_password=, and sentinel_username= where they have users, behind the service in {SETTING}",
    ),
    _Meaning(
        error=MasterNotFoundError,
        raised=StoreUnavailable,
        message="no sentinel names a primary of {server}",
        hint="wait for the failover; if it lasts, see whether the sentinels run and watch a service of that name",
    ),
    _Meaning(
        error=RedisConnectionError,
        words="CERTIFICATE_VERIFY_FAILED",
        raised=StoreRefused,
        trouble="denied",
        message="the certificate of the server at {server} is not accepted: {said}",
        hint=f"name its authority in {SETTING} with ?ssl_ca_certs=FILE, and the host as the certificate does",
    ),
    _Meaning(
        error=RedisTimeoutError,
        raised=StoreUnavailable,
        message="the server at {server} did not answer in time",
        hint="see whether it runs, whether it is overloaded, and whether it speaks TLS where rediss:// is written",
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
    _Meaning(
        error=ResponseError,
        words="FORGOTTEN",
        raised=StoreUnavailable,
        trouble="forgetful",
        message="the server at {server} has forgotten what this poll had brought: it lost its last writes",
        hint="nothing to do: it is brought again; if it comes often, see its log for restarts and failovers",
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
