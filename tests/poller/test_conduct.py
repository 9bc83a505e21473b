"""What a feed's server is asked, and what its answers say of the feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest
from feed_samples import NOW, feed

from services.poller.conduct import (
    FIRST_PROBE,
    LONGEST_PROBE,
    SHORTEST_PROBE,
    address_of,
    after_document,
    after_move,
    after_no_answer,
    as_listed,
    server_standing,
    validators_to_send,
)
from stancewire import codec
from stancewire.types import FeedState, FetchFailed, Move, Validators

FEED = feed()
NEW = "https://new.example/feed"
TAG = Validators(etag='W/"1"')
STATE = FeedState(feed_id="world", url=FEED.url, validators=TAG, document_at=NOW, last_success_at=NOW)
HOUR = timedelta(hours=1)


def sent_to(new: str | None, times: int, apart: timedelta, state: FeedState = STATE) -> FeedState:
    for turn in range(times):
        state = after_move(FEED, state, NOW + turn * apart, new)
    return state


def failure(status: int | None = None) -> FetchFailed:
    return FetchFailed(url=NEW, kind="http_status" if status else "timeout", detail="no", status=status)


def test_26_a_move_for_good_is_believed_after_the_same_answer_for_a_day() -> None:
    assert address_of(FEED, sent_to(NEW, 1, HOUR)) == FEED.url
    assert address_of(FEED, sent_to(NEW, 24, HOUR)) == FEED.url
    assert address_of(FEED, sent_to(NEW, 2, timedelta(days=9))) == FEED.url
    assert address_of(FEED, sent_to(NEW, 25, HOUR)) == NEW


def test_26_another_answer_in_between_begins_the_count_anew() -> None:
    almost = sent_to(NEW, 24, HOUR)
    for other in (None, "https://third.example/"):
        interrupted = after_move(FEED, almost, NOW + 24 * HOUR, other)
        again = after_move(FEED, interrupted, NOW + 25 * HOUR, NEW)
        assert again.move == Move(to=NEW, since=NOW + 25 * HOUR, times=1)
    assert after_no_answer(almost, NOW, failure()).move is None


def test_26_no_move_leads_from_an_encrypted_address_to_an_open_one() -> None:
    assert sent_to("http://news.example/feed", 25, HOUR).moved_to is None


def test_26_a_feed_that_moves_back_is_asked_where_the_list_has_it() -> None:
    state = sent_to(FEED.url, 25, HOUR, replace(STATE, moved_to=NEW))

    assert (state.moved_to, address_of(FEED, state)) == (None, FEED.url)


@pytest.mark.parametrize(("failures", "status"), [(1, 404), (1, 410), (3, None)])
def test_an_adopted_address_that_fails_is_given_up_with_its_validators(failures: int, status: int | None) -> None:
    state = after_no_answer(replace(STATE, moved_to=NEW, failures=failures), NOW, failure(status))

    assert (address_of(FEED, state), state.validators, state.retired_at) == (FEED.url, Validators(), None)
    assert after_no_answer(replace(STATE, moved_to=NEW, failures=1), NOW, failure()).moved_to == NEW


def test_a_new_address_in_the_list_begins_anew_but_for_the_rhythm() -> None:
    before = replace(STATE, moved_to=NEW, retired_at=NOW, arrivals=(NOW,), failures=3, next_poll_at=NOW)
    after = as_listed(replace(FEED, url="https://other.example/"), before)

    assert after == FeedState(feed_id="world", url="https://other.example/", arrivals=(NOW,))
    assert as_listed(FEED, before) == before


def test_a_state_saved_by_an_earlier_version_is_read_and_taken_over() -> None:
    saved = {"feed_id": "world", "validators": {"etag": 'W/"1"', "last_modified": None}, "failures": 2}
    state = codec.feed_states.decode(orjson.dumps(saved))

    assert as_listed(FEED, state) == replace(state, url=FEED.url)
    assert state.validators == TAG
    assert codec.feed_states.decode(codec.feed_states.encode(sent_to(NEW, 2, HOUR))) == sent_to(NEW, 2, HOUR)


def test_validators_are_sent_but_for_a_rare_look_at_whether_they_are_true() -> None:
    assert validators_to_send(STATE, NOW + timedelta(seconds=FIRST_PROBE - 1)) == TAG
    assert validators_to_send(STATE, NOW + timedelta(seconds=FIRST_PROBE)) == Validators()
    assert validators_to_send(replace(STATE, probe_after=10**6), NOW + timedelta(seconds=FIRST_PROBE)) == TAG


def looked(given: Validators, *new: datetime, state: FeedState = STATE, sent: Validators | None = None) -> FeedState:
    unchanged = replace(state, last_success_at=NOW + 23 * HOUR)
    return after_document(unchanged, NOW + 24 * HOUR, sent=sent or Validators(), given=given, new=new)


def test_validators_that_prove_true_are_tried_ever_more_seldom() -> None:
    state, waits = STATE, []
    for _ in range(7):
        state = looked(TAG, state=state)
        waits.append(state.probe_after or 0)

    assert waits[:2] == [2 * FIRST_PROBE, 4 * FIRST_PROBE]
    assert waits[-1] == LONGEST_PROBE
    assert state.false_unchanged == 0


def test_something_new_under_the_same_validators_proves_them_false() -> None:
    state = looked(TAG, NOW + 24 * HOUR)

    assert (state.probe_after, state.false_unchanged) == (SHORTEST_PROBE, 1)
    assert validators_to_send(state, NOW + 25 * HOUR) == Validators()


def test_something_older_than_the_last_answer_that_nothing_changed_proves_them_false() -> None:
    other = Validators(etag='"2"')

    assert looked(other, NOW + 12 * HOUR).false_unchanged == 1
    assert looked(other, NOW + 22.5 * HOUR).false_unchanged == 0
    assert looked(TAG, NOW + 12 * HOUR, sent=TAG).false_unchanged == 0


def test_a_server_that_says_unchanged_to_everything_is_soon_asked_with_validators_again() -> None:
    state = after_no_answer(STATE, NOW + 24 * HOUR, failure(304))

    assert validators_to_send(state, NOW + 25 * HOUR) == TAG


def test_both_validators_are_those_of_the_last_document() -> None:
    state = replace(STATE, validators=Validators(etag='"1"', last_modified="yesterday"))

    assert looked(Validators(last_modified="today"), state=state).validators == Validators(last_modified="today")
    assert looked(Validators(), state=state).validators == Validators()


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (None, "new", "not polled yet"),
        (STATE, "well", "read 2026-11-23 12:00 UTC; asked again 2026-11-23 13:00 UTC"),
        (replace(STATE, retired_at=NOW), "retired", "retired: its server says since 2026-11-23 12:00 UTC"),
        (
            replace(STATE, failures=1, last_error="robots: robots.txt of x forbids it"),
            "forbidden",
            "not read, as robots",
        ),
        (replace(STATE, last_error="held: x asked to be left alone"), "held", "left alone, as x asked"),
        (
            replace(STATE, failures=2, last_error="dns: no address"),
            "failing",
            "failed 2 times in a row: dns: no",
        ),
        (replace(STATE, moved_to=NEW), "moved", f"moved for good to {NEW}: put that into the list"),
        (replace(STATE, false_unchanged=2), "misleading", "its server said 2 times that nothing had changed"),
    ],
)
def test_how_a_feed_stands_is_said_in_words_with_the_next_step(state: FeedState | None, kind: str, words: str) -> None:
    polled = state and replace(state, last_polled_at=NOW, next_poll_at=NOW + HOUR)
    standing = server_standing(polled)

    assert standing.kind == kind
    assert standing.words.startswith(words)
    assert state is None or "asked again 2026-11-23 13:00 UTC" in standing.words
