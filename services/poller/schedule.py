"""Decides when a feed is asked next, and what is remembered of it after a poll.

Pure: time and chance are arguments, and nothing is fetched or saved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from services.poller.conduct import after_document, after_move, after_no_answer
from services.poller.rhythm import Pace, interval_for, with_arrivals
from stancewire.types import Feed, FeedState, Fetched, FetchFailed, NotModified, Validators

#: Bounds of what a server may ask us to wait after a failure, in seconds.
MIN_RETRY_AFTER = 60.0
MAX_RETRY_AFTER = 86_400.0

#: Wait after a server said that a feed is gone for good (410); one that said so by mistake comes back by itself.
GONE_INTERVAL = 30 * 86_400.0

#: Longest wait there is, chance included.
LONGEST_WAIT = 33 * 86_400.0

_JITTER = 0.1
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})\b", re.IGNORECASE)
_SECONDS = re.compile(r"[+-]?\d+")

Headers = Sequence[tuple[str, str]]


def seconds_until_due(state: FeedState, now: datetime, longest: float = LONGEST_WAIT) -> float:
    """Seconds to the next poll, at most `longest` and what was planned: a wrong clock must not silence a feed."""
    if state.next_poll_at is None:
        return 0.0
    left = (state.next_poll_at - now).total_seconds()
    if state.last_polled_at is not None:
        left = min(left, (state.next_poll_at - state.last_polled_at).total_seconds())
    return min(max(left, 0.0), longest)


def after_fetched(
    feed: Feed,
    state: FeedState,
    now: datetime,
    *,
    document: Fetched,
    sent: Validators,
    asks: float | None,
    new: Sequence[datetime],
    pace: Pace,
    jitter: float,
) -> FeedState:
    """State after a document was read.

    `sent` are the validators it was asked with, `asks` the seconds that the document itself asks to wait, `new` the
    times of its new entries, `jitter` a number from 0 to 1.
    """
    arrivals = with_arrivals(state.arrivals, new, now, pace) or (now,)
    state = after_document(state, now, sent=sent, given=document.validators, new=new)
    state = replace(after_move(feed, state, now, document.moved_to), arrivals=arrivals, document_asks=asks)
    return _answered(state, now, document.headers, pace, jitter)


def after_unchanged(
    feed: Feed, state: FeedState, now: datetime, *, answer: NotModified, pace: Pace, jitter: float
) -> FeedState:
    """State after the answer that nothing changed."""
    state = replace(after_move(feed, state, now, answer.moved_to), validators=answer.validators)
    return _answered(state, now, answer.headers, pace, jitter)


def _answered(state: FeedState, now: datetime, headers: Headers, pace: Pace, jitter: float) -> FeedState:
    wait = _spread(interval_for(state.arrivals, now, pace), jitter)
    asked = min(max(state.document_asks or 0.0, seconds_fresh(headers, now) or 0.0), pace.longest_asked)
    # Chance goes on top of what was asked, so that feeds of one server that ask the same do not stay together.
    wait = max(min(wait, pace.longest), min(_spread(asked, jitter), pace.longest_asked))
    return replace(
        state,
        next_poll_at=now + timedelta(seconds=wait),
        last_success_at=now,
        last_polled_at=now,
        failures=0,
        last_error=None,
        retired_at=None,
    )


def while_reading(
    state: FeedState, now: datetime, *, document: Fetched, asks: float | None, pace: Pace
) -> FeedState | None:
    """State to save before the entries of a document are taken in, so that a poll cut off keeps to what was asked.

    None where nothing is asked: the rest is then taken up at once.
    """
    asked = min(max(asks or 0.0, seconds_fresh(document.headers, now) or 0.0), pace.longest_asked)
    if not asked:
        return None
    return replace(state, next_poll_at=now + timedelta(seconds=asked), last_polled_at=now)


def waiting_at_least(state: FeedState, now: datetime, seconds: float, jitter: float) -> FeedState:
    """State with the next poll no sooner than after these seconds, on which chance comes where they count."""
    if state.next_poll_at is not None and state.next_poll_at >= now + timedelta(seconds=seconds):
        return state
    return replace(state, next_poll_at=_later(now, seconds, jitter))


def after_failure(state: FeedState, now: datetime, *, failure: FetchFailed, pace: Pace, jitter: float) -> FeedState:
    """State after a failed poll: the wait doubles with each failure in a row; the validators stay."""
    said = replace(state, last_polled_at=now, last_error=f"{failure.kind}: {failure.detail}"[:300])
    if failure.kind == "held":
        # Nobody was asked, so that nothing failed.
        return replace(said, next_poll_at=_later(now, failure.retry_after or MIN_RETRY_AFTER, jitter))
    said = after_no_answer(replace(said, failures=state.failures + 1), now, failure)
    if said.retired_at is not None:
        return replace(said, next_poll_at=_later(now, GONE_INTERVAL, jitter))
    shortest = min(interval_for(state.arrivals, now, pace), pace.start)
    wait = min(shortest * 2 ** min(max(said.failures - 1, 0), 20), pace.longest_backoff)
    return replace(said, next_poll_at=_later(now, max(wait, failure.retry_after or 0.0), jitter))


def _later(now: datetime, wait: float, jitter: float) -> datetime:
    return now + timedelta(seconds=_spread(wait, jitter))


def _spread(wait: float, jitter: float) -> float:
    return wait * (1 + _JITTER * jitter)


def seconds_fresh(headers: Headers, now: datetime) -> float | None:
    """Seconds for which an answer is said to stay as it is: by max-age, or else by Expires; None if neither says so.

    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> seconds_fresh([("cache-control", "public, s-maxage=9"), ("cache-control", "max-age=900")], now)
    900.0
    >>> seconds_fresh([("expires", "Thu, 01 Jan 2026 00:10:00 GMT")], now)
    600.0
    >>> seconds_fresh([("expires", "0")], now) is None
    True
    """
    controls = ",".join(value for name, value in headers if name == "cache-control")
    found = _MAX_AGE.search(controls)
    if found:
        return float(found[1])
    expires = _moment(next((value for name, value in headers if name == "expires"), ""))
    if expires is None:
        return None
    # By the server's own clock where it shows it: ours may differ.
    sent = _moment(next((value for name, value in headers if name == "date"), "")) or now
    return max((expires - sent).total_seconds(), 0.0)


def read_retry_after(value: str | None, now: datetime, least: float = MIN_RETRY_AFTER) -> float | None:
    """Seconds that a Retry-After header asks to wait, from `least` to 86,400; None without one that can be read.

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
    elif (moment := _moment(text)) is not None:
        seconds = (moment - now).total_seconds()
    else:
        return None
    return min(max(seconds, least), MAX_RETRY_AFTER)


def _moment(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written.strip()[:100])
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
