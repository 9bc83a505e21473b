"""Finds the names of known actors in folded text, by a linear scan, with their places.

A name that several actors bear keeps all its candidates; which is meant is decided from the context by `choose`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
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
    low = text.lower()
    return low if len(low) == len(text) else "".join(_lower_of(char) for char in text)


def _lower_of(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else char


def _bare(name: str) -> str:
    # Most names have nothing to take off, and there are twenty thousand.
    if name.isascii():
        return name
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

    def __init__(self, actors: Iterable[KnownActor], others: Iterable[str] = ()) -> None:
        """`others` are phrases in which a name means somebody else ("New Mexico")."""
        table: dict[str, list[Candidate]] = {}
        for actor in actors:
            for form, name in actor.names:
                candidate = Candidate(actor=actor, form=form, ambiguous=name in actor.ambiguous)
                folded = fold(name)
                for spelling in {folded, _bare(folded)}:
                    known = table.setdefault(spelling, [])
                    if all(other.actor is not actor for other in known):
                        known.append(candidate)
        for other in others:
            table.setdefault(fold(other), [])
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
            if candidates or any(not self._table[name] for name in spellings):
                found.append(Hit(start=start, end=end, name=written, candidates=candidates))
        found.sort(key=lambda hit: (hit.start - hit.end, hit.start))
        taken: list[Hit] = []
        covered = bytearray(len(text))
        for hit in found:
            if not any(covered[hit.start : hit.end]):
                covered[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
                taken.append(hit)
        return tuple(sorted((hit for hit in taken if hit.candidates), key=lambda hit: hit.start))


def _bounded(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum() or after == "$")


#: A capitalised word before a name, with a small word before it: in headlines and after a stop, capitals say nothing.
_WORD_BEFORE = re.compile(r"(?<!\w)[^\W\d_A-Z][\w'-]* ([^\W\d_][\w-]+|[A-Z]\.|(?:[A-Z]\. ?)+[A-Z]\.) $")
#: Longest initials.
_INITIALS = 2
_LAST_WORD = re.compile(r"(?<!\w)([^\W\d_][\w-]*) $")
#: A capitalised word after a name, with a small word after it: a family name, unless it is a title.
_FAMILY_NAME = re.compile(r" ([A-Z][\w'-]+) [^\W\d_A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What a document says that helps to tell its names apart."""

    #: Words of the ambiguity lists that occur in it.
    words: frozenset[str]
    #: Countries named beyond doubt.
    certain: frozenset[str]
    #: People named in full.
    full_names: frozenset[str]
    day: date | None


class Chooser:
    """Decides which actor each name of a document means, from the document alone."""

    def __init__(self, ambiguity: Mapping[str, Any]) -> None:
        self._against: Mapping[str, list[str]] = ambiguity.get("against", {})
        self._union_seats: Mapping[str, Mapping[str, Any]] = ambiguity.get("union_seat", {})
        self._titles, self._first_names, self._also_first_names = (
            frozenset(ambiguity.get(table, {}).get("words", ()))
            for table in ("titles", "first_names", "also_first_names")
        )
        self._teams = frozenset(ambiguity.get("teams", {}).get("words", ()))
        self._alone: Mapping[str, str] = ambiguity.get("alone", {})
        self._words = self._teams.union(
            (word for words in self._against.values() for word in words),
            (word for seat in self._union_seats.values() for word in seat["country_words"]),
        )

    def choose(self, text: str, hits: Iterable[Hit], day: date | None) -> tuple[Name, ...]:
        """Names whose meaning is clear in `text`; the others are left out rather than guessed."""
        hits = tuple(hits)
        context = self._context(text, hits, day)
        meant = {hit.name: self._meant(hit, context) for hit in hits}
        ends = {hit.end: hit for hit in hits}
        starts = frozenset(hit.start for hit in hits)
        return tuple(
            Name(start=hit.start, end=hit.end, text=hit.name, actor=candidate.actor.on(day), form=candidate.form)
            for hit in hits
            if (candidate := meant[hit.name]) is not None
            and not (candidate.actor.kind == "person" and self._is_namesake(text, hit, ends))
            and not (candidate.actor.kind == "state" and self._is_person(text, hit, starts))
        )

    def _is_person(self, text: str, hit: Hit, starts: frozenset[int]) -> bool:
        """Whether the name of a place is part of a person's: "Jack London", "Chad Wolf"."""
        before = _LAST_WORD.search(text, max(0, hit.start - 30), hit.start)
        if before is not None and before.group(1) in self._first_names:
            return True
        if hit.name not in self._also_first_names or hit.end + 1 in starts:
            return False
        after = _FAMILY_NAME.match(text, hit.end)
        return after is not None and after.group(1) not in self._titles

    def _is_namesake(self, text: str, hit: Hit, ends: Mapping[int, Hit]) -> bool:
        """Whether another first name stands before a family name: "Francesca Albanese" is not the prime minister."""
        if " " in hit.name:
            return False
        before = _WORD_BEFORE.search(text, max(0, hit.start - 30), hit.start)
        if before is None or hit.start - 1 in ends:
            return False
        word = before.group(1)
        # Capitals are a title or an office ("FBI"), but two of them are somebody's initials ("CV").
        is_initials = word.isupper() and len(word) <= _INITIALS
        return word[0].isupper() and (is_initials or not word.isupper()) and word not in self._titles

    def _context(self, text: str, hits: Iterable[Hit], day: date | None) -> _Context:
        distinct = {hit.name: hit.candidates for hit in hits}
        return _Context(
            words=frozenset(word for word in self._words if word in text),
            certain=frozenset(
                candidates[0].actor.country
                for candidates in distinct.values()
                if len(candidates) == 1
                and not candidates[0].ambiguous
                and candidates[0].actor.country is not None
                and candidates[0].actor.kind != "outlet"
            ),
            full_names=frozenset(
                candidate.actor.name
                for name, candidates in distinct.items()
                for candidate in candidates
                if candidate.actor.kind == "person" and fold(candidate.actor.name) == name
            ),
            day=day,
        )

    def _meant(self, hit: Hit, context: _Context) -> Candidate | None:
        """The one actor that a name can mean here, or None."""
        candidates = [c for c in hit.candidates if self._is_possible(hit, c, context)]
        seat = self._union_seats.get(hit.name)
        if seat is not None:
            is_country = any(word in context.words for word in seat["country_words"])
            candidates = [c for c in candidates if (c.actor.country == seat["code"]) != is_country]
        if len(candidates) > 1:
            candidates = _narrowed(candidates, context)
        return candidates[0] if len(candidates) == 1 else None

    def _is_possible(self, hit: Hit, candidate: Candidate, context: _Context) -> bool:
        actor = candidate.actor
        if any(word in context.words for word in self._against.get(hit.name, ())):
            return actor.country in context.certain and actor.kind == "state"
        if candidate.form == "capital" and context.words & self._teams:
            return False
        if not candidate.ambiguous:
            return True
        if actor.kind == "state" and hit.name in self._alone:
            return bool(context.certain - {self._alone[hit.name]})
        if actor.kind == "person":
            return actor.name in context.full_names or actor.country in context.certain
        return hit.name[0].isupper() if actor.kind == "state" else actor.country in context.certain


def _narrowed(candidates: list[Candidate], context: _Context) -> list[Candidate]:
    """`candidates` by what speaks for them, strongest first; one for all if they stand for one country."""
    reasons: tuple[Callable[[Candidate], bool], ...] = (
        lambda c: c.actor.name in context.full_names,
        lambda c: c.actor.country in context.certain,
        lambda c: context.day is not None and any(office.held_on(context.day) for office in c.actor.offices),
        lambda c: not c.ambiguous,
    )
    for speaks_for in reasons:
        kept = [candidate for candidate in candidates if speaks_for(candidate)]
        if len(kept) == 1:
            return kept
        candidates = kept or candidates
    countries = {candidate.actor.country for candidate in candidates}
    return candidates[:1] if len(countries) == 1 and None not in countries else candidates
