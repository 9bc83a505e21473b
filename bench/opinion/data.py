"""Reads the two sets that the weights are trained on, as sentences with marked names and a polarity.

It decides which sentences are held out, by a hash of the sentence alone, and never which to train on how often.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workers.opinion.marking import Span

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
NEWSMTSC = SHARED / "newsmtsc-train.jsonl"
DSE_TRAIN = SHARED / "dse-train.tsv"
DSE_VALID = SHARED / "dse-valid.tsv"

ADVERSE, NEUTRAL, FAVOURABLE = range(3)
_NEWSMTSC_POLARITY = {2.0: ADVERSE, 4.0: NEUTRAL, 6.0: FAVOURABLE}
#: What each class of DSE says of the first name toward the second, and of the second toward the first.
_DSE_POLARITY = {
    "0": (NEUTRAL, NEUTRAL),
    "1": (FAVOURABLE, NEUTRAL),
    "2": (NEUTRAL, FAVOURABLE),
    "3": (ADVERSE, NEUTRAL),
    "4": (NEUTRAL, ADVERSE),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One question to the model with its answer."""

    sentence: str
    target: Span
    holder: Span | None
    polarity: int


@dataclass(frozen=True, slots=True)
class Split:
    """A set in three: what is trained on, what chooses between states of the weights, what only measures."""

    train: tuple[Item, ...]
    choose: tuple[Item, ...]
    held_out: tuple[Item, ...]


def newsmtsc(path: Path = NEWSMTSC) -> tuple[Item, ...]:
    """Every target of NewsMTSC with the polarity of its sentence toward it."""
    return tuple(
        Item(record["sentence_normalized"], Span(target["from"], target["to"]), None, polarity)
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        for target in record["targets"]
        if (polarity := _NEWSMTSC_POLARITY.get(target["polarity"])) is not None
    )


def dse(path: Path) -> tuple[tuple[Item, Item], ...]:
    """Every sentence of DSE as two items: the first name toward the second, and the second toward the first."""
    return tuple(_dse_items(path.read_text(encoding="utf-8").splitlines()))


def split(items: Iterable[Item]) -> Split:
    """The three parts of `items`; all targets of a sentence fall into one of them."""
    rest: list[Item] = []
    held_out: list[Item] = []
    for item in items:
        (held_out if is_held_out(item.sentence) else rest).append(item)
    return Split(
        train=tuple(item for item in rest if not is_for_choosing(item.sentence)),
        choose=tuple(item for item in rest if is_for_choosing(item.sentence)),
        held_out=tuple(held_out),
    )


def is_held_out(sentence: str) -> bool:
    """Whether `sentence` belongs to the tenth that no training sees."""
    return _number(sentence) % 10 == 0


def is_for_choosing(sentence: str) -> bool:
    """Whether `sentence`, if it is not held out, belongs to the twentieth that chooses the weights."""
    return _number(sentence) // 10 % 20 == 0


def letters(sentence: str) -> str:
    """What of a sentence counts as the sentence: copies that differ in case, quotes or spaces are one."""
    return re.sub(r"[\W_]+", "", sentence.casefold())


def _number(sentence: str) -> int:
    return int.from_bytes(hashlib.sha256(letters(sentence).encode()).digest()[:8], "big")


def _dse_items(lines: Iterable[str]) -> Iterator[tuple[Item, Item]]:
    for line in lines:
        text, first, second, label = line.split("\t")
        places = [text.find(f"[{name}]") for name in (first, second)]
        if -1 in places or places[0] == places[1]:
            continue
        sentence, spans = _without_brackets(text, [(places[0], first), (places[1], second)])
        toward_second, toward_first = _DSE_POLARITY[label]
        yield (
            Item(sentence, spans[1], spans[0], toward_second),
            Item(sentence, spans[0], spans[1], toward_first),
        )


def _without_brackets(text: str, names: list[tuple[int, str]]) -> tuple[str, list[Span]]:
    """`text` without the brackets around `names`, and where each name then stands."""
    sentence, at, spans = "", 0, {}
    for place, name in sorted(names):
        sentence += text[at:place]
        spans[name, place] = Span(len(sentence), len(sentence) + len(name))
        sentence += name
        at = place + len(name) + 2
    return sentence + text[at:], [spans[name, place] for place, name in names]
