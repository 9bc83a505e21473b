"""The worker process of stancewire, in which the analysis of an article may be the end of it.

How it ends stands in the article's title: `exit`, `segfault`, `grows` until somebody ends it, `killed` as the kernel
ends a process for which there is no memory left. Any other article is analysed as always.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from stancewire.types import Analysis, Article
from workers import process


def end(how: str) -> None:
    if how == "exit":
        os._exit(9)
    elif how == "segfault":
        ctypes.string_at(0)
    elif how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "grows":
        held = []
        while True:
            held.append(bytes([1]) * 20_000_000)
            time.sleep(0.01)


class DeadlyAnalysis:
    """Loads the true one when it is needed, which takes seconds."""

    def analyse_together(self, articles: Sequence[Article]) -> Sequence[Analysis]:
        for article in articles:
            first, _, how = article.title.partition(" ")
            if first == "deadly":
                end(how)
        from workers import pipeline  # noqa: PLC0415

        return pipeline.load(None).analyse_together(articles)


def load_analysis(own_knowledge: Path | None = None) -> DeadlyAnalysis:
    return DeadlyAnalysis()


if __name__ == "__main__":
    process.load_analysis = load_analysis  # type: ignore[assignment]
    sys.exit(process.main())
