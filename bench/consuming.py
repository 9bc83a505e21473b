"""How fast what was published can be read: by `query`, by the client for Python, and by a bare loop over XRANGE.

A server of its own is filled with signals of articles that were really analysed. Each reader is a process of its own;
they take turns, and the bare loop, which parses the same JSON and does nothing with it, is what all are held against.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.parts.consumers import READERS
from bench.parts.published import outlet
from services.embedded import EmbeddedServer

ENTRIES, ROUNDS = 1_000_000, 3
YARDSTICK = "bare"
COMMANDS: Mapping[str, Sequence[str]] = {
    "query --json": ("query", "--json"),
    "query --all --json": ("query", "--all", "--json"),
    "query --outlet --csv": ("query", "--outlet", outlet(0), "--csv"),
    "query --count-by pair": ("query", "--count-by", "pair"),
}
_START = ("-c", "from stancewire.cli import main; main()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One reader, once."""

    seconds: float
    #: Of the processor, with those of its start; what a busy machine takes from others is not in them.
    processor_seconds: float
    #: Most memory that it held at once.
    peak_mib: float
    #: Entries that it gave out; None of a command, which prints them.
    count: int | None


def run(name: str, url: str, folder: Path) -> Run:
    """Run a reader in a process of its own; a command's time has its start in it."""
    of_ours = name in READERS
    program = ("-m", "bench.parts.consumers", url, name) if of_ours else (*_START, *COMMANDS[name])
    environment = {**os.environ, "STANCEWIRE_REDIS_URL": url, "HOME": str(folder)}
    began, used = time.perf_counter(), _processor_seconds()
    with subprocess.Popen(
        [sys.executable, *program], stdout=subprocess.PIPE if of_ours else subprocess.DEVNULL, env=environment
    ) as process:
        peak = _peak_mib(process)
        seconds = time.perf_counter() - began
        answer = json.loads(process.stdout.read()) if process.stdout else None
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
    return Run(
        seconds=answer["seconds"] if answer else seconds,
        processor_seconds=_processor_seconds() - used,
        peak_mib=peak,
        count=answer["count"] if answer else None,
    )


def _processor_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_mib(process: subprocess.Popen[bytes]) -> float:
    """Looked up until it ends: what the system adds up of a child has its parent's in it."""
    peak = 0.0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), peak)
        time.sleep(0.05)
    return peak


def report(runs: Mapping[str, Sequence[Run]], entries: int) -> None:
    """A line for each reader: medians of its runs, their spread, and its speed by that of the bare loop."""
    yardstick = median(each.seconds for each in runs[YARDSTICK])
    of_processor = median(each.processor_seconds for each in runs[YARDSTICK])
    print(
        f"{'reader':24}{'seconds':>9}{'lowest':>9}{'highest':>9}{'entries/s':>11}{'speed':>8}"
        f"{'CPU s':>8}{'by CPU':>8}{'peak MiB':>10}{'given':>11}"
    )
    for name, of_reader in runs.items():
        seconds = [each.seconds for each in of_reader]
        middle, processor = median(seconds), median(each.processor_seconds for each in of_reader)
        given = f"{of_reader[0].count:,}" if of_reader[0].count is not None else ""
        print(
            f"{name:24}{middle:9.2f}{min(seconds):9.2f}{max(seconds):9.2f}{entries / middle:11,.0f}"
            f"{yardstick / middle:8.0%}{processor:8.2f}{of_processor / processor:8.0%}"
            f"{max(each.peak_mib for each in of_reader):10.0f}{given:>11}"
        )


def main() -> int:
    """Print what each reader took."""
    names = (*READERS, *COMMANDS)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", action="append", choices=names, help="these beside the bare loop; else all")
    chosen = parser.parse_args()
    runs: dict[str, list[Run]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), fsync="everysec") as server:
        filling = ("-m", "bench.parts.published", server.url, str(chosen.entries))
        subprocess.run([sys.executable, *filling], check=True)
        for _ in range(chosen.rounds):
            for name in names:
                if name == YARDSTICK or not chosen.only or name in chosen.only:
                    runs[name].append(run(name, server.url, Path(folder)))
    print(f"{chosen.entries:,} entries, {chosen.rounds} rounds")
    report(runs, chosen.entries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
