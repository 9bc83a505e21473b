"""Takes the time that the stages of the analysis need, while it runs as it always does.

The stages are told by the functions that `workers.pipeline` calls; what they find is not looked at.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.parts.foreign_news import FOREIGN
from bench.parts.passages import article
from stancewire import codec
from stancewire.adapters.worklist import entry_fields
from stancewire.types import Analysis, Article
from workers import pipeline as running
from workers.pipeline import Pipeline

#: In the order of the walk: names, splitting and gate; model; who says what and what follows; bytes for the wire.
STAGES = ("gate", "parse", "rules", "serialisation")
#: Articles analysed together, as about so many make up a worker's group.
_TOGETHER = 8


def stages_of(pipeline: Pipeline, articles: Sequence[Article]) -> dict[str, float]:
    """Seconds of the processor in each stage."""
    spent: Counter[str] = Counter()
    with _watched(spent):
        begun = time.process_time()
        analyses = analyse_all(pipeline, articles)
        whole = time.process_time() - begun
    begun = time.process_time()
    for each, analysis in zip(articles, analyses, strict=True):
        codec.articles.encode(each)
        for signal in analysis.signals:
            entry_fields(signal)
    written = time.process_time() - begun
    rules = whole - spent["gate"] - spent["parse"]
    return {"gate": spent["gate"], "parse": spent["parse"], "rules": rules, "serialisation": written}


def analyse_all(pipeline: Pipeline, articles: Sequence[Article]) -> list[Analysis]:
    """The analyses of articles, so many together as in a worker."""
    return [
        analysis
        for first in range(0, len(articles), _TOGETHER)
        for analysis in pipeline.analyse_together(articles[first : first + _TOGETHER])
    ]


def warm(pipeline: Pipeline) -> None:
    """Load what is loaded with the first article in a language, which is not that article's."""
    for code in pipeline.languages:
        text = FOREIGN[code].telling(random.Random(0)) if code in FOREIGN else "Kenya condemned Ghana."
        pipeline.analyse(article(text, language=code))


@contextmanager
def _watched(spent: Counter[str]) -> Iterator[None]:
    opened, parsed = running.opened, running.parsed
    running.opened = _timed(opened, "gate", spent)
    running.parsed = _timed_steps(parsed, "parse", spent)
    try:
        yield
    finally:
        running.opened, running.parsed = opened, parsed


def _timed(function: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        begun = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[stage] += time.process_time() - begun  # type: ignore[assignment]

    return timed


def _timed_steps(function: Callable[..., Iterator[Any]], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Iterator[Any]:
        steps = function(*arguments)
        while True:
            begun = time.process_time()
            step = next(steps, None)
            spent[stage] += time.process_time() - begun  # type: ignore[assignment]
            if step is None:
                return
            yield step

    return timed
