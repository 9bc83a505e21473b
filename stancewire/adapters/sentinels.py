"""How the sentinels are that a client goes by, and whether they could fail over.

They are asked only; nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import redis
from redis.exceptions import RedisError
from redis.sentinel import SentinelConnectionPool

from stancewire.adapters.connection import address


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelFacts:
    """The sentinels named in a server's address."""

    service: str
    #: Where they are, by whether they answer.
    answering: tuple[str, ...]
    silent: tuple[str, ...]
    #: Why they could not agree on a failover, in their own words; empty where they could.
    objection: str


def sentinel_facts(client: redis.Redis) -> SentinelFacts | None:
    """Ask each sentinel; None for a client that goes by none."""
    pool = client.connection_pool
    if not isinstance(pool, SentinelConnectionPool):
        return None
    service = str(pool.service_name)
    answering, silent, objection = [], [], ""
    sentinels: list[redis.Redis] = pool.sentinel_manager.sentinels
    for sentinel in tuple(sentinels):
        try:
            sentinel.execute_command("SENTINEL CKQUORUM", service)  # type: ignore[no-untyped-call]
        except redis.ResponseError as error:
            answering.append(address(sentinel))
            objection = objection or " ".join(str(error).split())
        except RedisError:
            silent.append(address(sentinel))
        else:
            answering.append(address(sentinel))
    return SentinelFacts(service=service, answering=tuple(answering), silent=tuple(silent), objection=objection)
