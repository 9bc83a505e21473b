"""What a noun phrase stands for: a state, a person or body that speaks for one, news media, a group, or a thing.

Only the phrase itself is looked at; pronouns and roles that take up somebody named before are `cast`'s part.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from typing import Any

from config.knowledge.actors import KnownActor, speaks_for_state
from stancewire.types import Entity, EntityType, Span
from workers.text.names import Name
from workers.text.tree import Sentence, Token

_TRIMMED = {"det", "punct", "predet", "case", "cc", "preconj"}
#: Those who stand for one country in another: "in Nairobi" says where they are, not whose.
_POSTED = {
    "diplomat",
    "envoy",
    "ambassador",
    "embassy",
    "mission",
    "delegation",
    "consulate",
    "correspondent",
    "attache",
}
_ABROAD = {"of", "from", "for"}
_AT_HOME = {*_ABROAD, "in", "at"}
_FORMER = {"former", "ex", "late", "then", "ousted", "deposed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody or something that a phrase stands for."""

    #: What is named.
    entity: Entity
    #: The state whose word its word is, or None.
    state: Entity | None
    #: Head of the phrase.
    sentence: int
    token: int
    gender: str | None = None
    plural: bool = False
    #: Category of a claimant, where the knowledge has one.
    category: str | None = None
    #: Named by a proper name, not by a description.
    named: bool = True
    #: Stands in a place where it says where, not who ("in Warsaw").
    place: bool = False
    #: Bears a role of public life ("the opposition politician").
    public: bool = False
    #: Its role is one that speaks for a state, though the phrase names none.
    official: bool = False
    #: The known actor, or None.
    actor: KnownActor | None = None

    @property
    def holder(self) -> Entity:
        """Whose position it is: the state where the party speaks for one."""
        return self.state or self.entity

    @property
    def speaker(self) -> Entity | None:
        """The person who says it, where that is somebody else than the holder."""
        return self.entity if self.entity.type == "person" and self.entity != self.holder else None

    @property
    def country(self) -> str | None:
        """The country it belongs to."""
        return self.entity.country


class PartyReader:
    """Resolves noun phrases of one document against the names found in it."""

    def __init__(
        self,
        text: str,
        names: Sequence[Name],
        states: Mapping[str, KnownActor],
        nouns: Mapping[str, Any],
        day: date | None,
    ) -> None:
        self._text = text
        self._names = tuple(names)
        self._starts = [name.start for name in self._names]
        self._states = states
        self._day = day
        self._kinds_needed = frozenset(nouns["speaking"]["kinds"]["nouns"])
        self._official_kinds = frozenset(nouns["speaking"]["kinds"]["words"])
        #: Lemmas of those whose word is their state's.
        self.speaking = frozenset(nouns["speaking"]["lemmas"])
        self._public = frozenset(nouns["public"]["lemmas"])
        self._onlookers = frozenset(nouns["onlookers"]["lemmas"])
        self._media = frozenset(nouns["media"]["lemmas"])
        self._unmistakable_media = frozenset(nouns["media"]["unmistakable"])
        self._state_words = frozenset(nouns["media"]["state_words"])
        self._covert = frozenset(nouns["covert"]["lemmas"])
        self._events = frozenset(nouns["event"]["lemmas"])

    @property
    def text(self) -> str:
        """The field that is read, as it was given."""
        return self._text

    def name_at(self, token: Token) -> Name | None:
        """The known name in which `token` stands."""
        place = bisect_right(self._starts, token.end - 1) - 1
        if place < 0:
            return None
        name = self._names[place]
        return name if token.start < name.end else None

    def names_in(self, start: int, end: int) -> tuple[Name, ...]:
        """Known names between two offsets."""
        first = bisect_left(self._starts, start)
        return tuple(takewhile(lambda name: name.end <= end, self._names[first : bisect_right(self._starts, end)]))

    def phrase(self, sentence: Sentence, head: Token, *, whole: bool = False) -> Span:
        """The words of the phrase under `head`, without articles; clauses and appositions only if `whole`."""
        barred = set() if whole else {"relcl", "appos", "acl", "conj", "cc", "advcl", "parataxis", "ccomp", "prep"}
        words = [head]
        stack = [head]
        while stack:
            for child in sentence.children(stack.pop()):
                if child.dep in barred and not (child.dep == "prep" and _is_short_preposition(sentence, child)):
                    continue
                words.append(child)
                stack.append(child)
        words.sort(key=lambda word: word.i)
        while len(words) > 1 and (words[0].dep in _TRIMMED or words[0].pos == "PUNCT") and words[0] is not head:
            words.pop(0)
        while (
            len(words) > 1
            and (words[-1].dep in _TRIMMED or words[-1].pos in {"PUNCT", "SPACE"})
            and words[-1] is not head
        ):
            words.pop()
        return self._span(words[0].start, words[-1].end)

    def read(self, sentence: Sentence, head: Token) -> Party | None:
        """The party that the phrase under `head` stands for; None for a pronoun or an empty word."""
        if head.pos in {"PRON", "DET"} or head.pos in {"PUNCT", "SPACE", "ADV", "ADP"}:
            return None
        name = self.name_at(head)
        if name is not None and name.text in name.actor.ambiguous and _is_somebody(sentence, head):
            return None
        if name is not None and name.form != "adjective":
            return self._named(sentence, head, name)
        if name is None and head.pos == "PROPN":
            part = next((n for w in sentence.children(head, "compound") if (n := self.name_at(w)) is not None), None)
            if part is not None and part.actor.kind in {"organisation", "outlet", "operation"}:
                return self._named(sentence, head, part)
        apposed = self._apposed(sentence, head)
        if apposed is not None:
            return apposed
        if head.entity == "PERSON" and head.pos == "PROPN":
            return self._person(sentence, head)
        return self._described(sentence, head, name)

    def state_named(self, sentence: Sentence, token: Token, name: Name) -> Party:
        """The state behind an adjective or another of its names, as a party of its own ("Russian interference")."""
        return self._named(sentence, token, name)

    def country_of(self, sentence: Sentence, head: Token) -> Name | None:
        """The state whose name, adjective, capital or body modifies `head` ("Russian", "Moscow's", "of Russia")."""
        for child in sentence.children(head, "amod", "compound", "poss", "nmod", "npadvmod", "nummod"):
            found = self._state_name(child) or (
                self.country_of(sentence, child) if child.dep in {"amod", "compound", "poss", "nmod"} else None
            )
            if found is not None:
                return found
        for preposition in sentence.children(head, "prep"):
            if preposition.lower in (_ABROAD if head.lemma in _POSTED else _AT_HOME):
                for place in sentence.children(preposition, "pobj"):
                    name = self.name_at(place)
                    if name is not None and name.actor.country:
                        return name
                    if place.pos != "PROPN" and (inner := self.country_of(sentence, place)) is not None:
                        return inner
        return None

    def _state_name(self, token: Token) -> Name | None:
        name = self.name_at(token)
        return name if name is not None and name.actor.country is not None else None

    def _named(self, sentence: Sentence, head: Token, name: Name) -> Party:
        actor = name.actor
        mention = self._span(name.start, name.end)
        party = Party(
            entity=self._entity(actor, mention, form=name.form),
            state=None,
            sentence=sentence.index,
            token=head.i,
            actor=actor,
            gender=actor.gender,
            category=actor.category,
            place=_is_place(sentence, head) and name.form in {"name", "capital"},
        )
        if actor.kind == "state":
            return replace(party, plural=name.form == "people")
        if actor.kind == "person":
            former = any(w.lower in _FORMER for w in sentence.subtree(head) if w.i < head.i)
            speaks = not former and speaks_for_state(actor, self._day)
            if actor.organisation:
                return replace(party, state=self._organisation(actor.organisation, mention))
            return replace(party, state=self.state(actor.country, mention) if speaks else None)
        if actor.kind == "organisation" and actor.speaks_for_state and actor.country:
            return replace(party, state=self.state(actor.country, mention))
        return party

    def _apposed(self, sentence: Sentence, head: Token) -> Party | None:
        """A role joined to a name: "Finland's prime minister, Petteri Orpo"."""
        for other in sentence.children(head, "appos"):
            name = self.name_at(other)
            if name is not None and name.actor.kind in {"person", "organisation", "outlet"}:
                return self._named(sentence, other, name)
            if other.entity == "PERSON" and other.pos == "PROPN":
                found = self._person(sentence, other)
                country = self.country_of(sentence, head)
                found = replace(
                    found, public=head.lemma in self.speaking | self._public, official=head.lemma in self.speaking
                )
                return self._in_office(found, head, country)
        return None

    def _person(self, sentence: Sentence, head: Token) -> Party:
        """A person unknown to the knowledge, with the country and office that the phrase gives."""
        first = head
        for child in sentence.children(head, "compound"):
            if child.entity == "PERSON" and child.start < first.start:
                first = child
        mention = self._span(first.start, head.end)
        entity = Entity(name=mention.text, type="person", country=None, id=None, mention=mention)
        party = Party(entity=entity, state=None, sentence=sentence.index, token=head.i)
        roles = [
            w for w in sentence.children(head, "compound", "amod", "nmod") if w.lemma in self.speaking | self._public
        ]
        appositions = [w for w in sentence.children(head, "appos") if w.lemma in self.speaking | self._public]
        if (
            (above := sentence.head(head)) is not None
            and head.dep == "appos"
            and above.lemma in self.speaking | self._public
        ):
            appositions.append(above)
        for role in (*roles, *appositions):
            country = self.country_of(sentence, head) if role in roles else self.country_of(sentence, role)
            if country is None and role in roles:
                country = self.country_of(sentence, role)
            party = replace(party, public=True, official=party.official or role.lemma in self.speaking)
            party = self._in_office(party, role, country)
            if country is not None:
                break
        return party

    def _in_office(self, party: Party, role: Token, country: Name | None) -> Party:
        if country is None:
            return party
        code = country.actor.country
        speaks = role.lemma in self.speaking
        return replace(
            party,
            entity=replace(party.entity, country=code),
            state=self.state(code, party.entity.mention) if speaks else None,
        )

    def _described(self, sentence: Sentence, head: Token, name: Name | None) -> Party | None:
        """A phrase around a common noun: "Russian state media", "the US intelligence community"."""
        country = name if name is not None else self.country_of(sentence, head)
        code = country.actor.country if country is not None else None
        whole = self.phrase(sentence, head)
        lemma = "media" if head.lower == "media" else head.lemma
        modifiers = {w.lower for w in sentence.subtree(head) if w.i < head.i}
        text = whole.text.lower()
        kind: EntityType = "thing"
        state: Entity | None = None
        category: str | None = None
        if (
            name is not None
            and name.form == "adjective"
            and head.pos in {"PROPN", "NOUN", "ADJ"}
            and head.lower == name.text.lower()
        ):
            kind = "group"
        elif self._is_state_media(lemma, modifiers, text) or lemma in self._unmistakable_media:
            kind, category = "media", "media"
        elif lemma in self._events:
            kind = "election"
        elif lemma in self.speaking and self._is_official(sentence, head):
            kind = "organisation"
            state = None if modifiers & _FORMER else self.state(code, whole)
        elif lemma in self._public:
            kind = "organisation"
        elif lemma in self._onlookers or (lemma in self._covert and code):
            kind = "group"
        entity = Entity(name=whole.text, type=kind, country=code, id=None, mention=whole)
        return Party(
            entity=entity,
            state=state,
            sentence=sentence.index,
            token=head.i,
            plural=head.tag in {"NNS", "NNPS"},
            named=head.pos == "PROPN",
            category=category,
            public=kind in {"organisation", "media"},
            official=lemma in self.speaking or (kind == "media" and self._is_state_media(lemma, modifiers, text)),
        )

    def _is_state_media(self, lemma: str, modifiers: set[str], text: str) -> bool:
        return lemma in self._media and (
            any(word in text for word in self._state_words if "-" in word) or bool(modifiers & self._state_words)
        )

    def _is_official(self, sentence: Sentence, head: Token) -> bool:
        """Not the "travel agency" or "customer service": some nouns speak for a state only with a word that says so."""
        if head.lemma not in self._kinds_needed:
            return True
        return any(word.lemma in self._official_kinds for word in sentence.subtree(head))

    def state(self, code: str | None, mention: Span) -> Entity | None:
        """The state with this country code, as mentioned by `mention`."""
        actor = self._states.get(code) if code is not None else None
        return self._entity(actor, mention) if actor is not None else None

    def _organisation(self, name: str, mention: Span) -> Entity:
        return Entity(name=name, type="organisation", country=None, id=None, mention=mention)

    def _entity(self, actor: KnownActor, mention: Span, *, form: str = "name") -> Entity:
        kinds: dict[str, EntityType] = {
            "state": "state",
            "person": "person",
            "organisation": "organisation",
            "outlet": "media",
            "operation": "group",
        }
        kind = "group" if form == "people" else kinds[actor.kind]
        return Entity(name=actor.name, type=kind, country=actor.country, id=actor.wikidata, mention=mention)

    def _span(self, start: int, end: int) -> Span:
        return Span(text=self._text[start:end], start=start, end=end)


def _is_somebody(sentence: Sentence, head: Token) -> bool:
    """As in "Chad, a baker from Reading": a word that may be a state's name is somebody's here."""
    return head.entity == "PERSON" or any(
        word.pos == "NOUN"
        and word.lemma not in {"country", "nation", "state", "republic", "kingdom", "member", "neighbour"}
        and any(w.lower in {"a", "an"} for w in sentence.children(word, "det"))
        for word in sentence.children(head, "appos")
    )


def _is_short_preposition(sentence: Sentence, preposition: Token) -> bool:
    return preposition.lower in {"of", "on", "to", "for", "with", "in", "against", "between"} and bool(
        sentence.children(preposition, "pobj")
    )


def _is_place(sentence: Sentence, head: Token) -> bool:
    above = sentence.head(head)
    return head.dep == "pobj" and above is not None and above.lower in {"in", "at", "near", "outside", "across", "into"}
