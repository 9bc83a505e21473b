"""Entries and speed on real feed documents, beside plain feedparser: `python -m bench.feeds [FOLDER] [--rounds 5]`.

The folder holds documents as served, packed with gzip or not; by default `../shared/data/feeds`. Times are those of the
processor, in rounds of all documents by one reader and then by the other, and count everything from bytes to clean
entries on our side.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from services.poller.parse import parse_feed
from services.poller.wellformed import read_wellformed
from stancewire.types import ParsedFeed

FEEDS = Path(__file__).parents[2] / "shared" / "data" / "feeds"
ENTRIES = 1_000
#: Times that our own reader, whose time is short, reads all documents in each round.
PASSES = 5
_URL = "https://news.example/feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed document as served."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Seconds of the processor that each reader took for each document, in their order."""

    own: tuple[float, ...]
    feedparser: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times as fast as feedparser, all documents together."""
        return sum(self.feedparser) / sum(self.own)


def documents(folder: Path) -> tuple[Document, ...]:
    """The documents of a folder."""
    paths = (path for path in sorted(folder.iterdir()) if path.is_file())
    return tuple(Document(name=path.name.partition(".")[0], body=_unpacked(path)) for path in paths)


def _unpacked(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def measure(found: Sequence[Document]) -> Round:
    """All documents by one reader, as often as makes up a measurable time, then all by the other."""
    passes = [_times(_with_ours, found) for _ in range(PASSES)]
    own = tuple(statistics.mean(seconds) for seconds in zip(*passes, strict=True))
    return Round(own=own, feedparser=_times(_with_feedparser, found))


def _times(read: Callable[[bytes], object], found: Sequence[Document]) -> tuple[float, ...]:
    gc.collect()
    return tuple(_seconds(read, document.body) for document in found)


def _with_feedparser(body: bytes) -> Any:
    return feedparser.parse(io.BytesIO(body))


def _with_ours(body: bytes) -> Any:
    now = datetime.now(UTC)
    return parse_feed(body, url=_URL, content_type="", max_entries=ENTRIES, now=now)


def _seconds(read: Callable[[bytes], object], body: bytes) -> float:
    begun = time.process_time()
    read(body)
    return time.process_time() - begun


def _line(document: Document, place: int, rounds: Sequence[Round]) -> tuple[str, int, int]:
    """What is printed of a document, and the entries that each reader found."""
    own = statistics.median(each.own[place] for each in rounds)
    other = statistics.median(each.feedparser[place] for each in rounds)
    parsed, entries = _with_ours(document.body), len(_with_feedparser(document.body)["entries"])
    number = len(parsed.entries) if isinstance(parsed, ParsedFeed) else 0
    quick = read_wellformed(document.body, max_entries=ENTRIES) is not None
    times = f"{own * 1_000:8.2f} {other * 1_000:11.2f} {other / own:7.1f}"
    counts = f"{document.name:18} {len(document.body) / 1_024:6.0f} {number:8} {entries:11}"
    return f"{counts} {times}{'' if quick else '  by feedparser'}", number, entries


def main() -> int:
    """Measure and print; the status is 1 where a document gives fewer entries than feedparser finds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?", default=FEEDS)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"no documents: {options.folder} is not a folder", file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    found = documents(options.folder)
    rounds = [measure(found) for _ in range(options.rounds)]
    print(f"{'document':18} {'KB':>6} {'entries':>8} {'feedparser':>11} {'ms':>8} {'feedparser':>11} {'times':>7}")
    fewer, total, others = [], 0, 0
    for place, document in enumerate(found):
        line, number, entries = _line(document, place, rounds)
        print(line)
        total, others = total + number, others + entries
        if number < min(entries, ENTRIES):
            fewer.append(document.name)
    print(f"{len(found)} documents; {total} entries, feedparser finds {others}")
    print(f"fewer than feedparser finds: {', '.join(fewer) or 'none'}")
    ratios = [each.ratio for each in rounds]
    spread = f"{min(ratios):.1f} to {max(ratios):.1f} in {len(rounds)} rounds"
    print(f"times as fast as feedparser, all documents together: {statistics.median(ratios):.1f} ({spread})")
    return 1 if fewer else 0


if __name__ == "__main__":
    sys.exit(main())
