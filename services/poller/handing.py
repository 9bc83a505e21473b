"""Hands the new and the revised of one document over to the store, with their pages, in batches that workers share.

    pages, a few at a time | decide again, where a page says whose it is | accept

It decides by itself neither what is new nor when a feed is asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.poller.identity import item_id
from services.poller.pages import PageSource
from services.poller.recognition import Conclusion, Decided, Recogniser
from stancewire.ports import Intake
from stancewire.types import Acceptance, Feed, FeedState, Item, LedgerUpdate, New, Page, Revised, Sighting

#: Pages of one feed asked for together; the spacing of requests to one host lies below.
PAGES_AT_ONCE = 4

#: Bytes of pages after which a batch is handed over before it is full.
MAX_BATCH_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What came of handing over a document; the next poll takes up the rest of one that is not complete."""

    accepted: int
    pages: int
    vanished: int
    is_complete: bool
    state: FeedState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """An item, with what is to be remembered of its article."""

    item: Item
    sighting: Sighting


class HandOver:
    """Hands documents over; raises StoreError where the store fails, and has then not saved the feed's state."""

    def __init__(
        self,
        *,
        intake: Intake,
        pages: PageSource,
        recogniser: Recogniser,
        batch_size: int,
        workers: int,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._intake = intake
        self._pages = pages
        self._recogniser = recogniser
        self._batch_size = batch_size
        self._workers = workers
        self._clock = clock
        self._new_id = new_id

    async def run(
        self,
        decided: Decided,
        places: Sequence[int],
        final_state: Callable[[], FeedState | None],
        ledger: LedgerUpdate,
        may_go_on: Callable[[], Awaitable[bool]],
    ) -> HandedOver:
        """Hand over the entries at `places`, and with the last of them the feed's state and ledger.

        Before each portion of pages `may_go_on` is awaited, and ends it with False. `final_state` is asked for when all
        pages are there; a hub's delivery changes nothing in it, and has none.
        """
        size = batch_size_for(len(places), self._workers, self._batch_size)
        batch: list[_Taken] = []
        brought: list[str] = []
        accepted = pages = position = 0
        while position < len(places):
            if not await may_go_on():
                # What is fetched is handed over, but not the state: the next poll takes up the rest.
                accepted += await self._accept(batch)
                return HandedOver(accepted=accepted, pages=pages, vanished=0, is_complete=False, state=None)
            # The first article goes alone, for the sake of the seconds until its signals are out.
            width = 1 if position == 0 else min(PAGES_AT_ONCE, size - len(batch))
            portion = places[position : position + width]
            position += len(portion)
            taken = await asyncio.gather(*(self._take(decided, place) for place in portion))
            pages += sum(each is not None and each.item.page is not None for each in taken)
            batch.extend(each for each in taken if each is not None)
            if position < len(places) and batch and (accepted == 0 or _is_full(batch, size)):
                accepted += await self._accept(batch)
                brought += [each.item.article_id for each in batch]
                batch = []
        conclusion, state = decided.conclude(), final_state()
        accepted += await self._accept(batch, state, conclusion, ledger, brought)
        return HandedOver(
            accepted=accepted, pages=pages, vanished=len(conclusion.vanished), is_complete=True, state=state
        )

    async def _take(self, decided: Decided, place: int) -> _Taken | None:
        """The item of an entry; None where its page shows that it is none."""
        page = await self._pages.page_of(decided.entries[place])
        decision = decided.decisions[place]
        if isinstance(page, Page):
            decision = await self._recogniser.decide_again(decided, place, page)
        if not isinstance(decision, New | Revised):
            return None
        return _Taken(item=self._item(decided.feed, decision, page), sighting=decision.sighting)

    def _item(self, feed: Feed, decision: New | Revised, page: Page | str) -> Item:
        return Item(
            id=item_id(decision.article_id, decision.fingerprint),
            article_id=decision.article_id,
            fingerprint=decision.fingerprint,
            revision=decision.revision if isinstance(decision, Revised) else 1,
            feed=feed,
            entry=decision.entry,
            page=page if isinstance(page, Page) else None,
            page_error=page if isinstance(page, str) else None,
            fetched_at=self._clock(),
            change=decision.change if isinstance(decision, Revised) else None,
            change_reason=decision.reason if isinstance(decision, Revised) else "",
        )

    async def _accept(
        self,
        batch: Sequence[_Taken],
        state: FeedState | None = None,
        conclusion: Conclusion | None = None,
        ledger: LedgerUpdate | None = None,
        brought: Sequence[str] = (),
    ) -> int:
        if not batch and conclusion is None:
            return 0
        sightings = tuple(each.sighting for each in batch)
        acceptance = Acceptance(
            items=tuple(each.item for each in batch),
            feed_state=state,
            batch_id=self._new_id(),
            at=self._clock(),
            sightings=sightings if conclusion is None else (*sightings, *conclusion.sightings),
            listing=conclusion.listing if conclusion else None,
            reappeared=conclusion.reappeared if conclusion else (),
            vanished=tuple(each.article_id for each in conclusion.vanished) if conclusion else (),
            ledger=ledger,
            brought=tuple(brought),
        )
        accepted = await asyncio.to_thread(self._intake.accept, acceptance)
        return len(accepted.item_ids)


def batch_size_for(items: int, workers: int, largest: int) -> int:
    """Items a batch, so that several workers share a small feed.

    >>> batch_size_for(10, 4, 16)
    3
    """
    return max(1, min(largest, -(-items // max(workers, 1))))


def _is_full(batch: Sequence[_Taken], size: int) -> bool:
    return len(batch) >= size or sum(len(each.item.page.body) for each in batch if each.item.page) > MAX_BATCH_BYTES
