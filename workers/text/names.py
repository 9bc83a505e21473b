"""Finds the names of known actors in folded text, by a linear scan, with their places.

A name that several actors bear keeps all its candidates; which is meant is decided from the context by `choose`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ahocorasick_rs

from config.knowledge.actors import KnownActor, NameForm
from workers.text.fold import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One actor that a name may mean."""

    actor: KnownActor
    form: NameForm
    #: The name often means something else.
    ambiguous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A name found at `start:end` of a field."""

    start: int
    end: int
    name: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name resolved to one actor."""

    start: int
    end: int
    text: str
    actor: KnownActor
    form: NameForm


def _lower(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _bare(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))


def _cases_agree(written: str, name: str) -> bool:
    """Whether `written` can be `name`: short capitals only as they stand, other names also in full capitals."""
    if written == name:
        return True
    if name.isupper() and len(name) <= 5:
        return False
    if written.isupper() and len(written) > 2:
        return True
    return written[0] == name[0] and written[0].isupper()


class NameFinder:
    """All known names in one automaton; about five million words a second."""

    def __init__(self, actors: Iterable[KnownActor]) -> None:
        table: dict[str, list[Candidate]] = {}
        spelled: dict[str, str] = {}
        for actor in actors:
            for form, name in actor.names:
                candidate = Candidate(actor=actor, form=form, ambiguous=name in actor.ambiguous)
                for spelling in {fold(name), _bare(fold(name))}:
                    known = table.setdefault(spelling, [])
                    if all(other.actor is not actor for other in known):
                        known.append(candidate)
                    spelled[spelling] = name
        self._by_low: dict[str, list[str]] = {}
        for spelling in table:
            self._by_low.setdefault(_lower(spelling), []).append(spelling)
        self._table = {spelling: tuple(candidates) for spelling, candidates in table.items()}
        self._patterns = sorted(self._by_low)
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._patterns, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )

    def find(self, text: str) -> tuple[Hit, ...]:
        """Longest names in folded `text`, in order, none overlapping another."""
        found: list[Hit] = []
        low = _lower(text)
        for number, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True):
            if not _bounded(text, start, end):
                continue
            written = text[start:end]
            spellings = [name for name in self._by_low[self._patterns[number]] if _cases_agree(written, name)]
            candidates = tuple(
                dict.fromkeys(c for name in spellings for c in self._table[name] if written == name or not c.ambiguous)
            )
            if candidates:
                found.append(Hit(start=start, end=end, name=written, candidates=candidates))
        found.sort(key=lambda hit: (hit.start - hit.end, hit.start))
        taken: list[Hit] = []
        covered = bytearray(len(text))
        for hit in found:
            if not any(covered[hit.start : hit.end]):
                covered[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
                taken.append(hit)
        return tuple(sorted(taken, key=lambda hit: hit.start))


def _bounded(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum())


class Chooser:
    """Decides which actor each name of a document means, from the document alone."""

    def __init__(self, ambiguity: Mapping[str, Any]) -> None:
        self._against: Mapping[str, list[str]] = ambiguity.get("against", {})
        self._union_seats: Mapping[str, Mapping[str, Any]] = ambiguity.get("union_seat", {})

    def choose(self, text: str, hits: Iterable[Hit], day: date | None) -> tuple[Name, ...]:
        """Names whose meaning is clear in `text`; the others are left out rather than guessed."""
        hits = tuple(hits)
        certain = {
            candidate.actor.country
            for hit in hits
            if len(hit.candidates) == 1
            for candidate in hit.candidates
            if not candidate.ambiguous and candidate.actor.country and candidate.actor.kind != "outlet"
        }
        full_names = {
            candidate.actor.name
            for hit in hits
            for candidate in hit.candidates
            if candidate.actor.kind == "person" and fold(candidate.actor.name) == hit.name
        }
        chosen = (self._one(text, hit, certain, full_names, day) for hit in hits)
        return tuple(name for name in chosen if name is not None)

    def _one(
        self, text: str, hit: Hit, certain: set[str | None], full_names: set[str], day: date | None
    ) -> Name | None:
        candidates = [c for c in hit.candidates if self._is_possible(text, hit, c, certain, full_names)]
        seat = self._union_seats.get(hit.name)
        if seat is not None and candidates:
            is_country = any(word in text for word in seat["country_words"])
            candidates = [c for c in candidates if (c.actor.country == seat["code"]) != is_country]
        if len(candidates) > 1:
            candidates = self._narrowed(candidates, certain, full_names, day)
        if len(candidates) != 1:
            return None
        only = candidates[0]
        return Name(start=hit.start, end=hit.end, text=hit.name, actor=only.actor, form=only.form)

    def _is_possible(
        self, text: str, hit: Hit, candidate: Candidate, certain: set[str | None], full_names: set[str]
    ) -> bool:
        if any(word in text for word in self._against.get(hit.name, ())):
            return candidate.actor.country in certain and candidate.actor.kind == "state"
        if not candidate.ambiguous:
            return True
        if candidate.actor.kind == "person":
            return candidate.actor.name in full_names or candidate.actor.country in certain
        if candidate.actor.kind == "state":
            return hit.name[0].isupper()
        return candidate.actor.country in certain

    @staticmethod
    def _narrowed(
        candidates: list[Candidate], certain: set[str | None], full_names: set[str], day: date | None
    ) -> list[Candidate]:
        for keep in (
            lambda c: c.actor.name in full_names,
            lambda c: c.actor.country in certain,
            lambda c: any(office.held_on(day) for office in c.actor.offices) and day is not None,
            lambda c: not c.ambiguous,
        ):
            kept = [c for c in candidates if keep(c)]
            if len(kept) == 1:
                return kept
            candidates = kept or candidates
        same = {(c.actor.kind, c.actor.name) for c in candidates}
        return candidates[:1] if len(same) == 1 else candidates
