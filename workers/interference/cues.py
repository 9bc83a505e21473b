"""Deeds of interference named in a sentence, and the techniques and platforms named with them.

Who did them to whom is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workers.interference.lexicon import Lexicon
from workers.text.tree import Sentence, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A word that names interference."""

    token: Token
    #: `deed` says it by itself, `technique` by a means, `sway` by an aim; weaker kinds need a foreign actor.
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """A family of techniques named at `start:end` of the field."""

    family: str
    start: int
    end: int


def deeds(sentence: Sentence, lexicon: Lexicon, operations: tuple[tuple[int, int], ...] = ()) -> tuple[Deed, ...]:
    """Words of the sentence that name interference, in order; `operations` are places of known ones."""
    return tuple(_deeds(sentence, lexicon, operations))


def _deeds(sentence: Sentence, lexicon: Lexicon, operations: tuple[tuple[int, int], ...]) -> Iterator[Deed]:
    technique_places = [
        (means.start, means.end) for means in means_in(sentence, lexicon) if means.family != "state_media"
    ]
    for token in sentence.tokens:
        if token.pos in {"PUNCT", "SPACE"}:
            continue
        lemma = token.lemma
        if any(token.start < end and start < token.end for start, end in operations):
            if token.end in {end for _, end in operations}:
                yield Deed(token=token, kind="operation")
            continue
        if (
            (lemma in lexicon.deed_nouns and token.pos in {"NOUN", "PROPN", "VERB"})
            or (lemma in lexicon.deed_verbs and token.pos == "VERB")
            or (lemma in lexicon.carriers and token.pos == "NOUN" and _qualified(sentence, token, lexicon))
        ):
            yield Deed(token=token, kind="deed")
        elif lemma in lexicon.sway and token.pos == "VERB" and _sways(sentence, token, lexicon):
            yield Deed(token=token, kind="sway")
        elif token.pos in {"NOUN", "VERB", "PROPN", "ADJ"} and any(
            a <= token.start and token.end <= b for a, b in technique_places
        ):
            yield Deed(token=token, kind="technique")


def _qualified(sentence: Sentence, token: Token, lexicon: Lexicon) -> bool:
    return any(word.lemma in lexicon.qualifiers for word in sentence.children(token, "amod", "compound", "nmod"))


def _sways(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    if sentence.child(verb, "auxpass") is not None:
        subject = sentence.child(verb, "nsubjpass")
        return subject is not None and subject.lemma in lexicon.sway_objects
    return any(
        word.lemma in lexicon.sway_objects
        for child in sentence.children(verb, "dobj")
        for word in (child, *sentence.conjuncts(child), *_of(sentence, child))
    )


def _of(sentence: Sentence, noun: Token) -> tuple[Token, ...]:
    return tuple(
        inner
        for preposition in sentence.children(noun, "prep")
        if preposition.lower in {"of", "in"}
        for inner in sentence.children(preposition, "pobj")
    )


def means_in(sentence: Sentence, lexicon: Lexicon) -> tuple[Means, ...]:
    """Families of techniques that the sentence names, each once, where it names them first."""
    low = sentence.text.lower()
    found: list[Means] = []
    for family in lexicon.families:
        places = [
            (token.start, token.end)
            for token in sentence.tokens
            if (token.pos in {"NOUN", "PROPN", "ADJ"} and token.lemma in family.nouns)
            or (token.pos == "VERB" and (token.lemma in family.verbs or token.lemma in family.nouns))
        ]
        match = family.phrases.search(low)
        if match is not None:
            places.append((sentence.start + match.start(), sentence.start + match.end()))
        if places:
            start, end = min(places)
            found.append(Means(family=family.name, start=start, end=end))
    return tuple(sorted(found, key=lambda means: (means.start, means.family)))


def platforms_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Names of the platforms that `text` names, in the order of the list."""
    found = set(lexicon.platforms_pattern.findall(text))
    return tuple(name for name in lexicon.platforms if name in found)
