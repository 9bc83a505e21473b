"""Publishes what was found in an article, in the light of what the article carried before.

The store decides whether that still holds; where it does not, the comparison is made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from stancewire.errors import AnalysisError
from stancewire.ports import Publishing
from stancewire.types import NOTHING_CARRIED, Outcome, Published, Watch
from stancewire.watching import watched
from workers.revising import compared

#: Comparisons that others overtake before it is given up: each time a revision of the same article was published.
_COMPARISONS = 10


def publish(store: Publishing, outcome: Outcome, at: datetime, watches: Sequence[Watch] = ()) -> Published:
    """Publish an outcome, also to the watches that ask for it, and end its item, in one atomic step.

    Raises StoreError, and AnalysisError for a crowd.
    """
    # First versions are nearly all there are, and nothing is on record of them.
    is_first = outcome.change is None and outcome.number == 1
    carried = NOTHING_CARRIED if is_first else store.carried(outcome.article.id)
    for _ in range(_COMPARISONS):
        publication = compared(outcome, carried)
        if publication is None:
            return Published(first=False)
        told = replace(publication, watched=watched(publication, carried.signals, watches))
        published = store.publish(told, at)
        if not published.is_outdated:
            return published
        carried = store.carried(outcome.article.id)
    raise AnalysisError(f"article {outcome.article.id} is revised faster than it can be published")
