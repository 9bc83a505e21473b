"""How many cores this process may use: those it is bound to, and no more than its container's share.

It looks at the system only; how many processes to run is decided elsewhere.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


def usable_cores(groups: Path = _GROUPS) -> int:
    """At least 1; `groups` is where the control groups of Linux are mounted."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = _share(groups)
    return max(1, min(bound, math.ceil(share))) if share else bound


def _share(groups: Path) -> float | None:
    """Cores' worth of time that the container has; None where it has no limit or none is known."""
    try:
        quota, period = (groups / "cpu.max").read_text("ascii").split()
    except (OSError, ValueError):
        try:
            quota = (groups / "cpu/cpu.cfs_quota_us").read_text("ascii").strip()
            period = (groups / "cpu/cpu.cfs_period_us").read_text("ascii").strip()
        except OSError:
            return None
    if not (quota.isdecimal() and period.isdecimal()) or int(period) == 0:
        return None
    return int(quota) / int(period)
