"""One poll of one feed, from asking for it to handing over what is new.

    fetch | parse | identify, decide | fetch pages | accept, with the feed's state in the last batch

It does not decide when to poll, and logs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from services.poller.identity import Identified, decide, identify, item_id
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.schedule import after_failure, after_success, asked_interval
from stancewire.ports import Fetcher, Hubs, Intake
from stancewire.types import (
    Acceptance,
    Decision,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchRequest,
    Item,
    New,
    NotModified,
    Page,
    ParsedFeed,
    PollPlan,
    Revised,
    Seen,
    Trap,
)

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)

#: Pages of one feed asked for together; the spacing of requests to one host lies below.
PAGES_AT_ONCE = 4

#: Bytes of pages after which a batch is handed over before it is full.
MAX_BATCH_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """What a poll may take and how it is repeated; times in seconds."""

    interval: float
    max_backoff: float
    max_age: timedelta
    max_feed_bytes: int
    batch_size: int
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What came of one poll."""

    outcome: Literal["polled", "unchanged", "delivered", "failed", "stopped"]
    #: As saved; None where the poll was stopped before its end, so that the next one takes up the rest, and for what a
    #: hub delivered, which says nothing of the feed's own server.
    state: FeedState | None
    failure: FetchFailed | None = None
    entries: int = 0
    new: int = 0
    revised: int = 0
    seen: int = 0
    too_old: int = 0
    #: Entries that could not be used.
    skipped: int = 0
    truncated: int = 0
    accepted: int = 0
    pages: int = 0
    malformed: str | None = None


class FeedPoller:
    """Polls a feed when told to; raises StoreError where the store fails, and has then not saved the feed's state."""

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        parser: Parser,
        intake: Intake,
        pages: PageSource,
        limits: PollLimits,
        clock: Callable[[], datetime],
        random: Callable[[], float],
        new_id: Callable[[], str],
        hubs: Hubs,
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._intake = intake
        self._pages = pages
        self._limits = limits
        self._clock = clock
        self._random = random
        self._new_id = new_id
        self._hubs = hubs
        #: Fingerprints by article, as each feed had them at its last complete poll.
        self._said: dict[str, dict[str, str]] = {}

    async def poll(self, plan: PollPlan, may_go_on: Callable[[], Awaitable[bool]]) -> PollReport:
        """Poll once; before each portion of pages `may_go_on` is awaited, and ends the poll with False."""
        answer = await self._fetcher.fetch(
            FetchRequest(
                url=plan.feed.url,
                accept=ACCEPT,
                max_bytes=self._limits.max_feed_bytes,
                validators=plan.state.validators,
            )
        )
        match answer:
            case NotModified():
                state = after_success(
                    plan.state,
                    self._clock(),
                    validators=answer.validators,
                    asked=None,
                    interval=self._hubs.interval_after(plan.feed.id, self._limits.interval, 0),
                    jitter=self._random(),
                )
                await self._accept((), state)
                return PollReport(outcome="unchanged", state=state)
            case FetchFailed():
                return await self._failed(plan, answer)
            case Fetched():
                self._hubs.found(plan.feed, answer)
                parsed = await self._parser.parse(answer)
                if isinstance(parsed, FetchFailed):
                    return await self._failed(plan, parsed)
                return await self._take(plan, answer, parsed, may_go_on)
            case _:
                assert_never(answer)

    async def take_delivered(
        self, feed: Feed, document: Fetched, may_go_on: Callable[[], Awaitable[bool]]
    ) -> PollReport:
        """Take in what a hub delivered, which may be less than the whole feed; the feed's state stays as it is."""
        parsed = await self._parser.parse(document)
        if isinstance(parsed, FetchFailed):
            return PollReport(outcome="failed", state=None, failure=parsed)
        plan = PollPlan(feed=feed, state=FeedState(feed_id=feed.id))
        return await self._take(plan, document, parsed, may_go_on, delivered=True)

    async def _failed(self, plan: PollPlan, failure: FetchFailed) -> PollReport:
        state = after_failure(
            plan.state,
            self._clock(),
            failure=failure,
            interval=self._limits.interval,
            max_backoff=self._limits.max_backoff,
            jitter=self._random(),
        )
        await self._accept((), state)
        return PollReport(outcome="failed", state=state, failure=failure)

    async def _take(
        self,
        plan: PollPlan,
        document: Fetched,
        parsed: ParsedFeed,
        may_go_on: Callable[[], Awaitable[bool]],
        *,
        delivered: bool = False,
    ) -> PollReport:
        oldest = self._clock() - self._limits.max_age
        identified = identify(parsed.entries, plan.feed)
        article_ids = tuple({each.article_id for each in identified if isinstance(each, Identified)})
        marks = await asyncio.to_thread(self._intake.marks, article_ids) if article_ids else {}
        decisions = decide(identified, marks, self._said.get(plan.feed.id, {}))
        wanted = [each for each in decisions if isinstance(each, New | Revised)]
        fresh = [each for each in wanted if each.entry.published_at is None or each.entry.published_at >= oldest]
        new = sum(isinstance(each, New) for each in fresh)
        state = None if delivered else self._state_after(plan, document, parsed, new)
        handed = await self._hand_over(plan.feed, fresh, state, may_go_on)
        if handed.complete:
            said = {each.article_id: each.fingerprint for each in identified if isinstance(each, Identified)}
            # A hub may leave out what it has delivered before.
            self._said[plan.feed.id] = {**self._said.get(plan.feed.id, {}), **said} if delivered else said
        done: Literal["delivered", "polled"] = "delivered" if delivered else "polled"
        return PollReport(
            outcome=done if handed.complete else "stopped",
            state=state if handed.complete else None,
            entries=len(parsed.entries),
            new=new,
            revised=sum(isinstance(each, Revised) for each in fresh),
            seen=_count(decisions, Seen),
            too_old=len(wanted) - len(fresh),
            skipped=len(parsed.skips) + _count(decisions, Trap),
            truncated=parsed.truncated,
            accepted=handed.accepted,
            pages=handed.pages,
            malformed=parsed.malformed,
        )

    def _state_after(self, plan: PollPlan, document: Fetched, parsed: ParsedFeed, new: int) -> FeedState:
        return after_success(
            plan.state,
            self._clock(),
            validators=document.validators,
            asked=asked_interval(document, parsed.ttl),
            interval=self._hubs.interval_after(plan.feed.id, self._limits.interval, new),
            jitter=self._random(),
        )

    async def _hand_over(
        self,
        feed: Feed,
        decisions: Sequence[New | Revised],
        state: FeedState | None,
        may_go_on: Callable[[], Awaitable[bool]],
    ) -> _HandedOver:
        size = batch_size_for(len(decisions), self._limits.workers, self._limits.batch_size)
        batch: list[Item] = []
        accepted = pages = position = 0
        while position < len(decisions):
            if not await may_go_on():
                # What is fetched is handed over, but not the state: the next poll takes up the rest.
                accepted += await self._accept(batch, None)
                return _HandedOver(accepted=accepted, pages=pages, complete=False)
            # The first article goes alone, for the sake of the seconds until its signals are out.
            width = 1 if position == 0 else min(PAGES_AT_ONCE, size - len(batch))
            portion = decisions[position : position + width]
            position += len(portion)
            items = await asyncio.gather(*(self._item(feed, each) for each in portion))
            pages += sum(item.page is not None for item in items)
            batch.extend(items)
            if position < len(decisions) and (accepted == 0 or _is_full(batch, size)):
                accepted += await self._accept(batch, None)
                batch = []
        accepted += await self._accept(batch, state)
        return _HandedOver(accepted=accepted, pages=pages, complete=True)

    async def _item(self, feed: Feed, decision: New | Revised) -> Item:
        page = await self._pages.page_of(decision.entry)
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
        )

    async def _accept(self, items: Sequence[Item], state: FeedState | None) -> int:
        if not items and state is None:
            return 0
        acceptance = Acceptance(items=tuple(items), feed_state=state, batch_id=self._new_id(), at=self._clock())
        accepted = await asyncio.to_thread(self._intake.accept, acceptance)
        return len(accepted.item_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedOver:
    accepted: int
    pages: int
    complete: bool


def batch_size_for(items: int, workers: int, largest: int) -> int:
    """Items a batch, so that several workers share a small feed.

    >>> batch_size_for(10, 4, 16)
    3
    """
    return max(1, min(largest, -(-items // max(workers, 1))))


def _is_full(batch: Sequence[Item], size: int) -> bool:
    return len(batch) >= size or sum(len(item.page.body) for item in batch if item.page) > MAX_BATCH_BYTES


def _count(decisions: Sequence[Decision], kind: type[Seen] | type[Trap]) -> int:
    return sum(isinstance(decision, kind) for decision in decisions)
