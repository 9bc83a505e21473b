"""Who a position's words stand for: its holders with their speakers, and its targets.

A target that is only taken up ("opposes it", "Rome is lukewarm") is the one that was last spoken of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from stancewire.types import Entity, Span
from workers.attribution.cast import SPEAKER_PRONOUNS, Cast
from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.stance.reach import after_cue, before_charge, deed
from workers.stance.slots import object_of
from workers.text.tree import Sentence, Token

_TAKING_UP = {"it", "this", "that", "them", "these", "those", "one", "so", "him", "her"}
#: What only somebody can be: "thanked it" means no thing.
_ADDRESSING = {f"verb.{verb}" for verb in ("thank", "congratulate", "accuse", "warn", "blame", "threaten")}
_MEASURES = {"DATE", "TIME", "PERCENT", "QUANTITY", "CARDINAL", "MONEY"}
#: Words that set a further holder beside the subject: "along with", "as did Fiji".
_BESIDE = {"alongside", "like"}
_WITH = {"along", "together"}
#: How far behind the cue they may stand.
_NEAR = 12
#: A clause that only says who did the same has few words.
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
    for word in _holding(sentence, position):
        for party in cast.parties(sentence, word):
            if party.place and not position.seated:
                continue
            if party.entity.type in {"thing", "election"} and party.state is None:
                continue
            if _is_left_out(sentence, party):
                continue
            voice = said.voiced_by or source if said is not None else None
            speaker = voice if voice is not None and _speaks_for(voice, party) else party
            yield Holder(party=party, speaker=speaker, contrary=_is_excepted(sentence, party))


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
            if clause.lemma == "do" and len(below := sentence.subtree(clause)) <= _SAME:
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


def targets(
    sentence: Sentence, position: Position, cast: Cast, holder: Party, topic: Party | None, before: Sentence | None
) -> Iterator[Party]:
    """What a position is toward; `topic` is what the text last took a position on, `before` the sentence before."""
    word = position.target
    if word is None:
        if topic is not None:
            yield topic
        return
    if word.entity in _MEASURES:
        return
    if (
        word.lower in _TAKING_UP
        and not _follows(sentence, word, "another")
        and word.pos in {"PRON", "DET", "NUM", "NOUN"}
    ):
        thing = topic or _told_of(before, cast)
        if position.rule in _ADDRESSING and thing is not None and thing.entity.type == "thing":
            thing = None
        yield from _taken_up(sentence, word, cast, holder, thing)
        return
    if word.pos in {"VERB", "AUX"}:
        if word.tag in {"VBZ", "VBD"}:
            return  # a clause of its own that the parser hung there
        yield deed(sentence, word, cast)
        return
    if word.lower in {"other", "another"} or (word.lower == "one" and _follows(sentence, word, "another")):
        return
    for target in cast.parties(sentence, word):
        found = _unlike(sentence, target, cast, holder)
        if found is not None:
            yield before_charge(sentence, position.cue, after_cue(sentence, position.cue, found))


def _unlike(sentence: Sentence, target: Party, cast: Cast, holder: Party) -> Party | None:
    """`target`, or what its phrase says by itself where it was taken for the holder: nobody is their own object."""
    if not _same(target, holder):
        return target
    word = sentence.tokens[target.token]
    bare = cast.reader.read(sentence, word) if word.pos == "NOUN" and target.sentence == sentence.index else None
    return bare if bare is not None and bare.country is None and not _same(bare, holder) else None


def _same(party: Party, other: Party) -> bool:
    """Whether both are one and the same, wherever they are named."""
    return (party.holder.name, party.holder.type) == (other.holder.name, other.holder.type)


def _follows(sentence: Sentence, word: Token, text: str) -> bool:
    return word.i + 1 < len(sentence.tokens) and sentence.tokens[word.i + 1].lower == text


def _told_of(before: Sentence | None, cast: Cast) -> Party | None:
    """What the sentence before is about, if that is a thing: its subject."""
    root = next((word for word in before.tokens if word.dep == "ROOT"), None) if before is not None else None
    if before is None or root is None:
        return None
    subject = before.child(root, "nsubj", "nsubjpass")
    party = cast.party(before, subject) if subject is not None and subject.pos != "PRON" else None
    return party if party is not None and party.entity.type == "thing" else None


def asked_before(sentences: Sequence[Sentence], lexicon: Lexicon, cast: Cast) -> Party | None:
    """What somebody was asked to do, or whether they would: what "do so" takes up."""
    for sentence in reversed(sentences):
        for verb in reversed(sentence.tokens):
            is_open = any(word.lower in {"to", "will", "would"} for word in sentence.children(verb, "aux"))
            thing = object_of(sentence, verb) if is_open and verb.pos == "VERB" else None
            if thing is not None and verb.lemma in lexicon.deeds | lexicon.undoing | lexicon.verbs.keys():
                return cast.party(sentence, thing)
    return None


def _taken_up(sentence: Sentence, word: Token, cast: Cast, holder: Party, topic: Party | None) -> Iterator[Party]:
    """What a pronoun in the place of a target means."""
    mention = Span(text=word.text, start=word.start, end=word.end)
    if topic is not None and word.lower not in {"him", "her"} and not _same(topic, holder):
        yield replace(topic, entity=replace(topic.entity, mention=mention))
        return
    party = cast.party(sentence, word)
    if party is not None and not _same(party, holder):
        yield party
    elif party is None and word.lower in {"one", "that", "this", "it"}:
        entity = Entity(name=word.text, type="thing", country=None, id=None, mention=mention)
        yield Party(entity=entity, state=None, sentence=sentence.index, token=word.i, named=False)
