"""Entries and speed on real feed documents, beside plain feedparser: `python -m bench.feeds [FOLDER] [--rounds 5]`.

The folder holds documents as served, packed with gzip or not; by default `../shared/data/feeds`. Times are those of the
processor, of the same bytes in turn, and count everything from bytes to clean entries on our side.
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
from collections.abc import Callable, Iterable, Sequence
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
_URL = "https://news.example/feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One document, read both ways; times in seconds, one for each round."""

    name: str
    size: int
    entries: int
    skipped: int
    feedparser_entries: int
    #: Whether feedparser was not needed.
    quick: bool
    seconds: tuple[float, ...]
    feedparser_seconds: tuple[float, ...]


def documents(folder: Path) -> Iterable[tuple[str, bytes]]:
    """Names and bytes of the documents of a folder."""
    for path in sorted(folder.iterdir()):
        if path.is_file():
            body = path.read_bytes()
            yield path.name.partition(".")[0], gzip.decompress(body) if path.suffix == ".gz" else body


def measure(name: str, body: bytes, rounds: int) -> Measured:
    """Both readers in turn, as often as said."""
    own, others = [], []
    for _ in range(rounds):
        others.append(_seconds(_with_feedparser, body))
        own.append(_seconds(_with_ours, body))
    parsed = _with_ours(body)
    return Measured(
        name=name,
        size=len(body),
        entries=len(parsed.entries) if isinstance(parsed, ParsedFeed) else 0,
        skipped=len(parsed.skips) + parsed.truncated if isinstance(parsed, ParsedFeed) else 0,
        feedparser_entries=len(_with_feedparser(body)["entries"]),
        quick=read_wellformed(body, max_entries=ENTRIES) is not None,
        seconds=tuple(own),
        feedparser_seconds=tuple(others),
    )


def ratio(measured: Sequence[Measured]) -> float:
    """How many times as fast as feedparser: the median, over the rounds, for all documents together."""
    rounds = range(len(measured[0].seconds))
    return statistics.median(
        sum(each.feedparser_seconds[number] for each in measured) / sum(each.seconds[number] for each in measured)
        for number in rounds
    )


def _with_feedparser(body: bytes) -> Any:
    return feedparser.parse(io.BytesIO(body))


def _with_ours(body: bytes) -> Any:
    now = datetime.now(UTC)
    return parse_feed(body, url=_URL, content_type="", max_entries=ENTRIES, now=now)


def _seconds(read: Callable[[bytes], object], body: bytes) -> float:
    gc.collect()
    begun = time.process_time()
    read(body)
    return time.process_time() - begun


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
    found = [measure(name, body, options.rounds) for name, body in documents(options.folder)]
    print(f"{'document':18} {'KB':>6} {'entries':>8} {'feedparser':>11} {'ms':>8} {'feedparser':>11} {'times':>7}")
    for each in found:
        own, other = statistics.median(each.seconds), statistics.median(each.feedparser_seconds)
        counts = f"{each.entries:8} {each.feedparser_entries:11}"
        times = f"{own * 1_000:8.2f} {other * 1_000:11.2f} {other / own:7.1f}"
        print(f"{each.name:18} {each.size / 1_024:6.0f} {counts} {times}{'' if each.quick else '  by feedparser'}")
    fewer = [each.name for each in found if each.entries + each.skipped < each.feedparser_entries]
    print(f"{len(found)} documents, {sum(each.quick for each in found)} of them without feedparser")
    print(f"entries: {sum(each.entries for each in found)}, feedparser: {sum(e.feedparser_entries for e in found)}")
    print(f"fewer than feedparser: {', '.join(fewer) or 'none'}")
    print(f"as fast as feedparser: {ratio(found):.1f} times, all documents together, median of {options.rounds} rounds")
    return 1 if fewer else 0


if __name__ == "__main__":
    sys.exit(main())
