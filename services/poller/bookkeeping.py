"""Brings a feed's ledger up to what a poll saw: from the store, through the rules, to what is to be saved.

It saves nothing itself: the ledger goes with the feed's state, in one atomic step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.poller.ledger import Arrival, Sight, after_delivery, after_document, after_unchanged
from services.poller.page_watch import MIN_RECENT, PAST_DAYS, after_pages, is_due
from services.poller.recognition import Decided
from stancewire.ports import Intake
from stancewire.types import NO_PAGES, Ledger, LedgerUpdate, PageTally, ParsedFeed, Reappeared


class Bookkeeper:
    """Keeps the ledgers of all feeds; raises StoreError."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def after_unchanged(self, feed_id: str, now: datetime) -> LedgerUpdate:
        """What the answer that nothing has changed makes of the feed's ledger."""
        return await self._with_pages(after_unchanged(await self._ledger(feed_id), now), now)

    async def after_document(
        self, decided: Decided, parsed: ParsedFeed, oldest: datetime, now: datetime
    ) -> LedgerUpdate:
        """What a document makes of it; entries from before `oldest` are no news, whenever they are listed."""
        ledger, sight = await self._ledger(decided.feed.id), sight_of(decided, parsed, oldest)
        if decided.is_delivery:
            return after_delivery(ledger, sight, now)
        update = after_document(ledger, sight, now)
        return await self._with_pages(update, now)

    async def _with_pages(self, update: LedgerUpdate, now: datetime) -> LedgerUpdate:
        """The update, with a judgement of how the pages of the feed's articles read."""
        if not is_due(update.ledger, now):
            return update
        feed_id, today = update.ledger.feed_id, now.date()
        (read,) = await asyncio.to_thread(self._intake.page_tallies, feed_id, (today,))
        past: Sequence[PageTally] = ()
        if read.pages >= MIN_RECENT:
            # Most feeds have too few pages on most days for their past to matter.
            days = [today - timedelta(days=before) for before in range(1, PAST_DAYS + 1)]
            past = await asyncio.to_thread(self._intake.page_tallies, feed_id, days)
        judged = after_pages(update.ledger, sum(past, NO_PAGES), read, now)
        return replace(update, ledger=judged.ledger, changes=(*update.changes, *judged.changes))

    async def _ledger(self, feed_id: str) -> Ledger:
        found = await asyncio.to_thread(self._intake.ledgers, (feed_id,))
        return found.get(feed_id, Ledger(feed_id=feed_id))


def sight_of(decided: Decided, parsed: ParsedFeed, oldest: datetime) -> Sight:
    """What a poll saw of a document whose entries are decided."""
    listed = {each.article_id for each in decided.before.listed}
    common = 0
    new: dict[str, Arrival] = {}
    for place, (entry, decision) in enumerate(zip(parsed.entries, decided.decisions, strict=True)):
        delivered = decided.came_before(place)
        if decision.article_id in listed or isinstance(decision, Reappeared):
            common += 1
            continue
        # What a hub delivered is no gap, even where the feed lists nothing else by now.
        common += delivered
        if entry.published_at is None or entry.published_at >= oldest:
            # New to this feed, whether or not another outlet had it before.
            stated = entry.published_at if entry.time_confidence == "stated" else None
            new.setdefault(decision.article_id, Arrival(published_at=stated, was_delivered=delivered))
    dates = [entry.published_at for entry in parsed.entries if entry.published_at is not None]
    return Sight(
        entries=len(parsed.entries),
        beyond=parsed.truncated,
        common=common if listed else None,
        new=tuple(new.values()),
        oldest=min(dates, default=None),
        unusable=len(parsed.skips),
        unusable_reason=parsed.skips[0].reason if parsed.skips else None,
        malformed=parsed.malformed,
    )
