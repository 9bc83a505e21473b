"""What a noun phrase stands for: a state, a person or body that speaks for one, news media, a group, or a thing.

Only the phrase itself is looked at; pronouns and roles that take up somebody named before are `cast`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from config.knowledge.actors import KnownActor
from stancewire.types import Entity, EntityType
from workers.attribution.party import Party
from workers.attribution.persons import PersonReader
from workers.text.names import Name
from workers.text.tree import Sentence, Token

__all__ = ["Party", "PartyReader"]


class PartyReader(PersonReader):
    """Resolves noun phrases of one document against the names found in it."""

    def __init__(
        self,
        text: str,
        names: Sequence[Name],
        states: Mapping[str, KnownActor],
        nouns: Mapping[str, Any],
        day: date | None,
    ) -> None:
        super().__init__(text, names, states, nouns, day)
        self._members = frozenset(nouns["member"]["lemmas"])
        self._kinds_needed = frozenset(nouns["speaking"]["kinds"]["nouns"])
        self._official_kinds = frozenset(nouns["speaking"]["kinds"]["words"])
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
            state = None if modifiers & self._former else self.state(code, whole)
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
