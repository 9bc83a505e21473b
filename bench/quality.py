"""Measures the analysis on the gold passages and holds its floors: `python -m bench.quality [--errors] [--update]`.

It judges no single signal, that is `bench.parts.scoring`'s part; floors may rise freely and fall only with a reason.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.parts.passages import Passage, read_passages
from bench.parts.scoring import Figures, Score, score
from stancewire.types import Signal
from workers.pipeline import Pipeline, load

ROOT = Path(__file__).parents[1]
FLOORS = ROOT / "tests" / "analysis" / "floors.json"
#: Sets of the project by name. All but the first and the last were written by people who did not know the rules; of
#: each the half that ends in `held` is kept back: its figures are printed and its errors never, so that no rule is made
#: for them.
OWN_SETS = {
    name: ROOT / "tests" / "analysis" / f"{name}.jsonl"
    for name in (
        "passages",
        "stance-tuning",
        "stance-held",
        "interference-tuning",
        "interference-held",
        "sister-stance-tuning",
        "sister-stance-held",
        "sister-interference-tuning",
        "sister-interference-held",
        "cousin-interference-tuning",
        "reports-tuning",
    )
}
#: The last lies beside the repository and is measured where it is there.
SETS = {**OWN_SETS, "dev": ROOT.parent / "shared" / "gold" / "dev.jsonl"}
#: Sets in other languages, measured where the languages are installed; the last is the same file as `dev`.
FOREIGN_SETS = {
    "passages-ru": (ROOT / "tests" / "analysis" / "passages-ru.jsonl", ("ru",)),
    "passages-fr": (ROOT / "tests" / "analysis" / "passages-fr.jsonl", ("fr",)),
    "dev-ru-fr": (SETS["dev"], ("ru", "fr")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a set must reach, and which set it was measured on."""

    sha256: str
    #: Greatest share of hard negatives with a signal.
    negatives_hit: float
    #: Least values by name ("stance f1").
    least: Mapping[str, float]


def analyse_set(
    pipeline: Pipeline, path: Path, languages: Collection[str] = ("en",)
) -> tuple[tuple[Passage, tuple[Signal, ...]], ...]:
    """The passages of a set in some languages, each with the signals found in it."""
    return tuple(
        (passage, pipeline.analyse(replace(passage.article, language=passage.language)).signals)
        for passage in read_passages(path)
        if passage.language in languages
    )


def floor_of(path: Path, result: Score) -> Floor:
    """The floor that `result`, measured on the set in `path`, would pin."""
    return Floor(
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        negatives_hit=_cut(result.negatives[0] / max(1, result.negatives[1]) + 0.0005),
        least={
            f"{name} {kind}": _cut(value)
            for name, figures in (("stance", result.stance), ("interference", result.interference))
            for kind, value in (("precision", figures.precision), ("recall", figures.recall), ("f1", figures.f1))
        }
        | {"overall f1": _cut(result.overall.f1)},
    )


def _cut(value: float) -> float:
    """`value` to three places, never above it."""
    return int(value * 1000) / 1000


def read_floors(path: Path = FLOORS) -> dict[str, Floor]:
    """Pinned floors by the name of their set; none where nothing was pinned yet."""
    if not path.exists():
        return {}
    rows = json.loads(path.read_text("utf-8"))["sets"]
    return {name: Floor(**row) for name, row in rows.items()}


def find_drops(pinned: Floor, now: Floor) -> tuple[str, ...]:
    """What fell below the floor, in words."""
    drops = [
        f"{name}: {now.least.get(name, 0.0):.3f}, was {least:.3f}"
        for name, least in pinned.least.items()
        if now.least.get(name, 0.0) < least
    ]
    if now.negatives_hit > pinned.negatives_hit:
        drops.append(f"hard negatives hit: {now.negatives_hit:.3f}, was {pinned.negatives_hit:.3f}")
    return tuple(drops)


def pin(now: Mapping[str, Floor], path: Path = FLOORS, *, reason: str | None = None) -> tuple[str, ...]:
    """Write `now` to `path` unless something falls and no `reason` is given; what falls."""
    pinned = read_floors(path)
    drops = tuple(
        f"{name} {drop}" for name, floor in now.items() if name in pinned for drop in find_drops(pinned[name], floor)
    )
    if drops and not reason:
        return drops
    data = {
        "lowered": list(drops),
        "reason": reason if drops else None,
        "sets": {
            name: {"sha256": floor.sha256, "negatives_hit": floor.negatives_hit, "least": dict(floor.least)}
            for name, floor in {**pinned, **now}.items()
        },
    }
    path.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
    return ()


def table(result: Score) -> str:
    """The score as lines for people."""

    def line(figures: Figures) -> str:
        shares = f"p {figures.precision:.3f}  r {figures.recall:.3f}  f1 {figures.f1:.3f}"
        return f"{shares}  ({figures.hits} right, {figures.false} false, {figures.missed} missed)"

    rows = {
        "passages": str(result.passages),
        "bad evidence": str(result.bad_evidence),
        "negatives hit": "{}/{}".format(*result.negatives),
        "stance": line(result.stance),
        "  condition": "{}/{}".format(*result.conditions),
        "  speaker": "{}/{}".format(*result.speakers),
        "interference": line(result.interference),
        "  technique": line(result.technique),
        "  claimant": "{}/{}".format(*result.claimants),
        "  denial": "{}/{}".format(*result.denials),
        "overall": line(result.overall),
    }
    return "\n".join(f"{name:14} {value}" for name, value in rows.items())


def main() -> int:
    """Print the scores; with `--update`, pin them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--errors", action="store_true", help="list every false and missed signal, but of the sets kept back"
    )
    parser.add_argument("--update", action="store_true", help="pin what is measured as the new floors")
    parser.add_argument("--allow-regression", metavar="REASON", help="let floors fall, for this reason")
    options = parser.parse_args()
    pipeline = load()
    floors: dict[str, Floor] = {}
    sets = {name: (path, ("en",)) for name, path in SETS.items()} | FOREIGN_SETS
    for name, (path, languages) in sets.items():
        if not path.exists() or not pipeline.languages.issuperset(languages):
            print(f"{name}: not here\n")
            continue
        result = score(analyse_set(pipeline, path, languages))
        floors[name] = floor_of(path, result)
        print(f"{name}\n{table(result)}\n")
        if options.errors and not name.endswith("held"):
            print("\n".join(result.errors), end="\n\n")
    if options.update:
        drops = pin(floors, reason=options.allow_regression)
        if drops:
            print("not pinned, as these fall (--allow-regression REASON lets them):", *drops, sep="\n  ")
            return 1
        print(f"pinned in {FLOORS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
