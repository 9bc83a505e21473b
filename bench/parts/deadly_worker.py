"""A worker as the product starts it, but for one thing: it ends at once where a text holds the deadly words.

So an article can kill its worker, as one does that runs a library into a fault. Everything else is `workers.process`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.parts.chaos_news import DEADLY
from stancewire.types import Analysis, Article
from workers import process
from workers.pipeline import Pipeline


class _Mortal:
    def __init__(self, analysis: Pipeline) -> None:
        self._analysis = analysis

    def analyse_together(self, articles: Sequence[Article]) -> Sequence[Analysis]:
        if any(DEADLY in article.text for article in articles):
            os._exit(9)
        return self._analysis.analyse_together(articles)


_load = process.load_analysis


def _load_mortal(own_knowledge: Path | None = None) -> _Mortal:
    return _Mortal(_load(own_knowledge))


if __name__ == "__main__":
    process.load_analysis = _load_mortal  # type: ignore[assignment]
    sys.exit(process.main())
