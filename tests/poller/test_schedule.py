"""When feeds are asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from feed_samples import NOW

from services.poller.schedule import (
    GONE_INTERVAL,
    after_failure,
    after_success,
    asked_interval,
    seconds_until_due,
)
from stancewire.types import FeedState, Fetched, FetchFailed, Validators

STATE = FeedState(feed_id="world", validators=Validators(etag='"1"'))


def wait(state: FeedState) -> float:
    assert state.next_poll_at is not None
    return (state.next_poll_at - NOW).total_seconds()


def failure(status: int | None = None, retry_after: float | None = None) -> FetchFailed:
    return FetchFailed(
        url="https://news.example/", kind="timeout", detail="slow", status=status, retry_after=retry_after
    )


def failed(state: FeedState, cause: FetchFailed, jitter: float = 0) -> FeedState:
    return after_failure(state, NOW, failure=cause, interval=600, max_backoff=86_400, jitter=jitter)


def test_a_feed_never_polled_is_due_at_once() -> None:
    assert seconds_until_due(STATE, NOW, longest=3_600) == 0


@pytest.mark.parametrize(
    ("asked", "jitter", "seconds"),
    [(None, 0, 600), (None, 1, 660), (60, 0, 600), (1_800, 0, 1_800), (10**9, 0, 3_600)],
)
def test_a_success_is_followed_after_what_the_feed_asks_within_bounds(
    asked: float | None, jitter: float, seconds: float
) -> None:
    before = replace(STATE, failures=3, last_error="timeout: slow")
    state = after_success(before, NOW, validators=Validators(etag='"2"'), asked=asked, interval=600, jitter=jitter)

    assert wait(state) == seconds
    assert (state.failures, state.last_error, state.validators.etag) == (0, None, '"2"')
    assert state.last_success_at == NOW


def test_15_failures_in_a_row_are_followed_ever_later_and_keep_the_validators() -> None:
    state, waits = STATE, []
    for _ in range(10):
        state = failed(state, failure())
        waits.append(wait(state))

    assert waits[:3] == [600, 1_200, 2_400]
    assert waits[-1] == 86_400
    assert state.validators == STATE.validators
    assert state.last_error == "timeout: slow"
    assert wait(failed(STATE, failure(), jitter=1)) == pytest.approx(660)


def test_28_a_server_that_asks_for_time_gets_it() -> None:
    assert wait(failed(STATE, failure(status=429, retry_after=7_200))) == 7_200
    assert wait(failed(STATE, failure(status=503, retry_after=60))) == 600


def test_29_a_feed_that_is_gone_is_left_alone() -> None:
    assert wait(failed(STATE, failure(status=410))) == GONE_INTERVAL


def test_73_a_wrong_clock_silences_no_feed_for_long() -> None:
    assert seconds_until_due(replace(STATE, next_poll_at=NOW + timedelta(days=400)), NOW, longest=3_600) == 3_600
    assert seconds_until_due(replace(STATE, next_poll_at=NOW - timedelta(days=400)), NOW, longest=3_600) == 0


def test_the_wait_is_read_from_the_feed_or_else_from_the_headers() -> None:
    headers = (("cache-control", "public, s-maxage=9, max-age=900"),)
    document = Fetched(url="u", status=200, headers=headers, body=b"", validators=Validators())

    assert asked_interval(document, None) == 900
    assert asked_interval(document, 300) == 300
    assert asked_interval(replace(document, headers=()), None) is None
