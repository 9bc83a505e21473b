"""One poll of one feed, from asking for it to handing over what is new.

    fetch | parse | recognise | fetch pages and accept, with what the feed is and holds in the last batch

It does not decide when to poll, and logs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from config.knowledge.notes import EditorialNotes
from services.poller.bookkeeping import Bookkeeper
from services.poller.handing import HandOver
from services.poller.identity import WordingReader
from services.poller.pages import PageSource
from services.poller.parser import Parser
from services.poller.recognition import Recogniser
from services.poller.schedule import after_failure, after_success, asked_interval
from stancewire.ports import Fetcher, Intake
from stancewire.types import (
    Acceptance,
    AlarmChange,
    Entry,
    FeedState,
    Fetched,
    FetchFailed,
    FetchRequest,
    LedgerUpdate,
    New,
    NotModified,
    ParsedFeed,
    PollPlan,
    Reappeared,
    Revised,
    Seen,
)

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


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

    outcome: Literal["polled", "unchanged", "failed", "stopped"]
    #: As saved; None where the poll was stopped before its end, so that the next one takes up the rest.
    state: FeedState | None
    failure: FetchFailed | None = None
    entries: int = 0
    new: int = 0
    revised: int = 0
    seen: int = 0
    reappeared: int = 0
    vanished: int = 0
    too_old: int = 0
    #: Entries that could not be used.
    skipped: int = 0
    truncated: int = 0
    accepted: int = 0
    pages: int = 0
    malformed: str | None = None
    #: Alarms of the feed's ledger that this poll raised or ended.
    alarms: tuple[AlarmChange, ...] = ()


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
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._intake = intake
        self._limits = limits
        self._clock = clock
        self._random = random
        self._new_id = new_id
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
                    interval=self._limits.interval,
                    jitter=self._random(),
                )
                update = await self._books.after_unchanged(plan.feed.id, self._clock())
                await self._save(state, update)
                return PollReport(outcome="unchanged", state=state, alarms=update.changes)
            case FetchFailed():
                return await self._failed(plan, answer)
            case Fetched():
                parsed = await self._parser.parse(answer)
                if isinstance(parsed, FetchFailed):
                    return await self._failed(plan, parsed)
                return await self._take(plan, answer, parsed, may_go_on)
            case _:
                assert_never(answer)

    async def _failed(self, plan: PollPlan, failure: FetchFailed) -> PollReport:
        state = after_failure(
            plan.state,
            self._clock(),
            failure=failure,
            interval=self._limits.interval,
            max_backoff=self._limits.max_backoff,
            jitter=self._random(),
        )
        await self._save(state)
        return PollReport(outcome="failed", state=state, failure=failure)

    async def _take(
        self, plan: PollPlan, document: Fetched, parsed: ParsedFeed, may_go_on: Callable[[], Awaitable[bool]]
    ) -> PollReport:
        now = self._clock()
        decided = await self._recogniser.decide(plan.feed, parsed.entries, now)
        wanted = [place for place, each in enumerate(decided.decisions) if isinstance(each, New | Revised)]
        oldest = now - self._limits.max_age
        fresh = [place for place in wanted if _is_fresh(parsed.entries[place], oldest)]
        state = after_success(
            plan.state,
            self._clock(),
            validators=document.validators,
            asked=asked_interval(document, parsed.ttl),
            interval=self._limits.interval,
            jitter=self._random(),
        )
        update = await self._books.after_document(decided, parsed, oldest, now)
        handed = await self._hand_over.run(decided, fresh, state, update, may_go_on)
        taken = [decided.decisions[place] for place in fresh]
        return PollReport(
            outcome="polled" if handed.complete else "stopped",
            state=state if handed.complete else None,
            entries=len(parsed.entries),
            new=sum(isinstance(each, New) for each in taken),
            revised=sum(isinstance(each, Revised) for each in taken),
            seen=sum(isinstance(each, Seen) for each in decided.decisions),
            reappeared=sum(isinstance(each, Reappeared) for each in decided.decisions),
            vanished=handed.vanished,
            too_old=len(wanted) - len(fresh),
            skipped=len(parsed.skips),
            truncated=parsed.truncated,
            accepted=handed.accepted,
            pages=handed.pages,
            malformed=parsed.malformed,
            alarms=update.changes if handed.complete else (),
        )

    async def _save(self, state: FeedState, ledger: LedgerUpdate | None = None) -> None:
        acceptance = Acceptance(items=(), feed_state=state, batch_id=self._new_id(), at=self._clock(), ledger=ledger)
        await asyncio.to_thread(self._intake.accept, acceptance)


def _is_fresh(entry: Entry, oldest: datetime) -> bool:
    return entry.published_at is None or entry.published_at >= oldest
