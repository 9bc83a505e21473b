"""How much memory the processes hold: `python -m bench.resident`, the poller with 10,000 feeds, and a worker.

The real programs, `stancewire poll` and then `stancewire work` with one worker, on a server of their own. The feeds lie
on the loopback, each on a host of its own and with ten entries. The poller is measured when it has polled each of them;
the worker, on what the poller brought, when it is ready and after so many articles. Asked: 200 MB of the poller, 400 MB
of a worker. It needs Linux, whose `/proc` it reads; the whole takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from bench.parts.chaos_programs import Program
from bench.parts.chaos_sides import COMMAND_LINE, environment_of
from bench.parts.results import add_options, settle
from bench.parts.usage import resident_bytes
from bench.parts.whole_program import below
from bench.polling import serving, urls
from seeds.lists import write_toml
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.types import Feed

FEEDS, ARTICLES = 10_000, 2_000
_INTERVAL_S, _PATIENCE_S, _LOOK_S = 600, 900.0, 0.5
_ASKED_MB = {"poller": 200, "worker": 400}


def _settings(folder: Path, server: EmbeddedServer) -> dict[str, str]:
    return {
        "STANCEWIRE_REDIS_URL": server.url,
        "STANCEWIRE_FEEDS": str(folder / "feeds.toml"),
        "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
        "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
        "STANCEWIRE_POLL__INTERVAL_S": str(_INTERVAL_S),
        "STANCEWIRE_POLL__MAX_INTERVAL_S": str(_INTERVAL_S),
        "STANCEWIRE_POLL__MAX_PENDING": "1000000",
        "STANCEWIRE_POLL__PAGES": "false",
        "STANCEWIRE_WORK__PROCESSES": "1",
        "STANCEWIRE_HEALTH__ENABLED": "false",
    }


def _megabytes(pid: int) -> float:
    return resident_bytes(pid) / 1e6


def _wait(program: Program, log: Path, condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > until or program.has_ended():
            raise SystemExit(f"it does not come to that: {log.read_text('utf-8')[-500:]}")
        time.sleep(_LOOK_S)


def poller(feeds: int, folder: Path, environment: dict[str, str], client: redis.Redis) -> dict[str, float]:
    """What the poller and one of its parsers hold, in megabytes, once each feed was polled."""
    log = folder / "poll.log"
    program = Program((*COMMAND_LINE, "poll"), environment, log)
    program.start()
    try:
        _wait(program, log, lambda: client.hlen(keys.FEED_STATES) >= feeds)
        parsers = [_megabytes(pid) for name, pid in below(program.pid) if name == "feed parsers"]
        return {"poller": _megabytes(program.pid), "feed parser": max(parsers)}
    finally:
        program.end()


def worker(articles: int, folder: Path, environment: dict[str, str], client: redis.Redis) -> dict[str, float]:
    """What a worker and its supervisor hold, in megabytes, once it is ready and after so many articles."""
    log = folder / "work.log"
    program = Program((*COMMAND_LINE, "work"), environment, log)

    def published() -> int:
        count: Any = client.hget(keys.COUNTERS, "items_published")
        return int(count or 0)

    program.start()
    try:
        _wait(program, log, lambda: client.scard(keys.RQ_WORKERS) == 1)
        (pid,) = (pid for name, pid in below(program.pid) if name == "workers")
        when_ready = _megabytes(pid)
        _wait(program, log, lambda: published() >= articles)
        return {"worker when ready": when_ready, "worker": _megabytes(pid), "supervisor": _megabytes(program.pid)}
    finally:
        program.end()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=FEEDS)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    add_options(parser)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        serving() as port,
        EmbeddedServer(Path(name) / "server", fsync="everysec") as server,
    ):
        folder, client = Path(name), connect(server.url, purpose="consumer")
        feeds = (Feed(id=f"paper-{n}", url=url, outlet=f"Paper {n}") for n, url in enumerate(urls(options.feeds, port)))
        (folder / "feeds.toml").write_text(write_toml(tuple(feeds)))
        environment = environment_of(folder, _settings(folder, server))
        figures = poller(options.feeds, folder, environment, client)
        figures |= worker(options.articles, folder, environment, client)
    print(f"megabytes held: {options.feeds:,} feeds, {options.articles:,} articles")
    for what, held in figures.items():
        print(f"{what:20} {held:6.0f}" + (f" (asked: {_ASKED_MB[what]})" if what in _ASKED_MB else ""), flush=True)
    settle("resident", options, {"feeds": options.feeds, "articles": options.articles, "megabytes": figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
