"""The analysis beside a bare run of its model on the same text: `python -m bench.analysis`.

Measured on a realistic mix of invented news, and on recorded feeds where they lie beside the repository:
- how many articles a second beside `nlp.pipe` of the same model, in rounds that take turns (the yardstick: 1.0);
- the share of an article's time that goes to gate, parse, rules and serialisation;
- both over the share of sentences that look relevant, with a chart;
- how many signals of the exhaustive mode, which parses every sentence, the fast path gives (asked: 99 %).

Seconds are those of the processor, on one thread. The whole takes about eight minutes; `--articles 64 --losses 30`,
less than one.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench import recorded
from bench.parts.curve import Legend, drawn
from bench.parts.mixed_news import article_of, story
from bench.parts.news import sentence
from bench.parts.passages import article
from bench.parts.results import Spread, add_options, settle
from bench.parts.stages import STAGES, analyse_all, stages_of, warm
from config.knowledge import load_knowledge
from stancewire.types import Article
from workers.languages import load_english
from workers.pipeline import Pipeline, load
from workers.text.english import load as load_parser
from workers.text.english import load_model

ARTICLES, LOSSES, ROUNDS, SEED = 480, 240, 8, 1
#: Per cent of sentences with a known party and a clue; one in eight of them bears a signal.
SHARES = (0, 1, 3, 10, 30, 100)
#: Characters of an article of the curve, and of all of a point of it.
_LENGTH, _TOGETHER = 3_000, 24_000
_LEGEND = Legend(
    title="Milliseconds of the processor for a kilobyte of text, by its share of relevant sentences",
    across="%",
    up="ms",
    note="sentences with a known party and a clue; on one thread",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The cost of text of which some share of sentences looks relevant."""

    per_cent: int
    bare_ms: Spread
    whole_ms: Spread
    ratio: Spread


def english_mix(number: int, seed: int) -> list[Article]:
    """The first articles of the mix that are in English."""
    found: list[Article] = []
    place = 0
    while len(found) < number:
        each = story(place, seed)
        place += 1
        if each.language == "en":
            found.append(article_of(each))
    return found


def recorded_items(number: int, seed: int, pipeline: Pipeline) -> list[Article]:
    """So many recorded items in English at most; none where the recording is not there."""
    if not recorded.FOLDER.exists():
        return []
    items = list(recorded.read_items())
    random.Random(seed).shuffle(items)
    read = (each for each in items[: 2 * number] if pipeline.analyse(each).coverage == "analysed")
    return [replace(each, language="en") for each in read][:number]


def with_share(per_cent: int, seed: int) -> list[Article]:
    """Articles of which that share of sentences looks relevant."""
    source = random.Random(f"share {seed} {per_cent}")
    weights = (800 - 8 * per_cent, 7 * per_cent, per_cent)
    found = []
    for number in range(_TOGETHER // _LENGTH):
        words: list[str] = []
        while sum(map(len, words)) < _LENGTH:
            words.append(sentence(source, weights))
        found.append(article(" ".join(words), name=f"share-{number}", language="en"))
    return found


def point_of(pipeline: Pipeline, model: Any, per_cent: int, rounds: int) -> Point:
    """One place of the curve: each round has texts of its own."""
    bare, whole, ratios = [], [], []
    for number in range(rounds):
        articles = with_share(per_cent, number)
        kilobytes = sum(len(each.text) for each in articles) / 1_024
        ((model_s, all_s),) = recorded.measure_speed(pipeline, model, articles, 1)
        bare.append(model_s * 1_000 / kilobytes)
        whole.append(all_s * 1_000 / kilobytes)
        ratios.append(model_s / all_s)
    return Point(per_cent=per_cent, bare_ms=Spread.of(bare), whole_ms=Spread.of(whole), ratio=Spread.of(ratios))


def beside_bare(name: str, pipeline: Pipeline, model: Any, articles: Sequence[Article], rounds: int) -> dict[str, Any]:
    """Speed and stages on articles in English, printed and as figures."""
    timed = recorded.measure_speed(pipeline, model, articles, rounds)
    size = max(1, len(articles) // rounds)
    bare, whole = (Spread.of([seconds * 1_000 / size for seconds in side]) for side in zip(*timed, strict=True))
    ratio = Spread.of([bare_s / whole_s for bare_s, whole_s in timed])
    spent = stages_of(pipeline, articles)
    total = sum(spent.values())
    shares = {stage: spent[stage] / total for stage in STAGES}
    print(
        f"{name}: {len(articles)} articles, of {statistics.median(len(each.text) for each in articles):,.0f} characters"
    )
    print(f"  bare nlp.pipe {bare.shown()} ms an article, whole analysis {whole.shown()} ms")
    print(f"  speed: {ratio.shown()} times the bare model, in {rounds} rounds")
    print("  of its time: " + ", ".join(f"{stage} {share:.1%}" for stage, share in shares.items()), flush=True)
    return {"articles": len(articles), "bare_ms": bare, "whole_ms": whole, "times_the_bare_model": ratio, **shares}


def kept_signals(name: str, pipeline: Pipeline, articles: Sequence[Article]) -> dict[str, Any]:
    """Signals of the exhaustive mode that the fast path gives, printed and as figures."""
    losses = recorded.find_losses(pipeline, articles)
    told = f"{losses.kept} of {losses.exhaustive} ({losses.recall:.2%}), {losses.added} others"
    print(f"{name}: signals of the exhaustive mode that are kept: {told}")
    for signal in losses.lost:
        print(f"  lost: {signal.article.id} {signal.rule}: {signal.evidence.text[:120]}")
    sys.stdout.flush()
    return {"exhaustive": losses.exhaustive, "kept": losses.kept, "recall": losses.recall, "added": losses.added}


def by_language(pipeline: Pipeline, number: int) -> dict[str, float]:
    """Milliseconds of an article in each language of the whole mix, and in all, printed and as figures."""
    spent: dict[str, list[float]] = {}
    warm(pipeline)
    for place in range(number):
        each = article_of(story(place, SEED))
        begun = time.process_time()
        pipeline.analyse(each)
        spent.setdefault(each.language or "", []).append((time.process_time() - begun) * 1_000)
    means = {code: statistics.mean(taken) for code, taken in sorted(spent.items(), key=lambda pair: -len(pair[1]))}
    means["all"] = sum(map(sum, spent.values())) / number
    print("ms an article of the mix: " + ", ".join(f"{code} {mean:.1f}" for code, mean in means.items()), flush=True)
    return means


def main() -> int:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=ARTICLES, help="of the mix, and of the recording")
    parser.add_argument("--losses", type=int, default=LOSSES, help="articles of each that are parsed exhaustively")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--profile", action="store_true", help="say which functions take the time, and no more")
    add_options(parser, draws=True)
    options = parser.parse_args()
    knowledge = load_knowledge()
    pipeline = Pipeline(knowledge, load_english(knowledge, load_parser()), {})
    if options.profile:
        articles = english_mix(options.articles, SEED)
        analyse_all(pipeline, articles[:40])
        profile = cProfile.Profile()
        profile.runcall(analyse_all, pipeline, articles)
        pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(25)
        return 0
    model = load_model()
    figures: dict[str, Any] = {}
    for name, articles in (
        ("mix", english_mix(options.articles, SEED)),
        ("recording", recorded_items(options.articles, SEED, pipeline)),
    ):
        if articles:
            figures[name] = beside_bare(name, pipeline, model, articles, options.rounds)
            figures[name]["signals"] = kept_signals(name, pipeline, articles[: options.losses])
    print("relevant sentences   bare ms a KB   whole ms a KB   times the bare model")
    points = []
    for share in SHARES:
        point = point_of(pipeline, model, share, max(2, options.rounds // 2))
        points.append(point)
        print(f"{share:17} % {point.bare_ms.shown():>14}  {point.whole_ms.shown()}  {point.ratio.shown()}", flush=True)
    figures["by_relevant_share"] = {
        f"{each.per_cent} %": {"bare_ms_a_kb": each.bare_ms, "whole_ms_a_kb": each.whole_ms, "ratio": each.ratio}
        for each in points
    }
    figures["ms_by_language"] = by_language(load(), options.articles)
    seen = [each for each in points if each.per_cent]
    curves = {
        "bare": [(each.per_cent, each.bare_ms.median) for each in seen],
        "analysis": [(each.per_cent, each.whole_ms.median) for each in seen],
    }
    settle("analysis", options, figures, chart=drawn(curves, _LEGEND))
    return 0


if __name__ == "__main__":
    sys.exit(main())
