"""What a run of `bench.hosts` is given, and what came of it: rates and silences from the moments of its signals.

Nothing here starts or reads anything.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.parts.chaos_oracle import Verdict

#: Share of the signals at either end that say nothing of the rate: the first batches end together, the last ones alone.
_ENDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is to be run."""

    articles: int
    seconds: float
    seed: int
    #: Worker processes on each of the hosts for them.
    workers: tuple[int, ...]
    patience_s: float
    folder: Path
    #: Hosts to cut off together, and for how long.
    cut: tuple[str, ...] = ()
    cut_s: float = 0.0
    #: Whether another poller stands by, on a host of its own.
    standby: bool = False
    #: Whether the workers are started when all articles are taken in.
    workers_last: bool = False


@dataclass(kw_only=True)
class Result:
    """What came of a run."""

    verdict: Verdict
    #: Moments at which signals were published, in seconds since 1970.
    published_at: Sequence[float]
    cut_at: float = 0.0
    back_at: float = 0.0
    #: Seconds from a host's return until the server heard of each kind of client on it again.
    heard: Mapping[str, float] = field(default_factory=dict)
    #: Processor time of the poller and its parsers until all was taken in; measured where workers start last.
    poller_cpu_s: float = 0.0
    #: `INFO` of the server when all was done.
    server: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Signals a second, which here are articles, without the first and the last ones."""
        moments = sorted(self.published_at)
        first, last = (moments[int((len(moments) - 1) * share)] for share in (_ENDS, 1 - _ENDS))
        return (1 - 2 * _ENDS) * len(moments) / (last - first)

    @property
    def cost(self) -> str:
        """What an article costs the poller, with its page fetched, and the server."""
        count, server = self.verdict.served, self.server
        server_ms = 1_000 * (server["used_cpu_user"] + server["used_cpu_sys"]) / count
        return (
            f"poller {1_000 * self.poller_cpu_s / count:.1f} ms of a core; server {server_ms:.1f} ms of a core, "
            f"{server['total_commands_processed'] / count:.0f} commands, "
            f"{server['total_net_input_bytes'] / count / 1_000:.1f} KB received, "
            f"{server['aof_current_size'] / count / 1_000:.1f} KB written to its file"
        )

    @property
    def next_signal_s(self) -> float | None:
        """Seconds from the return of what was cut off to the next signal; None where none was to come."""
        return min((at - self.back_at for at in self.published_at if at > self.back_at), default=None)

    @property
    def longest_silence_s(self) -> float:
        """Longest time without a signal, among those that end after the cut."""
        moments = sorted(self.published_at)
        pairs = itertools.pairwise(moments)
        return max((later - earlier for earlier, later in pairs if later > self.cut_at), default=0.0)
