"""Chooses the sentences worth a parse: those with a cue of stance or interference, and what they refer to.

It looks at words only; a chosen sentence may still hold no signal.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ahocorasick_rs

from workers.text.names import Hit


class Gate:
    """A linear scan for cues; a sentence needs a cue and an actor in reach."""

    def __init__(self, lists: Mapping[str, Mapping[str, Any]]) -> None:
        self._cues = sorted(set(_cues(lists)))
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


def _cues(lists: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    for name in ("english/stance", "english/interference"):
        for words in _strings(lists[name]):
            yield _stem(words.lower())


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
