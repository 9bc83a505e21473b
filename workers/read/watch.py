"""What became of an article's page, as a tally that is summed by feed and day.

Whether a publisher's pages read worse than they used to is told from the sums, by the poller.
"""

from __future__ import annotations

from stancewire.types import Article, PageTally
from workers.read.cleaning import count_words


def tally(article: Article) -> PageTally:
    """An article's page as a tally of one; of none where it has no page and should have none."""
    if article.page_quality is None:
        return PageTally(pages=1, poor=1) if article.page_error else PageTally()
    if article.page_quality.flags:
        return PageTally(pages=1, poor=1)
    return PageTally(pages=1, words=count_words(article.text))
