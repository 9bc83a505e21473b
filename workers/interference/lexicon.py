"""The word lists of interference as typed data.

It only reads lists; matching them to sentences is the rules' part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ahocorasick_rs


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Words that name a means only together: an act and what it is done to, with one of `near` if there are any."""

    acts: frozenset[str]
    objects: frozenset[str]
    near: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FamilyWords:
    """The words that name one family of techniques; each is equal to itself only."""

    name: str
    disarm: str | None
    #: Nobody's everyday business.
    grave: bool
    nouns: frozenset[str]
    verbs: frozenset[str]
    #: Matches any of its phrases in lower case.
    phrases: re.Pattern[str]
    combinations: tuple[Combination, ...]
    #: Its nouns do not count with one of these before them.
    unless: frozenset[str]
    #: Of its nouns, those that do not make a sentence grave.
    idle: frozenset[str]
    #: Nor as an object of one of these.
    victim_of: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """Words that name interference itself, and what is done by it and to whom."""

    nouns: frozenset[str]
    verbs: frozenset[str]
    plots: frozenset[str]
    measures: frozenset[str]
    weighty: frozenset[str]
    qualifiers: frozenset[str]
    carriers: frozenset[str]
    weak: frozenset[str]
    intruders: frozenset[str]
    doing: frozenset[str]
    culprits: frozenset[str]
    sway: frozenset[str]
    sway_objects: frozenset[str]
    aiming: frozenset[str]
    posing: frozenset[str]
    removable: frozenset[str]
    domains: frozenset[str]
    belittling: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Links:
    """Words that tie a doer to a deed or to a state."""

    verbs: frozenset[str]
    suffixes: frozenset[str]
    distant: frozenset[str]
    ordering: frozenset[str]
    direct: frozenset[str]
    laying: frozenset[str]
    bonds: frozenset[str]
    tying: frozenset[str]
    tying_prepositions: frozenset[str]
    pointing: frozenset[str]
    hiring: frozenset[str]
    placed: frozenset[str]
    members: frozenset[str]
    marks: frozenset[str]
    colluding: frozenset[str]
    answerable: frozenset[str]
    serving: frozenset[str]
    errands: frozenset[str]
    unnamed: tuple[tuple[str, ...], ...]

    @cached_property
    def of_words(self) -> frozenset[str]:
        """Words of a tie to whatever is named after them."""
        return self.tying | self.ordering | self.placed


@dataclass(frozen=True, kw_only=True)
class StatusWords:
    """Words that tell how sure a deed is, and who finds it so."""

    refuted: re.Pattern[str]
    warned: re.Pattern[str]
    assessed_by: frozenset[str]
    assessing_nouns: frozenset[str]
    public_bodies: frozenset[str]
    accusing: frozenset[str]
    clearing: frozenset[str]
    removing: frozenset[str]
    sanctioning: frozenset[str]
    modals: frozenset[str]
    agreeing: frozenset[str]
    taken_up: frozenset[str]
    claims: frozenset[str]
    dangers: frozenset[str]
    records: frozenset[str]
    spreading: frozenset[str]
    #: How a verb of speech holds its clause.
    held: Mapping[str, str]
    hedges: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class DenialWords:
    """Words of denial."""

    verbs: frozenset[str]
    absolute: frozenset[str]
    calling: frozenset[str]
    bare: frozenset[str]
    objects: frozenset[str]
    words: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All word lists of interference in one language."""

    deed: Deeds
    links: Links
    status: StatusWords
    denial: DenialWords
    families: tuple[FamilyWords, ...]
    disarm_version: str
    platforms: tuple[str, ...]
    platforms_pattern: re.Pattern[str]
    event_nouns: frozenset[str]
    institution_nouns: frozenset[str]
    #: Words of open fighting.
    war: frozenset[str]
    tools: frozenset[str]
    #: Words of theft by computer.
    theft: frozenset[str]

    #: Finds how the phrases of any family begin.
    phrase_stems: ahocorasick_rs.AhoCorasick

    @cached_property
    def naming(self) -> Mapping[str, frozenset[FamilyWords]]:
        """The families that a word may name by itself."""
        return _by_word((word, family) for family in self.families for word in family.nouns | family.verbs)

    @cached_property
    def acting(self) -> Mapping[str, frozenset[FamilyWords]]:
        """The families that a word may name together with what is done to what."""
        return _by_word(
            (word, family) for family in self.families for words in family.combinations for word in words.acts
        )

    @cached_property
    def acts(self) -> frozenset[str]:
        """What makes its subject a doer: the doing of deeds, and every act that names a means with its object."""
        combined = (words.acts for family in self.families for words in family.combinations)
        return self.deed.doing.union(self.deed.sway, self.deed.verbs, *combined)


def _by_word(pairs: Iterable[tuple[str, FamilyWords]]) -> dict[str, frozenset[FamilyWords]]:
    found: dict[str, set[FamilyWords]] = {}
    for word, family in pairs:
        found.setdefault(word, set()).add(family)
    return {word: frozenset(families) for word, families in found.items()}


def _any_of(phrases: Iterable[str], after: str) -> re.Pattern[str]:
    """Matches any of `phrases` at the beginning of a word, "*" standing for any ending; nothing if there are none."""
    ordered = sorted(phrases, key=len, reverse=True)
    alternatives = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in ordered)
    return re.compile(rf"(?<!\w)(?:{alternatives}){after}" if alternatives else r"(?!)")


def _sets(data: Mapping[str, Any], *left_out: str) -> dict[str, frozenset[str]]:
    """The lists of a table as sets."""
    return {key: frozenset(words) for key, words in data.items() if key not in left_out}


def _phrases(family: Mapping[str, Any]) -> list[str]:
    return [phrase.lower() for phrase in family.get("phrases", ())]


def _family(data: Mapping[str, Any]) -> FamilyWords:
    return FamilyWords(
        name=data["name"],
        disarm=data.get("disarm"),
        grave=data.get("grave", False),
        nouns=frozenset(data.get("nouns", ())),
        unless=frozenset(data.get("unless", ())),
        idle=frozenset(data.get("idle", ())),
        victim_of=frozenset(data.get("victim_of", ())),
        verbs=frozenset(data.get("verbs", ())),
        phrases=_any_of(_phrases(data), r"\w*"),
        combinations=tuple(
            Combination(
                acts=frozenset(words["acts"]),
                objects=frozenset(words["objects"]),
                near=frozenset(words.get("near", ())),
            )
            for words in data.get("combination", ())
        ),
    )


def read_lexicon(data: Mapping[str, Any], nouns: Mapping[str, Any], speech: Mapping[str, Any]) -> Lexicon:
    """The lists of one language as read from its interference, noun and speech files."""
    links, status, denial = data["links"], data["status"], data["denial"]
    return Lexicon(
        war=frozenset(data["war"]["words"]),
        tools=frozenset(data["tools"]["words"]),
        theft=frozenset(data["theft"]["words"]),
        deed=Deeds(**_sets(data["deed"])),
        links=Links(
            **_sets(links, "unnamed"),
            unnamed=tuple(tuple(phrase.split()) for phrase in links["unnamed"]),
        ),
        status=StatusWords(
            **_sets(status, "refuted", "warned", "stories"),
            refuted=_any_of(status["refuted"], r"(?!\w)"),
            warned=_any_of(status["warned"], r"(?!\w)"),
            claims=frozenset(speech["nouns"]["alleged"]).union(status["stories"]),
            held={lemma: held for held, lemmas in speech["verbs"].items() for lemma in lemmas},
            dangers=frozenset(speech["nouns"]["warned"]),
            hedges=frozenset(speech["hedges"]["alleged"]),
        ),
        denial=DenialWords(**_sets(denial, "words"), words=_any_of(denial["words"], r"(?!\w)")),
        families=tuple(_family(family) for family in data["family"]),
        phrase_stems=ahocorasick_rs.AhoCorasick(
            sorted({phrase.partition("*")[0] for family in data["family"] for phrase in _phrases(family)})
        ),
        disarm_version=data["platforms"]["versions"],
        platforms=tuple(data["platforms"]["names"]),
        platforms_pattern=_any_of(data["platforms"]["names"], r"(?!\w)"),
        event_nouns=frozenset(nouns["event"]["lemmas"]),
        institution_nouns=frozenset(nouns["institution"]["lemmas"]),
    )
