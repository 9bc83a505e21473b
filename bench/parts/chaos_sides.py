"""The two sides that `bench.chaos` compares: stancewire's own programs, and the same load on plain RQ.

Each says how its programs are started, and what they left on the server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
import redis

from bench.parts import plain_job, plain_rq
from bench.parts.chaos_oracle import Found
from bench.parts.chaos_programs import Program
from seeds.lists import write_toml
from stancewire import codec, keys
from stancewire.types import Feed

WORKERS = 2
ROOT = Path(__file__).parents[2]
COMMAND_LINE = (sys.executable, "-P", "-c", "from stancewire.cli import main; main()")
#: Entries of a stream that are read at once.
_AT_ONCE = 1_000


class Side(Protocol):
    """What a run needs to know of a side."""

    @property
    def worker_mark(self) -> bytes:
        """What stands in the command line of a worker."""

    def programs(self, folder: Path, server: str, feeds: Sequence[str]) -> tuple[Program, Program]:
        """The poller, and what starts the workers; their files are to lie in the folder."""

    def polled(self, client: redis.Redis) -> object:
        """What changes as soon as a poller does something."""

    def found(self, client: redis.Redis) -> list[Found]:
        """The signals on the stream."""

    def dead(self, client: redis.Redis) -> list[str]:
        """Paths of the articles that are given up."""

    def left(self, client: redis.Redis) -> int:
        """How much is taken in and not done."""


@dataclass(frozen=True, slots=True)
class Stancewire:
    """`stancewire poll` and `stancewire work`."""

    worker_mark: bytes = b"deadly_worker"

    def programs(self, folder: Path, server: str, feeds: Sequence[str]) -> tuple[Program, Program]:
        settings = {
            "STANCEWIRE_REDIS_URL": server,
            "STANCEWIRE_FEEDS": str(list_of(feeds, folder)),
            "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
            "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
            "STANCEWIRE_POLL__INTERVAL_S": "2",
            "STANCEWIRE_WORK__PROCESSES": str(WORKERS),
            "STANCEWIRE_WORK__LEASE_S": "3",
            "STANCEWIRE_HEALTH__ENABLED": "false",
        }
        environment = environment_of(folder, settings)
        poller = Program((*COMMAND_LINE, "poll"), environment, folder / "poll.log")
        command = (sys.executable, "-P", "-m", "bench.parts.deadly_work")
        return poller, Program(command, environment, folder / "work.log")

    def polled(self, client: redis.Redis) -> object:
        return client.hget(keys.COUNTERS, "items_accepted"), client.hgetall(keys.FEED_STATES)

    def found(self, client: redis.Redis) -> list[Found]:
        return [
            _found(stream_id, orjson.loads(fields[b"data"]))
            for stream_id, fields in entries_of(client, keys.SIGNALS_STREAM)
            if fields[b"type"].split(b".")[-2] in {b"stance", b"interference"}
        ]

    def dead(self, client: redis.Redis) -> list[str]:
        paths = []
        for _, fields in entries_of(client, keys.DEAD_STREAM):
            payload: Any = client.get(keys.item(fields[b"item"].decode()))
            paths.append(urlsplit(codec.decode_item(payload).entry.link or "").path if payload else "payload gone")
        return paths

    def left(self, client: redis.Redis) -> int:
        return int(client.zcard(keys.PENDING))


@dataclass(frozen=True, slots=True)
class PlainRq:
    """`bench.parts.plain_rq`."""

    worker_mark: bytes = b"plain_rq"

    def programs(self, folder: Path, server: str, feeds: Sequence[str]) -> tuple[Program, Program]:
        environment = environment_of(folder, {})
        command = (sys.executable, "-P", "-m", "bench.parts.plain_rq")
        poller = Program((*command, "poll", server, *feeds), environment, folder / "poll.log", tree=True)
        work = Program((*command, "work", server, str(WORKERS)), environment, folder / "work.log", tree=True)
        return poller, work

    def polled(self, client: redis.Redis) -> object:
        return client.scard(plain_rq.SEEN), client.hgetall(plain_rq.TAGS)

    def found(self, client: redis.Redis) -> list[Found]:
        entries = entries_of(client, plain_job.STREAM)
        return [_found(stream_id, orjson.loads(fields[b"data"])) for stream_id, fields in entries]

    def dead(self, client: redis.Redis) -> list[str]:
        return [urlsplit(link).path for link in plain_rq.failed_links(client)]

    def left(self, client: redis.Redis) -> int:
        return plain_rq.unfinished(client)


def list_of(feeds: Sequence[str], folder: Path) -> Path:
    """A feed list in the folder, with these addresses."""
    listed = tuple(Feed(id=f"paper-{place}", url=url, outlet=f"Paper {place}") for place, url in enumerate(feeds))
    (folder / "feeds.toml").write_text(write_toml(listed))
    return folder / "feeds.toml"


def environment_of(folder: Path, more: dict[str, str]) -> dict[str, str]:
    """Nothing of our own environment but the path, and this checkout."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), **more}


def entries_of(client: redis.Redis, stream: str) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """All entries of a stream."""
    after = "-"
    while rows := _range(client, stream, after):
        yield from rows
        after = f"({rows[-1][0].decode()}"


def _range(client: redis.Redis, stream: str, after: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    rows: Any = client.xrange(stream, min=after, count=_AT_ONCE)
    return list(rows)


def _found(stream_id: bytes, signal: dict[str, Any]) -> Found:
    return Found(
        at=int(stream_id.partition(b"-")[0]) / 1000,
        signal_id=signal["id"],
        article_id=signal["article"]["id"],
        revision=signal["article"]["revision"],
        path=urlsplit(signal["article"]["url"] or "").path,
        words=signal["evidence"]["text"],
    )
