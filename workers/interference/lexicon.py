"""The word lists of interference as typed data.

It only reads lists; matching them to sentences is `cues`'s and `roles`'s part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyWords:
    """The words that name one family of techniques."""

    name: str
    disarm: str | None
    nouns: frozenset[str]
    verbs: frozenset[str]
    #: Matches any of its phrases in lower case.
    phrases: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All word lists of interference in one language."""

    deed_nouns: frozenset[str]
    deed_verbs: frozenset[str]
    qualifiers: frozenset[str]
    carriers: frozenset[str]
    weak: frozenset[str]
    intruders: frozenset[str]
    doing: frozenset[str]
    culprits: frozenset[str]
    sway: frozenset[str]
    sway_objects: frozenset[str]
    link_verbs: frozenset[str]
    link_suffixes: frozenset[str]
    direct: frozenset[str]
    families: tuple[FamilyWords, ...]
    disarm_version: str
    platforms: tuple[str, ...]
    platforms_pattern: re.Pattern[str]
    refuted: re.Pattern[str]
    warned: re.Pattern[str]
    assessed_by: frozenset[str]
    assessing_nouns: frozenset[str]
    sanctioning: frozenset[str]
    accusing: frozenset[str]
    removing: frozenset[str]
    claims: frozenset[str]
    ordering: frozenset[str]
    public_bodies: frozenset[str]
    aiming: frozenset[str]
    denial_verbs: frozenset[str]
    denial_words: re.Pattern[str]
    denial_objects: frozenset[str]
    event_nouns: frozenset[str]
    institution_nouns: frozenset[str]
    hedges_alleged: frozenset[str]


def _any_of(phrases: tuple[str, ...], after: str) -> re.Pattern[str]:
    """Matches any of `phrases` at the beginning of a word; nothing if there are none."""
    alternatives = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives}){after}" if alternatives else r"(?!)")


def read_lexicon(data: Mapping[str, Any], nouns: Mapping[str, Any], speech: Mapping[str, Any]) -> Lexicon:
    """The lists of one language as read from its interference, noun and speech files."""
    deed, links, status, denial = data["deed"], data["links"], data["status"], data["denial"]
    return Lexicon(
        deed_nouns=frozenset(deed["nouns"]),
        deed_verbs=frozenset(deed["verbs"]),
        qualifiers=frozenset(deed["qualifiers"]),
        carriers=frozenset(deed["carriers"]),
        weak=frozenset(deed["weak"]),
        intruders=frozenset(deed["intruders"]),
        doing=frozenset(deed["doing"]),
        culprits=frozenset(deed["culprits"]),
        sway=frozenset(deed["sway"]),
        sway_objects=frozenset(deed["sway_objects"]),
        link_verbs=frozenset(links["verbs"]),
        link_suffixes=frozenset(links["suffixes"]),
        direct=frozenset(links["direct"]),
        families=tuple(
            FamilyWords(
                name=family["name"],
                disarm=family.get("disarm"),
                nouns=frozenset(family.get("nouns", ())),
                verbs=frozenset(family.get("verbs", ())),
                phrases=_any_of(tuple(phrase.lower() for phrase in family.get("phrases", ())), r"\w*"),
            )
            for family in data["family"]
        ),
        disarm_version=data["platforms"]["versions"],
        platforms=tuple(data["platforms"]["names"]),
        platforms_pattern=_any_of(tuple(data["platforms"]["names"]), r"(?!\w)"),
        refuted=_any_of(tuple(status["refuted"]), r"(?!\w)"),
        warned=_any_of(tuple(status["warned"]), r"(?!\w)"),
        assessed_by=frozenset(status["assessed_by"]),
        assessing_nouns=frozenset(status["assessing_nouns"]),
        sanctioning=frozenset(status["sanctioning"]),
        accusing=frozenset(status["accusing"]),
        removing=frozenset(status["removing"]),
        claims=frozenset(speech["nouns"]["alleged"]),
        ordering=frozenset(links["ordering"]),
        public_bodies=frozenset(status["public_bodies"]),
        aiming=frozenset(deed["aiming"]),
        denial_verbs=frozenset(denial["verbs"]),
        denial_words=_any_of(tuple(denial["words"]), r"(?!\w)"),
        denial_objects=frozenset(denial["objects"]),
        event_nouns=frozenset(nouns["event"]["lemmas"]),
        institution_nouns=frozenset(nouns["institution"]["lemmas"]),
        hedges_alleged=frozenset(speech["hedges"]["alleged"]),
    )
