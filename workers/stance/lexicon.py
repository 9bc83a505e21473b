"""The word lists of stance as typed data.

It only reads lists; matching them to sentences is `frames`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import ahocorasick_rs

from stancewire.types import Polarity

#: What a target must be: an `actor`, a `party` (an actor or something of one), a `thing` (no actor), or a `matter`
#: (an actor, something of one, or a thing that states deal with), a `dealing` (such a thing and no actor), or
#: `no guest` (nobody who is only received).
Need = Literal["actor", "party", "thing", "matter", "dealing", "no guest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A predicate that gives its holder a stance toward its target."""

    lemma: str
    polarity: Polarity
    act: str | None
    #: Where the target stands: `object` or prepositions, in order of preference.
    target: tuple[str, ...]
    only_negated: bool = False
    #: Counts only when negated, and then against its target ("brooks no mediation").
    only_negative: bool = False
    needs: Need | None = None
    #: A noun that counts only under one of these verbs ("imposed sanctions on").
    only_with_verb: frozenset[str] = frozenset()
    #: A verb that counts only with one of these as its object ("recalled its ambassador from").
    only_with_object: frozenset[str] = frozenset()
    #: A verb that counts only with one of these prepositions ("attacked the plan as").
    only_with_preposition: frozenset[str] = frozenset()
    #: Targets with which the verb has another sense ("defend the title").
    not_object: frozenset[str] = frozenset()
    #: It may stand without a target, which then is what was last spoken of ("Rome objected").
    elliptic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Idiom:
    """A fixed phrase that gives its holder a stance toward its target."""

    #: Its words in order, each as the forms that it may take; None where the target stands.
    words: tuple[frozenset[str] | None, ...]
    name: str
    polarity: Polarity
    act: str | None
    needs: Need | None = None
    #: It repeats the position of whoever was spoken of before ("followed suit").
    follows: bool = False


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All word lists of stance in one language."""

    verbs: Mapping[str, tuple[Frame, ...]]
    nouns: Mapping[str, Frame]
    #: Nouns for people who hold a position: "a critic of".
    roles: Mapping[str, Frame]
    #: Verbs for what a thing is said to do by those who are against it, or for it: "violates", "serves".
    effects: Mapping[str, Frame]
    adjectives: Mapping[str, Frame]
    #: By the forms of their first word.
    idioms: Mapping[str, tuple[Idiom, ...]]
    #: What a stance comes in: "messages of", "a note of".
    containers: frozenset[str]
    light: frozenset[str]
    inverted: frozenset[str]
    #: Verbs whose subject is never the holder: "sparked outrage".
    stirring: frozenset[str]
    ending: frozenset[str]
    position_nouns: frozenset[str]
    position_prepositions: frozenset[str]
    position_words: Mapping[str, Polarity]
    see_as: frozenset[str]
    judgements: Mapping[str, Polarity]
    refuse: frozenset[str]
    unspoken: frozenset[str]
    #: What stands below is foreseen by somebody, and not yet anybody's position.
    forecast: frozenset[str]
    #: A plan to do a routine deed is no position.
    planning: frozenset[str]
    routine: frozenset[str]
    willing: frozenset[str]
    willing_adjectives: frozenset[str]
    unwilling_adjectives: frozenset[str]
    willing_nouns: frozenset[str]
    unwilling_nouns: frozenset[str]
    short_of: frozenset[str]
    deeds: frozenset[str]
    undoing: frozenset[str]
    #: What nobody is for.
    evils: frozenset[str]
    #: Feasts and matches: who comes or stays away takes no position.
    occasions: frozenset[str]
    urging: frozenset[str]
    matters: frozenset[str]
    condition_marks: frozenset[str]
    condition_phrases: tuple[str, ...]
    require: frozenset[str]
    #: Finds the words of sport and of the arts, each with a blank before it.
    elsewhere: ahocorasick_rs.AhoCorasick
    times: frozenset[str]
    #: Nouns that by themselves name no target.
    vague: frozenset[str]
    change_verbs: frozenset[str]
    change_nouns: frozenset[str]
    depend: frozenset[str]

    @cached_property
    def all_deeds(self) -> frozenset[str]:
        """Deeds that show a position by being done or not."""
        return self.deeds | self.undoing

    @cached_property
    def wills(self) -> frozenset[str]:
        """Words by which somebody is willing to do a deed, or not."""
        return (
            self.willing
            | self.refuse
            | self.willing_adjectives
            | self.unwilling_adjectives
            | self.willing_nouns
            | self.unwilling_nouns
        )


_POLARITIES: tuple[Polarity, ...] = ("adverse", "favourable", "neutral")


def read_lexicon(data: Mapping[str, Any]) -> Lexicon:
    """The lists of one language as read from its stance file."""
    verbs: dict[str, tuple[Frame, ...]] = {}
    for entry in data["verb"]:
        for frame in _frames(entry):
            verbs[frame.lemma] = (*verbs.get(frame.lemma, ()), frame)
    idioms: dict[str, tuple[Idiom, ...]] = {}
    for entry in data["idiom"]:
        for idiom in _idioms(entry):
            for form in sorted(idiom.words[0] or ()):
                idioms[form] = (*idioms.get(form, ()), idiom)
    operators, position, evaluation = data["operators"], data["position"], data["evaluation"]
    return Lexicon(
        verbs=verbs,
        nouns={frame.lemma: frame for entry in data["noun"] for frame in _frames(entry)},
        roles={frame.lemma: frame for entry in data["role"] for frame in _frames(entry)},
        effects={frame.lemma: frame for entry in data["effect"] for frame in _frames(entry)},
        adjectives={frame.lemma: frame for entry in data["adjective"] for frame in _frames(entry)},
        idioms=idioms,
        containers=frozenset(data["light"]["containers"]),
        light=frozenset(data["light"]["verbs"]),
        inverted=frozenset(data["light"]["inverted"]),
        stirring=frozenset(data["light"]["stirring"]),
        ending=frozenset(data["light"]["ending"]),
        position_nouns=frozenset(position["nouns"]),
        position_prepositions=frozenset(position["prepositions"]),
        position_words={word: polarity for polarity in _POLARITIES for word in position[polarity]},
        see_as=frozenset(evaluation["see_as"]),
        judgements={word: polarity for polarity in _POLARITIES for word in evaluation[polarity]},
        refuse=frozenset(operators["refuse"]),
        unspoken=frozenset(operators["unspoken"]),
        forecast=frozenset(operators["forecast"]),
        planning=frozenset(operators["planning"]),
        routine=frozenset(data["deeds"]["routine"]),
        willing=frozenset(operators["willing"]),
        willing_adjectives=frozenset(operators["willing_adjectives"]),
        unwilling_adjectives=frozenset(operators["unwilling_adjectives"]),
        willing_nouns=frozenset(operators["willing_nouns"]),
        unwilling_nouns=frozenset(operators["unwilling_nouns"]),
        short_of=frozenset(operators["short_of"]),
        deeds=frozenset(data["deeds"]["favourable"]),
        undoing=frozenset(data["deeds"]["undoing"]),
        evils=frozenset(data["deeds"]["evils"]),
        occasions=frozenset(data["deeds"].get("occasions", ())),
        urging=frozenset(operators["urging"]),
        matters=frozenset(data["matters"]["nouns"]),
        condition_marks=frozenset(data["conditions"]["marks"]),
        condition_phrases=tuple(data["conditions"]["phrases"]),
        times=frozenset(data["time"]["words"]),
        vague=frozenset(data["vague"]["words"]),
        elsewhere=ahocorasick_rs.AhoCorasick([f" {word}" for word in data["elsewhere"]["words"]]),
        require=frozenset(data["conditions"]["require"]),
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
            only_negated=entry.get("only_negated", False),
            only_negative=entry.get("only_negative", False),
            needs=entry.get("needs"),
            only_with_verb=frozenset(entry.get("only_with_verb", ())),
            only_with_object=frozenset(entry.get("only_with_object", ())),
            only_with_preposition=frozenset(entry.get("only_with_preposition", ())),
            not_object=frozenset(entry.get("not_object", ())),
            elliptic=entry.get("elliptic", False),
        )
        for lemma in entry["lemmas"]
    )


def _idioms(entry: Mapping[str, Any]) -> tuple[Idiom, ...]:
    return tuple(
        Idiom(
            words=tuple(None if word == "_" else frozenset(word.split("/")) for word in phrase.split()),
            name="_".join(word.split("/")[0] for word in phrase.split() if word != "_"),
            polarity=entry["polarity"],
            act=entry.get("act"),
            needs=entry.get("needs"),
            follows=entry.get("follows", False),
        )
        for phrase in entry["phrases"]
    )
