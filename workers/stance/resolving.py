"""What a position's words for its target stand for.

A target that is only taken up ("opposes it", "Rome is lukewarm") is the one that was last spoken of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stancewire.types import Entity, Span
from workers.attribution.cast import Cast
from workers.attribution.parties import Party
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.stance.reach import after_cue, before_charge, deed
from workers.stance.slots import object_of
from workers.text.tree import Sentence, Token

_TAKING_UP = {"it", "this", "that", "them", "these", "those", "one", "so", "him", "her"}
#: What only somebody can be: "thanked it" means no thing.
_ADDRESSING = {f"verb.{verb}" for verb in ("thank", "congratulate", "accuse", "warn", "blame", "threaten")}
_RISKING = {"risk", "face"}
_MEASURES = {"DATE", "TIME", "PERCENT", "QUANTITY", "CARDINAL", "MONEY"}


def targets(
    sentence: Sentence,
    position: Position,
    cast: Cast,
    holder: Party,
    topic: Party | None,
    before: Sentence | None,
    lexicon: Lexicon,
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
        yield from _pronoun(sentence, position, word, cast, holder, topic or _told_of(before, cast))
        return
    if word.pos in {"VERB", "AUX"}:
        if word.tag in {"VBZ", "VBD"} and not position.told:
            return  # a clause of its own that the parser hung there
        done = deed(sentence, word, cast)
        if " " in done.entity.name or word.lemma in lexicon.matters:
            yield done  # a verb alone says nothing of what is done to what
        return
    if word.lower in {"other", "another"} or (word.lower == "one" and _follows(sentence, word, "another")):
        return
    for target in cast.parties(sentence, word):
        if _is_alternative(sentence, target):
            continue
        found = _unlike(sentence, target, cast, holder)
        if found is not None:
            yield before_charge(sentence, position.cue, after_cue(sentence, position.cue, found))


def _is_alternative(sentence: Sentence, target: Party) -> bool:
    """As in "accept the plan or risk collapse": a verb that the parser took for a second object."""
    word = sentence.tokens[target.token]
    above = sentence.head(word)
    if target.sentence != sentence.index or above is None or word.dep != "conj":
        return False
    joined = sentence.child(above, "cc")
    return joined is not None and joined.lower == "or" and sentence.subtree(word)[0].lower in _RISKING


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
            if thing is not None and (verb.lemma in lexicon.all_deeds or verb.lemma in lexicon.verbs):
                return cast.party(sentence, thing)
    return None


def _pronoun(
    sentence: Sentence, position: Position, word: Token, cast: Cast, holder: Party, told: Party | None
) -> Iterator[Party]:
    """What a pronoun in the place of a target means where `told` is what was last spoken of."""
    if told is None and any(w.lower == "as" for w in sentence.children(position.cue, "prep")):
        return  # "hailed it as a weapon": no actor, and nothing told before
    if position.rule in _ADDRESSING and told is not None and told.entity.type == "thing":
        told = None
    yield from _taken_up(sentence, word, cast, holder, told)


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
