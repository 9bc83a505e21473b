"""The word lists of stance as typed data.

It only reads lists; matching them to sentences is `frames`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stancewire.types import Polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A predicate that gives its holder a stance toward its target."""

    lemma: str
    polarity: Polarity
    act: str | None
    #: Where the target stands: `object` or prepositions, in order of preference.
    target: tuple[str, ...]
    #: Holds only with its preposition present ("call for").
    phrasal: bool = False
    only_negated: bool = False
    #: The target must be an actor, or something of one ("suspended Mali", not "suspended play").
    needs_party: bool = False
    #: The target must not be an actor ("demanded a ceasefire", not "urged China").
    needs_thing: bool = False
    #: A noun that counts only under one of these verbs ("imposed sanctions on").
    only_with_verb: frozenset[str] = frozenset()
    #: A verb that counts only with one of these as its object ("recalled its ambassador from").
    only_with_object: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All word lists of stance in one language."""

    verbs: Mapping[str, tuple[Frame, ...]]
    nouns: Mapping[str, Frame]
    light: frozenset[str]
    inverted: frozenset[str]
    ending: frozenset[str]
    position_nouns: frozenset[str]
    position_prepositions: frozenset[str]
    position_words: Mapping[str, Polarity]
    see_as: frozenset[str]
    judgements: Mapping[str, Polarity]
    refuse: frozenset[str]
    unspoken: frozenset[str]
    willing: frozenset[str]
    willing_adjectives: frozenset[str]
    unwilling_adjectives: frozenset[str]
    willing_nouns: frozenset[str]
    unwilling_nouns: frozenset[str]
    short_of: frozenset[str]
    deeds: frozenset[str]
    condition_marks: frozenset[str]
    condition_phrases: tuple[str, ...]
    change_verbs: frozenset[str]
    change_nouns: frozenset[str]
    depend: frozenset[str]


_POLARITIES: tuple[Polarity, ...] = ("adverse", "favourable", "neutral")


def read_lexicon(data: Mapping[str, Any]) -> Lexicon:
    """The lists of one language as read from its stance file."""
    verbs: dict[str, tuple[Frame, ...]] = {}
    for entry in data["verb"]:
        for frame in _frames(entry):
            verbs[frame.lemma] = (*verbs.get(frame.lemma, ()), frame)
    operators, position, evaluation = data["operators"], data["position"], data["evaluation"]
    return Lexicon(
        verbs=verbs,
        nouns={frame.lemma: frame for entry in data["noun"] for frame in _frames(entry)},
        light=frozenset(data["light"]["verbs"]),
        inverted=frozenset(data["light"]["inverted"]),
        ending=frozenset(data["light"]["ending"]),
        position_nouns=frozenset(position["nouns"]),
        position_prepositions=frozenset(position["prepositions"]),
        position_words={word: polarity for polarity in _POLARITIES for word in position[polarity]},
        see_as=frozenset(evaluation["see_as"]),
        judgements={word: polarity for polarity in _POLARITIES for word in evaluation[polarity]},
        refuse=frozenset(operators["refuse"]),
        unspoken=frozenset(operators["unspoken"]),
        willing=frozenset(operators["willing"]),
        willing_adjectives=frozenset(operators["willing_adjectives"]),
        unwilling_adjectives=frozenset(operators["unwilling_adjectives"]),
        willing_nouns=frozenset(operators["willing_nouns"]),
        unwilling_nouns=frozenset(operators["unwilling_nouns"]),
        short_of=frozenset(operators["short_of"]),
        deeds=frozenset(data["deeds"]["favourable"]),
        condition_marks=frozenset(data["conditions"]["marks"]),
        condition_phrases=tuple(data["conditions"]["phrases"]),
        change_verbs=frozenset(data["change"]["verbs"]),
        change_nouns=frozenset(data["change"]["nouns"]),
        depend=frozenset(data["change"]["depend"]),
    )


def _frames(entry: Mapping[str, Any]) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            lemma=lemma,
            polarity=entry["polarity"],
            act=entry.get("act"),
            target=tuple(entry["target"]),
            phrasal=entry.get("phrasal", False),
            only_negated=entry.get("only_negated", False),
            needs_party=entry.get("needs_party", False),
            needs_thing=entry.get("needs_thing", False),
            only_with_verb=frozenset(entry.get("only_with_verb", ())),
            only_with_object=frozenset(entry.get("only_with_object", ())),
        )
        for lemma in entry["lemmas"]
    )
