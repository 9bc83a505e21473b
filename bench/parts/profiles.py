"""Where a piece of work spends its time, as text: the functions that take the most of it by themselves.

The profiler makes small functions look dearer than they are; how long the work takes is measured without it.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def profiled(work: Callable[[], object], lines: int = 25) -> str:
    """Does `work` and lists the functions that took the most time in it, without what they call, as shares of all."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    stats: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    whole = sum(own for _, _, own, _, _ in stats.values())
    dearest = sorted(stats.items(), key=lambda item: -item[1][2])[:lines]
    rows = [f"{own / whole:6.1%} {calls:9,} calls  {_shown(*place)}" for place, (_, calls, own, _, _) in dearest]
    return "\n".join(rows)


def _shown(file: str, line: int, name: str) -> str:
    path = Path(file)
    if path.is_relative_to(_ROOT):
        return f"{name}  {path.relative_to(_ROOT)}:{line}"
    return f"{name}  {path.name}" if line else name
