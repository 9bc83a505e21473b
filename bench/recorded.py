"""The fast path on recorded feeds: `python -m bench.recorded [--items N | --all] [--rounds N]`.

It says which signals the gate loses and how fast the analysis is beside a bare run of its model, and draws signals to
be judged one by one (`--draw N --seed S --out FILE`, then `--table FILE`). The recording lies beside the repository.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from bench.parts.judging import case, table
from config.knowledge import load_knowledge
from services.poller.plain_text import clean_line, to_plain_text
from stancewire.types import Article, Signal
from workers.languages import load_english
from workers.pipeline import Pipeline
from workers.text.english import load as load_parser
from workers.text.english import load_model

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "recorded"
#: Items analysed together, as a worker's job carries them.
TOGETHER = 16
#: Items of a round of timing: short enough that a busy machine meets both sides alike.
_ROUND = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Signals of the exhaustive mode beside those of the fast path."""

    exhaustive: int
    kept: int
    #: Signals of the fast path that the exhaustive mode does not give.
    added: int
    lost: tuple[Signal, ...]

    @property
    def recall(self) -> float:
        """Share of the exhaustive mode's signals that the fast path gives."""
        return self.kept / self.exhaustive if self.exhaustive else 1.0


def read_items(folder: Path = FOLDER) -> tuple[Article, ...]:
    """The recorded items as articles: title, and description as text; in the order of their ids."""
    found: dict[str, Article] = {}
    for path in sorted(folder.glob("*.ndjson.gz")):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            article = _article(json.loads(line))
            found.setdefault(article.revision, article)
    return tuple(found[name] for name in sorted(found))


def _article(row: dict[str, Any]) -> Article:
    when = row.get("pubDate")
    return Article(
        id=row["id"], revision=f"{row['id']}-{row['title']}", url=row["link"],
        # The log keeps feeds as they came: their markup is still escaped.
        title=clean_line(to_plain_text(unescape(row["title"]))),
        text=to_plain_text(unescape(row.get("description") or "")),
        outlet=row["source"], outlet_country=None, ownership=None, feed_id=None,
        authors=(), published_at=datetime.fromisoformat(when) if when else None, time_confidence="stated",
        language=None, quality="feed",
    )  # fmt: skip


def find_losses(pipeline: Pipeline, articles: Iterable[Article]) -> Losses:
    """What the gate costs in signals, compared by their ids."""
    exhaustive = kept = added = 0
    lost: list[Signal] = []
    for article in articles:
        fast = {signal.id: signal for signal in pipeline.analyse(article).signals}
        whole = {signal.id: signal for signal in pipeline.analyse(article, exhaustive=True).signals}
        exhaustive += len(whole)
        kept += len(fast.keys() & whole.keys())
        added += len(fast.keys() - whole.keys())
        lost.extend(signal for name, signal in whole.items() if name not in fast)
    return Losses(exhaustive=exhaustive, kept=kept, added=added, lost=tuple(lost))


def measure_speed(
    pipeline: Pipeline, model: Any, articles: Sequence[Article], rounds: int
) -> list[tuple[float, float]]:
    """(seconds of the bare model, seconds of the whole analysis) in each round, over the same text, turn by turn.

    Seconds of the processor, on one thread: on a busy machine those of the clock tell about its neighbours.
    """
    texts = [f"{article.title}\n{article.text}" for article in articles]
    size = max(1, len(articles) // rounds)

    def bare(first: int) -> None:
        for _ in model.pipe(texts[first : first + size]):
            pass

    def whole(first: int) -> None:
        for start in range(first, first + size, TOGETHER):
            pipeline.analyse_together(articles[start : min(start + TOGETHER, first + size)])

    bare(0)
    whole(0)
    return [(_seconds(bare, first), _seconds(whole, first)) for first in range(0, size * rounds, size)]


def _seconds(run: Callable[[int], None], first: int) -> float:
    gc.collect()
    begun = time.process_time()
    run(first)
    return time.process_time() - begun


def draw(pipeline: Pipeline, articles: Sequence[Article], number: int, seed: int) -> list[dict[str, Any]]:
    """`number` signals at random, each of another item, in the order of their items."""
    shuffled = list(articles)
    source = random.Random(seed)
    source.shuffle(shuffled)
    cases = []
    for article in shuffled:
        signals = pipeline.analyse(article).signals
        # One signal an item; an item with many signals is no more likely to be drawn than another.
        if signals:
            cases.append(case(article, source.choice(signals)))
        if len(cases) == number:
            break
    return sorted(cases, key=lambda drawn: str(drawn["item"]))


def main() -> int:
    """Measure, draw or print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--items", type=int, default=3_000, help="items of the sample (3000: about three minutes)")
    parser.add_argument("--all", action="store_true", help="all items")
    parser.add_argument("--rounds", type=int, default=8, help="rounds of timing")
    parser.add_argument("--draw", type=int, metavar="N", help="draw N signals to be judged")
    parser.add_argument("--seed", type=int, default=1, help="seed of the drawing and of the sample")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where drawn signals go")
    parser.add_argument("--table", type=Path, metavar="FILE", help="print what was judged")
    options = parser.parse_args()
    if options.table is not None:
        print(table(json.loads(line) for line in options.table.read_text("utf-8").splitlines() if line.strip()))
        return 0
    if not FOLDER.exists():
        print(f"{FOLDER} is not here", file=sys.stderr)
        return 1
    articles = read_items()
    knowledge = load_knowledge()
    pipeline = Pipeline(knowledge, load_english(knowledge, load_parser()), {})
    if options.draw is not None:
        lines = [
            json.dumps(drawn, ensure_ascii=False) for drawn in draw(pipeline, articles, options.draw, options.seed)
        ]
        Path(options.out or "drawn.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        return 0
    sample = list(articles)
    random.Random(options.seed).shuffle(sample)
    sample = sample if options.all else sample[: options.items]
    _report(pipeline, load_model(), sample, options.rounds)
    return 0


def _report(pipeline: Pipeline, model: Any, articles: Sequence[Article], rounds: int) -> None:
    english = [article for article in articles if pipeline.analyse(article).coverage == "analysed"]
    # As the reader hands them over: it tells the language once for all.
    english = [replace(article, language="en") for article in english]
    print(f"{len(articles)} items, {len(english)} in English, {sum(map(_words, english))} words")
    timed = measure_speed(pipeline, model, english[: rounds * _ROUND], rounds)
    ratios = sorted(bare / whole for bare, whole in timed)
    bare, whole = (statistics.median(side) for side in zip(*timed, strict=True))
    per = 1_000 / min(_ROUND, max(1, len(english) // rounds))
    print(
        f"bare nlp.pipe {bare * per:.2f} ms an item, whole analysis {whole * per:.2f} ms (medians of {rounds} rounds)"
    )
    print(f"speed: {statistics.median(ratios):.2f} times the bare model ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    losses = find_losses(pipeline, english)
    share = f"{losses.kept} of {losses.exhaustive} of the exhaustive mode ({losses.recall:.4f})"
    print(f"signals: {share}, {losses.added} others")
    for signal in losses.lost:
        print(f"  lost: {signal.article.id} {signal.rule}: {signal.evidence.text[:160]}")


def _words(article: Article) -> int:
    return len(article.title.split()) + len(article.text.split())


if __name__ == "__main__":
    sys.exit(main())
