"""Measures who-says-what on a file of the PolNeAR format: `python -m bench.attribution [FILE] [--errors]`.

A line holds `{"id", "text", "attributions"}`; an attribution has `cue`, `source`, `content` as lists of [start, end).

The figure, **cue+source+content overlap**: an attribution found is right if there is one expected whose cue, source and
content each share at least a character with its own. Pairs are one to one, those that share most first. Precision is
the share of those found that are right, recall that of those expected; F1 is their harmonic mean. One expected without
a source (6 in 100) is met by cue and content alone, since nothing is there to meet. Boundaries are a matter of taste
between annotators, and whether the three belong together is not; but what shares a single character counts in full,
so two stricter figures stand beside it: `half`, each part with an overlap F1 of at least one half, and `shares`, where
a pair counts with the mean of its three overlap F1s. Three more ask for one part alone.

`bench.parts.verb_rule`, measured in the same run, is the yardstick: 43 verbs with subject and clause reach about .48.
Every fifth article, by a hash of its id, is held out: its errors are never listed, and rules are never made for it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.parts.passages import article
from bench.parts.spans import PARTS, Marked, merged, overlap
from bench.parts.verb_rule import by_verbs
from stancewire.types import Statement
from workers.pipeline import Pipeline, load
from workers.text.english import Piece
from workers.text.fold import fold
from workers.text.sentences import split

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "polnear-dev.jsonl"
#: How much two attributions have in common: 0 where they are no pair.
Measure = Callable[[Marked, Marked], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text with the attributions expected of it, and those found by the analysis and by the yardstick."""

    id: str
    text: str
    expected: tuple[Marked, ...]
    found: tuple[Marked, ...]
    by_verbs: tuple[Marked, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether its errors are not to be looked at."""
        return is_held_out(self.id)


def is_held_out(name: str) -> bool:
    """Whether the article of this id is one of the fifth that no rule is made for."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


def read_documents(path: Path, pipeline: Pipeline, *, only_held_out: bool = False) -> Iterator[Document]:
    """The documents of a file, each with what is found in it."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if only_held_out and not is_held_out(row["id"]):
            continue
        text = row["text"]
        folded = fold(text)
        pieces = [
            Piece(index=index, start=start, text=folded[start:end], masked=folded[start:end])
            for index, (start, end) in enumerate(split(folded))
        ]
        yield Document(
            id=row["id"],
            text=text,
            expected=tuple(
                Marked(**{part: merged(item.get(part, ())) for part in PARTS})
                for item in row["attributions"]
                if "cue" in item
            ),
            found=tuple(marked(s) for s in pipeline.statements(article(text, language="en")) if s.field == "text"),
            by_verbs=by_verbs(pipeline.parser.parse(pieces)),
        )


def marked(statement: Statement) -> Marked:
    """The places of a statement's parts."""
    source, cue = statement.source, statement.cue
    return Marked(
        source=((source.start, source.end),) if source is not None else (),
        cue=((cue.start, cue.end),),
        content=merged((span.start, span.end) for span in statement.content),
    )


def matched(found: Sequence[Marked], expected: Sequence[Marked], measure: Measure) -> dict[int, tuple[int, float]]:
    """Pairs one to one, those with most in common first: for each place in `found` that in `expected`, and how much."""
    pairs = sorted(
        (-common, i, j)
        for i, left in enumerate(found)
        for j, right in enumerate(expected)
        if (common := measure(left, right)) > 0
    )
    chosen: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for common, i, j in pairs:
        if i not in chosen and j not in taken:
            chosen[i] = (j, -common)
            taken.add(j)
    return chosen


def _overlaps(found: Marked, expected: Marked) -> list[float]:
    """The overlap F1 of each part that is expected."""
    return [overlap(found.part(part), expected.part(part)) for part in PARTS if expected.part(part)]


def _all_of(least: float) -> Measure:
    """All parts overlap, with an F1 of at least `least`; then the more the better."""

    def measure(found: Marked, expected: Marked) -> float:
        overlaps = _overlaps(found, expected)
        return sum(overlaps) if overlaps and min(overlaps) > 0 and min(overlaps) >= least else 0.0

    return measure


def _share(found: Marked, expected: Marked) -> float:
    overlaps = _overlaps(found, expected)
    return sum(overlaps) / len(overlaps) if overlaps else 0.0


def _part(name: str) -> Measure:
    return lambda found, expected: overlap(found.part(name), expected.part(name)) if expected.part(name) else 0.0


MEASURES: dict[str, tuple[Measure, bool]] = {
    "cue+source+content": (_all_of(0.0), False),
    "  half": (_all_of(0.5), False),
    "  shares": (_share, True),
    "  cue": (_part("cue"), False),
    "  source": (_part("source"), False),
    "  content": (_part("content"), False),
}


def figures(
    pairs: Iterable[tuple[Sequence[Marked], Sequence[Marked]]], measure: Measure, *, shares: bool
) -> tuple[float, float, float]:
    """Precision, recall and F1 over (found, expected); with `shares` a pair counts for what it has in common."""
    hits = 0.0
    found_count = expected_count = 0
    for found, expected in pairs:
        chosen = matched(found, expected, measure).values()
        hits += sum(common for _, common in chosen) if shares else len(chosen)
        found_count += len(found)
        expected_count += sum(1 for item in expected if measure(item, item) > 0)
    return (
        hits / max(1, found_count),
        hits / max(1, expected_count),
        2 * hits / max(1, found_count + expected_count),
    )


def table(documents: Sequence[Document]) -> str:
    """All figures for a set of documents, beside those of the yardstick."""
    lines = [f"{'':20} {'analysis':24} 43 verbs"]
    for name, (measure, shares) in MEASURES.items():
        found = figures(((d.found, d.expected) for d in documents), measure, shares=shares)
        plain = figures(((d.by_verbs, d.expected) for d in documents), measure, shares=shares)
        cells = [f"p {p:.3f} r {r:.3f} f1 {f1:.3f}" for p, r, f1 in (found, plain)]
        lines.append(f"{name:20} {'  '.join(cells)}")
    return "\n".join(lines)


def errors(document: Document) -> Iterator[str]:
    """What was found and not expected, or expected and not found, in one document."""
    chosen = matched(document.found, document.expected, _all_of(0.0))
    met = {place for place, _ in chosen.values()}
    wrong = [("false ", m) for i, m in enumerate(document.found) if i not in chosen]
    wrong += [("missed", m) for j, m in enumerate(document.expected) if j not in met]
    for kind, item in sorted(wrong, key=lambda pair: pair[1].cue):
        words = [" ... ".join(document.text[a:b] for a, b in item.part(part)) for part in ("source", "cue", "content")]
        yield f"{document.id} {kind} " + " | ".join(part.replace("\n", " ") for part in words)


def main() -> int:
    """Print the figures of a file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--errors", action="store_true", help="list errors, but for the articles held out")
    options = parser.parse_args()
    if not options.file.exists():
        print(f"{options.file.name}: not here", file=sys.stderr)
        return 1
    documents = tuple(read_documents(options.file, load()))
    held_out = tuple(d for d in documents if d.is_held_out)
    tuned = tuple(d for d in documents if not d.is_held_out)
    for name, part in (("all", documents), ("tuned on", tuned), ("held out", held_out)):
        count = sum(len(d.expected) for d in part)
        print(f"{name}: {len(part)} articles, {count} attributions\n{table(part)}\n")
    if options.errors:
        print("\n".join(line for document in tuned for line in errors(document)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
