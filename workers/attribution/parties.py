"""What a noun phrase stands for: a state, a person or body that speaks for one, news media, a group, or a thing.

Only the phrase itself is looked at; pronouns and roles that take up somebody named before are `cast`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from config.knowledge.actors import KnownActor, speaks_for_state
from stancewire.types import Entity, EntityType
from workers.attribution.phrases import PhraseReader
from workers.text.names import Name
from workers.text.tree import Sentence, Token


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
    #: Nouns by which it may be taken up again ("the spokesman").
    roles: frozenset[str] = frozenset()
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


class PartyReader(PhraseReader):
    """Resolves noun phrases of one document against the names found in it."""

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
        self._former = frozenset(nouns["former"]["words"])
        self._members = frozenset(nouns["member"]["lemmas"])
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

    def read(self, sentence: Sentence, head: Token) -> Party | None:
        """The party that the phrase under `head` stands for; None for a pronoun or an empty word."""
        if head.pos in {"PRON", "DET"} or head.pos in {"PUNCT", "SPACE", "ADV", "ADP"}:
            return None
        name = self.name_at(head)
        if name is not None and name.text in name.actor.ambiguous and self._is_somebody(sentence, head):
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
        if self._is_person(sentence, head):
            return self._person(sentence, head)
        return self._described(sentence, head, name)

    def state_named(self, sentence: Sentence, token: Token, name: Name) -> Party:
        """The state behind an adjective or another of its names, as a party of its own ("Russian interference")."""
        return self._named(sentence, token, name)

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
        for other in sentence.children(head, "appos"):
            name = self.name_at(other)
            if name is not None and name.actor.kind in {"person", "organisation", "outlet"}:
                return self._named(sentence, other, name)
            if name is None and (self._is_person(sentence, other) or self._bears(other, head)):
                found = self._person(sentence, other)
                country = self.country_of(sentence, head)
                found = replace(
                    found,
                    public=head.lemma in self.speaking | self._public,
                    official=head.lemma in self.speaking,
                    roles=found.roles | {head.lemma},
                )
                return self._in_office(found, head, country)
        return None

    def _is_person(self, sentence: Sentence, head: Token) -> bool:
        """Whether a proper name is somebody's: the model says so, or a title before or after it does."""
        return head.pos == "PROPN" and (
            head.entity == "PERSON"
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
            roles=frozenset(role.lemma for role in (*roles, *appositions)),
        )
        for role in (*roles, *appositions):
            country = self.country_of(sentence, head) if role in roles else self.country_of(sentence, role)
            if country is None and role in roles:
                country = self.country_of(sentence, role)
            party = replace(party, public=True, official=party.official or role.lemma in self.speaking)
            party = self._in_office(party, role, country)
            if country is not None:
                break
        return party

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
            if word.pos != "PROPN" or word.head != head.i or self._is_role(word) or self.name_at(word) is not None:
                break
            first = word
        return first

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
            state = self.state(code, whole)
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
            roles=frozenset({lemma}) if lemma in self._titles else frozenset(),
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

    def _is_somebody(self, sentence: Sentence, head: Token) -> bool:
        """As in "Chad, a baker from Reading": a word that may be a state's name is somebody's here."""
        return head.entity == "PERSON" or any(
            word.pos == "NOUN"
            and word.lemma not in self._members
            and any(w.lower in {"a", "an"} for w in sentence.children(word, "det"))
            for word in sentence.children(head, "appos")
        )


def _is_place(sentence: Sentence, head: Token) -> bool:
    above = sentence.head(head)
    return head.dep == "pobj" and above is not None and above.lower in {"in", "at", "near", "outside", "across", "into"}
