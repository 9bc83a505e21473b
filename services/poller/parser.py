"""Parses feeds in child processes, so that a hostile document costs a bounded time and never the poller.

What a document says is found out in `parse`; here is only who does it and for how long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from services.poller.parser_child import ORDERS, ParseOrder
from stancewire.bounded import ChildDiedError, ChildOverranError, ChildProcess
from stancewire.errors import CodecError
from stancewire.types import Fetched, FetchFailed, ParsedFeed

MAX_MEMORY_BYTES = 1024 * 1024 * 1024
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class Parser(Protocol):
    """What the poller needs of a parser."""

    async def parse(self, document: Fetched) -> ParsedFeed | FetchFailed:
        """What the document holds; a failure is a value."""
        ...


class ChildParser:
    """A `Parser` with a few children that take turns."""

    def __init__(self, *, seconds: float, max_entries: int, now: Callable[[], datetime], children: int = 2) -> None:
        self._max_entries = max_entries
        self._now = now
        self._children = tuple(
            ChildProcess(
                "services.poller.parser_child",
                max_memory_bytes=MAX_MEMORY_BYTES,
                seconds=seconds,
                cpu_seconds=seconds,
                max_answer_bytes=MAX_ANSWER_BYTES,
            )
            for _ in range(children)
        )
        # The child used last comes first: one that is never needed is never started.
        self._idle = asyncio.LifoQueue[ChildProcess]()
        for child in self._children:
            self._idle.put_nowait(child)

    async def parse(self, document: Fetched) -> ParsedFeed | FetchFailed:
        """What the document holds."""
        order = ParseOrder(
            url=document.url,
            content_type=document.header("content-type") or "",
            max_entries=self._max_entries,
            now=self._now(),
        )
        child = await self._idle.get()
        try:
            return ORDERS.decode(await child.ask(ORDERS.encode(order, document.body)))
        except (ChildOverranError, ChildDiedError, CodecError) as error:
            return FetchFailed(url=document.url, kind="parse", detail=str(error))
        finally:
            self._idle.put_nowait(child)

    async def aclose(self) -> None:
        """End all children."""
        for child in self._children:
            await child.aclose()
