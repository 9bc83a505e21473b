"""Persons, and other actors by their known names: who bears the name, in which office, speaking for which state.

Phrases around common nouns are `parties`' part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from config.knowledge.actors import KnownActor, speaks_for_state
from stancewire.types import Entity
from workers.attribution.party import Party
from workers.attribution.phrases import PhraseReader
from workers.text.names import Name
from workers.text.tree import Sentence, Token

#: What the model calls names that are nobody's.
_NOBODY = {"GPE", "LOC", "NORP", "FAC", "DATE", "EVENT", "PRODUCT"}


class PersonReader(PhraseReader):
    """Reads the names of one document."""

    def __init__(
        self,
        text: str,
        names: Sequence[Name],
        states: Mapping[str, KnownActor],
        nouns: Mapping[str, Any],
        day: date | None,
    ) -> None:
        super().__init__(text, names, states, nouns)
        self._day = day
        self._titles = frozenset(nouns["role"]["person"])
        self._honorifics: Mapping[str, str] = nouns["honorific"]["genders"]
        self._former = frozenset(nouns["former"]["words"])
        #: Lemmas of those whose word is their state's.
        self.speaking = frozenset(nouns["speaking"]["lemmas"])
        self._public = frozenset(nouns["public"]["lemmas"])

    def _named(self, sentence: Sentence, head: Token, name: Name) -> Party:
        actor = name.actor
        mention = self._span(name.start, name.end)
        party = Party(
            entity=self._entity(actor, mention, form=name.form),
            state=None,
            sentence=sentence.index,
            token=head.i,
            actor=actor,
            roles=frozenset(office.title.split()[-1] for office in actor.offices if office.held_on(self._day)),
            gender=actor.gender,
            category=actor.category,
            place=_is_place(sentence, head) and name.form in {"name", "capital"},
        )
        if actor.kind == "state":
            return replace(party, plural=name.form == "people")
        if actor.kind == "person":
            former = any(w.lower in self._former for w in sentence.subtree(head) if w.i < head.i)
            speaks = not former and speaks_for_state(actor, self._day)
            if actor.organisation:
                body = Entity(name=actor.organisation, type="organisation", country=None, id=None, mention=mention)
                return replace(party, state=body)
            return replace(party, state=self.state(actor.country, mention) if speaks else None)
        if actor.kind == "organisation" and actor.speaks_for_state and actor.country:
            return replace(party, state=self.state(actor.country, mention))
        return party

    def _apposed(self, sentence: Sentence, head: Token) -> Party | None:
        """A role joined to a name: "Finland's prime minister, Petteri Orpo"."""
        for other in (*sentence.children(head, "appos"), *self._far_appositions(sentence, head)):
            name = self.name_at(other)
            if name is not None and name.actor.kind in {"person", "organisation", "outlet"}:
                return self._named(sentence, other, name)
            if name is None and (self._is_person(sentence, other) or self._bears(other, head)):
                found = self._person(sentence, other)
                country = self.country_of(sentence, head)
                found = replace(
                    found,
                    public=head.lemma in self.speaking | self._public,
                    official=self._speaks(sentence, head),
                    roles=found.roles | {head.lemma},
                )
                return self._in_office(sentence, found, head, country)
        return None

    def _far_appositions(self, sentence: Sentence, head: Token) -> Iterator[Token]:
        """As in "a spokesman for the ministry in Accra, Ama Owusu": a name that hangs on the body's or the town's."""
        below = [head] if head.lemma in self._titles else []
        while below:
            below = [
                item
                for word in below
                for preposition in sentence.children(word, "prep")
                for item in sentence.children(preposition, "pobj")
                if item.lemma not in self._titles and item.entity != "PERSON"
            ]
            yield from (o for item in below for o in sentence.children(item, "appos") if _may_be_person(sentence, o))

    def _is_person(self, sentence: Sentence, head: Token) -> bool:
        """Whether a proper name is somebody's: the model says so, or a title before or after it does."""
        return head.pos == "PROPN" and (
            head.entity == "PERSON"
            or any(self._is_honorific(word) for word in sentence.children(head, "compound"))
            or any(self._bears(head, word) for word in sentence.children(head, "compound", "appos"))
        )

    def _bears(self, name: Token, title: Token) -> bool:
        """As in "the minister, Elena Quispe", whatever the model takes the name for."""
        return name.pos == "PROPN" and title.lemma in self._titles and name.lemma not in self.speaking | self._public

    def _person(self, sentence: Sentence, head: Token) -> Party:
        """A person unknown to the knowledge, with the country and office that the phrase gives."""
        above = sentence.head(head)
        roles = [w for w in sentence.children(head, "compound", "amod", "nmod") if self._is_role(w)]
        appositions = [w for w in sentence.children(head, "appos") if self._is_role(w)]
        if above is not None and head.dep == "appos" and self._is_role(above):
            appositions.append(above)
        mention = self._span(self._first_name(sentence, head).start, head.end)
        party = Party(
            entity=Entity(name=mention.text, type="person", country=None, id=None, mention=mention),
            state=None,
            sentence=sentence.index,
            token=head.i,
            gender=next((g for w in sentence.children(head, "compound") if (g := self._gender(w)) is not None), None),
            roles=frozenset(role.lemma for role in (*roles, *appositions)),
        )
        for role in (*roles, *appositions):
            country = self.country_of(sentence, head) if role in roles else self.country_of(sentence, role)
            if country is None and role in roles:
                country = self.country_of(sentence, role)
            party = replace(party, public=True, official=party.official or self._speaks(sentence, role))
            party = self._in_office(sentence, party, role, country)
            if country is not None:
                break
        return party

    def _is_honorific(self, word: Token) -> bool:
        return word.lower.rstrip(".") in self._honorifics

    def _gender(self, word: Token) -> str | None:
        """As in "Mr Ruiz", "Ms Nowak"; some honorifics tell none."""
        return self._honorifics.get(word.lower.rstrip(".")) or None

    def _is_role(self, word: Token) -> bool:
        return word.lemma in self.speaking or word.lemma in self._public

    def _first_name(self, sentence: Sentence, head: Token) -> Token:
        """Where a person's name begins: after titles and whatever else stands before it."""
        named = [w for w in sentence.children(head, "compound") if w.entity == "PERSON"]
        if head.entity == "PERSON":
            return min([head, *named], key=lambda word: word.i)
        first = head
        while first.i > 0:
            word = sentence.tokens[first.i - 1]
            is_own = word.pos == "PROPN" and word.head == head.i and self.name_at(word) is None
            if not is_own or self._is_role(word) or self._is_honorific(word):
                break
            first = word
        return first

    def _speaks(self, sentence: Sentence, role: Token) -> bool:
        """Whether who bears a role speaks for its state: nobody does who left it."""
        name = sentence.head(role) if role.dep in {"compound", "nmod", "amod"} else None
        beside = sentence.children(name, "amod", "advmod", "compound") if name is not None else ()
        return role.lemma in self.speaking and not any(
            word.lower in self._former for word in (*sentence.children(role, "amod", "advmod", "compound"), *beside)
        )

    def _in_office(self, sentence: Sentence, party: Party, role: Token, country: Name | None) -> Party:
        if country is None:
            return party
        code = country.actor.country
        is_public = country.actor.kind == "state" or country.actor.speaks_for_state
        speaks = is_public and self._speaks(sentence, role)
        return replace(
            party,
            entity=replace(party.entity, country=code),
            state=self.state(code, party.entity.mention) if speaks else None,
        )


def _may_be_person(sentence: Sentence, name: Token) -> bool:
    in_full = sentence.child(name, "compound") is not None
    return name.pos == "PROPN" and (name.entity == "PERSON" or (in_full and name.entity not in _NOBODY))


def _is_place(sentence: Sentence, head: Token) -> bool:
    above = sentence.head(head)
    return head.dep == "pobj" and above is not None and above.lower in {"in", "at", "near", "outside", "across", "into"}
