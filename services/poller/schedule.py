"""Decides when a feed is asked next, and what is remembered of it after a poll.

Pure: time and chance are arguments, and nothing is fetched or saved.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from stancewire.types import FeedState, Fetched, FetchFailed, Validators

#: Bounds of what a server may ask us to wait after a failure, in seconds.
MIN_RETRY_AFTER = 60.0
MAX_RETRY_AFTER = 86_400.0

#: Longest wait that a feed may ask for by its ttl or max-age: many say a day and publish every minute.
MAX_ASKED_INTERVAL = 3_600.0

#: Wait after a server said that a feed is gone for good (410).
GONE_INTERVAL = 30 * 86_400.0

_JITTER = 0.1
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})\b", re.IGNORECASE)
_SECONDS = re.compile(r"[+-]?\d+")


def seconds_until_due(state: FeedState, now: datetime, longest: float) -> float:
    """Seconds to the next poll, at most `longest`: a clock that was wrong must not silence a feed for long."""
    if state.next_poll_at is None:
        return 0.0
    return min(max((state.next_poll_at - now).total_seconds(), 0.0), longest)


def after_success(
    state: FeedState, now: datetime, *, validators: Validators, asked: float | None, interval: float, jitter: float
) -> FeedState:
    """State after a document came, or the answer that nothing changed.

    `asked` is the wait in seconds that the feed asks for, `jitter` a number from 0 to 1.
    """
    wait = max(interval, min(asked or 0.0, MAX_ASKED_INTERVAL))
    return replace(
        state,
        validators=validators,
        next_poll_at=now + timedelta(seconds=_spread(wait, jitter)),
        last_success_at=now,
        last_polled_at=now,
        failures=0,
        last_error=None,
    )


def after_failure(
    state: FeedState, now: datetime, *, failure: FetchFailed, interval: float, max_backoff: float, jitter: float
) -> FeedState:
    """State after a failed poll: the wait doubles with each failure in a row; the validators stay."""
    failures = state.failures + 1
    wait = min(interval * 2 ** min(failures - 1, 20), max_backoff)
    if failure.retry_after is not None:
        wait = max(wait, failure.retry_after)
    if failure.status == 410:
        wait = GONE_INTERVAL
    return replace(
        state,
        next_poll_at=now + timedelta(seconds=_spread(wait, jitter)),
        last_polled_at=now,
        failures=failures,
        last_error=f"{failure.kind}: {failure.detail}"[:300],
    )


def _spread(wait: float, jitter: float) -> float:
    return wait * (1 + _JITTER * jitter)


def asked_interval(document: Fetched, ttl: int | None) -> float | None:
    """Seconds that a feed asks to wait, by its own ttl or else by Cache-Control."""
    if ttl is not None:
        return float(ttl)
    found = _MAX_AGE.search(document.header("cache-control") or "")
    return float(found[1]) if found else None


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait, from 60 to 86,400; None without one that can be read.

    >>> read_retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> read_retry_after("-5", datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    >>> read_retry_after("Thu, 01 Jan 2026 00:10:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    600.0
    >>> read_retry_after("soon", datetime(2026, 1, 1, tzinfo=UTC)) is None
    True
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text[:12])
    else:
        try:
            moment = parsedate_to_datetime(text[:100])
        except (ValueError, TypeError, OverflowError):
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, MIN_RETRY_AFTER), MAX_RETRY_AFTER)
