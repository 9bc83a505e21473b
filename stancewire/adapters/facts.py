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
from stancewire.errors import StoreError, StoreRefused, StoreUnavailable

OLDEST_REDIS = (7, 0)
#: Share of the memory allowed above which the server counts as nearly full.
NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A server, as it describes itself."""

    product: Literal["Redis", "Valkey"]
    version: str
    #: Version of Redis whose commands it has.
    redis_version: str
    #: `master`, `slave` or `cluster`.
    role: str
    #: Replicas that follow it.
    replicas: int
    #: Whether it still reads its data.
    is_loading: bool
    persistence: Literal["append_only", "snapshots", "none", "unknown"]
    #: `always`, `everysec` or `no`; None where it may not be asked for, or does not apply.
    fsync: str | None
    #: Whether it cannot write to its disk and therefore refuses writes; whether a snapshot or a rewrite of the
    #: append-only file went wrong, which it bears.
    disk_fails: bool
    snapshot_failed: bool
    rewrite_failed: bool
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
    snapshot_failed = info.get("rdb_last_bgsave_status") == "err"
    return ServerFacts(
        product="Valkey" if valkey else "Redis",
        version=str(valkey or info.get("redis_version", "")),
        redis_version=str(info.get("redis_version", "")),
        role="cluster" if "cluster" in (info.get("redis_mode"), info.get("server_mode")) else str(info.get("role", "")),
        replicas=int(info.get("connected_slaves", 0)),
        is_loading=bool(info.get("loading")),
        persistence="append_only" if append_only else _snapshots(settings),
        fsync=settings.get("appendfsync") if append_only else None,
        disk_fails=info.get("aof_last_write_status") == "err" or (snapshot_failed and _stops_for_snapshots(settings)),
        snapshot_failed=snapshot_failed,
        rewrite_failed=info.get("aof_last_bgrewrite_status") == "err",
        eviction=str(info.get("maxmemory_policy", "")),
        used_memory_bytes=int(info.get("used_memory", 0)),
        max_memory_bytes=int(info.get("maxmemory", 0)),
    )


def check_server(client: redis.Redis) -> tuple[ServerFacts, tuple[str, ...]]:
    """Facts of a server that will do, and warnings, one line each; raises StoreError for one that will not."""
    facts = server_facts(client)
    server = f"the server at {address(client)}"
    if (error := _objection(facts, server)) is not None:
        raise error
    return facts, tuple(f"{server} {warning}" for warning in (*persistence_warnings(facts), *memory_warnings(facts)))


def persistence_warnings(facts: ServerFacts) -> tuple[str, ...]:
    """What may be lost, as predicates of the server."""
    warnings = []
    if facts.persistence == "none":
        warnings.append("keeps nothing on disk: what waits and what was published is lost when it stops")
    if facts.persistence == "snapshots":
        warnings.append("only takes snapshots: what came after the last one is lost when it stops")
    if facts.fsync == "no":
        warnings.append("leaves writing to the operating system (appendfsync no)")
    if facts.snapshot_failed:
        warnings.append("could not write its last snapshot (rdb_last_bgsave_status)")
    if facts.rewrite_failed:
        warnings.append("could not rewrite its append-only file, which grows without end (aof_last_bgrewrite_status)")
    return tuple(warnings)


def memory_warnings(facts: ServerFacts) -> tuple[str, ...]:
    """What is nearly full, as predicates of the server."""
    used, limit = facts.used_memory_bytes, facts.max_memory_bytes
    if limit and used >= NEARLY_FULL * limit:
        return (f"has {used / 1e6:.0f} of {limit / 1e6:.0f} MB of memory in use; when it is full, polling pauses",)
    return ()


def _objection(facts: ServerFacts, server: str) -> StoreError | None:
    """Why a server will not do, now or at all."""
    if facts.is_loading:
        return StoreUnavailable(f"{server} is still loading its data", "wait until it has finished", trouble="loading")
    if _numbers(facts.redis_version) < OLDEST_REDIS:
        return StoreRefused(
            f"{server} is {facts.product} {facts.version}, which is too old",
            "use Redis 7.0 or Valkey 7.2, or newer",
            trouble="unfit",
        )
    if facts.eviction != "noeviction":
        return StoreRefused(
            f"{server} drops data when its memory is full (maxmemory-policy {facts.eviction})",
            "set it to keep everything: CONFIG SET maxmemory-policy noeviction",
            trouble="unfit",
        )
    if facts.role == "cluster":
        hint = "use a single server, with a replica and sentinels for failover"
        return StoreRefused(f"{server} is part of a cluster", hint, trouble="unfit")
    if facts.role == "slave":
        return StoreRefused(f"{server} is a read-only replica", "name the primary instead", trouble="replica")
    if facts.disk_fails:
        return StoreRefused(
            f"{server} cannot write to its disk and takes nothing in",
            "make room on its disk; its log names the cause",
            trouble="disk",
        )
    return None


def _settings(client: redis.Redis) -> Mapping[str, str]:
    try:
        found: Any = client.config_get("appendfsync", "save", "stop-writes-on-bgsave-error")
    except ResponseError:
        return {}
    return dict(found)


def _stops_for_snapshots(settings: Mapping[str, str]) -> bool:
    return bool(settings.get("save")) and settings.get("stop-writes-on-bgsave-error") == "yes"


def _snapshots(settings: Mapping[str, str]) -> Literal["snapshots", "none", "unknown"]:
    if "save" not in settings:
        return "unknown"
    return "snapshots" if settings["save"] else "none"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
