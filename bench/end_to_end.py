"""Feed to stream with everything on, articles a second and latency: `python -m bench.end_to_end`.

A site on the loopback serves forty feeds of mixed news and their pages to `stancewire poll` and `stancewire work`, on a
server that writes each change to disk (`always`) and on one that does so once a second (`everysec`). Measured is
- at full speed, articles a second and what each kind of process spends on one, beside what is asked: a million a day on
  two cores, which is 11.6 a second and 172.8 ms of a core for each;
- at 5 a second, the time from when an article stands in a feed that is due to when its first signal is on the stream;
- memory of each process, the server's memory for an article, and whether a backlog grows.

The whole takes about eight minutes; `--minutes 10` is the sustained run; `--seconds 20 --minutes 0.5`, about three.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from bench.parts.results import add_options, settle
from bench.parts.whole_program import Fsync, Load, Running, Sample, running
from services.cores import usable_cores

SECONDS, MINUTES, RATE, SEED = 60.0, 2.0, 5.0, 1
ASKED_A_DAY, CORES = 1_000_000, 2
#: Time that is left to caches and to the first polls before anything is counted.
_WARMING_S, _DRAINING_S = 30.0, 60.0
#: Articles waiting more in the last third than in the first before it counts as a backlog that grows.
_NOISE = 16


def full_speed(fsync: Fsync, seconds: float, folder: Path) -> dict[str, Any]:
    """Articles a second and their cost, with as many new articles as are taken; printed and as figures."""
    load = Load(rate=0, interval_s=1, fsync=fsync, workers=usable_cores(), seed=SEED)
    with running(load, folder) as program:
        for sample in program.watch(300):
            # The first article in each language loads what is needed for it.
            if sample.published >= 200:
                break
        samples = [program.sample(), *program.watch(seconds)]
    first, last = samples[0], samples[-1]
    articles = last.published - first.published
    if not articles:
        raise SystemExit(f"nothing was published within {seconds:.0f} s")
    rate = articles / (last.at - first.at)
    cost = {name: (last.cpu_s[name] - first.cpu_s.get(name, 0)) * 1_000 / articles for name in last.cpu_s}
    whole = sum(cost.values())
    a_day = CORES * 86_400_000 / whole
    print(f"{fsync}, full speed: {articles} articles in {last.at - first.at:.0f} s, {rate:.1f} a second")
    print(f"  {whole:.1f} ms of a core each: " + ", ".join(f"{name} {spent:.1f}" for name, spent in cost.items()))
    print(f"  {a_day:,.0f} a day on two cores, {a_day / ASKED_A_DAY:.2f} times what is asked")
    _memory(samples)
    return {
        "articles_a_second": rate,
        "ms_an_article": {"all": whole, **cost},
        "times_what_is_asked": a_day / ASKED_A_DAY,
        "memory_mb": _peaks(samples),
        "server_bytes_an_article": _server_bytes(first, last),
    }


def steady(fsync: Fsync, minutes: float, rate: float, folder: Path) -> dict[str, Any]:
    """Latency at so many articles a second, and whether a backlog grows; printed and as figures."""
    load = Load(rate=rate, interval_s=5, fsync=fsync, workers=usable_cores(), seed=SEED)
    with running(load, folder) as program:
        list(program.watch(_WARMING_S))
        began_at = time.time()
        samples = list(program.watch(60 * minutes))
        ended_at = time.time()
        _drain(program, ended_at)
        log, told = program.site_log(), program.first_signals()
    counted = {number: log[number] for number in log if began_at <= log[number][0] < ended_at}
    due = sorted(told[number] - times[1] for number, times in counted.items() if number in told)
    shown = sorted(told[number] - times[0] for number, times in counted.items() if number in told)
    if not due:
        raise SystemExit(f"no signals within {minutes} minutes")
    third = max(1, len(samples) // 3)
    waiting = [mean(each.waiting for each in part) for part in (samples[:third], samples[-third:])]
    grows = waiting[1] > waiting[0] + _NOISE
    print(f"{fsync}, {rate:g} a second for {minutes:g} minutes: {len(counted)} articles, {len(due)} with signals")
    print(f"  from a feed that is due to the stream: {_quantiles(due)}")
    print(f"  from the feed, polled every {load.interval_s:g} s: {_quantiles(shown)}")
    print(f"  waiting on average: first third {waiting[0]:.1f}, last third {waiting[1]:.1f} articles", end="")
    print("; the backlog grows" if grows else "; no backlog grows")
    _memory(samples)
    return {
        "articles": len(counted),
        "with_signals": len(due),
        "from_due_s": _figures(due),
        "from_appearance_s": _figures(shown),
        "waiting": waiting,
        "backlog_grows": grows,
        "memory_mb": _peaks(samples),
        "server_bytes_an_article": _server_bytes(samples[0], samples[-1]),
    }


def _drain(program: Running, ended_at: float) -> None:
    """Until all that had appeared by then is published."""
    for sample in program.watch(_DRAINING_S):
        if time.time() > ended_at + 2 * program.load.interval_s and sample.waiting < program.load.rate * 2:
            return


def _quantile(ranked: Sequence[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def _figures(ranked: Sequence[float]) -> dict[str, float]:
    return {f"p{per_cent}": _quantile(ranked, per_cent / 100) for per_cent in (50, 95, 99)}


def _quantiles(ranked: Sequence[float]) -> str:
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in _figures(ranked).items())


def _peaks(samples: Sequence[Sample]) -> dict[str, float]:
    """The most that each kind of process held, in MB."""
    return {name: max(each.memory.get(name, 0) for each in samples) / 1e6 for name in samples[-1].memory}


def _server_bytes(first: Sample, last: Sample) -> float:
    """Memory that the server needs for an article, its signals and its marks."""
    return (last.server_data - first.server_data) / max(1, last.published - first.published)


def _memory(samples: Sequence[Sample]) -> None:
    held = ", ".join(f"{name} {size:.0f} MB" for name, size in _peaks(samples).items())
    print(f"  memory: {held}; on the server {_server_bytes(samples[0], samples[-1]):,.0f} bytes an article", flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="at full speed; 0: leave that out")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="at a steady rate; 0: leave that out")
    parser.add_argument("--rate", type=float, default=RATE, help="articles a second of the steady run")
    parser.add_argument("--fsync", choices=("always", "everysec"), help="only this one")
    add_options(parser)
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    modes: tuple[Fsync, ...] = (options.fsync,) if options.fsync else ("everysec", "always")
    with tempfile.TemporaryDirectory() as folder:
        for fsync in modes:
            figures[fsync] = {}
            if options.seconds:
                figures[fsync]["full_speed"] = full_speed(fsync, options.seconds, Path(folder) / f"full-{fsync}")
            if options.minutes:
                place = Path(folder) / f"steady-{fsync}"
                figures[fsync]["steady"] = steady(fsync, options.minutes, options.rate, place)
    settle("end_to_end", options, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
