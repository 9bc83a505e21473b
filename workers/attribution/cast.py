"""Everybody who appears in a document, in order, and who a pronoun or a role takes up again.

It answers for one phrase at a time; what is said of anybody is not looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stancewire.types import Span
from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party, PartyReader
from workers.text.tree import Sentence, Token

_PERSON_PRONOUNS = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}
_THING_PRONOUNS = {"it", "its", "itself"}
_PLURAL_PRONOUNS = {"they", "them", "their", "theirs", "both"}
SPEAKER_PRONOUNS = {"we", "us", "our", "i", "me", "my", "ours"}
_RELATIVE = {"who", "which", "that", "whom", "whose"}
_SUBJECTS = {"nsubj", "nsubjpass", "agent"}
#: How many mentions back anything is looked for: time must not grow with the square of the text.
_MANY = 200
#: How many sentences back a pronoun may reach.
_REACH = 3


class Cast:
    """The parties of one document."""

    def __init__(self, sentences: Sequence[Sentence], reader: PartyReader, nouns: Mapping[str, Any]) -> None:
        self._sentences = {sentence.index: sentence for sentence in sentences}
        self._reader = reader
        self._roles = {kind: frozenset(lemmas) for kind, lemmas in nouns["role"].items()}
        self._found: dict[tuple[int, int], Party | None] = {}
        self._mentions: list[tuple[int, int, str, Party]] = []
        self._groups: dict[tuple[int, int], int] = {}
        for sentence in sentences:
            for token in sentence.tokens:
                self._note(sentence, token)

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
            if word.lower in _PLURAL_PRONOUNS or (
                word.lemma in {"government", "country", "side", "capital"} and _has_both(sentence, word)
            ):
                found.extend(self._several(sentence, word))
                continue
            party = self.party(sentence, word)
            if party is not None:
                found.append(party)
                found.extend(self._of_others(sentence, word, party))
        return tuple(found)

    def _of_others(self, sentence: Sentence, word: Token, party: Party) -> Iterator[Party]:
        """As in "Polish and Lithuanian politicians": the same once more for each further country."""
        for modifier in sentence.children(word, "amod", "compound"):
            for other in sentence.conjuncts(modifier)[1:]:
                name = self._reader.name_at(other)
                if name is not None and name.actor.kind == "state" and name.actor.country != party.country:
                    entity = replace(party.entity, country=name.actor.country)
                    state = self._reader.state(name.actor.country, entity.mention) if party.state else None
                    yield replace(party, entity=entity, state=state)

    def before(self, sentence: Sentence, token: Token) -> Iterator[tuple[int, str, Party]]:
        """Parties named before `token`, the latest first, as (sentence, relation, party)."""
        end = bisect_left(self._mentions, (sentence.index, token.i), key=lambda mention: mention[:2])
        for index, _, relation, party in reversed(self._mentions[max(0, end - _MANY) : end]):
            if sentence.index - index > _REACH:
                return
            yield index, relation, party

    def _note(self, sentence: Sentence, token: Token) -> None:
        if token.pos not in {"PROPN", "NOUN"} or token.dep in {"compound", "amod", "npadvmod"}:
            return
        party = self._reader.read(sentence, token)
        if party is None or (not party.named and party.country is None):
            return
        above = sentence.head(token)
        relation = "nsubj" if token.dep in _SUBJECTS or (above is not None and above.dep == "agent") else token.dep
        if token.dep == "conj":
            relation = sentence.first_conjunct(token).dep
        self._mentions.append((sentence.index, token.i, relation, party))
        self._groups[sentence.index, token.i] = sentence.first_conjunct(token).i

    def _resolve(self, sentence: Sentence, token: Token) -> Party | None:
        low = token.lower
        if low in _PERSON_PRONOUNS:
            return self._person(sentence, token, _PERSON_PRONOUNS[low])
        if low in _RELATIVE and token.pos in {"PRON", "DET", "SCONJ"}:
            return self._relative(sentence, token)
        if low in {"that", "this"} and token.pos == "PRON" and token.dep == "nsubj":
            return self._just_told(sentence, token)
        if low in _THING_PRONOUNS:
            return self._thing(sentence, token)
        if low in _PLURAL_PRONOUNS:
            return next(iter(self._several(sentence, token)), None)
        party = self._reader.read(sentence, token)
        if party is None or party.country is not None:
            return party
        if party.official and party.entity.type in {"person", "media"} and party.actor is None:
            return self._at_home(sentence, token, party)
        if party.named:
            return party
        return self._role(sentence, token, party)

    def _at_home(self, sentence: Sentence, token: Token, party: Party) -> Party:
        """As in "Foreign Minister X", "state television": of the state last spoken of."""
        states = [p for _, _, p in self.before(sentence, token) if p.entity.type == "state" or p.state is not None]
        owner = next((p for p in states if not p.place), None)
        if owner is None or owner.country is None:
            return party
        home = replace(party, entity=replace(party.entity, country=owner.country))
        return (
            home
            if party.entity.type == "media"
            else replace(home, state=self._reader.state(owner.country, party.entity.mention))
        )

    def _relative(self, sentence: Sentence, token: Token) -> Party | None:
        clause = next((word for word in (token, *sentence.ancestors(token)) if word.dep in {"relcl", "acl"}), None)
        above = sentence.head(clause) if clause is not None else None
        return self.party(sentence, above) if above is not None else None

    def _person(self, sentence: Sentence, token: Token, gender: str) -> Party | None:
        people = [
            (index, relation, party)
            for index, relation, party in self.before(sentence, token)
            if party.entity.type == "person" and party.gender in {None, gender}
        ]
        subject = next((party for _, relation, party in people if relation == "nsubj"), None)
        chosen = subject or (people[0][2] if people else None)
        return self._as_mentioned(chosen, sentence, token)

    def _thing(self, sentence: Sentence, token: Token) -> Party | None:
        bodies = [
            (index, relation, party)
            for index, relation, party in self.before(sentence, token)
            if party.entity.type in {"state", "organisation", "media"} and not party.plural
        ]
        own = _own_subject(sentence, token)
        bodies = [entry for entry in bodies if own is None or entry[0] != sentence.index or entry[2].token != own.i]
        bodies = [entry for entry in bodies if not entry[2].place] or bodies
        subject = next((party for _, relation, party in bodies if relation == "nsubj"), None)
        chosen = subject or (bodies[0][2] if bodies else None)
        return self._as_mentioned(chosen, sentence, token)

    def _just_told(self, sentence: Sentence, token: Token) -> Party | None:
        """As in "That drew criticism from Namibia": what was told before, by whoever did it."""
        for index, relation, party in self.before(sentence, token):
            if index == sentence.index - 1 and relation == "nsubj":
                return self._as_mentioned(party, sentence, token)
        return None

    def _several(self, sentence: Sentence, token: Token) -> tuple[Party, ...]:
        """Parties that stand side by side in the nearest place before; for "both" the nearest place with two."""
        places: dict[tuple[int, int], list[Party]] = {}
        for index, _, party in self.before(sentence, token):
            if party.entity.type in {"state", "organisation", "group", "person", "media"}:
                places.setdefault((index, self._groups[index, party.token]), []).append(party)
        groups = [group for group in places.values() if len(group) > 1 or group[0].plural]
        wants_two = token.lower not in {"they", "them", "their", "theirs"}
        if wants_two:
            groups = [group for group in groups if len(group) > 1]
        chosen = groups[0] if groups else ([] if wants_two else next(iter(places.values()), []))
        return tuple(p for party in reversed(chosen) if (p := self._as_mentioned(party, sentence, token)) is not None)

    def _role(self, sentence: Sentence, token: Token, party: Party) -> Party | None:
        """As in "the ministry", "the spokesman", "the kingdom": somebody named before, or the state last spoken of."""
        definite = any(
            word.lower in {"the", "this", "that", "its", "their", "his", "her"}
            for word in sentence.children(token, "det", "poss")
        )
        if sentence.children(token, "relcl") or any(p.lower == "of" for p in sentence.children(token, "prep")):
            return party
        possessor = sentence.child(token, "poss")
        bare = token.tag == "NN" and not sentence.children(token, "det", "poss", "amod", "compound")
        if token.lemma in self._roles["counterpart"]:
            owner = self.party(sentence, possessor) if possessor is not None else None
            other = next(
                (
                    p
                    for _, _, p in self.before(sentence, token)
                    if p.entity.type == "state" and (owner is None or p.country != owner.country)
                ),
                None,
            )
            return self._as_mentioned(other, sentence, token) or party
        if possessor is not None and possessor.pos == "PRON":
            owner = self.party(sentence, possessor)
            if owner is not None and owner.country is not None:
                return self._of(party, owner)
        if token.lemma in self._roles["country"] and definite:
            states = [p for _, _, p in self.before(sentence, token) if p.entity.type == "state"]
            known_so = [
                p
                for index, place, _, p in reversed(self._mentions[-_MANY:])
                if (index, place) < (sentence.index, token.i)
                and p.actor is not None
                and f"the {token.lemma}" in p.actor.epithets
            ]
            state = next(iter(known_so or (states if token.lemma in self._roles["any_country"] else [])), None)
            return self._as_mentioned(state, sentence, token) or party
        if token.lemma in self._roles["person"] | self._roles["institution"] and (definite or bare):
            for _, _, earlier in self.before(sentence, token):
                holder = earlier.holder
                if (
                    token.lemma in self._roles["person"]
                    and earlier.entity.type == "person"
                    and earlier.state is not None
                ):
                    return self._as_mentioned(earlier, sentence, token)
                if holder.type == "state" and token.lemma in self._reader.speaking:
                    return self._of(party, earlier)
                if token.lemma in self._roles["institution"] and earlier.entity.type == "organisation":
                    return self._as_mentioned(earlier, sentence, token)
        return party

    def _of(self, party: Party, owner: Party) -> Party:
        """`party` as belonging to the country of `owner`."""
        country = owner.country
        state = self._reader.state(country, party.entity.mention)
        speaks = self._sentences[party.sentence].tokens[party.token].lemma in self._reader.speaking
        return replace(party, entity=replace(party.entity, country=country), state=state if speaks else None)

    def _as_mentioned(self, party: Party | None, sentence: Sentence, token: Token) -> Party | None:
        """`party`, mentioned by the word at hand."""
        if party is None:
            return None
        span = (
            self._reader.phrase(sentence, token)
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


def _own_subject(sentence: Sentence, token: Token) -> Token | None:
    """The subject of the verb whose object a pronoun is: it cannot mean the same."""
    if token.dep not in {"dobj", "pobj", "dative"}:
        return None
    verb = next((word for word in sentence.ancestors(token) if word.pos in {"VERB", "AUX"}), None)
    return subject_of(sentence, verb) if verb is not None else None


def _has_both(sentence: Sentence, token: Token) -> bool:
    return any(word.lower in {"both", "two"} for word in sentence.children(token, "det", "nummod", "predet", "preconj"))
