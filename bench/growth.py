"""Cost of an article and of a poll as what is known grows: `python -m bench.growth`.

Measured in seconds of the processor, of program and server:
- what poller, store and publishing take for an article on servers that know 10 thousand, 100 thousand and a million of
  them, with a stream in proportion, in rounds that take turns; the yardstick is the smallest (asked: at most 1.1 times
  that). The analysis is left out: it depends on nothing that is stored, and would only hide what grows;
- what a poll takes with 1 thousand, 10 thousand and 100 thousand feeds, by `bench.schedule`.

The whole takes about ten minutes and 2 GB of memory; `--articles 1000 10000 --feeds 100 1000`, about one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from bench.parts.curve import Legend, drawn
from bench.parts.grown_store import cost, grown, writes_to_disk
from bench.parts.passages import article
from bench.parts.results import Spread, add_options, settle
from bench.schedule import Figures
from workers.pipeline import load

ARTICLES, FEEDS = (10_000, 100_000, 1_000_000), (1_000, 10_000, 100_000)
ROUNDS, DOCUMENTS = 8, 4
_PATIENCE_S = 300
_LEGEND = Legend(
    title="Microseconds of the processor by what is known",
    across="",
    up="µs",
    note="articles seen, and feeds polled",
)


def over_articles(numbers: list[int], rounds: int, documents: int) -> dict[int, dict[str, Any]]:
    """Costs of an article by the number of those known, printed and as figures."""
    pipeline = load()
    (signal,) = pipeline.analyse(article("Kenya condemned Ghana.", language="en")).signals
    own: dict[int, list[float]] = {number: [] for number in numbers}
    server: dict[int, list[float]] = {number: [] for number in numbers}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = []
        for number in numbers:
            one = grown(number, Path(folder) / str(number), signal)
            stack.callback(one.server.stop)
            servers.append(one)
            print(f"{number:9,} articles known, {one.bytes_an_article():,.0f} bytes of memory each", flush=True)
        until = time.monotonic() + _PATIENCE_S
        while any(writes_to_disk(one.client) for one in servers) and time.monotonic() < until:
            time.sleep(1)
        for turn in range(rounds + 1):
            for one in servers:
                spent, served, articles = cost(one, pipeline, turn, documents)
                # The first round loads what is loaded once.
                if turn:
                    own[one.articles].append(spent * 1e6 / articles)
                    server[one.articles].append(served * 1e6 / articles)
    figures: dict[int, dict[str, Any]] = {}
    print("articles known   µs in poller and worker | µs in the server | times the smallest")
    for number in numbers:
        sums = [a + b for a, b in zip(own[number], server[number], strict=True)]
        least = [a + b for a, b in zip(own[numbers[0]], server[numbers[0]], strict=True)]
        ratio = Spread.of([one / other for one, other in zip(sums, least, strict=True)])
        figures[number] = {
            "program_us": Spread.of(own[number]),
            "server_us": Spread.of(server[number]),
            "both_us": Spread.of(sums),
            "times_the_smallest": ratio,
        }
        shown = (figures[number][name].shown(".0f") for name in ("program_us", "server_us"))
        print(f"{number:14,}   {' | '.join(shown)} | {ratio.shown()}", flush=True)
    return figures


def over_feeds(numbers: list[int]) -> dict[int, dict[str, float]]:
    """Costs of a poll by the number of feeds, printed and as figures."""
    print("feeds   µs a poll | times the smallest")
    figures: dict[int, dict[str, float]] = {}
    for number in numbers:
        command = [sys.executable, "-m", "bench.schedule", "--alone", "--feeds", str(number)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found = Figures(**orjson.loads(said))
        least = figures[numbers[0]]["poll_us"] if figures else found.cpu_us
        figures[number] = {"poll_us": found.cpu_us, "times_the_smallest": found.cpu_us / least}
        print(f"{number:7,}   {found.cpu_us:.0f} | {found.cpu_us / least:.2f}", flush=True)
    return figures


def main() -> int:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="*", default=ARTICLES, help="numbers of articles known")
    parser.add_argument("--feeds", type=int, nargs="*", default=FEEDS, help="numbers of feeds")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    add_options(parser, draws=True)
    options = parser.parse_args()
    curves: dict[str, list[tuple[float, float]]] = {}
    figures: dict[str, Any] = {}
    if options.articles:
        found = over_articles(sorted(options.articles), options.rounds, DOCUMENTS)
        curves["an article"] = [(number, each["both_us"].median) for number, each in found.items()]
        figures["articles"] = found
    if options.feeds:
        polls = over_feeds(sorted(options.feeds))
        curves["a poll"] = [(number, each["poll_us"]) for number, each in polls.items()]
        figures["feeds"] = polls
    settle("growth", options, figures, chart=drawn(curves, _LEGEND) if curves else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
