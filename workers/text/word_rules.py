"""What spaCy's rules make of a tagged word: part of speech, lemma, and tag and relation where they correct them.

The rules look at a word, its tag and its relation, and for a few words at the next ones; what they made of a word is
kept, since running them costs as much as a parse. It changes nothing in a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

#: Words kept with what the rules make of them; beyond that, kept ones are forgotten.
_KEPT = 50_000


class Reading(NamedTuple):
    """What the rules make of a word."""

    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    dep: str


class WordRules:
    """The attribute ruler and the lemmatiser of a model."""

    def __init__(self, model: Any) -> None:
        self._vocabulary = model.vocab
        self._ruler = model.get_pipe("attribute_ruler")
        self._lemmatiser = model.get_pipe("lemmatizer")
        self._paired = _paired(self._ruler.patterns)
        self._known: dict[Any, Reading] = {}
        self._is_paired: dict[int, bool] = {}

    def read(self, document: Any) -> list[Reading]:
        """The words of a document that is tagged and parsed."""
        rows = document.to_array(["ORTH", "TAG", "DEP"]).tolist()
        if len(self._known) > _KEPT:
            self._known.clear()
        found = []
        for place, (orth, tag, dep) in enumerate(rows):
            is_paired = self._is_paired.get(orth)
            if is_paired is None:
                is_paired = self._is_paired[orth] = self._needs_others(self._vocabulary.strings[orth])
            first, last = (max(0, place - 1), place + 2) if is_paired else (place, place + 1)
            key = (orth, tag, dep) if not is_paired else (place - first, *map(tuple, rows[first:last]))
            reading = self._known.get(key)
            if reading is None:
                reading = self._known[key] = self._read(rows[first:last], place - first)
            found.append(reading)
        return found

    def _needs_others(self, word: str) -> bool:
        return any(pattern.search(word.lower()) for pattern in self._paired)

    def _read(self, rows: list[list[int]], place: int) -> Reading:
        from spacy.tokens import Doc  # noqa: PLC0415 - a second to import

        strings = self._vocabulary.strings
        words, tags, relations = ([strings[number] for number in column] for column in zip(*rows, strict=True))
        heads = [0] * len(words)
        document = Doc(self._vocabulary, words=words, tags=tags, deps=relations, heads=heads)
        word = self._lemmatiser(self._ruler(document))[place]
        return Reading(word.text, word.text.lower(), word.lemma_.lower(), word.pos_, word.tag_, word.dep_)


def _paired(patterns: list[dict[str, Any]]) -> tuple[re.Pattern[str], ...]:
    """The words that the rules read together with their neighbours."""
    return tuple(
        dict.fromkeys(
            re.compile(form)
            for rule in patterns
            for pattern in rule["patterns"]
            if len(pattern) > 1
            for form in _forms(pattern[rule["index"]]["LOWER"])
        )
    )


def _forms(lower: str | dict[str, Any]) -> Iterator[str]:
    if isinstance(lower, str):
        yield f"^{re.escape(lower)}$"
    elif "REGEX" in lower:
        yield lower["REGEX"]
    else:
        yield from (f"^{re.escape(word)}$" for word in lower["IN"])
