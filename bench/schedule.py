"""Measures the poller's schedule on a simulated clock: cost of a poll, memory of a feed, and whether hosts are spared.

The poller is the real one, with its spacing and its log; the network, the store and time are simulated. Each number of
feeds is measured in a process of its own. The servers' answers are not parsed: that costs the same for any number.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import median

import orjson
import structlog

from bench.parts.feed_world import FeedWorld, feed, host_of
from bench.parts.simulated import SimulatedLoop
from config.settings import FetchSettings, PollSettings, Settings
from services.poller.loop import Poller
from services.poller.spacing import Spacing

FEEDS = (1_000, 10_000, 60_000, 180_000)
INTERVAL_S, GAP_S, AT_ONE_HOST = 600.0, 1.0, 2
#: Polls of a feed are an interval and up to a tenth of one apart.
ROUND_S = INTERVAL_S * 1.05
#: Stretches of time that a round is measured in.
PARTS = 10
#: Polls that are measured at least, so that a few feeds are polled several times.
LEAST_POLLS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one run showed; times in simulated seconds unless said otherwise."""

    feeds: int
    hosts: int
    #: Of those measured, after the first round.
    polls: int
    #: Polls of a feed in the time that its polls are apart; 1: the schedule keeps up.
    polls_a_round: float
    #: Microseconds of the processor for a poll, the median of several stretches of time.
    cpu_us: float
    #: Share of one core.
    cores: float
    late_median_s: float
    late_p99_s: float
    #: Requests to one host that began too shortly after one another.
    violations: int
    smallest_gap_s: float
    most_at_a_host: int
    #: Greatest resident memory less what there was before the feeds, for each feed.
    bytes_a_feed: float


def peak_bytes() -> int:
    """Greatest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure(feeds: int, *, least_polls: int = LEAST_POLLS) -> Figures:
    """Poll `feeds` feeds, until each was polled and then for a round or more."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - as a stream that is closed
        structlog.configure(
            processors=[structlog.processors.JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(nowhere),
            cache_logger_on_first_use=False,
        )
        loop = SimulatedLoop()
        try:
            return loop.run_until_complete(_measure(feeds, least_polls))
        finally:
            loop.close()
            structlog.reset_defaults()


async def _measure(feeds: int, least_polls: int) -> Figures:
    gc.collect()
    before = peak_bytes()
    monotonic = asyncio.get_running_loop().time
    settings = Settings(
        fetch=FetchSettings(concurrency=1_000, host_interval_s=GAP_S),
        poll=PollSettings(interval_s=INTERVAL_S, max_interval_s=INTERVAL_S, pages=False),
    )
    turns = Spacing(
        interval=GAP_S,
        at_once=AT_ONE_HOST,
        in_all=settings.fetch.concurrency,
        monotonic=monotonic,
        sleep=asyncio.sleep,
    )
    world = FeedWorld(feeds, turns, gap=GAP_S, within=ROUND_S, monotonic=monotonic)
    chance = random.Random(7)
    poller = Poller(
        feeds=tuple(feed(number) for number in range(feeds)),
        fetcher=world,
        parser=world,
        intake=world,
        depth=world.depth,
        settings=settings,
        workers=2,
        clock=world.clock,
        monotonic=monotonic,
        random=chance.random,
        new_id=lambda: f"{chance.getrandbits(128):032x}",
        free_at=turns.free_at,
    )
    running = asyncio.create_task(poller.run())
    await world.all_polled.wait()
    world.watching = True
    costs, seconds = [], 0.0
    polls = world.polls
    while seconds < ROUND_S or world.polls - polls < least_polls:
        done, cpu = world.polls, time.process_time()
        await asyncio.sleep(ROUND_S / PARTS)
        costs.append((time.process_time() - cpu) / (world.polls - done))
        seconds += ROUND_S / PARTS
    polls = world.polls - polls
    cpu = median(costs)
    memory = peak_bytes() - before
    poller.stop()
    await running
    late = sorted(world.late)
    return Figures(
        feeds=feeds,
        hosts=host_of(feeds - 1) + 1,
        polls=polls,
        polls_a_round=polls / feeds / (seconds / ROUND_S),
        cpu_us=cpu * 1e6,
        cores=cpu * polls / seconds,
        late_median_s=late[len(late) // 2],
        late_p99_s=late[int(len(late) * 0.99)],
        violations=world.violations,
        smallest_gap_s=world.smallest_gap,
        most_at_a_host=world.most_at_a_host,
        bytes_a_feed=memory / feeds,
    )


def main() -> int:
    """Print a line for each number of feeds; 1 where a host was not left its time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, nargs="+", default=FEEDS, help="numbers of feeds to measure")
    parser.add_argument("--alone", action="store_true", help="measure the first number here, and print it as JSON")
    chosen = parser.parse_args()
    if chosen.alone:
        print(orjson.dumps(asdict(measure(chosen.feeds[0]))).decode())
        return 0
    print(f"interval {INTERVAL_S:.0f} s, {GAP_S:.0f} s between two requests to a host, {AT_ONE_HOST} at once")
    print("  feeds   hosts  CPU a poll   of a core  memory a feed  polls a round  late p50, p99  smallest gap  broken")
    broken = 0
    for feeds in chosen.feeds:
        command = [sys.executable, "-m", "bench.schedule", "--alone", "--feeds", str(feeds)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found = Figures(**orjson.loads(said))
        print(
            f"{found.feeds:7,} {found.hosts:7,} {found.cpu_us:8,.0f} µs {found.cores:10.1%}"
            f" {found.bytes_a_feed:12,.0f} B"
            f" {found.polls_a_round:14.3f} {found.late_median_s:7.2f}, {found.late_p99_s:.2f} s"
            f" {found.smallest_gap_s:11.3f} s {found.violations:7}",
            flush=True,
        )
        broken += found.violations
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
