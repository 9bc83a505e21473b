"""The identity step of a poll: looks up what is known of a document's entries, decides them, and says what to remember.

It marks nothing: what it says is written with the items and the feed's state, in one atomic step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.poller.identity import (
    Document,
    Listed,
    Memory,
    Walk,
    WordingReader,
    decide_by_page,
    further_ids,
    identify,
    next_listing,
    was_delivered,
    with_delivered,
)
from services.poller.pages import stated_link
from stancewire.ports import Intake
from stancewire.types import Decision, Entry, Feed, Listing, New, Page, Reappeared, Seen, Sighting, Vanished


@dataclass(slots=True, kw_only=True)
class Decided:
    """The entries of one document, complete or as a hub delivered it, with what they are."""

    feed: Feed
    at: datetime
    entries: Sequence[Entry]
    document: Document
    #: As in the document; one may change when an entry's page is there.
    decisions: list[Decision]
    before: Listing
    shared: tuple[Sighting, ...]
    is_delivery: bool = False

    def came_before(self, place: int) -> bool:
        """Whether a hub brought an entry before the feed's own document did."""
        return was_delivered(self.before, self.decisions[place].article_id)

    def conclude(self) -> Conclusion:
        """What is to be remembered of the document as a whole."""
        seen = (each for each in self.decisions if isinstance(each, Seen | Reappeared))
        sightings = (*self.shared, *(each.sighting for each in seen if each.sighting is not None))
        if self.is_delivery:
            listing = with_delivered(self.before, self.decisions)
            return Conclusion(
                listing=listing if listing != self.before else None, sightings=sightings, reappeared=(), vanished=()
            )
        fingerprints = [each.fingerprint for each in self.document.entries]
        listing, vanished = next_listing(self.before, self.entries, self.decisions, fingerprints)
        return Conclusion(
            listing=listing if listing != self.before else None,
            sightings=sightings,
            reappeared=tuple(each.article_id for each in self.decisions if isinstance(each, Reappeared)),
            vanished=vanished,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What goes into the last batch of a poll, beside its items."""

    listing: Listing | None
    sightings: tuple[Sighting, ...]
    reappeared: tuple[str, ...]
    vanished: tuple[Vanished, ...]


class Recogniser:
    """Decides documents against what the store knows; raises StoreError."""

    def __init__(self, intake: Intake, reader: WordingReader) -> None:
        self._intake = intake
        self._reader = reader

    async def decide(self, feed: Feed, entries: Sequence[Entry], at: datetime, *, is_delivery: bool = False) -> Decided:
        """What each entry of a document is, a complete one but where a hub delivered it."""
        return await asyncio.to_thread(self._decide, feed, entries, at, is_delivery)

    def _decide(self, feed: Feed, entries: Sequence[Entry], at: datetime, is_delivery: bool) -> Decided:
        document = identify(entries, feed, self._reader)
        known = self._marks_of(document)
        before = self._intake.listing(feed.id)
        walk = Walk(document, known, before, at)
        return Decided(
            feed=feed,
            at=at,
            entries=entries,
            document=document,
            decisions=[walk.decide(each) for each in document.entries],
            before=before,
            shared=walk.shared,
            is_delivery=is_delivery,
        )

    def _marks_of(self, document: Document) -> Memory:
        """What is known of the entries: by links and ids, and of those that these do not settle by all else."""
        proven = self._intake.marks(document.ids())
        return Memory({**proven, **self._intake.marks(further_ids(document, proven))})

    async def decide_again(self, decided: Decided, place: int, page: Page) -> Decision:
        """What an entry is in the light of the link that its page calls its own; the new decision replaces the old."""
        before, stated = decided.decisions[place], stated_link(page)
        if isinstance(before, New) and stated is not None:
            decision = await asyncio.to_thread(self._decide_again, decided, before, stated)
            decided.decisions[place] = decision
        return decided.decisions[place]

    def _decide_again(self, decided: Decided, before: New, stated: str) -> Decision:
        (each,) = identify([before.entry], decided.feed, self._reader, {0: stated}).entries
        named = [name for name in each.proofs if name.by == "canonical link"]
        if not named:
            return before
        marks = self._intake.marks([name.id for name in named])
        return decide_by_page(each, before, marks, Listed(decided.before), decided.at)
