"""Whom a pronoun takes up again: "she", "it", "they", "both", "which", "that".

The nearest that fits in kind, number and gender is taken, a subject before others.
"""

from __future__ import annotations

from collections.abc import Callable

from workers.attribution.clauses import subject_of
from workers.attribution.memory import Memory, Mention
from workers.attribution.parties import Party
from workers.text.tree import Sentence, Token

_PERSON = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}
_THING = {"it", "its", "itself"}
_THEY = {"they", "them", "their", "theirs"}
PLURAL_PRONOUNS = _THEY | {"both"}
SPEAKER_PRONOUNS = {"we", "us", "our", "i", "me", "my", "ours"}
_RELATIVE = {"who", "which", "that", "whom", "whose"}
_BODIES = {"state", "organisation", "media"}


class PronounReader:
    """Resolves the pronouns of one document."""

    def __init__(self, memory: Memory, party: Callable[[Sentence, Token], Party | None]) -> None:
        self._memory = memory
        self._party = party

    def reads(self, token: Token) -> bool:
        """Whether `token` is a pronoun that this reader resolves, or leaves open."""
        low = token.lower
        return (
            low in _PERSON
            or low in _THING
            or low in PLURAL_PRONOUNS
            or (low in _RELATIVE and token.pos in {"PRON", "DET", "SCONJ"})
            or (low in {"that", "this"} and token.pos == "PRON" and token.dep == "nsubj")
        )

    def read(self, sentence: Sentence, token: Token) -> Party | None:
        """Whom or what a pronoun stands for."""
        low = token.lower
        if low in _PERSON:
            return self._person(sentence, token, _PERSON[low])
        if low in _RELATIVE and token.pos in {"PRON", "DET", "SCONJ"}:
            return self._relative(sentence, token)
        if low in {"that", "this"}:
            return self._just_told(sentence, token)
        if low in _THING:
            return self._thing(sentence, token)
        return next(iter(self.several(sentence, token)), None)

    def several(self, sentence: Sentence, token: Token) -> tuple[Party, ...]:
        """Parties that stand side by side in the nearest place before; for "both" the nearest place with two."""
        places: dict[tuple[int, int], list[Party]] = {}
        for mention in self._memory.before(sentence, token):
            if mention.party.entity.type in {*_BODIES, "group", "person"}:
                place = (mention.sentence, self._memory.group_of(mention))
                places.setdefault(place, []).append(mention.party)
        groups = [group for group in places.values() if len(group) > 1 or group[0].plural]
        wants_two = token.lower not in _THEY
        if wants_two:
            groups = [group for group in groups if len(group) > 1]
        chosen = groups[0] if groups else ([] if wants_two else next(iter(places.values()), []))
        taken = (self._memory.taken_up(party, sentence, token) for party in reversed(chosen))
        return tuple(party for party in taken if party is not None)

    def _relative(self, sentence: Sentence, token: Token) -> Party | None:
        clause = next((word for word in (token, *sentence.ancestors(token)) if word.dep in {"relcl", "acl"}), None)
        above = sentence.head(clause) if clause is not None else None
        return self._party(sentence, above) if above is not None else None

    def _person(self, sentence: Sentence, token: Token, gender: str) -> Party | None:
        people = [
            mention
            for mention in self._memory.before(sentence, token)
            if mention.party.entity.type == "person" and mention.party.gender in {None, gender}
        ]
        chosen = _subject_first(people)
        person = self._memory.read(chosen, self._party) if chosen is not None else None
        return self._memory.taken_up(person, sentence, token)

    def _thing(self, sentence: Sentence, token: Token) -> Party | None:
        own = _own_subject(sentence, token)
        doer = self._party(sentence, own) if own is not None else None
        bodies = [
            mention
            for mention in self._memory.before(sentence, token)
            if mention.party.entity.type in _BODIES
            and not mention.party.plural
            and (own is None or mention.sentence != sentence.index or mention.party.token != own.i)
            and (doer is None or doer.country is None or mention.party.country != doer.country)
            and not (mention.sentence == sentence.index and self._is_coordinated(sentence, mention))
        ]
        bodies = [mention for mention in bodies if not mention.party.place] or bodies
        chosen = _subject_first(bodies)
        return self._memory.taken_up(chosen.party if chosen is not None else None, sentence, token)

    def _is_coordinated(self, sentence: Sentence, mention: Mention) -> bool:
        """As in "Peru and Chile": neither is "it"."""
        return len(sentence.conjuncts(sentence.first_conjunct(sentence.tokens[mention.party.token]))) > 1

    def _just_told(self, sentence: Sentence, token: Token) -> Party | None:
        """As in "That drew criticism from Namibia": what was told before, by whoever did it."""
        for mention in self._memory.before(sentence, token):
            if mention.sentence == sentence.index - 1 and mention.relation == "nsubj":
                return self._memory.taken_up(mention.party, sentence, token)
        return None


def _subject_first(mentions: list[Mention]) -> Mention | None:
    subject = next((mention for mention in mentions if mention.relation == "nsubj"), None)
    return subject or next(iter(mentions), None)


def _own_subject(sentence: Sentence, token: Token) -> Token | None:
    """The subject of the verb whose object a pronoun is: it cannot mean the same."""
    if token.dep not in {"dobj", "pobj", "dative"}:
        return None
    verb = next((word for word in sentence.ancestors(token) if word.pos in {"VERB", "AUX"}), None)
    return subject_of(sentence, verb) if verb is not None else None
