"""When a webhook is tried again, when an entry is given up, and when nothing more is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_samples import NOON

from services.webhooks.delivery import (
    delivered,
    failed,
    is_due,
    is_given_up,
    passed_over,
    resumed,
)
from stancewire.types import FetchFailed, WebhookStanding

DAY_S = 86_400.0
FRESH = WebhookStanding(watch="moldova")


def refusal(status: int = 500, retry_after: float | None = None) -> FetchFailed:
    return FetchFailed(
        url="", kind="http_status", detail=f"it answers {status}", status=status, retry_after=retry_after
    )


def fails(
    standing: WebhookStanding, *, after_s: float = 0, bound_s: float = DAY_S, chance: float = 1.0, **of: object
) -> WebhookStanding:
    at = NOON + timedelta(seconds=after_s)
    return failed(standing, "1-0", refusal(**of), at, bound_s=bound_s, chance=chance)  # type: ignore[arg-type]


def waits(standing: WebhookStanding, after_s: float = 0) -> float:
    assert standing.next_at is not None
    return (standing.next_at - NOON).total_seconds() - after_s


def test_the_waits_grow_and_the_time_of_the_first_attempt_is_kept() -> None:
    first = fails(FRESH)
    second = fails(first, after_s=5)

    assert (waits(first), waits(second, 5)) == (5, 15)
    assert (second.attempts, second.failing_since) == (2, NOON)
    assert second.error == "it answers 500"


def test_chance_spreads_what_fails_together() -> None:
    assert waits(fails(FRESH, chance=0.0)) == 2.5
    assert waits(fails(FRESH, chance=0.5)) == 3.75


def test_a_receiver_that_asks_for_time_gets_it() -> None:
    assert waits(fails(FRESH, status=503, retry_after=90)) == 90
    assert waits(fails(FRESH, status=429, retry_after=1)) == 5


def test_another_entry_begins_anew() -> None:
    one = fails(fails(FRESH), after_s=5)
    other = failed(one, "2-0", refusal(), NOON + timedelta(seconds=9), bound_s=DAY_S, chance=1.0)

    assert (other.attempts, waits(other, 9)) == (1, 5)


def test_nothing_is_sent_before_its_time() -> None:
    standing = fails(FRESH)

    assert is_due(FRESH, NOON)
    assert not is_due(standing, NOON + timedelta(seconds=4.9))
    assert is_due(standing, NOON + timedelta(seconds=5))


def test_an_entry_is_tried_until_its_time_is_up_and_once_just_then() -> None:
    standing, attempts, at = FRESH, [], 0.0
    while True:
        standing = fails(standing, after_s=at)
        attempts.append(at)
        if is_given_up(standing, NOON + timedelta(seconds=at), DAY_S):
            break
        at += waits(standing, at)

    assert attempts[:7] == [0, 5, 20, 65, 200, 605, 1_820]
    assert (len(attempts), attempts[-1]) == (31, DAY_S)
    assert passed_over(standing) == WebhookStanding(watch="moldova", error="it answers 500")


@pytest.mark.parametrize("bound_s", [1.0, 60.0])
def test_the_bound_may_be_short(bound_s: float) -> None:
    standing = fails(FRESH, bound_s=bound_s)

    assert waits(standing) <= bound_s
    assert is_given_up(fails(standing, after_s=bound_s), NOON + timedelta(seconds=bound_s), bound_s)


def test_who_is_gone_is_sent_nothing_until_the_next_start() -> None:
    gone = fails(FRESH, status=410)
    years_later = NOON + timedelta(days=1_000)

    assert not is_due(gone, years_later)
    assert not is_given_up(gone, years_later, DAY_S)
    assert is_due(resumed(gone), NOON)
    assert (resumed(gone).attempts, resumed(gone).failing_since) == (1, NOON)


def test_after_a_success_nothing_of_what_went_before_counts() -> None:
    assert delivered(fails(FRESH), NOON) == WebhookStanding(watch="moldova", delivered_at=NOON)
