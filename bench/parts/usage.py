"""What processes have used: seconds of the processor and memory, of others by Linux's `/proc`, of the server by `INFO`.

Nothing here starts or ends a process.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import redis

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of the processor so far, by this process and by a server."""

    own: float
    server: float

    @classmethod
    def by(cls, client: redis.Redis) -> Self:
        """Until now."""
        info: Any = client.info("cpu")
        # The last, so that the question itself counts for the stretch that begins with it.
        return cls(time.process_time(), info["used_cpu_user"] + info["used_cpu_sys"])

    def since(self, before: Self) -> Self:
        """What was used in between."""
        return type(self)(self.own - before.own, self.server - before.server)

    @property
    def both(self) -> float:
        """By both together."""
        return self.own + self.server


def cpu_seconds(pid: int) -> float:
    """Seconds of the processor that a process has used, without its children; 0 where it is gone."""
    with suppress(OSError, IndexError, ValueError):
        # The name of the program stands in brackets and may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def resident_bytes(pid: int) -> float:
    """Memory that a process holds; 0 where it is gone."""
    with suppress(OSError, IndexError, ValueError):
        return float(int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE_BYTES)
    return 0.0
