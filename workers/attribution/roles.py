"""Whom a role takes up again: "the spokesman", "the ministry", "the kingdom", "its rival", "her country".

A role that names nobody named before belongs to the state last spoken of, or stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from workers.attribution.memory import Memory, Mention
from workers.attribution.parties import Party
from workers.text.tree import Sentence, Token

_DEFINITE = {"the", "this", "that", "its", "their", "his", "her"}


class RoleReader:
    """Resolves the roles of one document."""

    def __init__(
        self,
        memory: Memory,
        roles: Mapping[str, Sequence[str]],
        party: Callable[[Sentence, Token], Party | None],
    ) -> None:
        self._memory = memory
        self._reader = memory.reader
        self._party = party
        self._roles = {kind: frozenset(lemmas) for kind, lemmas in roles.items() if kind != "alike"}
        self._same = {lemma: frozenset(lemmas) for lemma, lemmas in _alike(roles)}

    def read(self, sentence: Sentence, token: Token, party: Party) -> Party:
        """Whom the role under `token` means; `party` itself where that is nobody named before."""
        if sentence.children(token, "relcl") or any(p.lower == "of" for p in sentence.children(token, "prep")):
            return party
        possessor = sentence.child(token, "poss")
        owner = self._party(sentence, possessor) if possessor is not None else None
        if token.lemma in self._roles["counterpart"]:
            return self._counterpart(sentence, token, owner) or party
        if possessor is not None and possessor.pos == "PRON" and owner is not None and owner.country is not None:
            return self._owned(token, party, owner)
        definite = any(word.lower in _DEFINITE for word in sentence.children(token, "det", "poss"))
        if token.lemma in self._roles["country"] and definite:
            return self._country(sentence, token) or party
        bare = token.tag == "NN" and not sentence.children(token, "det", "poss", "amod", "compound")
        if token.lemma in self._roles["person"] | self._roles["institution"] and (definite or bare):
            return self._bearer(sentence, token, party) or party
        return party

    def at_home(self, sentence: Sentence, token: Token, party: Party) -> Party:
        """As in "Foreign Minister X", "its envoy, X", "state television": of its owner, or of the state last named."""
        if any(p.lower in {"of", "for", "at"} for p in sentence.children(token, "prep")):
            return party
        owner = self._owner_named(sentence, token)
        if owner is None:
            states = (m.party for m in self._memory.before(sentence, token) if _is_of_state(m.party))
            owner = next((p for p in states if not p.place), None)
        return party if owner is None or owner.country is None else self.of(party, owner, speaks=True)

    def of(self, party: Party, owner: Party, *, speaks: bool) -> Party:
        """`party` as belonging to the country of `owner`; its word is the state's if it `speaks` for it."""
        state = self._reader.state(owner.country, party.entity.mention)
        home = replace(party, entity=replace(party.entity, country=owner.country))
        return home if home.entity.type == "media" else replace(home, state=state if speaks else None)

    def _owner_named(self, sentence: Sentence, token: Token) -> Party | None:
        """Whose "its", "her" or "their" says the person or body to be."""
        above = sentence.head(token)
        for word in (token, above if token.dep == "appos" and above is not None else token):
            possessor = sentence.child(word, "poss")
            if possessor is not None and possessor.pos == "PRON":
                return self._party(sentence, possessor)
        return None

    def _counterpart(self, sentence: Sentence, token: Token, owner: Party | None) -> Party | None:
        others = (
            mention.party
            for mention in self._memory.before(sentence, token)
            if mention.party.entity.type == "state" and (owner is None or mention.party.country != owner.country)
        )
        return self._memory.taken_up(next(others, None), sentence, token)

    def _owned(self, token: Token, party: Party, owner: Party) -> Party:
        """As in "its envoys", "her country"."""
        state = self._reader.state(owner.country, party.entity.mention)
        if token.lemma in self._roles["any_country"] - self._reader.speaking and state is not None:
            return replace(party, entity=state, state=None)
        return self.of(party, owner, speaks=token.lemma in self._reader.speaking)

    def _country(self, sentence: Sentence, token: Token) -> Party | None:
        epithet = f"the {token.lemma}"
        called_so = (
            mention.party
            for mention in self._memory.long_before(sentence, token)
            if mention.party.actor is not None and epithet in mention.party.actor.epithets
        )
        state = next(called_so, None)
        if state is None and sentence.child(token, "poss") is not None:
            state = self._of_subject(sentence, token)
        if state is None and token.lemma in self._roles["any_country"]:
            named = (m.party for m in self._memory.before(sentence, token) if m.party.entity.type == "state")
            state = next(named, None)
        return self._memory.taken_up(state, sentence, token)

    def _of_subject(self, sentence: Sentence, token: Token) -> Party | None:
        """As in "Niger accused Togo of paying bandits in Benin to shake its country": the state of the subject."""
        for mention in self._memory.before(sentence, token):
            if mention.sentence == sentence.index and mention.relation == "nsubj" and mention.party.country is not None:
                state = self._reader.state(mention.party.country, mention.party.entity.mention)
                return None if state is None else replace(mention.party, entity=state, state=None)
        return None

    def _bearer(self, sentence: Sentence, token: Token, party: Party) -> Party | None:
        """Who was named before with this role; else the body or the state last spoken of, to which it belongs."""
        before = list(self._memory.before(sentence, token))
        is_person = token.lemma in self._roles["person"]
        if is_person:
            alike = self._same.get(token.lemma, frozenset({token.lemma}))
            bearer = next((m for m in before if m.party.entity.type == "person" and alike & m.party.roles), None)
            if bearer is not None:
                return self._memory.taken_up(self._memory.read(bearer, self._party), sentence, token)
        elif (body := next((m for m in before if self._is_called(m, token.lemma)), None)) is not None:
            if body.party.entity.type == "organisation" and body.party.named:
                return self._memory.taken_up(body.party, sentence, token)
            return self.of(party, body.party, speaks=token.lemma in self._reader.speaking)
        for mention in _subjects_first(before, sentence):
            earlier = mention.party
            if is_person and earlier.entity.type == "person" and earlier.state is not None:
                return self._memory.taken_up(earlier, sentence, token)
            if earlier.holder.type == "state" and token.lemma in self._reader.speaking:
                return self.of(party, earlier, speaks=True)
            if token.lemma in self._roles["institution"] and earlier.entity.type == "organisation":
                return self._memory.taken_up(earlier, sentence, token)
        return None

    def _is_called(self, mention: Mention, lemma: str) -> bool:
        """As "American security agencies" and "the Federal Security Agency" are by "the agencies"."""
        word = self._memory.word(mention)
        return mention.party.country is not None and lemma in (word.lemma, word.lower)


def _alike(roles: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Each role with those that mean the same."""
    for group in roles["alike"]:
        for lemma in group:
            yield lemma, tuple(group)


def _is_of_state(party: Party) -> bool:
    return party.entity.type == "state" or party.state is not None


def _subjects_first(mentions: Sequence[Mention], sentence: Sentence) -> list[Mention]:
    """The latest first, but within the sentence at hand its subjects: others are what it speaks about."""
    return sorted(mentions, key=lambda m: (-m.sentence, m.sentence == sentence.index and m.relation != "nsubj"))
