"""Chooses the sentences worth a parse: those with a cue of stance or interference, and what they refer to.

It looks at words only; a chosen sentence may still hold no signal.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import ahocorasick_rs

from workers.text.glosses import Glossary
from workers.text.names import Hit


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
        return [span for place, span in enumerate(spans) if place in keep]

    def _has_cue(self, sentence: str) -> bool:
        low = sentence.lower()
        return any(
            start == 0 or not low[start - 1].isalnum()
            for _, start, _ in self._automaton.find_matches_as_indexes(low, overlapping=True)
        )


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
