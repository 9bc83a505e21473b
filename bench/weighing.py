"""Fits and checks the weights by which interference is weighed: prints what they find, and with `--write` renews them.

Learned from passages with known answers and from recorded headlines, where interference is rare; every figure printed
is for texts that the weights in question were not fitted on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from bench.parts.logistic import fit
from bench.parts.passages import ExpectedInterference, article, read_passages
from bench.parts.scoring import is_meant
from bench.quality import ROOT, SETS
from workers.interference.stretch import Stretch, stretches_of
from workers.interference.weighing import Weights, facts_of, likeliest, weigh
from workers.pipeline import Pipeline, load

WEIGHTS = ROOT / "config" / "knowledge" / "english" / "weighing.toml"
#: Texts written for it, a line each; none reports any interference.
NEAR_MISSES = ROOT / "bench" / "parts" / "near-misses.txt"
RECORDED = ROOT.parent / "shared" / "data" / "recorded"
#: Sets kept back are for measuring how far the weights carry, so nothing is fitted on them.
FITTED = tuple(name for name in SETS if not name.endswith("held"))
FOLDS = 10
#: How strongly weights are drawn to zero: about as much as this many cases.
PRIOR = 2.0
PRIOR_OF_REPORTS = 6.0
#: A fact seen in fewer cases than this has no weight.
RARE = 3
#: The least chance that makes a finding: above what the table that is printed would ask, as real headlines hold more
#: that only looks like a report than the passages do.
LEAST = 0.65
STEPS = (0.2, 0.3, 0.4, 0.5, 0.65, 0.8)


#: Facts with the outcome.
Case = tuple[frozenset[str], bool]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A stretch of text with what it is known to report."""

    group: str
    origin: str
    stretch: Stretch
    expected: tuple[ExpectedInterference, ...]
    #: The precise rules find something in its field.
    is_found: bool

    @property
    def fold(self) -> int:
        """Samples of one text fall into one fold."""
        return int(sha256(self.group.encode()).hexdigest()[:8], 16) % FOLDS


def from_passages(pipeline: Pipeline) -> Iterator[Sample]:
    """Stretches of the passages with known answers."""
    for name in FITTED:
        for passage in read_passages(SETS[name]) if SETS[name].exists() else ():
            if passage.language == "en":
                for evidence, is_found in pipeline.evidence(passage.article):
                    for stretch in stretches_of(evidence):
                        yield Sample(
                            group=passage.id,
                            origin=name,
                            stretch=stretch,
                            expected=passage.interference,
                            is_found=is_found,
                        )


def from_near_misses(pipeline: Pipeline) -> Iterator[Sample]:
    """Stretches of texts about two countries that are easily mistaken for reports of interference."""
    for text in NEAR_MISSES.read_text("utf-8").splitlines():
        for evidence, is_found in pipeline.evidence(article(text)):
            for stretch in stretches_of(evidence):
                yield Sample(group=text, origin="near misses", stretch=stretch, expected=(), is_found=is_found)


def from_recorded(pipeline: Pipeline, number: int) -> Iterator[Sample]:
    """Stretches of recorded items of news in which the precise rules find nothing, drawn at random."""
    rows = [
        json.loads(line)
        for path in sorted(RECORDED.glob("*.ndjson.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    items = list({row["title"]: row for row in rows}.values())
    random.Random(71).shuffle(items)
    for row in items[:number]:
        fields = list(pipeline.evidence(article(row["description"] or "", title=row["title"], name=row["id"])))
        if not any(is_found for _, is_found in fields):
            for evidence, _ in fields:
                for stretch in stretches_of(evidence):
                    yield Sample(group=row["id"], origin="recorded", stretch=stretch, expected=(), is_found=False)


def fit_all(samples: Sequence[Sample]) -> Weights:
    """Weights of actors and targets from what is reported, and of reports from all samples."""
    actor = fit([case for sample in samples for case in _parts(sample, "actor")], PRIOR, rare=RARE)
    target = fit([case for sample in samples for case in _parts(sample, "target")], PRIOR, rare=RARE)
    reports = [
        (facts_of(sample.stretch, pair, actor, target), bool(sample.expected))
        for sample in samples
        if (pair := likeliest(sample.stretch, actor, target)) is not None
    ]
    return Weights(actor=actor, target=target, report=fit(reports, PRIOR_OF_REPORTS, rare=RARE), least=LEAST)


def _parts(sample: Sample, role: str) -> Iterator[Case]:
    """Each party of a stretch that reports interference, and whether it has this part in any."""
    if sample.expected:
        for key, facts in sample.stretch.facts.items():
            yield facts, any(_is_meant(getattr(gold, role), sample.stretch, key) for gold in sample.expected)


def _is_meant(expected: str, stretch: Stretch, key: str) -> bool:
    entity = next(sentence.parties[key].entity for sentence in stretch.evidence if key in sentence.parties)
    return is_meant(expected, entity, is_media_state=True)


def checked(samples: Sequence[Sample]) -> Iterator[tuple[Sample, float, bool]]:
    """Each sample with the chance of a report, and whether the pair is right, by weights of the other folds."""
    for fold in range(FOLDS):
        weights = fit_all([sample for sample in samples if sample.fold != fold])
        for sample in samples:
            weighed = weigh(sample.stretch, weights) if sample.fold == fold else None
            if weighed is not None:
                is_right = any(
                    _is_meant(gold.actor, sample.stretch, weighed.actor)
                    and _is_meant(gold.target, sample.stretch, weighed.target)
                    for gold in sample.expected
                )
                yield sample, weighed.chance, is_right


def table(found: Sequence[tuple[Sample, float, bool]]) -> str:
    """What the weights find, at each least chance, in texts where the precise rules find nothing."""
    lines = [
        "| least chance | set | reports | pair right | pair wrong | false |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for least in STEPS:
        for origin in dict.fromkeys(sample.origin for sample, _, _ in found):
            mine = [case for case in found if case[0].origin == origin and not case[0].is_found]
            fired = [(sample, is_right) for sample, chance, is_right in mine if chance >= least]
            reports = len({sample.group for sample, _, _ in mine if sample.expected})
            right = len({sample.group for sample, is_right in fired if is_right})
            wrong = len({sample.group for sample, is_right in fired if sample.expected and not is_right})
            false = len({sample.group for sample, _ in fired if not sample.expected})
            lines.append(f"| {least} | {origin} | {reports} | {right} | {wrong} | {false} |")
    told = [(sample, is_right) for sample, _, is_right in found if sample.expected]
    lines.append(f"\nPair right in {sum(is_right for _, is_right in told)} of {len(told)} stretches that report any.")
    return "\n".join(lines)


def written(weights: Weights, samples: Sequence[Sample]) -> str:
    """The weights as the knowledge file holds them."""
    times = Counter(sample.origin for sample in samples)
    lines = [
        "# Weights of the facts for and against a report of interference; made by bench/weighing.py.",
        "",
        "[provenance]",
        f'source = "logistic regression on stretches of text: {", ".join(f"{n} {name}" for name, n in times.items())}"',
        f'date = "{date.today().isoformat()}"',  # noqa: DTZ011 - the day it is written on this desk
        "",
        "[least]",
        f"chance = {weights.least}",
    ]
    tables: dict[str, Mapping[str, float]] = {
        "actor": weights.actor, "target": weights.target, "report": weights.report,
    }  # fmt: skip
    for name, facts in tables.items():
        lines += ["", f"[{name}]", *(f'"{fact}" = {weight}' for fact, weight in sorted(facts.items()))]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table; with `--write`, renew the weights."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.relative_to(ROOT)}")
    parser.add_argument("--recorded", type=int, default=4000, help="how many recorded items to draw")
    options = parser.parse_args()
    pipeline = load()
    samples = [*from_passages(pipeline), *from_near_misses(pipeline), *from_recorded(pipeline, options.recorded)]
    print(table(list(checked(samples))))
    if options.write:
        WEIGHTS.write_text(written(fit_all(samples), samples), "utf-8")
        print(f"written: {WEIGHTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
