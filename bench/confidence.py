"""Fits and checks confidence: prints the reliability table, and with `--write` renews the weights.

Right and wrong come from passages with known answers and from judged signals; every figure printed is for signals that
the weights in question were not fitted on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise

import numpy as np

from bench.parts.logistic import fit
from bench.parts.scoring import verdicts
from bench.quality import ROOT, SETS, analyse_set
from workers.confidence import facts_of
from workers.pipeline import load

WEIGHTS = ROOT / "config" / "knowledge" / "english" / "confidence.toml"
#: Signals drawn from real headlines and judged one by one, with the facts about each.
JUDGED = ROOT / "bench" / "parts" / "judgements.jsonl"
#: Sets kept back are for measuring how far the rules carry, so nothing is fitted on them.
FITTED = tuple(name for name in SETS if not name.endswith("held"))
FOLDS = 10
#: How strongly weights are drawn to zero: about as much as this many signals.
PRIOR = 4.0
BINS = (0.0, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One signal with known outcome."""

    kind: str
    facts: tuple[str, ...]
    right: bool
    #: Cases of one group fall into one fold.
    group: str


def from_passages() -> Iterable[Case]:
    """Signals of the passages, right or wrong by what is expected there."""
    pipeline = load()
    for name in FITTED:
        if not SETS[name].exists():
            print(f"{name}: not here", file=sys.stderr)
            continue
        for passage, signals in analyse_set(pipeline, SETS[name]):
            for signal, right in verdicts(passage, signals):
                yield Case(kind=signal.kind, facts=facts_of(signal), right=right, group=passage.id)


def from_judgements() -> Iterable[Case]:
    """Signals judged one by one."""
    for line in JUDGED.read_text("utf-8").splitlines() if JUDGED.exists() else ():
        row = json.loads(line)
        if row["facts"]:  # a signal that is no longer found has none
            yield Case(kind=row["kind"], facts=tuple(row["facts"]), right=row["right"], group=row["item"])


def fit_each(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Weights by kind of signal and fact."""
    kinds = sorted({case.kind for case in cases})
    return {kind: fit([(case.facts, case.right) for case in cases if case.kind == kind], PRIOR) for kind in kinds}


def cross_validated(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """(confidence, right) of each case, with weights fitted on the cases of the other folds."""
    found: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        weights = fit_each([case for case in cases if _fold(case) != fold])
        found.extend((_chance(case, weights), case.right) for case in cases if _fold(case) == fold)
    return found


def _fold(case: Case) -> int:
    return int(sha256(case.group.encode()).hexdigest()[:8], 16) % FOLDS


def _chance(case: Case, weights: Mapping[str, Mapping[str, float]]) -> float:
    return float(1 / (1 + np.exp(-sum(weights[case.kind].get(fact, 0.0) for fact in case.facts))))


def reliability(pairs: Sequence[tuple[float, bool]]) -> str:
    """A table of confidence beside the share that was right, with the mean gap weighted by number."""
    lines = ["| confidence | signals | mean confidence | share right |", "| --- | --- | --- | --- |"]
    gap = 0.0
    for low, high in pairwise(BINS):
        inside = [(chance, right) for chance, right in pairs if low <= chance < high]
        if not inside:
            continue
        mean = sum(chance for chance, _ in inside) / len(inside)
        share = sum(right for _, right in inside) / len(inside)
        gap += len(inside) / len(pairs) * abs(mean - share)
        lines.append(f"| {low:.2f} to {min(high, 1):.2f} | {len(inside)} | {mean:.2f} | {share:.2f} |")
    brier = sum((chance - right) ** 2 for chance, right in pairs) / len(pairs)
    base = sum(right for _, right in pairs) / len(pairs)
    lines.append("")
    lines.append(f"Mean gap {gap:.3f}; Brier score {brier:.3f}, of one figure for all {base * (1 - base):.3f}.")
    return "\n".join(lines)


def written(weights: Mapping[str, Mapping[str, float]], cases: Sequence[Case]) -> str:
    """The weights as the knowledge file holds them."""
    sets = ", ".join(name for name in FITTED if SETS[name].exists())
    judged = sum(1 for _ in from_judgements())
    lines = [
        "# Weights of the facts about how a signal was found, for workers/confidence.py; made by bench/confidence.py.",
        "",
        "[provenance]",
        f'source = "logistic regression on {len(cases)} signals: passages ({sets}), and {judged} judged one by one"',
        f'date = "{date.today().isoformat()}"',  # noqa: DTZ011 - the day it is written on this desk
    ]
    for kind, facts in weights.items():
        lines += ["", f"[{kind}]", *(f'"{fact}" = {weight}' for fact, weight in sorted(facts.items()))]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the reliability table; with `--write`, renew the weights."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.relative_to(ROOT)}")
    options = parser.parse_args()
    judged = list(from_judgements())
    cases = [*from_passages(), *judged]
    for kind in ("stance", "interference"):
        mine = [case for case in cases if case.kind == kind]
        print(f"{kind}, {len(mine)} signals, {FOLDS}-fold\n\n{reliability(cross_validated(mine))}\n")
    if options.write:
        WEIGHTS.write_text(written(fit_each(cases), cases), "utf-8")
        print(f"written: {WEIGHTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
