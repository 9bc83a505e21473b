"""Whose a position is: who the words for its holder stand for, each with the speaker who voices it for them.

What it is toward is `resolving`'s part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workers.attribution.cast import SPEAKER_PRONOUNS, Cast
from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.stance.finding import Position
from workers.text.tree import Sentence, Token

#: Words that set a further holder beside the subject: "along with", "as did Fiji".
_BESIDE = {"alongside", "like"}
_WITH = {"along", "together"}
#: How far behind the cue they may stand.
_NEAR = 12
#: A clause that only says who did the same has few words.
_SUPPOSING = {"if", "unless", "until", "till", "once"}
_SAME = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who holds a position, and who voices it."""

    party: Party
    speaker: Party | None
    #: Set against those who hold it: "all but Hungary".
    contrary: bool = False


def holders(sentence: Sentence, position: Position, cast: Cast, said: Attribution | None) -> Iterator[Holder]:
    """Who holds the position, each with the speaker who voices it for them."""
    source = said.source if said is not None else None
    if position.unsaid:
        yield from _last_state(sentence, position.cue, cast)
        return
    if position.holder is None or _is_speaker(position.holder):
        if source is not None and said is not None and said.held != "denied":
            yield Holder(party=source, speaker=source)
        return
    if source is not None and position.holder.pos == "PRON" and not cast.parties(sentence, position.holder):
        yield Holder(party=source, speaker=source)
    if _is_either(sentence, position, cast):
        return
    for word in _holding(sentence, position):
        for found in cast.parties(sentence, word):
            party = _state_of_adjective(word, cast, found)
            if party.place and not position.seated:
                continue
            if party.entity.type in {"thing", "election"} and party.state is None:
                continue
            if _is_left_out(sentence, party):
                continue
            voice = said.voiced_by or source if said is not None else None
            speaker = voice if voice is not None and _speaks_for(voice, party) else party
            yield Holder(party=party, speaker=speaker, contrary=_is_excepted(sentence, party))


def _is_either(sentence: Sentence, position: Position, cast: Cast) -> bool:
    """As in "France condemns Israel as it deports activists": the pronoun may mean either, and none is guessed."""
    if position.holder is None or position.holder.lower not in {"it", "he", "she"} or position.cue.dep != "advcl":
        return False
    above = sentence.head(position.cue)
    if above is None or not any(word.lower == "as" for word in sentence.children(position.cue, "mark")):
        return False
    other = sentence.child(above, "dobj")
    party = cast.party(sentence, other) if other is not None else None
    kinds = {"state", "organisation"} if position.holder.lower == "it" else {"person"}
    return party is not None and party.entity.type in kinds


def _state_of_adjective(word: Token, cast: Cast, party: Party) -> Party:
    """As in "Kenyan support for the pact": the state whose adjective stands before what it holds."""
    name = cast.reader.name_at(word)
    if word.dep not in {"amod", "compound"} or name is None or name.form != "adjective":
        return party
    state = cast.reader.state(name.actor.country, party.entity.mention)
    return party if state is None else replace(party, entity=state, state=None)


def _last_state(sentence: Sentence, cue: Token, cast: Cast) -> Iterator[Holder]:
    """The state that last did or said something."""
    states = (p for _, relation, p in cast.before(sentence, cue) if relation == "nsubj" and p.holder.type == "state")
    found = next(states, None)
    if found is not None:
        yield Holder(party=found, speaker=None)


def _is_speaker(word: Token) -> bool:
    """Whether it is "we" or "our", and not the US."""
    return word.lower in SPEAKER_PRONOUNS and word.text != "US"


def _holding(sentence: Sentence, position: Position) -> Iterator[Token]:
    """Words for holders: the subject, and whoever is said to do the same."""
    subject = position.holder
    if subject is None:
        return
    yield subject
    verb = sentence.head(subject)
    hosts = [subject] + ([verb] if verb is not None else [])
    for host in hosts:
        for child in sentence.children(host, "prep", "advmod"):
            inner = sentence.child(child, "prep") if child.lower in _WITH else child
            named = sentence.child(inner, "pobj") if inner is not None else None
            is_beside = child.lower in _BESIDE or child.lower in _WITH
            if named is not None and is_beside and child.i < position.cue.i + _NEAR:
                yield named
    for word in (position.cue, position.anchor):
        for clause in sentence.children(word, "advcl", "conj", "ccomp"):
            supposed = any(word.lower in _SUPPOSING for word in sentence.children(clause, "mark"))
            if clause.lemma == "do" and not supposed and len(below := sentence.subtree(clause)) <= _SAME:
                yield from (w for w in below if w.pos == "PROPN" and w.dep != "compound")
    above = next((w for w in sentence.ancestors(position.cue) if w.lemma == "join"), None)
    joined = sentence.child(above, "dobj") if above is not None and subject_of(sentence, above) is subject else None
    if joined is not None:
        yield joined


def _is_left_out(sentence: Sentence, party: Party) -> bool:
    """As in "Ukraine, but not Moldova, backed it": that it did not is no stance."""
    if party.sentence != sentence.index:
        return False
    word = sentence.tokens[party.token]
    return word.dep == "conj" and any(c.lower == "not" for c in sentence.children(word, "neg", "advmod"))


def _is_excepted(sentence: Sentence, party: Party) -> bool:
    """As in "all but Hungary voted for it"."""
    if party.sentence != sentence.index:
        return False
    word = sentence.tokens[party.token]
    above = sentence.head(word)
    if above is None or word.dep != "conj":
        return False
    return above.lower in {"all", "everybody", "everyone", "every"} and any(
        child.lower == "but" for child in sentence.children(above, "cc")
    )


def _speaks_for(source: Party, holder: Party) -> bool:
    return source.entity.type == "person" and source.country is not None and source.country == holder.country
