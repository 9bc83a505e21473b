"""The poller's parser with one real child, that lives over all tests of a file; what it costs can be measured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bounded_cost import Cost, Meter
from hostile_documents import BEFORE, rss

from services.poller.parser import ChildParser
from stancewire.types import Entry, Fetched, FetchFailed, ParsedFeed, Validators

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://news.example/feeds/world.xml"


@dataclass(frozen=True)
class Child:
    parser: ChildParser

    @property
    def pid(self) -> int:
        process = self.parser._children[0]._process
        assert process is not None
        return process.pid

    async def parse(self, document: str | bytes, content_type: str = "") -> ParsedFeed | FetchFailed:
        body = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
        headers = (("content-type", content_type),)
        return await self.parser.parse(
            Fetched(url=URL, status=200, headers=headers, body=body, validators=Validators())
        )

    async def parsed(self, document: str | bytes) -> ParsedFeed:
        answer = await self.parse(document)
        assert isinstance(answer, ParsedFeed), answer
        return answer

    async def measured(self, document: str | bytes) -> tuple[ParsedFeed | FetchFailed, Cost]:
        pid, meter = self.pid, Meter(self.pid)
        answer = await self.parse(document)
        assert self.pid == pid, "the child had to be replaced"
        return answer, meter.read()


@asynccontextmanager
async def parsing() -> AsyncIterator[Child]:
    """A child that has done some work already."""
    parser = ChildParser(seconds=15, max_entries=1_000, now=lambda: NOW, children=1)
    made = Child(parser)
    await made.parsed(rss(BEFORE))
    yield made
    await parser.aclose()


def titles(parsed: ParsedFeed) -> list[str]:
    return [entry.title for entry in parsed.entries]


def text_of(entry: Entry) -> str:
    return "\n".join((entry.title, entry.summary, entry.content, *entry.authors, entry.link or "", entry.guid or ""))
