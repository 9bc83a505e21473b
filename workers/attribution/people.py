"""Who a person is whom a phrase names without an office: named in full before, or the role of the sentence before.

Only persons unknown to the knowledge are looked at; a name that nothing before explains stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from stancewire.types import Entity
from workers.attribution.memory import Memory
from workers.attribution.parties import Party
from workers.text.tree import Sentence, Token


class PeopleReader:
    """Resolves the names of persons of one document."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self, sentence: Sentence, token: Token, party: Party) -> Party:
        """`party` with the country and office that the text gave before."""
        if party.entity.type != "person":
            return self._named_before(sentence, token, party) or party
        for mention in self._memory.before(sentence, token):
            earlier = mention.party
            if earlier.entity.type == "person":
                break
            is_late = mention.relation == "nsubj" and mention.sentence in {sentence.index - 1, sentence.index - 2}
            if is_late and earlier.roles and not earlier.named and not earlier.plural and earlier.state is not None:
                return self._in_office(party, earlier)
        return self._named_before(sentence, token, party) or party

    def _in_office(self, party: Party, role: Party) -> Party:
        """As in "Poland's deputy minister called it a mistake. ..., Marek Nowak said."."""
        state = self._memory.reader.state(role.country, party.entity.mention)
        entity = replace(party.entity, country=role.country)
        return replace(party, entity=entity, state=state, public=True, official=True, roles=role.roles)

    def _named_before(self, sentence: Sentence, token: Token, party: Party) -> Party | None:
        """As in "Nowak said", after "the minister, Marek Nowak"."""
        for mention in self._memory.long_before(sentence, token):
            earlier = mention.party
            if earlier.entity.type == "person" and _is_same(earlier.entity, party.entity) and earlier.country:
                entity = replace(earlier.entity, mention=party.entity.mention)
                state = replace(earlier.state, mention=party.entity.mention) if earlier.state is not None else None
                return replace(earlier, entity=entity, state=state, sentence=party.sentence, token=party.token)
        return None


def _is_same(full: Entity, short: Entity) -> bool:
    return full.name == short.name or full.name.endswith(f" {short.name}")
