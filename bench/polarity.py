"""Measures the learned opinion on polarity and direction: `python -m bench.polarity`.

It prints what the model and two baselines reach on the tenth of NewsMTSC that no training saw, and on the valid part of
DSE. The sets lie beside the repository; without them there is nothing to measure.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from bench.opinion import data
from bench.opinion.data import ADVERSE, FAVOURABLE, NEUTRAL, Item
from bench.opinion.measure import CLASSES, f1_by_class, macro_f1
from config.knowledge import load_knowledge
from workers.opinion.model import Opinion, OpinionModel, Question, load
from workers.stance.lexicon import Lexicon, read_lexicon
from workers.text.english import Piece
from workers.text.english import load as load_english

#: Probabilities from which an answer counts.
THRESHOLDS = (0.6, 0.75, 0.85)


def answers(opinions: Iterable[Opinion]) -> list[int]:
    """The likeliest class of each opinion."""
    return [opinion.index(max(opinion)) for opinion in opinions]


def ask(model: OpinionModel, items: Sequence[Item], *, masked: bool) -> tuple[Opinion, ...]:
    return model.ask((Question(item.sentence, item.target, item.holder) for item in items), masked=masked)


def polar(truth: Sequence[int], opinions: Sequence[Opinion], least: float) -> tuple[float, float]:
    """Precision and recall of what is said not to be neutral, with a probability of at least `least`."""
    said = [
        (true, answer)
        for true, answer, opinion in zip(truth, answers(opinions), opinions, strict=True)
        if answer != NEUTRAL and max(opinion) >= least
    ]
    right = sum(true == answer for true, answer in said)
    return right / max(1, len(said)), right / max(1, sum(true != NEUTRAL for true in truth))


def by_words(sentences: Sequence[str], lexicon: Lexicon) -> list[int]:
    """What the words of a sentence that the frames know say in sum, whoever they are about."""
    signs = {word: {polarity} for word, polarity in lexicon.judgements.items()}
    for lemma, frames in (*lexicon.verbs.items(), *((lemma, (frame,)) for lemma, frame in lexicon.nouns.items())):
        signs.setdefault(lemma, set()).update(frame.polarity for frame in frames)
    parser, found = load_english(), []
    for sentence in sentences:
        (tree,) = parser.parse([Piece(index=0, start=0, text=sentence, masked=sentence)])
        words = [signs.get(token.lemma, set()) for token in tree.tokens]
        total = sum(("favourable" in word) - ("adverse" in word) for word in words)
        found.append(FAVOURABLE if total > 0 else ADVERSE if total < 0 else NEUTRAL)
    return found


def line(name: str, truth: Sequence[int], said: Sequence[int]) -> str:
    each = "  ".join(f"{kind} {value:.3f}" for kind, value in zip(CLASSES, f1_by_class(truth, said), strict=True))
    return f"{name:24} macro F1 {macro_f1(truth, said):.3f}  {each}"


def print_news(model: OpinionModel) -> None:
    """Polarity toward a target, on the tenth held out."""
    parts = data.split(data.newsmtsc())
    items, known = parts.held_out, [item.polarity for item in (*parts.train, *parts.choose)]
    truth = [item.polarity for item in items]
    print(f"NewsMTSC, held-out tenth: {len(items)} targets in {len({item.sentence for item in items})} sentences")
    started = time.process_time()
    kept = ask(model, items, masked=False)
    took = time.process_time() - started
    majority = Counter(known).most_common(1)[0][0]
    lexicon = read_lexicon(load_knowledge().lists["english/stance"])
    print(line("model", truth, answers(kept)))
    print(line("model, name masked", truth, answers(ask(model, items, masked=True))))
    print(line("words of the frames", truth, by_words([item.sentence for item in items], lexicon)))
    print(line("majority of the rest", truth, [majority] * len(items)))
    print(f"{len(items) / took:.0f} targets a CPU second\n")


def print_pairs(model: OpinionModel) -> None:
    """Stance of one actor toward another, each sentence asked in both directions."""
    items = [item for pair in data.dse(data.DSE_VALID) for item in pair]
    truth = [item.polarity for item in items]
    print(f"DSE, valid part: {len(items)} questions, {sum(true != NEUTRAL for true in truth)} with a stance")
    for name, masked in (("model", False), ("model, names masked", True)):
        opinions = ask(model, items, masked=masked)
        print(line(name, truth, answers(opinions)))
        for least in THRESHOLDS:
            precision, recall = polar(truth, opinions, least)
            print(f"  stances at p >= {least:.2f}:  precision {precision:.3f}  recall {recall:.3f}")


def main() -> int:
    """Print the figures."""
    model = load()
    if model is None:
        print("there is no model to measure: the runtime or the weights are not installed")
        return 1
    missing = [path.name for path in (data.NEWSMTSC, data.DSE_VALID) if not path.exists()]
    if missing:
        print(f"not here, so there is nothing to measure on: {', '.join(missing)} in {data.SHARED}")
        return 0
    print_news(model)
    print_pairs(model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
