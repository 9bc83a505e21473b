"""Chooses the sentences worth a parse: those with a clue and somebody known, what they refer to, and who says it.

It looks at words only; a chosen sentence may still hold no signal.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ahocorasick_rs

from workers.text.clues import NO_WORDS, Clue, Words
from workers.text.glosses import Glossary
from workers.text.names import Name
from workers.text.quotations import find_quotations

_WORD = re.compile(r"\w+|'(?:s|re|ll|d|m|ve)\b")
#: Sentences before and after one that may bear on it.
_REACH = 3
#: Words kept with what they stand for; beyond that, kept words are forgotten.
_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A sentence to parse, and from where to where others bear on it."""

    place: int
    first: int
    #: The first one that does not.
    last: int
    #: Sentences that may say whose words it is.
    telling: tuple[int, ...] = ()
    #: Whether it may tell of interference, so that it is worth more than a parse though no frame of stance fits it.
    tells: bool
    #: Whether it does so whatever the tree says, to measure the gate against.
    is_forced: bool = False

    @property
    def around(self) -> tuple[int, ...]:
        """The sentence and those that bear on it or tell whose words it is."""
        return (*range(self.first, self.last), *self.telling)


class Gate:
    """A linear scan for clues."""

    def __init__(
        self,
        clues: Iterable[Clue],
        *,
        referring: Words = NO_WORDS,
        public: Words = NO_WORDS,
        noun_form: Mapping[str, Iterable[str]] | None = None,
        lemmas_of: Callable[[str], Iterable[str]] = lambda word: (word,),
    ) -> None:
        """Looks for `clues` near a known name or near people in `public` roles.

        `referring` words take up somebody named before; `noun_form` tells a noun from a verb of the same form;
        `lemmas_of` gives what a word may be a form of.
        """
        self._lemmas_of = lemmas_of
        self._bits: dict[Words, int] = {}
        self._refers = self._bit(referring)
        self._public = self._bit(public)
        #: (what is needed, whether it spreads), each once, by the one of its needs that fewest words meet.
        self._clues: dict[int, dict[tuple[int, bool], None]] = {}
        for clue in clues:
            needed = sum({self._bit(words) for words in clue.words})
            rarest = self._bit(min(clue.words, key=lambda words: len(words.lemmas) + len(words.phrases)))
            self._clues.setdefault(rarest, {})[needed, clue.spreads] = None
        self._noun_after = frozenset((noun_form or {}).get("after", ()))
        self._noun_before = frozenset((noun_form or {}).get("before", ()))
        self._verbs = sum(bit for words, bit in self._bits.items() if words.verbs != "no")
        self._transitive = sum(bit for words, bit in self._bits.items() if words.verbs == "object")
        self._by_lemma: dict[str, int] = {}
        by_phrase: dict[str, int] = {}
        for words, bit in self._bits.items():
            for lemma in words.lemmas:
                self._by_lemma[lemma] = self._by_lemma.get(lemma, 0) | bit
            for phrase in words.phrases:
                by_phrase[phrase] = by_phrase.get(phrase, 0) | bit
        phrases = sorted(by_phrase)
        self._of_phrase = [by_phrase[phrase] for phrase in phrases]
        self._automaton = ahocorasick_rs.AhoCorasick(phrases, store_patterns=False)
        self._known: dict[str, int] = {}

    def choose(self, text: str, spans: Sequence[tuple[int, int]], names: Sequence[Name]) -> tuple[Choice, ...]:
        """Sentences to parse, in order: those with a clue and with somebody known in reach."""
        starts = [name.start for name in names]
        operations = [name.start for name in names if name.actor.kind == "operation"]
        chosen: list[Choice] = []
        for place, (start, end) in enumerate(spans):
            first = max(0, place - _REACH)
            held = self._held(text[start:end])
            if not held & self._public and not _any_within(starts, spans[first][0], end):
                continue
            spreads = _any_within(operations, start, end)
            is_chosen = spreads
            rest = held
            while rest:
                bit = rest & -rest
                rest ^= bit
                for needed, is_wide in self._clues.get(bit, ()):
                    if held & needed == needed:
                        is_chosen = True
                        spreads = spreads or is_wide
            refers = spreads or bool(held & self._refers)
            if is_chosen and (refers or held & self._public or _any_within(starts, start, end)):
                first = first if refers else max(0, place - 1)
                last = min(len(spans), place + 1 + (_REACH if spreads else 1))
                chosen.append(Choice(place=place, first=first, last=last, tells=spreads))
        return _with_telling(text, spans, chosen)

    def _held(self, sentence: str) -> int:
        low = sentence.lower()
        held = 0
        found = _WORD.findall(low.replace("n't", " not"))
        for place, word in enumerate(found):
            bits = self._known.get(word)
            bits = self._learn(word) if bits is None else bits
            if bits & self._verbs and (word in self._by_lemma or word.endswith("s")):
                if place and found[place - 1] in self._noun_after:
                    bits &= ~self._verbs
                elif place + 1 < len(found) and found[place + 1] in self._noun_before:
                    bits &= ~self._transitive
            held |= bits
        for number, start, _ in self._automaton.find_matches_as_indexes(low, overlapping=True):
            if start == 0 or not low[start - 1].isalnum() or not low[start].isalnum():
                held |= self._of_phrase[number]
        return held

    def _learn(self, word: str) -> int:
        bits = self._by_lemma.get(word, 0)
        for lemma in self._lemmas_of(word):
            bits |= self._by_lemma.get(lemma, 0)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[word] = bits
        return bits

    def _bit(self, words: Words) -> int:
        return self._bits.setdefault(words, 1 << len(self._bits))


def _with_telling(text: str, spans: Sequence[tuple[int, int]], chosen: Sequence[Choice]) -> tuple[Choice, ...]:
    """`chosen`, each with the sentences where its quotation opens and closes, and the ones next to it."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    telling: dict[int, set[int]] = {}
    places = [choice.place for choice in chosen]
    for quotation in find_quotations(text):
        first, last = bisect_right(ends, quotation.start), bisect_left(starts, quotation.end) - 1
        around = [first, last]
        if first < len(spans) and starts[first] >= quotation.start:
            around.append(first - 1)
        if last >= 0 and ends[last] <= quotation.end:
            around.append(last + 1)
        known = [place for place in around if 0 <= place < len(spans)]
        for place in places[bisect_left(places, first) : bisect_right(places, last)]:
            telling.setdefault(place, set()).update(known)
    return tuple(replace(choice, telling=tuple(sorted(telling.get(choice.place, ())))) for choice in chosen)


def _any_within(places: Sequence[int], start: int, end: int) -> bool:
    return bisect_left(places, end) > bisect_left(places, start)


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
