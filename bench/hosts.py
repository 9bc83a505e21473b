"""Runs server, poller and workers on hosts of their own, and cuts one off for some seconds: what is lost or doubled?

The hosts are network namespaces on this machine, on a bridge of their own: so one link can be cut, but all share the
machine's cores. First the rate by the number of worker processes, which are shared out to two hosts; then one run for
each host that is cut off, as when a cable is pulled: nobody is told that a connection is gone. All settings but the
pace of the feeds are the product's defaults. The exit status is 1 where anything was lost, doubled or wrongly given up.
It needs Linux, root and iproute2; what it leaves when it is killed with SIGKILL, `ip netns list` shows.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.parts.chaos_run import say
from bench.parts.hosts_network import why_not
from bench.parts.hosts_result import Options, Result
from bench.parts.hosts_run import POLLER, SERVER, WORKERS, Run

STOOD_IN_FOR = "the poller's host, another standing by"
CUTS: dict[str, tuple[str, ...]] = {
    "one of two workers' hosts": WORKERS[:1],
    "all workers' hosts": WORKERS,
    "the poller's host": (POLLER,),
    STOOD_IN_FOR: (POLLER,),
    "the server's host": (SERVER,),
}
RATE_HEAD = "| worker processes | articles a second, median | each run |\n| ---: | ---: | --- |"
CUT_HEAD = (
    "| cut off | seconds | served | published | lost | repeated | wrongly dead | next signal after, s "
    "| longest silence, s | heard of again after, s |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)


def shared_out(processes: int) -> tuple[int, ...]:
    """So many worker processes on two hosts.

    >>> [shared_out(count) for count in (1, 2, 3)]
    [(1, 0), (1, 1), (2, 1)]
    """
    return (processes + 1) // 2, processes // 2


def rate_row(processes: int, rates: Sequence[float]) -> str:
    """A line of the first table."""
    each = ", ".join(f"{rate:.1f}" for rate in rates)
    return f"| {processes} | {statistics.median(rates):.1f} | {each} |"


def cut_row(name: str, seconds: float, result: Result) -> str:
    """A line of the second table."""
    verdict, after = result.verdict, result.next_signal_s
    heard = ", ".join(f"{who} {seconds:.0f}" for who, seconds in sorted(result.heard.items()))
    return (
        f"| {name} | {seconds:g} | {verdict.served} | {verdict.published} | {len(verdict.lost)} "
        f"| {len(verdict.repeated)} | {len(verdict.wrongly_dead)} | {'-' if after is None else f'{after:.1f}'} "
        f"| {result.longest_silence_s:.1f} | {heard} |"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 where a run was not good, 2 where there can be no hosts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=30.0, help="in which articles appear, where a host is cut off")
    parser.add_argument("--workers", default="1,2,3", help="numbers of worker processes to measure the rate of")
    parser.add_argument("--repeats", type=int, default=3, help="runs for each rate; 0: none")
    parser.add_argument("--cut", default="10", help="seconds that a host is cut off, one or several; 0: never")
    parser.add_argument("--only", choices=sorted(CUTS), help="cut off nothing else")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=120.0, help="seconds without progress until it is over")
    parser.add_argument("--keep", type=Path, help="a folder in which the logs stay")
    chosen = parser.parse_args(arguments)
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 2
    # So that what was started is ended as well, and the namespaces go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="hosts-") as temporary:
        folder = chosen.keep or Path(temporary)
        options = Options(
            articles=chosen.articles,
            seconds=chosen.seconds,
            seed=chosen.seed,
            workers=(1, 1),
            patience_s=chosen.patience,
            folder=folder,
        )
        is_good = measure_rates(options, [int(count) for count in chosen.workers.split(",")], chosen.repeats)
        cuts = {chosen.only: CUTS[chosen.only]} if chosen.only else CUTS
        return 0 if try_cuts(options, cuts, [float(cut) for cut in chosen.cut.split(",")]) and is_good else 1


def measure_rates(options: Options, counts: Sequence[int], repeats: int) -> bool:
    """Print the rate by the number of processes; whether all went well."""
    if not repeats:
        return True
    print(f"{options.articles} articles, all there at once, and taken in before the workers start\n{RATE_HEAD}")
    is_good = True
    for processes in counts:
        results = []
        for repeat in range(repeats):
            say(f"{processes} worker processes, run {repeat + 1}")
            folder = options.folder / f"rate-{processes}-{repeat}"
            of_rate = replace(options, seconds=0, workers=shared_out(processes), workers_last=True, folder=folder)
            results.append(run(of_rate))
        print(rate_row(processes, [result.rate for result in results]), flush=True)
        is_good = is_good and all(result.verdict.is_good for result in results)
        print(f"of an article, with {processes} worker processes: {results[-1].cost}", file=sys.stderr, flush=True)
    return is_good


def try_cuts(options: Options, cuts: dict[str, tuple[str, ...]], lengths: Sequence[float]) -> bool:
    """Print what became of the articles with each host cut off; whether all went well."""
    is_good = True
    if any(lengths):
        print(f"{options.articles} articles within {options.seconds:g} s, a worker on each of two hosts\n{CUT_HEAD}")
    for seconds in filter(None, lengths):
        for name, hosts in cuts.items():
            say(f"{name}, {seconds:g} s")
            folder = options.folder / f"cut-{seconds:g}-{list(CUTS).index(name)}"
            standby = name == STOOD_IN_FOR
            result = run(replace(options, cut=hosts, cut_s=seconds, standby=standby, folder=folder))
            print(cut_row(name, seconds, result), flush=True)
            is_good = is_good and result.verdict.is_good
    return is_good


def run(options: Options) -> Result:
    """One run, in a folder of its own."""
    options.folder.mkdir(parents=True)
    return Run(options).run()


if __name__ == "__main__":
    sys.exit(main())
