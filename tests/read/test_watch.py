"""When a publisher's pages read worse than its own past, and when that cannot be told."""

from __future__ import annotations

import pytest

from stancewire.types import Article, Provenance, TextQuality
from workers.read.watch import PageTally, reads_worse, tally

PAST = PageTally(pages=300, poor=6, words=294 * 450)


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


def article(quality: TextQuality | None, error: str | None = None) -> Article:
    return Article(
        id="a", revision="r", url=None, title="", text="Five words are a text.", outlet="The Example",
        outlet_country=None, ownership=None, feed_id=None, authors=(), published_at=None, time_confidence=None,
        language=None, quality="full", provenance=Provenance(), page_quality=quality, page_error=error,
    )  # fmt: skip


def test_a_tally_counts_pages_that_were_read_flagged_and_refused() -> None:
    counted = (
        tally(article(TextQuality(score=1.0)))
        + tally(article(TextQuality(score=0.1, flags=("teaser",))))
        + tally(article(None, "timeout: slow"))
        + tally(article(None))
    )

    assert counted == PageTally(pages=3, poor=2, words=5)
