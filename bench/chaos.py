"""Kills poller, workers and server at random while articles come in, and looks whether each came out once.

The articles are served by a site on the loopback; some are revised, some stand in two outlets, and three end every
worker that reads them. With `--plain-rq` the same load runs on plain RQ. The seed decides what is served, and
throws the dice for what is killed and when. The exit status is 1 where anything was lost, doubled or wrongly given
up. It needs Linux.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.parts.chaos_oracle import Verdict
from bench.parts.chaos_run import Options, Result, Run, say, serving
from bench.parts.chaos_sides import PlainRq, Stancewire

ARTICLES, SECONDS = 2_000, 60.0
#: Seconds without any progress after the last kill, at which a run is over whatever is left.
PATIENCE_S = 120.0

HEAD = (
    "| seed | served | published | lost | repeated | dead | wrongly dead | kills (worker, poller, server, supervisor) "
    "| longest recovery, s | usual and longest wait of an article, s | done after, s |\n"
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |"
)


def row(seed: int, result: Result) -> str:
    """A line of the table."""
    verdict = result.verdict
    kinds = ", ".join(str(result.kills[kind]) for kind in ("worker", "poller", "server", "supervisor"))
    return (
        f"| {seed} | {verdict.served:,} | {verdict.published:,} | {len(verdict.lost)} | {len(verdict.repeated)} "
        f"| {verdict.dead} | {len(verdict.wrongly_dead)} | {result.kills.total()} ({kinds}) "
        f"| {result.longest_recovery_s:.1f} | {verdict.usual_wait_s:.1f}, {verdict.longest_wait_s:.1f} "
        f"| {result.seconds:.0f} |"
    )


def _details(verdict: Verdict) -> Iterator[str]:
    for what, paths in (
        ("lost", verdict.lost),
        ("repeated", verdict.repeated),
        ("wrongly dead", verdict.wrongly_dead),
        ("deadly, without a dead letter", verdict.not_dead),
    ):
        if paths:
            yield f"  {what}: {' '.join(paths[:20])}{' …' if len(paths) > 20 else ''}"


def _run_one(seed: int, chosen: argparse.Namespace, folder: Path) -> Result:
    options = Options(
        articles=chosen.articles,
        seconds=chosen.seconds,
        seed=seed,
        fsync=chosen.fsync,
        side=PlainRq() if chosen.plain_rq else Stancewire(),
        patience_s=chosen.patience,
        folder=folder,
    )
    with serving(options) as port:
        return Run(options, port).run()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each run; 1 where one was not good."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="in which articles appear and things are killed")
    parser.add_argument("--seed", type=int, help="without one, a random one")
    parser.add_argument("--runs", type=int, default=1, help="so many in a row, each with the next seed")
    parser.add_argument("--fsync", choices=("always", "everysec"), default="always")
    parser.add_argument("--plain-rq", action="store_true", help="the same load on plain RQ")
    parser.add_argument("--patience", type=float, default=PATIENCE_S, help="seconds without progress until it is over")
    parser.add_argument("--keep", type=Path, help="a folder in which the logs stay")
    chosen = parser.parse_args(arguments)
    # So that what was started is ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    first = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(1_000_000)
    side = "plain RQ" if chosen.plain_rq else "stancewire"
    print(f"{side}, appendfsync {chosen.fsync}, {chosen.articles:,} articles, kills for {chosen.seconds:.0f} s\n{HEAD}")
    is_good = True
    for seed in range(first, first + chosen.runs):
        say(f"seed {seed}")
        with tempfile.TemporaryDirectory() as temporary:
            folder = chosen.keep / str(seed) if chosen.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            result = _run_one(seed, chosen, folder)
        print(row(seed, result), flush=True)
        for line in _details(result.verdict):
            print(line, flush=True)
        is_good = is_good and result.verdict.is_good
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
