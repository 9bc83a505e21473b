"""What a request costs a bounded child, as the kernel counts it: seconds of the processor, and memory at the most."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

#: Where the kernel tells nothing of other processes.
needs_proc = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs the /proc of Linux")


@dataclass(frozen=True)
class Cost:
    cpu_s: float
    #: More than the child held before.
    memory_mb: float


class Meter:
    """Begins to count when made."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        # Sets the peak back to what is held now.
        (self._folder / "clear_refs").write_text("5")
        self._cpu_s, self._held_kb = self._cpu(), self._memory("VmRSS")

    def read(self) -> Cost:
        return Cost(
            cpu_s=self._cpu() - self._cpu_s,
            memory_mb=(self._memory("VmHWM") - self._held_kb) / 1_024,
        )

    def _cpu(self) -> float:
        fields = (self._folder / "stat").read_bytes().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _memory(self, name: str) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
