"""Noun phrases of one document: how far they reach, which known names stand in them, and whose country they name.

What a phrase stands for is `parties`' part.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from config.knowledge.actors import KnownActor
from stancewire.types import Entity, EntityType, Span
from workers.text.names import Name
from workers.text.tree import Sentence, Token

_TRIMMED = {"det", "punct", "predet", "case", "cc", "preconj"}
#: What a phrase holds beyond its own words.
_BEYOND = {"relcl", "appos", "acl", "conj", "cc", "advcl", "parataxis", "ccomp", "prep"}
_SHORT = {"of", "on", "to", "for", "with", "in", "against", "between"}
_ABROAD = {"of", "from", "for"}
_AT_HOME = {*_ABROAD, "in", "at"}
_KINDS: dict[str, EntityType] = {
    "state": "state",
    "person": "person",
    "organisation": "organisation",
    "outlet": "media",
    "operation": "group",
}


class PhraseReader:
    """Reads the phrases of one document against the names found in it."""

    def __init__(
        self, text: str, names: Sequence[Name], states: Mapping[str, KnownActor], nouns: Mapping[str, Any]
    ) -> None:
        self._text = text
        self._names = tuple(names)
        self._starts = [name.start for name in self._names]
        self._states = states
        self._posted = frozenset(nouns["posted"]["lemmas"])

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
        barred = set() if whole else _BEYOND
        words = [head]
        stack = [head]
        while stack:
            above = stack.pop()
            is_between = (
                above.dep == "pobj" and (under := sentence.head(above)) is not None and under.lower == "between"
            )
            for child in sentence.children(above):
                goes_on = is_between and child.dep in {"cc", "conj"}
                if child.dep in barred and not (
                    goes_on or (child.dep == "prep" and _is_short_preposition(sentence, child))
                ):
                    continue
                words.append(child)
                stack.append(child)
        words.sort(key=lambda word: word.i)
        while len(words) > 1 and (words[0].dep in _TRIMMED or words[0].pos == "PUNCT") and words[0] is not head:
            words.pop(0)
        while len(words) > 1 and _is_trailing(words[-1]) and words[-1] is not head:
            words.pop()
        return self._span(words[0].start, words[-1].end)

    def country_of(self, sentence: Sentence, head: Token) -> Name | None:
        """The state whose name, adjective, capital or body modifies `head` ("Russian", "Moscow's", "of Russia")."""
        for child in sentence.children(head, "amod", "compound", "poss", "nmod", "npadvmod", "nummod"):
            if head.lemma in self._posted and self._is_town(child):
                continue
            found = self._state_name(child) or (
                self.country_of(sentence, child) if child.dep in {"amod", "compound", "poss", "nmod"} else None
            )
            if found is not None:
                return found
        for preposition in sentence.children(head, "prep"):
            # "in Nairobi" says where an ambassador is, not whose.
            if preposition.lower in (_ABROAD if head.lemma in self._posted else _AT_HOME):
                for place in sentence.children(preposition, "pobj"):
                    name = self.name_at(place)
                    if name is not None and name.actor.country:
                        return name
                    if place.pos != "PROPN" and (inner := self.country_of(sentence, place)) is not None:
                        return inner
        return None

    def state(self, code: str | None, mention: Span) -> Entity | None:
        """The state with this country code, as mentioned by `mention`."""
        actor = self._states.get(code) if code is not None else None
        return self._entity(actor, mention) if actor is not None else None

    def _is_town(self, word: Token) -> bool:
        """As in "the Jerusalem embassy": a capital set before a mission says where it is, not whose."""
        name = self.name_at(word)
        return word.dep == "compound" and name is not None and name.form == "capital"

    def _state_name(self, token: Token) -> Name | None:
        name = self.name_at(token)
        return name if name is not None and name.actor.country is not None else None

    def _entity(self, actor: KnownActor, mention: Span, *, form: str = "name") -> Entity:
        kind = "group" if form == "people" else _KINDS[actor.kind]
        return Entity(name=actor.name, type=kind, country=actor.country, id=actor.wikidata, mention=mention)

    def _span(self, start: int, end: int) -> Span:
        return Span(text=self._text[start:end], start=start, end=end)


def _is_trailing(word: Token) -> bool:
    return word.dep in _TRIMMED or word.pos in {"PUNCT", "SPACE"}


def _is_short_preposition(sentence: Sentence, preposition: Token) -> bool:
    return preposition.lower in _SHORT and bool(sentence.children(preposition, "pobj"))
