"""How much the store keeps and how patient it is, in one value that the wiring makes from the settings.

Nothing here reads a setting or has an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the store; times in seconds."""

    #: How long articles, signals and stream entries are kept.
    retention_s: int = 30 * DAY
    #: Greatest number of entries of the signal stream.
    max_stream_length: int = 1_000_000
    #: Items of a batch that the reconciler makes.
    batch_size: int = 16
    #: Attempts on an item before it goes to the dead letters.
    max_attempts: int = 3
    #: How long a job may run.
    job_timeout_s: float = 120
    #: How long a batch may be taken from the queue without a lease.
    stuck_after_s: float = 5
    #: How long after its acceptance an item that no batch carries is left alone.
    reconcile_after_s: float = 20
