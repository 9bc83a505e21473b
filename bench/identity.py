"""What entries are told to be, on recorded feeds and on feeds that try to deceive: `python -m bench.identity [--show]`.

On the recording it counts edits that were taken for new articles, beside a hash of title and link, and edits that were
found; then it disturbs the recording on purpose (forms of links, ids, wire copies, traps) and counts what was taken for
what it is not; last it polls a feed whose dates change at every poll. The recording lies beside the repository.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.parts.changing_feed import Asked, Happened, documents
from bench.parts.disturbing import Disturbance, disturbances
from bench.parts.polling import poll_all
from stancewire.testing import FakeStore
from stancewire.types import Decision, Feed, New, Revised
from stancewire.wiring.identifying import Desk, Observed, observed_from_record, together

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "recorded"


def read_records(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The recorded items as `stancewire identify` reads them, in the order recorded."""
    lines = (
        line
        for path in sorted(folder.glob("*.ndjson.gz"))
        for line in gzip.decompress(path.read_bytes()).decode().splitlines()
    )
    return [
        {
            "source": row["source"],
            "title": row["title"],
            "link": row["link"],
            "description": row["description"],
            "published": row["pubDate"],
            "observed_at": row["collectedAt"],
        }
        for row in map(json.loads, lines)
    ]


def decide(desk: Desk, observed: Sequence[Observed]) -> list[Decision]:
    """What each entry is, in order."""
    return [decision for run in together(observed) for decision in desk.decide(run)[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was made of a recording, judged by its links: one link is one article."""

    entries: int
    links: int
    #: Entries told to be new under a link that was met before.
    false_new: int
    #: Likewise by a hash of title and link.
    false_new_by_hash: int
    edits: int
    edits_found: int
    #: (former headline, headline, decision) of edits that were not told to be revisions.
    missed: tuple[tuple[str, str, str], ...]
    #: Stories of more than one link, and of more than one source.
    joined: int
    copied: int


def judge(records: Sequence[dict[str, Any]], decisions: Sequence[Decision]) -> Recorded:
    """Compare decisions with what the links say."""
    headlines: dict[str, str] = {}
    hashes: set[tuple[str, str]] = set()
    stories: dict[str, set[tuple[str, str]]] = {}
    counts: Counter[str] = Counter()
    missed = []
    for record, decision in zip(records, decisions, strict=True):
        link, title = record["link"], record["title"]
        known = link in headlines
        counts["false new"] += known and isinstance(decision, New)
        counts["false by hash"] += known and (title, link) not in hashes
        if known and headlines[link] != title:
            counts["edits"] += 1
            if not isinstance(decision, Revised):
                missed.append((headlines[link], title, f"{type(decision).__name__.lower()}, {decision.reason}"))
        headlines[link] = title
        hashes.add((title, link))
        stories.setdefault(decision.story_id, set()).add((link, record["source"]))
    return Recorded(
        entries=len(records),
        links=len(headlines),
        false_new=counts["false new"],
        false_new_by_hash=counts["false by hash"],
        edits=counts["edits"],
        edits_found=counts["edits"] - len(missed),
        missed=tuple(missed),
        joined=sum(len({link for link, _ in story}) > 1 for story in stories.values()),
        copied=sum(len({source for _, source in story}) > 1 for story in stories.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """What a poller made of a feed whose dates change."""

    happened: Happened
    polls: int
    updates: int
    repeated: int
    reappeared: int
    vanished: int
    #: Seconds of the processor for all polls, parsing included.
    seconds: float


def poll_changing(asked: Asked, seed: int) -> Changing:
    """Poll a composed feed with the real poller and the store in memory."""
    store, happened, started = FakeStore(), Happened(), time.process_time()
    feed = Feed(id="example", url="https://news.example/feed", outlet="Example")
    reports = poll_all(feed, documents(asked, seed, happened), store)
    items = [item for batch_id in store.queue for item in store.batch(batch_id)]
    firsts = Counter(item.entry.link for item in items if item.revision == 1)
    return Changing(
        happened=happened,
        polls=len(reports),
        updates=sum(item.revision > 1 for item in items),
        repeated=sum(count - 1 for count in firsts.values()),
        reappeared=sum(report.reappeared for report in reports),
        vanished=sum(report.vanished for report in reports),
        seconds=time.process_time() - started,
    )


def judge_disturbance(
    desk: Desk, records: Sequence[dict[str, Any]], stories: Sequence[str], disturbance: Disturbance
) -> tuple[int, list[str]]:
    """How many disturbed entries there are, and those that were told wrongly, for people.

    Strangers must be no story of an entry that they were made from, and none of each other.
    """
    wrong = []
    changed = list(disturbance.records(records))
    decisions = decide(desk, [observed_from_record(record) for _, record in changed])
    titles: dict[str, str] = {}
    for (place, record), decision in zip(changed, decisions, strict=True):
        as_it_was = decision.story_id == stories[place]
        merged = titles.setdefault(decision.story_id, record["title"]) != record["title"]
        if as_it_was != disturbance.is_same or (disturbance.are_apart and merged):
            wrong.append(f"{record['source']}: {record['title']} <{record['link']}>: {decision.reason}")
    return len(changed), wrong


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--show", action="store_true", help="print what was told wrongly")
    parser.add_argument("--seed", type=int, default=2027, help="seed of the disturbances and of the changing feed")
    options = parser.parse_args()
    if FOLDER.exists():
        for line in _recording(options.seed, show=options.show):
            print(line)
    else:
        print(f"{FOLDER} is not here: the recording is left out", file=sys.stderr)
    changing = poll_changing(Asked(), options.seed)
    happened = changing.happened
    print(
        f"changing feed: {changing.polls:,} polls, {happened.new} articles, {happened.edits} edits, "
        f"{happened.date_changes:,} changes of a date alone, {happened.returns} returns"
    )
    print(
        f"  updates emitted {changing.updates}, new items repeated {changing.repeated}, "
        f"reappeared {changing.reappeared}, vanished {changing.vanished}; "
        f"{changing.seconds / changing.polls * 1_000:.1f} ms a poll"
    )
    return 0


def _recording(seed: int, *, show: bool) -> Iterator[str]:
    records = read_records()
    observed = [observed_from_record(record) for record in records]
    desk, started = Desk(), time.process_time()
    decisions = decide(desk, observed)
    seconds = time.process_time() - started
    found = judge(records, decisions)
    yield (
        f"recording: {found.entries:,} entries under {found.links:,} links, "
        f"{seconds / found.entries * 1_000:.2f} ms an entry"
    )
    by_hash = _share(found.false_new_by_hash, found.links)
    yield f"  false new {_share(found.false_new, found.links)} (hash of title and link {by_hash})"
    yield f"  headline edits found {_share(found.edits_found, found.edits)}"
    yield f"  stories of several links {found.joined}, of several outlets {found.copied}"
    if show:
        yield from (f"    missed: {before!r} -> {after!r}: {why}" for before, after, why in found.missed)
    stories = [decision.story_id for decision in decisions]
    for disturbance in disturbances(seed):
        total, wrong = judge_disturbance(Desk(after=desk), records, stories, disturbance)
        yield f"  {disturbance.name}: {total} entries, told wrongly {_share(len(wrong), total)}"
        if show:
            yield from (f"    {line}" for line in wrong)


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.2%})" if whole else str(part)


if __name__ == "__main__":
    sys.exit(main())
