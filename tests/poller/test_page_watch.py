"""When the pages of a feed's articles read worse than its own past, when that cannot be told, and what alarm it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.poller.page_watch import after_pages, is_due, reads_worse
from stancewire.types import Ledger, PageTally

PAST = PageTally(pages=300, poor=6, words=294 * 450)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("past", "recent"),
    [
        (PAST, PageTally(pages=20, poor=20)),
        (PAST, PageTally(pages=10, poor=6, words=4 * 450)),
        (PageTally(pages=40, poor=0, words=40 * 300), PageTally(pages=8, poor=8)),
        (PageTally(pages=300, poor=150, words=150 * 450), PageTally(pages=60, poor=58, words=900)),
    ],
    ids=["all", "most", "a short past", "a poor past"],
)
def test_a_sudden_share_of_poor_pages_is_an_alarm(past: PageTally, recent: PageTally) -> None:
    reason = reads_worse(past, recent)

    assert reason is not None
    assert f"{recent.poor} of {recent.pages}" in reason


def test_texts_half_as_long_as_they_were_are_an_alarm() -> None:
    assert reads_worse(PAST, PageTally(pages=20, words=20 * 90)) == "texts have 90 words on average; it was 450"


@pytest.mark.parametrize(
    ("past", "recent"),
    [
        (PAST, PageTally(pages=20, poor=1, words=19 * 430)),
        (PAST, PageTally(pages=10, poor=2, words=8 * 400)),
        (PAST, PageTally(pages=7, poor=7)),
        (PageTally(pages=29), PageTally(pages=20, poor=20)),
        (PageTally(pages=300, poor=290, words=4_500), PageTally(pages=20, poor=20)),
        (PAST, PageTally(pages=20, words=20 * 240)),
        (PageTally(), PageTally()),
    ],
    ids=["as ever", "bad luck", "too few", "no past", "always poor", "shorter", "nothing"],
)
def test_chance_a_short_past_and_a_publisher_that_was_always_poor_are_none(past: PageTally, recent: PageTally) -> None:
    assert reads_worse(past, recent) is None


def test_the_alarm_outlasts_the_first_pages_of_the_next_day_and_ends_with_good_ones() -> None:
    raised = after_pages(Ledger(feed_id="world"), PAST, PageTally(pages=20, poor=20), NOON)
    still = after_pages(raised.ledger, PAST, PageTally(pages=3, poor=3), NOON + timedelta(hours=13))
    over = after_pages(still.ledger, PAST, PageTally(pages=20, words=20 * 450), NOON + timedelta(hours=20))

    assert [(change.alarm.kind, change.is_raised) for change in raised.changes] == [("reads worse", True)]
    assert still.changes == ()
    assert [(change.alarm.kind, change.is_raised) for change in over.changes] == [("reads worse", False)]


def test_pages_are_judged_once_an_hour() -> None:
    judged = after_pages(Ledger(feed_id="world"), PAST, PAST, NOON).ledger

    assert is_due(Ledger(feed_id="world"), NOON)
    assert not is_due(judged, NOON + timedelta(minutes=59))
    assert is_due(judged, NOON + timedelta(minutes=60))
    assert is_due(judged, NOON + timedelta(days=1))
