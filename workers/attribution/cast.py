"""Everybody who appears in a document, in order, and who a pronoun or a role takes up again.

It answers for one phrase at a time; what is said of anybody is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workers.attribution.memory import Memory
from workers.attribution.parties import Party, PartyReader
from workers.attribution.people import PeopleReader
from workers.attribution.pronouns import PLURAL_PRONOUNS, SPEAKER_PRONOUNS, PronounReader
from workers.attribution.roles import RoleReader
from workers.text.tree import Sentence, Token

__all__ = ["SPEAKER_PRONOUNS", "Cast"]


class Cast:
    """The parties of one document."""

    def __init__(self, sentences: Sequence[Sentence], reader: PartyReader, nouns: Mapping[str, Any]) -> None:
        self._reader = reader
        self._memory = Memory(reader)
        self._pronouns = PronounReader(self._memory, self.party)
        self._people = PeopleReader(self._memory)
        self._roles = RoleReader(self._memory, nouns["role"], self.party)
        self._found: dict[tuple[int, int], Party | None] = {}
        for sentence in sentences:
            for token in sentence.tokens:
                self._memory.note(sentence, token)

    @property
    def reader(self) -> PartyReader:
        """The reader of single phrases."""
        return self._reader

    def party(self, sentence: Sentence, token: Token) -> Party | None:
        """Who or what the phrase under `token` stands for, pronouns and roles resolved."""
        key = (sentence.index, token.i)
        if key not in self._found:
            self._found[key] = None  # a chain of references that comes back to itself ends here
            self._found[key] = self._resolve(sentence, token)
        return self._found[key]

    def parties(self, sentence: Sentence, token: Token) -> tuple[Party, ...]:
        """The party under `token` and those coordinated with it; "both" and "they" may stand for several."""
        found: list[Party] = []
        for word in sentence.conjuncts(token):
            if word.lower in PLURAL_PRONOUNS or (
                word.lemma in {"government", "country", "side", "capital"} and _has_both(sentence, word)
            ):
                found.extend(self._pronouns.several(sentence, word))
                continue
            party = self.party(sentence, word)
            if party is not None:
                found.append(party)
                found.extend(self._of_others(sentence, word, party))
        return tuple(found)

    def settle(self, party: Party, owner: Party) -> Party:
        """`party` as speaking for the country of `owner`, here and wherever it is taken up again."""
        settled = self._roles.of(party, owner, speaks=True)
        self._found[party.sentence, party.token] = settled
        return settled

    def before(self, sentence: Sentence, token: Token) -> Iterator[tuple[int, str, Party]]:
        """Parties named before `token`, the latest first, as (sentence, relation, party)."""
        for mention in self._memory.before(sentence, token):
            yield mention.sentence, mention.relation, mention.party

    def _of_others(self, sentence: Sentence, word: Token, party: Party) -> Iterator[Party]:
        """As in "Polish and Lithuanian politicians": the same once more for each further country."""
        for modifier in sentence.children(word, "amod", "compound"):
            for other in sentence.conjuncts(modifier)[1:]:
                name = self._reader.name_at(other)
                if name is not None and name.actor.kind == "state" and name.actor.country != party.country:
                    entity = replace(party.entity, country=name.actor.country)
                    state = self._reader.state(name.actor.country, entity.mention) if party.state else None
                    yield replace(party, entity=entity, state=state)

    def _resolve(self, sentence: Sentence, token: Token) -> Party | None:
        if self._pronouns.reads(token):
            return self._pronouns.read(sentence, token)
        party = self._reader.read(sentence, token)
        if party is None or party.country is not None:
            return party
        if party.official and party.entity.type in {"person", "media"} and party.actor is None:
            return self._roles.at_home(sentence, token, party)
        if party.named:
            may_be_known = party.actor is None and not party.roles and party.entity.type in {"person", "thing"}
            return self._people.read(sentence, token, party) if may_be_known else party
        return self._roles.read(sentence, token, party)


def _has_both(sentence: Sentence, token: Token) -> bool:
    return any(word.lower in {"both", "two"} for word in sentence.children(token, "det", "nummod", "predet", "preconj"))
