"""Polls documents with the real poller, in memory: what a server would have answered is handed to it.

It opens no connection and starts no process; what the poller accepts lies in the store in memory.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from config.knowledge.notes import load_notes
from services.poller.hubs import NoHubs
from services.poller.pages import PageSource
from services.poller.parse import parse_feed
from services.poller.poll import FeedPoller, PollLimits
from services.poller.report import PollReport
from services.poller.rhythm import Pace
from stancewire.ports import Intake
from stancewire.types import (
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchRequest,
    FetchResult,
    ParsedFeed,
    PollPlan,
    Validators,
)


class _Answers:
    """A fetcher and a parser for one document after the other."""

    def __init__(self) -> None:
        self.body = b""
        self.at = datetime.min.replace(tzinfo=UTC)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        return Fetched(url=request.url, status=200, headers=(), body=self.body, validators=Validators())

    def hold(self, url: str, until: datetime) -> None:
        """Nobody asks for it."""

    def held_until(self, url: str) -> datetime | None:  # noqa: ARG002
        """Never."""
        return None

    async def parse(self, document: Fetched) -> ParsedFeed | FetchFailed:
        return parse_feed(document.body, url=document.url, content_type="", max_entries=1_000, now=self.at)


def poll_all(feed: Feed, documents: Iterable[tuple[datetime, bytes]], intake: Intake) -> tuple[PollReport, ...]:
    """Poll the documents of a feed, each at its time."""
    answers = _Answers()
    poller = FeedPoller(
        fetcher=answers,
        parser=answers,
        intake=intake,
        notes=load_notes(),
        pages=PageSource(answers, max_bytes=1, enabled=False),
        limits=PollLimits(
            pace=Pace(start=600, shortest=600, longest=600, longest_asked=600, longest_backoff=600),
            max_age=timedelta(days=30),
            max_feed_bytes=10**7,
            batch_size=16,
            workers=1,
        ),
        clock=lambda: answers.at,
        random=lambda: 0.0,
        new_id=lambda: uuid.uuid4().hex,
        hubs=NoHubs(),
    )
    return asyncio.run(_poll(poller, feed, documents, answers))


async def _poll(
    poller: FeedPoller, feed: Feed, documents: Iterable[tuple[datetime, bytes]], answers: _Answers
) -> tuple[PollReport, ...]:
    reports = []
    state = FeedState(feed_id=feed.id)
    for answers.at, answers.body in documents:
        reports.append(await poller.poll(PollPlan(feed=feed, state=state), _go_on))
    return tuple(reports)


async def _go_on() -> bool:
    return True
