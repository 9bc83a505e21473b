"""The queue beside a bare Streams consumer, and its share of an article: `python -m bench.queue`.

Measured on one server of its own:
- what RQ takes to carry an article, with one article a job and with sixteen, and what a consumer group on a plain
  stream takes for the same (the yardstick), in rounds that take turns; neither does anything with the article;
- where the time of a worker goes that does all: RQ, reading from the store and publishing, pages, analysis. Asked is
  that RQ and persistence take 3 % at most.

Seconds are those of the processor, of worker and server. The whole takes about three minutes; `--batches 200
--articles 48`, half of one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import structlog

from bench.parts.mixed_items import item_of
from bench.parts.mixed_news import story
from bench.parts.queue_sides import accept, through_rq, through_stream
from bench.parts.results import Spread, add_options, settle
from bench.parts.stages import warm
from services.embedded import EmbeddedServer
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.queue import ANALYSE_BATCH
from stancewire.adapters.store import RedisStore
from stancewire.adapters.worker import WorkerPlan, run_worker
from stancewire.adapters.worklist import RedisWorklist
from workers.jobs import BatchJob
from workers.pipeline import load
from workers.read import read
from workers.read.bounded_reader import BoundedReader

BATCHES, ARTICLES, ROUNDS, SEED = 1_000, 480, 5, 1
SIZES = (1, 16)


class Stopwatch:
    """Seconds of this process's processor by name; what is timed inside something else counts there as well."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.spent[name] += time.process_time() - begun  # type: ignore[assignment]

        return timed


class TimedWorklist:
    """A worklist of which every call is timed."""

    def __init__(self, worklist: RedisWorklist, watch: Stopwatch) -> None:
        self._worklist = worklist
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return self._watch.around("persistence", getattr(self._worklist, name))


def compare(url: str, batches: int, rounds: int) -> dict[str, Any]:
    """What carrying takes on both sides, for each size of a batch, printed and as figures."""
    figures: dict[str, Any] = {}
    print(
        "µs of the processor for an article: RQ's worker | server | stream's consumer | server | ratio of both together"
    )
    for size in SIZES:
        pairs = [(through_rq(url, batches, size), through_stream(url, batches, size)) for _ in range(rounds)]
        per = 1e6 / (batches * size)
        queue, stream = ([pair[side] for pair in pairs] for side in (0, 1))
        shown = {
            "rq_worker_us": Spread.of([each.own * per for each in queue]),
            "rq_server_us": Spread.of([each.server * per for each in queue]),
            "stream_consumer_us": Spread.of([each.own * per for each in stream]),
            "stream_server_us": Spread.of([each.server * per for each in stream]),
            "ratio": Spread.of([one.both / other.both for one, other in pairs]),
        }
        figures[f"batches_of_{size}"] = shown
        *times, ratio = shown.values()
        print(f"{size:3} a batch: {' | '.join(each.shown('.0f') for each in times)} | {ratio.shown()}", flush=True)
    return figures


def shares(url: str, articles: int, batch: int) -> dict[str, Any]:
    """Where the time of a worker goes that does all, printed and as figures."""
    client = connect(url, purpose="worker")
    client.flushall()
    store = RedisStore(client, Limits())
    warming = batch
    now = datetime.now(UTC)
    batches = accept(store, tuple(item_of(story(number, SEED), now) for number in range(articles + warming)), batch)
    watch, pages = Stopwatch(), BoundedReader()
    analysis = load()
    warm(analysis)
    job = BatchJob(
        worklist=cast(RedisWorklist, TimedWorklist(RedisWorklist(client, Limits()), watch)),
        read=watch.around("pages", lambda item: read(item, pages)),
        analyse=watch.around("analysis", analysis.analyse_together),
        clock=lambda: datetime.now(UTC),
        max_attempts=3,
    )
    timed = watch.around("job", job)
    begun: list[float] = []

    def run(batch_id: str) -> None:
        if len(begun) == 1:
            watch.spent.clear()
        if len(begun) <= 1:
            begun.append(time.process_time())
        timed(batch_id)

    children = os.times().children_user + os.times().children_system
    plan = WorkerPlan(functions={ANALYSE_BATCH: run}, limits=Limits(), max_jobs=batches)
    run_worker(lambda purpose: connect(url, purpose=purpose), plan)
    whole = time.process_time() - begun[1]
    pages.close()
    child = (os.times().children_user + os.times().children_system - children) * articles / (articles + warming)
    return told(whole, child, watch.spent, articles, batch)


def told(whole: float, child: float, spent: Counter[str], articles: int, batch: int) -> dict[str, Any]:
    """Shares of an article's time in worker and page reader, printed and as figures."""
    parts = {
        "rq": whole - spent["job"],
        "persistence": spent["persistence"],
        "pages": spent["pages"] + child,
        "analysis": spent["analysis"],
    }
    total = whole + child
    parts["rest"] = total - sum(parts.values())
    overhead = (parts["rq"] + parts["persistence"]) / total
    print(
        f"{articles} articles in batches of {batch}: {total / articles * 1_000:.1f} ms of worker and page reader each"
    )
    print("  of it: " + ", ".join(f"{name} {seconds / total:.1%}" for name, seconds in parts.items()))
    print(f"  RQ and persistence {overhead:.1%} (asked: 3 % at most)", flush=True)
    return {
        "ms": total / articles * 1_000,
        **{name: each / total for name, each in parts.items()},
        "overhead": overhead,
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=BATCHES, help="batches that are carried in a round")
    parser.add_argument("--articles", type=int, default=ARTICLES, help="articles that are analysed")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    add_options(parser)
    options = parser.parse_args()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), fsync="everysec") as server:
            figures = compare(server.url, options.batches, options.rounds)
            figures["shares"] = {str(size): shares(server.url, options.articles, size) for size in SIZES}
    settle("queue", options, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
