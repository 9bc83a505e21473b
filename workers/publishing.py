"""Publishes what was found in an article, in the light of what the article carried before.

The store decides whether that still holds; where it does not, the comparison is made anew.
"""

from __future__ import annotations

from datetime import datetime

from stancewire.errors import AnalysisError
from stancewire.ports import Publishing
from stancewire.types import NOTHING_CARRIED, Outcome, Published
from workers.revising import compared

#: Comparisons that others overtake before it is given up: each time a revision of the same article was published.
_COMPARISONS = 10


def publish(store: Publishing, outcome: Outcome, at: datetime) -> Published:
    """Publish an outcome and end its item, in one atomic step; raises StoreError, and AnalysisError for a crowd."""
    # First versions are nearly all there are, and nothing is on record of them.
    is_first = outcome.change is None and outcome.number == 1
    carried = NOTHING_CARRIED if is_first else store.carried(outcome.article.id)
    for _ in range(_COMPARISONS):
        publication = compared(outcome, carried)
        if publication is None:
            return Published(first=False)
        published = store.publish(publication, at)
        if not published.is_outdated:
            return published
        carried = store.carried(outcome.article.id)
    raise AnalysisError(f"article {outcome.article.id} is revised faster than it can be published")
