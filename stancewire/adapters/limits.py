"""How much the store keeps and how patient it is, in one value made from the settings.

Nothing here has an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from stancewire.keys import DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the store; times in seconds."""

    #: How long articles, signals and stream entries are kept.
    retention_s: int = 30 * DAY
    #: Number of entries of the signal stream beyond which those are taken off that all consumer groups have read.
    max_stream_length: int = 1_000_000
    #: Number beyond which the oldest are taken off, read or not.
    max_unread_length: int = 2_000_000
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


def limits_of(settings: Settings) -> Limits:
    """The bounds that the settings ask for."""
    return Limits(
        retention_s=round(settings.publish.retention_days * DAY),
        max_stream_length=settings.publish.max_stream_length,
        max_unread_length=max(settings.publish.max_unread_length, settings.publish.max_stream_length),
        batch_size=settings.work.batch_size,
        max_attempts=settings.work.max_attempts,
        job_timeout_s=settings.work.job_timeout_s,
    )
