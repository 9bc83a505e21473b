"""The parties named in a document, in order, and which of them were named before a place.

It remembers mentions; whom a pronoun or a role means is decided elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from stancewire.types import Span
from workers.attribution.parties import Party, PartyReader
from workers.text.tree import Sentence, Token

_SUBJECTS = {"nsubj", "nsubjpass", "agent"}
#: How many mentions back anything is looked for: time must not grow with the square of the text.
_MANY = 200
#: How many sentences back a pronoun may reach.
_REACH = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A party named at a place, by a word in this relation."""

    sentence: int
    token: int
    relation: str
    party: Party


class Memory:
    """Mentions of one document in the order of the text."""

    def __init__(self, reader: PartyReader) -> None:
        self.reader = reader
        self._mentions: list[Mention] = []
        self._groups: dict[tuple[int, int], int] = {}
        self._sentences: dict[int, Sentence] = {}

    def note(self, sentence: Sentence, token: Token) -> None:
        """Remember who is named by the phrase under `token`, if anybody with a name or a country."""
        if token.pos not in {"PROPN", "NOUN"} or token.dep in {"compound", "amod", "npadvmod"}:
            return
        party = self.reader.read(sentence, token)
        if party is None or (not party.named and party.country is None):
            return
        above = sentence.head(token)
        relation = "nsubj" if token.dep in _SUBJECTS or (above is not None and above.dep == "agent") else token.dep
        if token.dep == "conj":
            relation = sentence.first_conjunct(token).dep
        self._sentences[sentence.index] = sentence
        self._mentions.append(Mention(sentence.index, token.i, relation, party))
        self._groups[sentence.index, token.i] = sentence.first_conjunct(token).i

    def word(self, mention: Mention) -> Token:
        """The word that names the party of a mention."""
        return self._sentences[mention.sentence].tokens[mention.token]

    def read(self, mention: Mention, party: Callable[[Sentence, Token], Party | None]) -> Party:
        """The party of a mention as `party` resolves it: a title may have its state from what stands around it."""
        sentence = self._sentences[mention.sentence]
        return party(sentence, sentence.tokens[mention.token]) or mention.party

    def before(self, sentence: Sentence, token: Token) -> Iterator[Mention]:
        """Mentions before `token` that a pronoun may reach, the latest first."""
        for mention in self.long_before(sentence, token):
            if sentence.index - mention.sentence > _REACH:
                return
            yield mention

    def long_before(self, sentence: Sentence, token: Token) -> Iterator[Mention]:
        """Mentions before `token`, the latest first, as far back as is looked at all."""
        end = bisect_left(self._mentions, (sentence.index, token.i), key=lambda m: (m.sentence, m.token))
        yield from reversed(self._mentions[max(0, end - _MANY) : end])

    def group_of(self, mention: Mention) -> int:
        """Place of the word that opens the coordination in which a mention stands."""
        return self._groups[mention.sentence, mention.token]

    def taken_up(self, party: Party | None, sentence: Sentence, token: Token) -> Party | None:
        """`party`, mentioned by the word at hand."""
        if party is None:
            return None
        span = (
            self.reader.phrase(sentence, token)
            if token.pos == "NOUN"
            else Span(text=token.text, start=token.start, end=token.end)
        )
        return replace(
            party,
            entity=replace(party.entity, mention=span),
            state=replace(party.state, mention=span) if party.state else None,
            sentence=sentence.index,
            token=token.i,
            place=False,
        )
