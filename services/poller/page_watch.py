"""Tells whether the pages of a feed's articles read worse than they used to, from counts alone.

    tallies of the days before, tally of today | reason | alarm

Pure. The workers count what became of each page; a day with few pages, or a short past, says nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime

from services.poller.ledger import with_alarms
from stancewire.types import Ledger, LedgerUpdate, PageTally

#: Days before today that are the past.
PAST_DAYS = 21
#: Pages below which neither past nor present can be told.
MIN_PAST, MIN_RECENT = 30, 8
#: How much larger the share of poor pages must be, and how unlikely so many of them if nothing had changed.
WORSE_BY, UNLIKELY = 0.2, 1e-4
#: Part of the usual length that good texts must fall below.
SHORTER = 0.5


def is_due(ledger: Ledger, now: datetime) -> bool:
    """Whether the pages are to be judged: once an hour."""
    at = ledger.pages_at
    return at is None or (at.date(), at.hour) != (now.date(), now.hour)


def after_pages(ledger: Ledger, past: PageTally, today: PageTally, now: datetime) -> LedgerUpdate:
    """The ledger once the pages are judged; a day with few pages leaves the alarm as it is."""
    ledger = replace(ledger, pages_at=now)
    if today.pages < MIN_RECENT:
        return LedgerUpdate(ledger=ledger)
    ledger, changes = with_alarms(ledger, {"reads worse": reads_worse(past, today)}, now)
    return LedgerUpdate(ledger=ledger, changes=changes)


def reads_worse(past: PageTally, recent: PageTally) -> str | None:
    """Why a feed's recent pages read worse than its own past, in one line; None where they do not.

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
