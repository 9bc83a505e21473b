"""Keeps what a benchmark measured, with date and machine, as a line of JSON in `bench/results/NAME.jsonl`.

Nothing is written unless asked for with `--keep`; what is measured is not known here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.cores import usable_cores
from services.embedded import find_binary

RESULTS = Path(__file__).parents[1] / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle of several measurements, and how far apart they are."""

    median: float
    least: float
    most: float
    number: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of one value or more."""
        return cls(median=statistics.median(values), least=min(values), most=max(values), number=len(values))

    def shown(self, form: str = ".2f", *, times: float = 1.0) -> str:
        """`1.10 (1.02 to 1.31)`, each number multiplied by `times`."""
        middle, least, most = (format(value * times, form) for value in (self.median, self.least, self.most))
        return f"{middle} ({least} to {most})" if self.number > 1 else middle

    def figures(self) -> dict[str, float]:
        """As it is kept."""
        named = {"median": self.median, "least": self.least, "most": self.most, "number": self.number}
        return {name: _short(value) for name, value in named.items()}


def machine() -> dict[str, Any]:
    """What the figures depend on: the machine, the programs and the commit."""
    return {
        "cpu": _cpu(),
        "cores": usable_cores(),
        "memory_gb": round(_memory_bytes() / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_at_end": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "server": _said(str(find_binary()), "--version"),
        "commit": _said("git", "-C", str(RESULTS.parent), "describe", "--always", "--dirty"),
    }


def add_options(parser: argparse.ArgumentParser, *, draws: bool = False) -> None:
    """`--keep`, and `--out` for a benchmark that draws a curve."""
    parser.add_argument("--keep", action="store_true", help="add the figures to bench/results, with date and machine")
    if draws:
        parser.add_argument("--out", type=Path, metavar="FILE", help="where the curve is drawn, as SVG")


def settle(name: str, options: argparse.Namespace, figures: Mapping[str, Any], *, chart: str | None = None) -> None:
    """Keep figures and chart where `options` ask for it, and say where they lie."""
    if chart is not None and options.out is not None:
        options.out.write_text(chart, "utf-8")
        print(f"drawn in {options.out}")
    if not options.keep:
        return
    RESULTS.mkdir(exist_ok=True)
    if chart is not None:
        (RESULTS / f"{name}.svg").write_text(chart, "utf-8")
    line = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(("python -m", f"bench.{name}", *sys.argv[1:])),
        "machine": machine(),
        "figures": rounded(figures),
    }
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"kept in {RESULTS / name}.jsonl")


def rounded(value: Any) -> Any:
    """The same with numbers of four digits, and spreads as objects."""
    match value:
        case Spread():
            return value.figures()
        case Mapping():
            return {str(name): rounded(each) for name, each in value.items()}
        case list() | tuple():
            return [rounded(each) for each in value]
        case float():
            return _short(value)
    return value


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return " ".join(done.stdout.split()) or "unknown"
