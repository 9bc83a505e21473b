"""Tells whether a publisher's pages read worse than they used to, from counts alone.

    article | tally, summed by outlet and day | past, recent | reason for an alarm

It keeps no counts and raises no alarm itself: whoever does so sums the tallies of each outlet by day, keeps a few weeks
of them, and asks with the days before as the past and the last day as recent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stancewire.types import Article
from workers.read.cleaning import count_words

#: Pages below which neither past nor present can be told.
MIN_PAST, MIN_RECENT = 30, 8
#: How much larger the share of poor pages must be, and how unlikely so many of them if nothing had changed.
WORSE_BY, UNLIKELY = 0.2, 1e-4
#: Part of the usual length that good texts must fall below.
SHORTER = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTally:
    """What became of some pages of one outlet."""

    pages: int = 0
    #: Those that were not had, not read, or flagged.
    poor: int = 0
    #: Words in the texts of the others.
    words: int = 0

    def __add__(self, other: PageTally) -> PageTally:
        return PageTally(pages=self.pages + other.pages, poor=self.poor + other.poor, words=self.words + other.words)


def tally(article: Article) -> PageTally:
    """An article's page as a tally of one; of none where it has no page and should have none."""
    if article.page_quality is None:
        return PageTally(pages=1, poor=1) if article.page_error else PageTally()
    if article.page_quality.flags:
        return PageTally(pages=1, poor=1)
    return PageTally(pages=1, words=count_words(article.text))


def reads_worse(past: PageTally, recent: PageTally) -> str | None:
    """Why an outlet's recent pages read worse than its own past, in one line; None where they do not.

    >>> reads_worse(PageTally(pages=200, poor=4, words=90_000), PageTally(pages=10, poor=8, words=900))
    '8 of 10 pages cannot be read as articles; it was 4 of 200'
    """
    if past.pages < MIN_PAST or recent.pages < MIN_RECENT:
        return None
    # One poor page more than were seen, so that a past without any is not taken for a promise.
    usual = (past.poor + 1) / (past.pages + 1)
    if recent.poor / recent.pages >= usual + WORSE_BY and _at_least(recent.poor, recent.pages, usual) < UNLIKELY:
        return f"{recent.poor} of {recent.pages} pages cannot be read as articles; it was {past.poor} of {past.pages}"
    read, read_before = recent.pages - recent.poor, past.pages - past.poor
    if read < MIN_RECENT or read_before < MIN_PAST:
        return None
    length, length_before = recent.words / read, past.words / read_before
    if length < length_before * SHORTER:
        return f"texts have {length:.0f} words on average; it was {length_before:.0f}"
    return None


def _at_least(poor: int, pages: int, share: float) -> float:
    """Probability of so many poor pages or more, if each is poor with probability `share`."""
    if share >= 1:
        return 1.0
    return sum(
        math.comb(pages, count) * share**count * (1 - share) ** (pages - count) for count in range(poor, pages + 1)
    )
