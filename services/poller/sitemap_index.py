"""Reads a feed document and, where it is an index of sitemaps, the best of the sitemaps it names.

An index within an index is not followed, and what the sitemaps hold is found out by the parser.
"""

from __future__ import annotations

from dataclasses import replace

from services.poller.parser import Parser
from stancewire.ports import Fetcher
from stancewire.types import Entry, Fetched, FetchFailed, FetchRequest, ParsedFeed

#: Sitemaps of one index that are fetched: those called news and changed last come first.
MAX_FOLLOWED = 3
ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.1"


async def read_document(
    document: Fetched, *, fetcher: Fetcher, parser: Parser, max_bytes: int
) -> ParsedFeed | FetchFailed:
    """What the document holds, with the entries of the sitemaps it names; `max_bytes` is for each of them."""
    parsed = await parser.parse(document)
    if isinstance(parsed, FetchFailed) or not parsed.documents:
        return parsed
    followed: list[ParsedFeed] = []
    failures: list[FetchFailed] = []
    for url in parsed.documents[:MAX_FOLLOWED]:
        answer = await fetcher.fetch(FetchRequest(url=url, accept=ACCEPT, max_bytes=max_bytes))
        read = await parser.parse(answer) if isinstance(answer, Fetched) else answer
        if isinstance(read, ParsedFeed):
            followed.append(read)
        elif isinstance(read, FetchFailed):
            failures.append(read)
    if not followed and failures:
        return replace(failures[0], detail=f"of a sitemap that the index names: {failures[0].detail}")
    return _joined(parsed, followed)


def _joined(index: ParsedFeed, followed: list[ParsedFeed]) -> ParsedFeed:
    entries: dict[str | Entry, Entry] = {}
    for entry in (entry for each in (index, *followed) for entry in each.entries):
        entries.setdefault(entry.link or entry, entry)
    return replace(
        index,
        language=next((each.language for each in followed if each.language), None),
        entries=tuple(entries.values()),
        truncated=sum(each.truncated for each in followed),
        malformed=next((each.malformed for each in (index, *followed) if each.malformed), None),
    )
