"""Decides what follows from a delivery: when it is tried again, when it is given up, when nothing more is sent.

    first in line | sent | taken: the next one
                         | refused: again after a while, until its time is up; then the next one
                         | gone (410): nothing until the next start

Pure: time and chance are arguments.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from stancewire.types import FetchFailed, WebhookStanding

FIRST_WAIT_S, LONGEST_WAIT_S, TIMES_LONGER = 5.0, 3_600.0, 3.0
GONE = 410


def wait_s(attempts: int, chance: float) -> float:
    """Seconds to wait after so many attempts in vain; `chance` from 0 to 1 spreads those who wait alike.

    >>> [wait_s(attempts, 1.0) for attempts in (1, 2, 3, 4, 5, 6, 7, 100)]
    [5.0, 15.0, 45.0, 135.0, 405.0, 1215.0, 3600.0, 3600.0]
    >>> wait_s(1, 0.0)
    2.5
    """
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * TIMES_LONGER ** min(attempts - 1, 30))
    return longest * (0.5 + chance / 2)


def resumed(standing: WebhookStanding) -> WebhookStanding:
    """As it stands at a start: tried at once, also where the receiver had gone; an entry keeps the time it has left."""
    return replace(standing, next_at=None, gone_at=None)


def is_due(standing: WebhookStanding, now: datetime) -> bool:
    """Whether something may be sent."""
    return standing.gone_at is None and (standing.next_at is None or now >= standing.next_at)


def delivered(standing: WebhookStanding, now: datetime) -> WebhookStanding:
    """After an entry was taken."""
    return WebhookStanding(watch=standing.watch, delivered_at=now)


def failed(
    standing: WebhookStanding, stream_id: str, failure: FetchFailed, now: datetime, *, bound_s: float, chance: float
) -> WebhookStanding:
    """After an entry was sent in vain; `bound_s` is for how long one is tried."""
    is_first = standing.stream_id != stream_id or standing.failing_since is None
    since = now if is_first or standing.failing_since is None else standing.failing_since
    attempts = 1 if is_first else standing.attempts + 1
    # The last attempt is made when the time is up, not a while before; but none comes before the receiver allows it.
    next_at = min(now + timedelta(seconds=wait_s(attempts, chance)), since + timedelta(seconds=bound_s))
    return replace(
        standing,
        stream_id=stream_id,
        attempts=attempts,
        failing_since=since,
        next_at=max(next_at, now + timedelta(seconds=failure.retry_after or 0.0)),
        error=failure.detail,
        gone_at=now if failure.status == GONE else None,
    )


def is_given_up(standing: WebhookStanding, now: datetime, bound_s: float) -> bool:
    """Whether the time of an entry is up that was sent in vain; not while its receiver is gone."""
    if standing.failing_since is None or standing.gone_at is not None:
        return False
    return now >= standing.failing_since + timedelta(seconds=bound_s)


def passed_over(standing: WebhookStanding) -> WebhookStanding:
    """After an entry was given up: the next one is sent at once."""
    return WebhookStanding(watch=standing.watch, delivered_at=standing.delivered_at, error=standing.error)
