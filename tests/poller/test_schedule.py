"""When feeds are asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from feed_samples import NOW, feed

from services.poller.rhythm import Pace, interval_for, with_arrivals
from services.poller.schedule import (
    GONE_INTERVAL,
    after_failure,
    after_fetched,
    after_unchanged,
    seconds_until_due,
    while_reading,
)
from stancewire.types import FeedState, Fetched, FetchFailed, NotModified, Validators

#: Forty minutes from one entry to the next, and since the last: a quarter of that is 600 seconds.
ARRIVALS = tuple(NOW - timedelta(minutes=40 * before) for before in range(10, 0, -1))
STATE = FeedState(feed_id="world", url="https://news.example/feed", validators=Validators(etag='"1"'))
PACE = Pace(start=600, shortest=60, longest=86_400, longest_asked=86_400, longest_backoff=86_400)
FEED = feed()


def wait(state: FeedState) -> float:
    assert state.next_poll_at is not None
    return (state.next_poll_at - NOW).total_seconds()


def failure(status: int | None = None, retry_after: float | None = None) -> FetchFailed:
    return FetchFailed(
        url="https://news.example/", kind="timeout", detail="slow", status=status, retry_after=retry_after
    )


def failed(state: FeedState, cause: FetchFailed, jitter: float = 0) -> FeedState:
    return after_failure(state, NOW, failure=cause, pace=PACE, jitter=jitter)


def document(*headers: tuple[str, str], etag: str = '"2"') -> Fetched:
    return Fetched(url=FEED.url, status=200, headers=headers, body=b"", validators=Validators(etag=etag))


def fetched(
    state: FeedState = STATE,
    *headers: tuple[str, str],
    asks: float | None = None,
    jitter: float = 0,
    pace: Pace = PACE,
) -> FeedState:
    return after_fetched(
        FEED,
        replace(state, arrivals=ARRIVALS),
        NOW,
        document=document(*headers),
        sent=state.validators,
        asks=asks,
        new=(),
        pace=pace,
        jitter=jitter,
    )


def test_a_feed_never_polled_is_due_at_once() -> None:
    assert seconds_until_due(STATE, NOW) == 0


def test_a_success_clears_what_failed_and_takes_both_validators_of_the_answer() -> None:
    before = replace(
        STATE, failures=3, last_error="timeout: slow", validators=Validators(etag='"1"', last_modified="yesterday")
    )
    state = fetched(before)

    assert (state.failures, state.last_error) == (0, None)
    assert state.validators == Validators(etag='"2"', last_modified=None)
    assert state.last_success_at == NOW


@pytest.mark.parametrize(
    ("headers", "asks", "jitter", "seconds"),
    [
        ((), None, 0, 600),
        ((), None, 1, 660),
        ((), 60, 0, 600),
        ((), 1_800, 0, 1_800),
        ((("cache-control", "max-age=7200"),), 1_800, 0, 7_200),
        ((("cache-control", "max-age=7200"),), None, 1, 7_920),
        ((("expires", "Mon, 23 Nov 2026 14:00:00 GMT"),), None, 0, 7_200),
        # The server's clock is an hour behind.
        ((("expires", "Mon, 23 Nov 2026 13:00:00 GMT"), ("date", "Mon, 23 Nov 2026 11:00:00 GMT")), None, 0, 7_200),
        ((("expires", "Mon, 23 Nov 2026 14:00:00 GMT"), ("cache-control", "max-age=1")), None, 0, 600),
        ((), 10**9, 1, 86_400),
    ],
)
def test_a_feed_is_left_alone_for_as_long_as_it_asks_and_its_rhythm_says(
    headers: tuple[tuple[str, str], ...], asks: float | None, jitter: float, seconds: float
) -> None:
    assert wait(fetched(STATE, *headers, asks=asks, jitter=jitter)) == pytest.approx(seconds)


def test_what_may_be_asked_for_is_bounded_by_setting() -> None:
    assert wait(fetched(STATE, asks=86_400, pace=replace(PACE, longest_asked=3_600))) == 3_600


def test_what_a_document_asks_holds_for_the_answers_that_it_is_unchanged() -> None:
    state = fetched(asks=7_200)
    answer = NotModified(url=FEED.url, validators=state.validators)

    assert wait(after_unchanged(FEED, state, NOW, answer=answer, pace=PACE, jitter=0)) == 7_200
    fresh = replace(answer, headers=(("cache-control", "max-age=10000"),))
    assert wait(after_unchanged(FEED, state, NOW, answer=fresh, pace=PACE, jitter=0)) == 10_000


def test_a_poll_that_is_cut_off_keeps_to_what_was_asked_and_saves_no_validators() -> None:
    state = while_reading(STATE, NOW, document=document(("cache-control", "max-age=900")), asks=None, pace=PACE)

    assert state is not None
    assert wait(state) == 900
    assert state.validators == STATE.validators
    assert while_reading(STATE, NOW, document=document(), asks=None, pace=PACE) is None


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


def test_28_a_feed_whose_host_is_left_alone_has_not_failed() -> None:
    held = FetchFailed(url=FEED.url, kind="held", detail="wait", retry_after=5_000)
    state = failed(replace(STATE, failures=2), held)

    assert (wait(state), state.failures) == (5_000, 2)


def test_29_a_feed_that_is_gone_is_retired_until_it_answers_again() -> None:
    state = failed(STATE, failure(status=410))

    assert (state.retired_at, wait(state)) == (NOW, GONE_INTERVAL)
    assert wait(failed(state, failure())) == GONE_INTERVAL
    assert fetched(state).retired_at is None


def test_29_a_feed_that_is_not_found_is_asked_for_again_for_ever() -> None:
    state = STATE
    for _ in range(100):
        state = failed(state, failure(status=404), jitter=1)
        assert wait(state) <= 86_400 * 1.1

    assert state.retired_at is None


def test_73_a_wrong_clock_silences_no_feed_for_long() -> None:
    assert seconds_until_due(replace(STATE, next_poll_at=NOW + timedelta(days=400)), NOW, longest=3_600) == 3_600
    assert seconds_until_due(replace(STATE, next_poll_at=NOW - timedelta(days=400)), NOW) == 0
    polled = replace(STATE, last_polled_at=NOW, next_poll_at=NOW + timedelta(minutes=10))
    assert seconds_until_due(polled, NOW - timedelta(days=400)) == 600


@pytest.mark.parametrize(
    ("minutes_apart", "silent_minutes", "seconds"),
    [
        (40, 40, 600),
        (1, 1, 60),
        (0.5, 0.5, 60),
        (240, 240, 3_600),
        (20, 2_000, 3_270),
        (10_000, 10_000, 86_400),
    ],
)
def test_the_interval_follows_the_rhythm_and_the_silence_since(
    minutes_apart: float, silent_minutes: float, seconds: float
) -> None:
    last = NOW - timedelta(minutes=silent_minutes)
    arrivals = tuple(last - timedelta(minutes=minutes_apart * before) for before in range(9, -1, -1))

    assert interval_for(arrivals, NOW, PACE) == pytest.approx(seconds)


def test_a_bundle_of_entries_is_one_arrival() -> None:
    bundles = [NOW - timedelta(days=day, seconds=second) for day in (3, 2, 1) for second in range(50)]

    assert interval_for(with_arrivals((), bundles, NOW, PACE), NOW, PACE) == pytest.approx(21_600, rel=0.01)


def test_too_few_arrivals_never_quicken_a_feed_and_silence_slows_it() -> None:
    assert interval_for((), NOW, PACE) == 600
    assert interval_for((NOW, NOW), NOW, PACE) == 600
    assert interval_for((NOW - timedelta(days=1),), NOW, PACE) == 21_600


def test_an_interval_set_below_the_shortest_is_meant() -> None:
    pace = replace(PACE, start=3, longest=3)

    assert interval_for(ARRIVALS, NOW, pace) == interval_for((), NOW, pace) == 3


def test_only_the_latest_arrivals_are_kept_and_none_of_the_future() -> None:
    kept = with_arrivals(
        ARRIVALS, [NOW + timedelta(days=1), *(NOW - timedelta(days=day) for day in range(50))], NOW, PACE
    )

    assert len(kept) == 20
    assert kept[-1] == NOW
    assert list(kept) == sorted(kept)
