"""Brings a feed's ledger up to what a poll saw: from the store, through the rules, to what is to be saved.

It saves nothing itself: the ledger goes with the feed's state, in one atomic step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from services.poller.ledger import Arrival, Sight, after_document, after_unchanged
from services.poller.recognition import Decided
from stancewire.ports import Intake
from stancewire.types import Ledger, LedgerUpdate, New, ParsedFeed, Reappeared


class Bookkeeper:
    """Keeps the ledgers of all feeds; raises StoreError."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def after_unchanged(self, feed_id: str, now: datetime) -> LedgerUpdate:
        """What the answer that nothing has changed makes of the feed's ledger."""
        return after_unchanged(await self._ledger(feed_id), now)

    async def after_document(
        self, decided: Decided, parsed: ParsedFeed, fresh: Sequence[int], now: datetime
    ) -> LedgerUpdate:
        """What a complete document makes of it; `fresh` are the places of entries that are new and not too old."""
        return after_document(await self._ledger(decided.feed.id), sight_of(decided, parsed, fresh), now)

    async def _ledger(self, feed_id: str) -> Ledger:
        found = await asyncio.to_thread(self._intake.ledgers, (feed_id,))
        return found.get(feed_id, Ledger(feed_id=feed_id))


def sight_of(decided: Decided, parsed: ParsedFeed, fresh: Sequence[int]) -> Sight:
    """What a poll saw of a document whose entries are decided."""
    listed = {each.article_id for each in decided.before.listed}
    new = [parsed.entries[place] for place in fresh if isinstance(decided.decisions[place], New)]
    common = sum(each.article_id in listed or isinstance(each, Reappeared) for each in decided.decisions)
    return Sight(
        entries=len(parsed.entries),
        beyond=parsed.truncated,
        common=common if listed else None,
        new=tuple(
            Arrival(published_at=entry.published_at if entry.time_confidence == "stated" else None) for entry in new
        ),
        oldest=min((entry.published_at for entry in parsed.entries if entry.published_at is not None), default=None),
        unusable=len(parsed.skips),
        unusable_reason=parsed.skips[0].reason if parsed.skips else None,
        malformed=parsed.malformed,
    )
