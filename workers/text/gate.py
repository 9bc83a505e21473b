"""Chooses the sentences worth a parse: those with a cue of stance or interference, what they refer to, and who says it.

It looks at words only; a chosen sentence may still hold no signal.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import ahocorasick_rs

from workers.text.glosses import Glossary
from workers.text.names import Hit
from workers.text.quotations import find_quotations


class Gate:
    """A linear scan for cues; a sentence needs a cue and an actor in reach."""

    def __init__(self, cues: Iterable[str]) -> None:
        self._cues = sorted(set(cues))
        self._automaton = ahocorasick_rs.AhoCorasick(self._cues, store_patterns=False)

    def choose(
        self, text: str, spans: Sequence[tuple[int, int, int]], hits: Sequence[Hit]
    ) -> list[tuple[int, int, int]]:
        """Sentences to parse, in order: with a cue and a name, and the one before each as its context."""
        starts = [hit.start for hit in hits]
        keep: set[int] = set()
        for place, (_, start, end) in enumerate(spans):
            if not self._has_cue(text[start:end]):
                continue
            near = spans[max(0, place - 2)][1]
            if bisect_left(starts, end) > bisect_left(starts, near):
                keep.update((max(0, place - 1), place))
        keep.update(_around_quotations(text, spans, keep))
        return [span for place, span in enumerate(spans) if place in keep]

    def _has_cue(self, sentence: str) -> bool:
        low = sentence.lower()
        return any(
            start == 0 or not low[start - 1].isalnum()
            for _, start, _ in self._automaton.find_matches_as_indexes(low, overlapping=True)
        )


def _around_quotations(text: str, spans: Sequence[tuple[int, int, int]], kept: Collection[int]) -> Iterator[int]:
    """Sentences that may say whose words the kept ones are: where their quotation opens and closes, and next to it."""
    places = sorted(kept)
    starts, ends = [start for _, start, _ in spans], [end for _, _, end in spans]
    for quotation in find_quotations(text):
        first, last = bisect_right(ends, quotation.start), bisect_left(starts, quotation.end) - 1
        nearest = bisect_left(places, first)
        if nearest == len(places) or places[nearest] > last:
            continue
        yield from (place for place in (first, last) if 0 <= place < len(spans))
        if starts[first] >= quotation.start and first > 0:
            yield first - 1
        if ends[last] <= quotation.end and last + 1 < len(spans):
            yield last + 1


def english_cues(lists: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Beginnings of the words that the lists of stance and interference hold."""
    for name in ("english/stance", "english/interference"):
        for words in _strings(lists[name]):
            yield _stem(words.lower())


def foreign_cues(
    glossary: Glossary, lists: Mapping[str, Mapping[str, Any]], own: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """Beginnings of the words whose glosses the English lists hold, and the phrases of the language's `own` lists."""
    english = {words for name in ("english/stance", "english/interference") for words in _strings(lists[name])}
    for lemma, glosses in glossary.lemmas():
        if english.intersection(glosses):
            yield _foreign_stem(lemma)
    for data in own:
        for words in _strings(data):
            yield words.lower().partition("*")[0]


#: Endings that the forms of a word do not share.
_FOREIGN_ENDINGS = re.compile(
    r"((ну|и|а|я|е|у|ы|о)?ть|ти|чь|ый|ий|ой|[аеёиоуыэюяьй]"
    r"|é[bcdfglmnprstvz]{1,2}er|enir|er|ir|re|oir|e|s)$"
)


def _foreign_stem(word: str) -> str:
    """A beginning shared by the forms of a Russian or French word; the whole word where that would be too short."""
    plain = re.sub(r"^se ", "", re.sub(r"(ся|сь)$", "", word))
    stem = _FOREIGN_ENDINGS.sub("", plain)
    return stem if len(stem) >= 4 else plain


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in {"provenance", "polarity", "act", "name", "disarm", "target", "versions", "prepositions"}:
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _stem(word: str) -> str:
    """A beginning shared by the word's forms: "condemn", "den" of "deny", "accus" of "accuse"."""
    if re.search(r"[^a-z]", word) or len(word) <= 4:
        return word
    return re.sub(r"(e|y)$", "", word)
