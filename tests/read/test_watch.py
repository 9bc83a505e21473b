"""What became of pages, in numbers that can be summed."""

from __future__ import annotations

from stancewire.types import Article, PageTally, Provenance, TextQuality
from workers.read.watch import tally


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
