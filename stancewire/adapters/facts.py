"""What a server is and how it is set, as far as it matters to us, and whether it will do.

It changes no setting of the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import redis
from redis.exceptions import ResponseError

from stancewire.adapters.connection import address, checked
from stancewire.errors import StoreRefused

OLDEST_REDIS = (7, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A server, as it describes itself."""

    product: Literal["Redis", "Valkey"]
    version: str
    #: Version of Redis whose commands it has.
    redis_version: str
    #: `master`, `slave` or `cluster`.
    role: str
    persistence: Literal["append_only", "snapshots", "none", "unknown"]
    #: `always`, `everysec` or `no`; None where it may not be asked for, or does not apply.
    fsync: str | None
    #: What is dropped when the memory is full; `noeviction`: nothing.
    eviction: str
    used_memory_bytes: int
    #: 0 where there is no limit.
    max_memory_bytes: int


def server_facts(client: redis.Redis) -> ServerFacts:
    """Ask a server about itself; raises StoreError."""
    with checked(client):
        info: dict[str, Any] = {}
        for section in ("server", "replication", "persistence", "memory"):
            info |= client.info(section)
        settings = _settings(client)
    valkey = info.get("valkey_version")
    append_only = bool(info.get("aof_enabled"))
    return ServerFacts(
        product="Valkey" if valkey else "Redis",
        version=str(valkey or info.get("redis_version", "")),
        redis_version=str(info.get("redis_version", "")),
        role="cluster" if "cluster" in (info.get("redis_mode"), info.get("server_mode")) else str(info.get("role", "")),
        persistence="append_only" if append_only else _snapshots(settings),
        fsync=settings.get("appendfsync") if append_only else None,
        eviction=str(info.get("maxmemory_policy", "")),
        used_memory_bytes=int(info.get("used_memory", 0)),
        max_memory_bytes=int(info.get("maxmemory", 0)),
    )


def check_server(client: redis.Redis) -> tuple[ServerFacts, tuple[str, ...]]:
    """Facts of a server that will do, and warnings, one line each; raises StoreRefused for one that will not."""
    facts = server_facts(client)
    server = f"the server at {address(client)}"
    if _numbers(facts.redis_version) < OLDEST_REDIS:
        raise StoreRefused(
            f"{server} is {facts.product} {facts.version}, which is too old", "use Redis 7.0 or Valkey 7.2, or newer"
        )
    if facts.eviction != "noeviction":
        raise StoreRefused(
            f"{server} drops data when its memory is full (maxmemory-policy {facts.eviction})",
            "set it to keep everything: CONFIG SET maxmemory-policy noeviction",
        )
    if facts.role == "cluster":
        raise StoreRefused(f"{server} is part of a cluster", "use a single server, with a replica for failover")
    if facts.role == "slave":
        raise StoreRefused(f"{server} is a replica", "name the primary instead")
    warnings = []
    if facts.persistence == "none":
        warnings.append(f"{server} keeps nothing on disk: what waits and what was published is lost when it stops")
    if facts.persistence == "snapshots":
        warnings.append(f"{server} only takes snapshots: what came after the last one is lost when it stops")
    if facts.fsync == "no":
        warnings.append(f"{server} leaves writing to the operating system (appendfsync no)")
    return facts, tuple(warnings)


def _settings(client: redis.Redis) -> Mapping[str, str]:
    try:
        found: Any = client.config_get("appendfsync", "save")
    except ResponseError:
        return {}
    return dict(found)


def _snapshots(settings: Mapping[str, str]) -> Literal["snapshots", "none", "unknown"]:
    if "save" not in settings:
        return "unknown"
    return "snapshots" if settings["save"] else "none"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
