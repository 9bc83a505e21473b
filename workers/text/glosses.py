"""English glosses for words of another language, so that rules and lists written for English reach it.

It only reads and looks up; sentences are rebuilt in `universal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SECTIONS = {
    "VERB": "verbs",
    "AUX": "verbs",
    "NOUN": "nouns",
    "PROPN": "nouns",
    "ADJ": "adjectives",
}
_FALLBACK = {
    "verbs": ("adjectives", "words"),
    "nouns": ("words",),
    "adjectives": ("verbs", "words"),
    "words": ("adjectives",),
}


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """The glosses of one language."""

    #: Marks words without a gloss, so that they are never mistaken for an English word of the same letters.
    language: str
    #: English lemma by part of speech and lemma.
    words: Mapping[str, Mapping[str, str]]
    #: What a predicate makes of its preposition or bare case: ("обвинить", "в") gives ("accuse", "of").
    government: Mapping[tuple[str, str], tuple[str, str]]
    #: A predicate with a fixed noun: ("прийти", "к", "вывод") gives "conclude".
    expressions: Mapping[tuple[str, str, str], str]
    #: Prepositions of several words, and nouns that serve as one: "по словам" gives "according".
    prepositions: Mapping[str, str]
    #: A noun with its preposition that opens a clause: "при условии" gives "if".
    conjunctions: Mapping[str, str]
    #: English verbs for nouns of what is done ("разжигание").
    gerunds: Mapping[str, str]
    #: Prepositions that open a sentence with whose opinion it is: "Pour le Kremlin, ...".
    opinion: frozenset[str]
    #: What verbs mean over a clause, and with a court as their subject.
    over_clause: Mapping[str, str]
    in_court: Mapping[str, str]
    #: English nouns whose genitive is what they are aimed at ("condemnation of"), not whose they are.
    aimed: frozenset[str]
    #: What a predicate makes of its preposition where it has an object as well.
    with_object: Mapping[tuple[str, str], tuple[str, str]]
    #: English words for prepositions before a place.
    places: Mapping[str, str]
    #: Whether nouns have cases.
    cases: bool
    #: English nouns for persons.
    people: frozenset[str]
    #: English verbs of speech, whose clause may stand after the words spoken.
    speech: frozenset[str]
    #: English verbs for which "from" a place tells who does it where the subject is left out.
    steered: frozenset[str]

    def word(self, lemma: str, pos: str, *, is_plural: bool = False) -> str:
        """The English lemma, or ""."""
        if is_plural and lemma in self.words["plurals"]:
            return self.words["plurals"][lemma]
        section = _SECTIONS.get(pos, "words")
        for name in (section, *_FALLBACK[section]):
            found = self.words[name].get(lemma)
            if found is not None:
                return found
        return ""

    def lemmas(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Words of the language with their English glosses, the verbs of longer entries included."""
        for section in sorted(self.words):
            yield from ((lemma, frozenset({english})) for lemma, english in self.words[section].items())
        yield from ((word, frozenset(english)) for (word, _), english in self.government.items())
        yield from ((noun, frozenset({english})) for (_, _, noun), english in self.expressions.items())

    def marked(self, lemma: str) -> str:
        """A word without a gloss."""
        return f"{self.language}:{lemma}"


def read_glossary(
    language: str, data: Mapping[str, Any], speech: Mapping[str, Any], nouns: Mapping[str, Any]
) -> Glossary:
    """The glosses of a language as read from its file; `speech` and `nouns` are the English lists."""
    return Glossary(
        language=language,
        words={
            section: _words(data.get(section, {})) for section in ("verbs", "nouns", "plurals", "adjectives", "words")
        },
        government=_government(data.get("government", {})),
        with_object=_government(data.get("government_with_object", {})),
        places=_words(data.get("places", {})),
        cases=data["genitive"]["cases"],
        expressions={_triple(key): english for english, keys in data.get("expressions", {}).items() for key in keys},
        prepositions={key: english for english, keys in data.get("prepositions", {}).items() for key in keys},
        conjunctions={key: english for english, keys in data.get("conjunctions", {}).items() for key in keys},
        gerunds=_words(data.get("gerunds", {})),
        opinion=frozenset(data.get("opinion", {}).get("prepositions", ())),
        over_clause=_words(data.get("over_clause", {})),
        in_court=_words(data.get("in_court", {})),
        aimed=frozenset(data["genitive"]["aimed"]),
        people=frozenset(nouns["role"]["person"]),
        speech=frozenset(lemma for held, lemmas in speech["verbs"].items() if held != "expressed" for lemma in lemmas),
        steered=frozenset(data.get("impersonal", {}).get("steered", ())),
    )


def _words(data: Mapping[str, str]) -> dict[str, str]:
    """English by the words of the language; "_" joins a reflexive pronoun to its verb."""
    return {
        word.replace("_", " ").replace("ё", "е"): english for english, words in data.items() for word in words.split()
    }


def _government(data: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Keys like "обвинить в" by verb and preposition."""
    return {
        (key.rpartition(" ")[0], key.rpartition(" ")[2]): _pair(english)
        for english, keys in data.items()
        for key in keys
    }


def _pair(english: str) -> tuple[str, str]:
    """Verb and preposition of "accuse + of"; "oppose" takes its object without one."""
    verb, _, preposition = english.partition(" + ")
    return verb, preposition


def _triple(key: str) -> tuple[str, str, str]:
    """Verb, preposition and noun of "прийти к вывод"; the preposition may be missing."""
    *verb, last = key.split()
    if len(verb) > 1 and verb[0] != "se":
        return verb[0], " ".join(verb[1:]), last
    if len(verb) > 2:
        return " ".join(verb[:2]), " ".join(verb[2:]), last
    return " ".join(verb), "", last


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of `base` with those of `more` added: tables by key, arrays of tables by their `name`."""
    result = dict(base)
    for key, value in more.items():
        known = result.get(key)
        if key == "provenance" or known is None:
            result[key] = value
        elif isinstance(value, Mapping):
            result[key] = merged(known, value)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            result[key] = _merged_tables(known, value)
        elif isinstance(value, list):
            result[key] = [*known, *value]
        else:
            result[key] = value
    return result


def _merged_tables(base: Iterable[Mapping[str, Any]], more: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    added = {entry["name"]: entry for entry in more}
    return [merged(entry, {k: v for k, v in added.get(entry["name"], {}).items() if k != "name"}) for entry in base]
