"""Time per article over its length, and on hostile texts: `python -m bench.length [--out docs/length.svg]`.

It prints seconds of the processor, on one thread, and draws the curve; it judges no signal.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.parts.curve import Legend, drawn
from bench.parts.hostile import HOSTILE
from bench.parts.news import compose
from bench.parts.passages import article
from bench.parts.results import add_options, settle
from workers.fields import MAX_CHARACTERS
from workers.pipeline import Pipeline, load

KILOBYTE = 1_024
LENGTHS = tuple(size * KILOBYTE for size in (1, 4, 16, 64, 256, 1_024))
#: Characters measured at each length: short articles are many, so that what stands in one of them hardly counts.
_TOGETHER = 128 * KILOBYTE
#: From here on what every article costs, however short, no longer counts.
_LONG = 16 * KILOBYTE
_LEGEND = Legend(
    title="Seconds of the processor that an article takes, by its length",
    across="KB",
    up="s",
    note="length of the article; what lies beyond the bound is not analysed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What an article of one length takes."""

    characters: int
    #: Those that are analysed, within the bound.
    read: int
    seconds: float
    signals: float

    @property
    def per_kilobyte(self) -> float:
        """Seconds for each kilobyte that is analysed."""
        return self.seconds / self.read * KILOBYTE


def measure(pipeline: Pipeline, characters: int) -> Point:
    """The mean over as many articles of news as make up the same amount of text."""
    number = max(1, _TOGETHER // characters)
    texts = [compose(characters, seed) for seed in range(number)]
    taken = [time_of(pipeline, text) for text in texts]
    return Point(
        characters=characters,
        read=min(characters, MAX_CHARACTERS),
        seconds=sum(seconds for seconds, _ in taken) / number,
        signals=sum(signals for _, signals in taken) / number,
    )


def time_of(pipeline: Pipeline, text: str) -> tuple[float, int]:
    """Seconds of the processor that a text in English takes, and the signals found."""
    gc.collect()
    begun = time.process_time()
    analysis = pipeline.analyse(article(text, language="en"))
    return time.process_time() - begun, len(analysis.signals)


def spread(points: Sequence[Point]) -> float:
    """The dearest kilobyte of the long articles over the cheapest."""
    costs = [point.per_kilobyte for point in points if point.characters >= _LONG]
    return max(costs) / min(costs)


def main() -> int:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    add_options(parser, draws=True)
    options = parser.parse_args()
    pipeline = load()
    time_of(pipeline, compose(16 * KILOBYTE, 0))
    print(f"seconds of the processor; a field is analysed up to {MAX_CHARACTERS:,} characters")
    print(f"{'characters':>10} {'analysed':>10} {'seconds':>9} {'ms per KB':>10} {'signals':>8}")
    points = []
    for characters in LENGTHS:
        point = measure(pipeline, characters)
        points.append(point)
        figures = f"{point.seconds:9.3f} {point.per_kilobyte * 1_000:10.1f} {point.signals:8.1f}"
        print(f"{characters:10,} {point.read:10,} {figures}", flush=True)
    print(f"from {_LONG // KILOBYTE} KB on the dearest KB costs {spread(points):.2f} times the cheapest\n")
    for name, make in HOSTILE.items():
        text = make()
        seconds, signals = time_of(pipeline, text)
        print(f"{name:40} {len(text):10,} {seconds:9.3f} {signals:8}", flush=True)
    curve = [(point.characters / KILOBYTE, point.seconds) for point in points]
    figures = {"points": [asdict(point) for point in points], "dearest_over_cheapest_kb": spread(points)}
    settle("length", options, figures, chart=drawn({"seconds": curve}, _LEGEND))
    return 0


if __name__ == "__main__":
    sys.exit(main())
