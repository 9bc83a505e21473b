"""What `stancewire doctor` looks at: each part of an installation, with what is wrong and how to put it right.

It changes nothing; a data folder is made by whoever needs it first.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from pyexpat import EXPAT_VERSION

from config.knowledge import load_knowledge
from config.settings import Settings
from services.embedded import find_binary
from services.health import Check, Finding
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.facts import ServerFacts, memory_warnings, persistence_warnings
from stancewire.adapters.sentinels import sentinel_facts
from stancewire.adapters.subscriptions import RedisSubscriptions
from stancewire.errors import ServerError, StancewireError, StoreError
from stancewire.types import Feed
from stancewire.wiring.feeds import load_feeds
from stancewire.wiring.outside import now
from stancewire.wiring.stores import Server, accept_server, find_server, open_store
from stancewire.wiring.watch_health import ago, deliveries_finding, watches_finding

_OLDEST_PYTHON, _FIRST_UNKNOWN_PYTHON = (3, 11), (3, 14)
#: Older ones expand entities without a bound.
_OLDEST_EXPAT = (2, 4, 1)
_LEAST_FREE_BYTES = 1_000_000_000
_EXAMPLE = "Moscow condemned Washington."


def examined(checks: Iterator[tuple[str, Check]]) -> Iterator[tuple[str, Finding]]:
    """What the checks find, one after the other."""
    for name, check in checks:
        try:
            yield name, check()
        except StancewireError as error:
            yield name, Finding(ok=False, detail=error.message, fix=error.hint)


def program_checks() -> Iterator[tuple[str, Check]]:
    """Those of the program itself, which need no settings."""
    yield "python", _python
    yield "expat", _expat
    yield "knowledge", _knowledge
    yield "model", _model
    yield "languages", _languages
    yield "opinion", _opinion


def installation_checks(settings: Settings, config_folder: Path) -> Iterator[tuple[str, Check]]:
    """Those of this installation."""
    data_dir = settings.data_dir.expanduser()
    yield "data folder", lambda: _folder(data_dir)
    yield "disk", lambda: _disk(data_dir)
    yield "feeds", lambda: _feeds(settings, config_folder)
    if settings.knowledge is not None:
        yield "own knowledge", lambda: _knowledge(settings.knowledge)
    if settings.watches is not None:
        yield "watches", lambda: watches_finding(settings)
    try:
        server = find_server(settings)
    except StoreError:
        yield "server", _embedded
        return
    try:
        facts, _ = accept_server(server)
    except StoreError as error:
        # Bound here: the name is gone after the clause.
        found = Finding(ok=False, detail=error.message, fix=error.hint)
        yield "server", lambda: found
        return
    yield "server", lambda: Finding(ok=True, detail=f"{facts.product} {facts.version} at {server.shown}")
    if facts.replicas or "+sentinel:" in server.url:
        yield "failover", lambda: _failover(server, facts)
    yield "persistence", lambda: _persistence(facts)
    yield "eviction", lambda: Finding(ok=True, detail=f"{facts.eviction}: nothing is dropped when memory is full")
    yield "memory", lambda: _memory(facts)
    yield "work", lambda: _work(settings, server)
    yield "consumers", lambda: _consumers(settings, server)
    yield "last poll", lambda: _last_poll(settings, server, config_folder)
    if settings.watches is not None:
        yield "deliveries", lambda: deliveries_finding(settings, server)
    if settings.websub.callback_url is not None:
        yield "hubs", lambda: _hubs(settings, server, config_folder)


def _hubs(settings: Settings, server: Server, config_folder: Path) -> Finding:
    listed = load_feeds(settings, config_folder).feeds
    with connect(server.url, purpose="check") as client:
        known = RedisSubscriptions(client).subscriptions(tuple(feed.id for feed in listed)).values()
    at, port = settings.websub.callback_url, settings.websub.port
    detail = f"{at} must lead to port {port}; {len(known)} of {len(listed)} feeds name a hub"
    counts = Counter("active" if each.state == "renewing" else each.state for each in known)
    if counts:
        detail += ": " + ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    is_ok = not (counts["asked"] + counts["dropped"] and not counts["active"])
    fix = "" if is_ok else "no hub has reached us: see whether the address leads here from outside"
    return Finding(ok=is_ok, detail=detail, fix=fix)


def _python() -> Finding:
    is_ok = _OLDEST_PYTHON <= sys.version_info[:2] < _FIRST_UNKNOWN_PYTHON
    return Finding(ok=is_ok, detail=platform.python_version(), fix="" if is_ok else "use Python 3.11, 3.12 or 3.13")


def _expat() -> Finding:
    version = EXPAT_VERSION.removeprefix("expat_")
    is_ok = tuple(int(part) for part in version.split(".")) >= _OLDEST_EXPAT
    return Finding(ok=is_ok, detail=version, fix="" if is_ok else "use a Python built with expat 2.4.1 or newer")


def _knowledge(own: Path | None = None) -> Finding:
    knowledge = load_knowledge(own=own)
    return Finding(ok=True, detail=f"{len(knowledge.actors)} actors, {len(knowledge.lists)} lists of words")


def _model() -> Finding:
    from workers.text.english import Piece, load  # noqa: PLC0415 - takes seconds

    try:
        sentences = tuple(load().parse([Piece(index=0, start=0, text=_EXAMPLE, masked=_EXAMPLE)]))
    except (ImportError, OSError) as error:
        return Finding(ok=False, detail=f"the English model cannot be loaded: {error}", fix="install stancewire again")
    return Finding(ok=bool(sentences), detail="the English model parses", fix="install stancewire again")


def _languages() -> Finding:
    from workers.languages import EXTRAS  # noqa: PLC0415 - takes seconds

    there = ", ".join(["English", *(extra.name for extra in EXTRAS if extra.is_installed)])
    missing = "; ".join(
        f"{extra.name} is not installed: pip install 'stancewire[{extra.extra}]'"
        for extra in EXTRAS
        if not extra.is_installed
    )
    return Finding(ok=True, detail="; ".join(filter(None, (there, missing))))


def _opinion() -> Finding:
    from workers.opinion.model import load  # noqa: PLC0415 - takes a second

    if load() is None:
        return Finding(ok=True, detail="not installed: frames alone decide; pip install 'stancewire[opinion]' adds it")
    return Finding(ok=True, detail="the learned opinion is there, its files as measured")


def _folder(data_dir: Path) -> Finding:
    nearest = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        fix = "correct its rights, or choose another with STANCEWIRE_DATA_DIR"
        return Finding(ok=False, detail=f"{nearest} is not a folder that can be written to", fix=fix)
    return Finding(ok=True, detail=str(data_dir) if nearest == data_dir else f"{data_dir}, made at the first start")


def _disk(data_dir: Path) -> Finding:
    nearest = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    fix = "" if free >= _LEAST_FREE_BYTES else "make room: a full disk stops everything"
    return Finding(ok=not fix, detail=f"{free / 1e9:.1f} GB free", fix=fix)


def _feeds(settings: Settings, config_folder: Path) -> Finding:
    listed = load_feeds(settings, config_folder)
    where = str(listed.path) if listed.path else "the catalogue that comes along"
    return Finding(ok=True, detail=f"{len(listed.feeds)} feeds in {where}")


def _embedded() -> Finding:
    try:
        binary = find_binary()
    except ServerError as error:
        return Finding(ok=False, detail=error.message, fix=error.hint)
    return Finding(ok=True, detail=f"embedded, not running now; `stancewire up` starts {binary}")


def _failover(server: Server, facts: ServerFacts) -> Finding:
    followers = "1 replica follows" if facts.replicas == 1 else f"{facts.replicas} replicas follow"
    replicas = f"{followers} the primary"
    with connect(server.url, purpose="check") as client:
        found = sentinel_facts(client)
    if found is None:
        return Finding(ok=True, detail=f"{replicas}; the address names no sentinels, and follows no failover")
    detail = f"{replicas}; {len(found.answering)} of {len(found.answering) + len(found.silent)} sentinels answer"
    if found.silent:
        return Finding(ok=False, detail=detail, fix=f"start the sentinels at {', '.join(found.silent)}")
    if found.objection:
        return Finding(
            ok=False, detail=f"{detail}: {found.objection}", fix="without enough sentinels nobody takes over"
        )
    fix = "" if facts.replicas else "add a replica: nothing could take over"
    return Finding(ok=not fix, detail=detail, fix=fix)


def _persistence(facts: ServerFacts) -> Finding:
    detail = facts.persistence.replace("_", " ") + (f", written {facts.fsync}" if facts.fsync else "")
    if facts.persistence == "unknown":
        return Finding(ok=True, detail="the server does not tell how it keeps its data")
    warnings = persistence_warnings(facts)
    if facts.persistence == "append_only" and warnings:
        fix = "make room on the server's disk, and set appendfsync to always or everysec"
    else:
        fix = "CONFIG SET appendonly yes, and the same in the server's configuration"
    return Finding(ok=not warnings, detail="; ".join(warnings) or detail, fix=fix if warnings else "")


def _memory(facts: ServerFacts) -> Finding:
    used, limit = facts.used_memory_bytes, facts.max_memory_bytes
    if not limit:
        return Finding(ok=True, detail=f"{used / 1e6:.0f} MB used, no limit")
    is_ok = not memory_warnings(facts)
    fix = "" if is_ok else "raise maxmemory of the server, or lower publish.retention_days"
    return Finding(ok=is_ok, detail=f"{used / 1e6:.0f} of {limit / 1e6:.0f} MB used", fix=fix)


def _work(settings: Settings, server: Server) -> Finding:
    depth = open_store(settings, server, purpose="check").depth()
    is_ok = depth.pending <= settings.poll.max_pending
    detail = f"{depth.pending} articles wait, {depth.running} batches run, {depth.dead} given up"
    detail += ": see `stancewire dead list`" if depth.dead else ""
    return Finding(ok=is_ok, detail=detail, fix="" if is_ok else "add workers: work.processes, or `stancewire work`")


def _consumers(settings: Settings, server: Server) -> Finding:
    store = open_store(settings, server, purpose="check")
    lags, lost = store.lag(), store.lost()
    told = [f"{group} has {lag:,} entries to read" for group, lag in sorted(lags.items())]
    if lost:
        losses = ", ".join(f"{group} {count:,}" for group, count in sorted(lost.items()))
        fix = (
            "read faster, or raise publish.max_unread_length; a group that is not used any more holds entries back: "
            f"XGROUP DESTROY {keys.SIGNALS_STREAM} GROUP"
        )
        return Finding(ok=False, detail="; ".join((f"entries lost before they were read: {losses}", *told)), fix=fix)
    return Finding(ok=True, detail="; ".join(told) or "no consumer group reads the stream")


def _last_poll(settings: Settings, server: Server, config_folder: Path) -> Finding:
    listed: tuple[Feed, ...] = load_feeds(settings, config_folder).feeds
    states = open_store(settings, server, purpose="check").feed_states(tuple(feed.id for feed in listed))
    polled = [state.last_polled_at for state in states.values() if state.last_polled_at is not None]
    if not polled:
        return Finding(ok=True, detail="no feed of the list was polled yet")
    failing = sum(1 for state in states.values() if state.failures)
    detail = f"{ago(max(polled), now())} ago; {failing} of {len(listed)} feeds fail"
    due = [state.next_poll_at for state in states.values() if state.next_poll_at is not None]
    if due and (now() - min(due)).total_seconds() > 3 * settings.poll.interval_s + 60:
        return Finding(ok=False, detail=detail, fix="the poller does not run: `stancewire up`, or `stancewire poll`")
    is_ok = failing < len(listed)
    return Finding(ok=is_ok, detail=detail, fix="" if is_ok else "stancewire feeds check")
