"""Goes through the entries of one document: each is decided with what those before it have added to what is known.

Pure, and the one way in: the poller goes through a feed's document so, and a desk through recorded ones.
"""

from __future__ import annotations

from datetime import datetime

from services.poller.identity.deciding import Listed, decide, share
from services.poller.identity.memory import Memory
from services.poller.identity.naming import Document, Identified
from stancewire.types import Decision, Listing, Revised, Seen, Sighting


class Walk:
    """Decides the entries of one document, in its order; `known` is added to."""

    def __init__(self, document: Document, known: Memory, listing: Listing, at: datetime) -> None:
        self._known = known
        self._listed = Listed(listing)
        self._at = at
        self._met: set[str] = set()
        #: What is to be remembered of links that entries share.
        self.shared: tuple[Sighting, ...] = share(document, known)
        for sighting in self.shared:
            known.remember(sighting, at)

    def decide(self, each: Identified) -> Decision:
        """What the next entry is; a feed may list an article twice, before and after an edit."""
        decision = decide(each, self._known, self._listed, self._at)
        if decision.article_id in self._met and not isinstance(decision, Revised):
            return Seen(article_id=decision.article_id, story_id=decision.story_id, reason="twice in this document")
        self._met.add(decision.article_id)
        if decision.sighting is not None:
            self._known.remember(decision.sighting, self._at)
        return decision
