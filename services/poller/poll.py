"""One poll of one feed, from asking for it to handing over what is new.

    fetch | parse | recognise | fetch pages and accept, with what the feed is and holds in the last batch

It does not decide when to poll, and logs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from weakref import WeakValueDictionary

from config.knowledge.notes import EditorialNotes
from services.poller.bookkeeping import Bookkeeper
from services.poller.conduct import address_of, as_listed, validators_to_send
from services.poller.handing import HandOver
from services.poller.identity import WordingReader
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.recognition import Decided, Recogniser
from services.poller.report import PollReport, report_of
from services.poller.rhythm import Pace
from services.poller.schedule import (
    after_failure,
    after_fetched,
    after_unchanged,
    seconds_until_due,
    waiting_at_least,
    while_reading,
)
from services.poller.sitemap_index import read_document
from stancewire.errors import StoreError
from stancewire.ports import Fetcher, Hubs, Intake
from stancewire.types import (
    Acceptance,
    Decision,
    Entry,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchRequest,
    FetchResult,
    LedgerUpdate,
    New,
    NotModified,
    ParsedFeed,
    PollPlan,
    Revised,
)

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """What a poll may take and how it is repeated; times in seconds."""

    pace: Pace
    max_age: timedelta
    max_feed_bytes: int
    batch_size: int
    workers: int


class FeedPoller:
    """Polls a feed when told to; raises StoreError where the store fails, and has then not saved the feed's state."""

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        parser: Parser,
        intake: Intake,
        pages: PageSource,
        notes: EditorialNotes,
        limits: PollLimits,
        clock: Callable[[], datetime],
        random: Callable[[], float],
        new_id: Callable[[], str],
        hubs: Hubs,
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._intake = intake
        self._limits = limits
        self._clock = clock
        self._random = random
        self._new_id = new_id
        self._hubs = hubs
        self._recogniser = Recogniser(intake, WordingReader(notes))
        self._books = Bookkeeper(intake)
        self._hand_over = HandOver(
            intake=intake,
            pages=pages,
            recogniser=self._recogniser,
            batch_size=limits.batch_size,
            workers=limits.workers,
            clock=clock,
            new_id=new_id,
        )
        #: A poll and a delivery of one feed come one after the other: each goes by what the other has left.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        #: Answers that the store was not there to take in, by feed.
        self._not_taken: dict[str, tuple[FetchRequest, FetchResult]] = {}

    async def poll(self, plan: PollPlan, may_go_on: Callable[[], Awaitable[bool]]) -> PollReport:
        """Poll once; before each portion of pages `may_go_on` is awaited, and ends the poll with False."""
        plan = PollPlan(feed=plan.feed, state=as_listed(plan.feed, plan.state))
        kept = self._not_taken.pop(plan.feed.id) if plan.feed.id in self._not_taken else None
        request, answer = kept or await self._ask(plan)
        try:
            async with self._turn(plan.feed.id):
                return await self._deal_with(plan, request, answer, may_go_on)
        except StoreError:
            # Asking again would burden a server that has done its part.
            self._not_taken[plan.feed.id] = request, answer
            raise

    async def _ask(self, plan: PollPlan) -> tuple[FetchRequest, FetchResult]:
        request = FetchRequest(
            url=address_of(plan.feed, plan.state),
            accept=ACCEPT,
            max_bytes=self._limits.max_feed_bytes,
            validators=validators_to_send(plan.state, self._clock()),
        )
        return request, await self._fetcher.fetch(request)

    async def _deal_with(
        self, plan: PollPlan, request: FetchRequest, answer: FetchResult, may_go_on: Callable[[], Awaitable[bool]]
    ) -> PollReport:
        match answer:
            case NotModified():
                state = after_unchanged(
                    plan.feed,
                    plan.state,
                    self._clock(),
                    answer=answer,
                    pace=self._limits.pace,
                    jitter=self._random(),
                )
                state = self._slowed(state, self._clock(), 0)
                update = await self._books.after_unchanged(plan.feed.id, self._clock())
                state = await self._save(state, request.url, update)
                return PollReport(outcome="unchanged", state=state, alarms=update.changes)
            case FetchFailed():
                return await self._failed(plan, answer)
            case Fetched():
                self._hubs.found(plan.feed, answer)
                parsed = await read_document(
                    answer, fetcher=self._fetcher, parser=self._parser, max_bytes=self._limits.max_feed_bytes
                )
                if isinstance(parsed, FetchFailed):
                    return await self._failed(plan, parsed)
                return await self._take(plan, request, answer, parsed, may_go_on)
            case _:
                assert_never(answer)

    async def take_delivered(
        self, feed: Feed, document: Fetched, may_go_on: Callable[[], Awaitable[bool]]
    ) -> PollReport:
        """Take in what a hub delivered, which may be less than the whole feed; the feed's state stays as it is."""
        parsed = await self._parser.parse(document)
        if isinstance(parsed, FetchFailed):
            return PollReport(outcome="failed", state=None, failure=parsed)
        async with self._turn(feed.id):
            decided = await self._recogniser.decide(feed, parsed.entries, self._clock(), is_delivery=True)
            return await self._take_in(decided, parsed, lambda: None, may_go_on)

    def _turn(self, feed_id: str) -> asyncio.Lock:
        return self._turns.setdefault(feed_id, asyncio.Lock())

    def _slowed(self, state: FeedState, now: datetime, new: int) -> FeedState:
        """The state after a poll that found `new` new entries, with a later poll where a hub delivers."""
        usual = seconds_until_due(state, now)
        wait = self._hubs.interval_after(state.feed_id, usual, new)
        return waiting_at_least(state, now, wait, self._random()) if wait > usual else state

    def remember(self, feed: Feed, state: FeedState) -> None:
        """Take up from an earlier run what the feed's server asked for on behalf of its whole host."""
        if state.held_until is not None:
            self._fetcher.hold(address_of(feed, state), state.held_until)

    async def _failed(self, plan: PollPlan, failure: FetchFailed) -> PollReport:
        state = after_failure(plan.state, self._clock(), failure=failure, pace=self._limits.pace, jitter=self._random())
        state = await self._save(state, plan.feed.url)
        return PollReport(outcome="failed", state=state, failure=failure)

    async def _save(self, state: FeedState, url: str, ledger: LedgerUpdate | None = None) -> FeedState:
        state = replace(state, held_until=self._fetcher.held_until(url))
        await self._accept(state, ledger)
        return state

    async def _take(
        self,
        plan: PollPlan,
        request: FetchRequest,
        document: Fetched,
        parsed: ParsedFeed,
        may_go_on: Callable[[], Awaitable[bool]],
    ) -> PollReport:
        now, pace = self._clock(), self._limits.pace
        decided = await self._recogniser.decide(plan.feed, parsed.entries, now)
        fresh = self._fresh_of(decided)
        reading = while_reading(plan.state, now, document=document, asks=parsed.ttl, pace=pace) if fresh else None
        if reading is not None:
            await self._accept(reading)
        counted = decided.decisions if plan.state.document_at is None else [decided.decisions[place] for place in fresh]
        state = after_fetched(
            plan.feed,
            plan.state,
            now,
            document=document,
            sent=request.validators,
            asks=parsed.ttl,
            # Of a first document the old ones show the rhythm as well; later they are only what was left out before.
            new=(*arrivals_of(counted, plan.state, now), *delivered_of(decided)),
            pace=pace,
            jitter=self._random(),
        )

        def final() -> FeedState:
            planned = self._slowed(state, now, sum(isinstance(decided.decisions[place], New) for place in fresh))
            # Pages of the feed's own host may have been refused meanwhile.
            return replace(planned, held_until=self._fetcher.held_until(address_of(plan.feed, planned)))

        return await self._take_in(decided, parsed, final, may_go_on)

    def _fresh_of(self, decided: Decided) -> list[int]:
        oldest = decided.at - self._limits.max_age
        return [place for place in _wanted(decided) if _is_fresh(decided.entries[place], oldest)]

    async def _take_in(
        self,
        decided: Decided,
        parsed: ParsedFeed,
        final: Callable[[], FeedState | None],
        may_go_on: Callable[[], Awaitable[bool]],
    ) -> PollReport:
        wanted, fresh = _wanted(decided), self._fresh_of(decided)
        update = await self._books.after_document(decided, parsed, decided.at - self._limits.max_age, decided.at)
        handed = await self._hand_over.run(decided, fresh, final, update, may_go_on)
        return report_of(decided, parsed, wanted=wanted, fresh=fresh, handed=handed, alarms=update.changes)

    async def _accept(self, state: FeedState, ledger: LedgerUpdate | None = None) -> None:
        acceptance = Acceptance(items=(), feed_state=state, batch_id=self._new_id(), at=self._clock(), ledger=ledger)
        await asyncio.to_thread(self._intake.accept, acceptance)


def _wanted(decided: Decided) -> list[int]:
    return [place for place, each in enumerate(decided.decisions) if isinstance(each, New | Revised)]


def _is_fresh(entry: Entry, oldest: datetime) -> bool:
    return entry.published_at is None or entry.published_at >= oldest


def arrivals_of(decisions: Iterable[Decision], state: FeedState, now: datetime) -> tuple[datetime, ...]:
    """When the new entries appeared: as they say, or else now; those of a first poll that do not say are no sign."""
    said = [each.entry.published_at for each in decisions if isinstance(each, New)]
    return tuple(each or now for each in said if each is not None or state.document_at is not None)


def delivered_of(decided: Decided) -> tuple[datetime, ...]:
    """When entries appeared that a hub delivered before: as they say, or else now. They are part of the rhythm too."""
    places = [place for place in range(len(decided.entries)) if decided.came_before(place)]
    return tuple(decided.entries[place].published_at or decided.at for place in places)
