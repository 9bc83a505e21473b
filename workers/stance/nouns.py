"""Stances that a noun carries: "condemnation of the sale", "voiced support for Serbia", "took a neutral stance on".

A noun that is only spoken of ("changes to its backing of Kyiv") carries none.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Frame, Lexicon
from workers.stance.slots import is_told_to, object_of, seat_of, under, with_particle
from workers.stance.turning import OPPOSITE, ended, turned
from workers.stance.urging import holder_of
from workers.text.tree import Sentence, Token

#: Verbs by which a feeling is made known to others.
_VOICING = {"voice", "express", "lodge", "register", "deliver", "hand", "file", "convey", "issue"}


def by_noun(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "Beijing's condemnation of the sale", "voiced support for Serbia", "has the backing of Rome"."""
    frame = lexicon.nouns.get(noun.lemma)
    if frame is None or _is_in_name(sentence, noun) or _is_wish_for_others(sentence, noun, frame):
        return
    word, noun = noun, _container(sentence, noun, lexicon)
    if noun.dep == "compound":
        return
    verb = _light_verb(sentence, noun, lexicon)
    carried = {verb.lemma, with_particle(sentence, verb)} if verb is not None else set()
    if frame.only_with_verb and not carried & (frame.only_with_verb | lexicon.ending):
        return
    if frame.only_with_verb and carried & lexicon.ending and verb is not None and verb.dep in {"xcomp", "pcomp"}:
        return  # "opposes lifting the sanctions": the deed is the target of the word above
    target = _target_of(sentence, word, None, frame) or _target_of(sentence, noun, verb, frame)
    holder = _holder_of(sentence, noun) or _holder_of(sentence, word)
    polarity, anchor = _polarity_of(sentence, noun, verb, frame, lexicon)
    rule = f"noun.{frame.lemma}"
    if verb is not None and verb.lemma in lexicon.inverted and frame.act != "REQUEST":
        giver = (_giver(sentence, word, verb) or _giver(sentence, noun, verb)) if holder is None else holder
        if giver is not None and polarity is not None:
            polarity = OPPOSITE[frame.polarity] if is_negated(sentence, verb) else frame.polarity
        if giver is not None and (target is None or target is giver):
            holder, target, rule = giver, subject_of(sentence, verb), f"{rule}.received"
    if holder is None and verb is not None and not _is_stirred(verb, frame, lexicon):
        holder = holder_of(sentence, verb, lexicon)
    seat = seat_of(sentence, noun) if holder is None else None
    holder = holder or seat
    if holder is None or polarity is None or not _is_asserted(sentence, noun):
        return
    if target is None and not _is_taken_up(sentence, noun, verb, frame, lexicon):
        return
    if target is not None and (holder.i == target.i or target.lemma in frame.not_object):
        return
    yield Position(
        holder=holder,
        target=target,
        polarity=polarity,
        act=frame.act,
        cue=word,
        rule=rule,
        anchor=anchor,
        seated=seat is not None,
        joins=target is None,
    )


def _is_in_name(sentence: Sentence, noun: Token) -> bool:
    """As in "Operation Silent Fury against the rebels": a word of a name says nothing."""
    return noun.pos == "PROPN" and any(word.lower == "operation" for word in sentence.children(noun, "compound"))


def _is_wish_for_others(sentence: Sentence, noun: Token, frame: Frame) -> bool:
    """As in "its appeal for more countries to join": who is to do it is not what is asked for."""
    asked = under(sentence, noun, "for") if frame.act == "REQUEST" else None
    return asked is not None and is_told_to(sentence, asked)


def _is_taken_up(sentence: Sentence, noun: Token, verb: Token | None, frame: Frame, lexicon: Lexicon) -> bool:
    """As in "Mexico voiced its regret.", "delivered a protest note in Muscat": toward what was told before."""
    if verb is None or verb.lemma not in _VOICING or frame.polarity != "adverse" or verb.dep not in {"ROOT", "conj"}:
        return False
    hosts = (*sentence.children(noun, "prep"), *sentence.children(verb, "prep", "advcl", "xcomp", "ccomp"))
    things = [sentence.child(word, "pobj") for word in hosts if word.i > noun.i]
    return all(thing is not None and (thing.pos == "PROPN" or thing.lower in lexicon.times) for thing in things)


def _is_stirred(verb: Token, frame: Frame, lexicon: Lexicon) -> bool:
    """As in "sparked outrage", "raising doubts about it": whoever stirs a feeling is not the one who has it."""
    if verb.lemma == "raise":
        return frame.act == "ACCUSE" and verb.dep in {"relcl", "advcl", "acl"}
    return verb.lemma in lexicon.stirring


def _container(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Token:
    """What the stance comes in: the "messages of congratulation", the "protest note"."""
    above = sentence.head(noun)
    if noun.dep == "compound" and above is not None and above.lemma in lexicon.containers:
        return above
    if noun.dep != "pobj" or above is None or above.lower != "of":
        return noun
    upper = sentence.head(above)
    return upper if upper is not None and upper.lemma in lexicon.containers else noun


def _target_of(sentence: Sentence, noun: Token, verb: Token | None, frame: Frame) -> Token | None:
    own = None
    for slot in frame.target:
        own = under(sentence, noun, slot)
        if own is not None and slot == "in" and own.pos == "PROPN" and frame.act == "ACCUSE":
            own = None  # "a protest in Oslo": where, not toward whom
        if own is None and verb is not None and slot != "of":
            own = under(sentence, verb, slot)
        if own is not None:
            break
    own = own or (_after_holders(sentence, noun) if "of" in frame.target else None)
    return own if own is not None or verb is None else _shared_target(sentence, verb)


def _shared_target(sentence: Sentence, verb: Token) -> Token | None:
    """As in "Seoul deplored the launch and Tokyo lodged a protest": the target is that of the verb before."""
    above = sentence.head(verb)
    if verb.dep != "conj" or above is None or sentence.child(verb, "nsubj") is None:
        return None
    return object_of(sentence, above)


def _holder_of(sentence: Sentence, noun: Token) -> Token | None:
    return (
        sentence.child(noun, "poss")
        or _coming_from(sentence, noun)
        or under(sentence, noun, "by")
        or _compound_holder(sentence, noun)
    )


def _polarity_of(
    sentence: Sentence, noun: Token, verb: Token | None, frame: Frame, lexicon: Lexicon
) -> tuple[Polarity | None, Token]:
    if verb is None:
        return frame.polarity, noun
    polarity, anchor = turned(sentence, verb, frame.polarity, lexicon)
    if any(word.lower == "no" for word in sentence.children(noun, "det")):
        polarity = OPPOSITE[frame.polarity]
    if with_particle(sentence, verb) in lexicon.ending and verb.lemma != "soften" and polarity is not None:
        is_open = _is_open(sentence, verb, lexicon)
        polarity = frame.polarity if is_open else turned(sentence, verb, ended(frame.polarity), lexicon)[0]
    return polarity, anchor


def _giver(sentence: Sentence, noun: Token, verb: Token) -> Token | None:
    return under(sentence, noun, "from") or under(sentence, noun, "of") or under(sentence, verb, "from")


def _after_holders(sentence: Sentence, noun: Token) -> Token | None:
    """As in "criticism by Australia and New Zealand of Japan's return": the parser hangs "of" on the last holder."""
    first = under(sentence, noun, "by")
    if first is None:
        return None
    return next((t for w in sentence.conjuncts(first) if (t := under(sentence, w, "of")) is not None), None)


def _coming_from(sentence: Sentence, noun: Token) -> Token | None:
    """As in "congratulations came from Cuba and Bolivia"."""
    verb = sentence.head(noun)
    if verb is None or noun.dep != "nsubj" or verb.lemma not in {"come", "arrive", "pour"}:
        return None
    return under(sentence, verb, "from")


def _is_asserted(sentence: Sentence, noun: Token) -> bool:
    """Not "changes to Washington's backing of Kyiv" nor "US support is expected to": there it is only spoken of."""
    first = sentence.first_conjunct(noun)
    above = sentence.head(first)
    if first.dep == "pobj":
        return above is not None and above.lower in {"after", "despite", "amid", "following", "in", "with", "by"}
    if first.dep in {"nsubj", "nsubjpass"} and above is not None:
        return above.lemma not in {"expect", "remain"} and not any(
            word.lower in {"may", "might", "could", "would"} for word in sentence.children(above, "aux")
        )
    return True


def _light_verb(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Token | None:
    first = sentence.first_conjunct(noun)
    above = sentence.head(first)
    if above is None or first.dep not in {"dobj", "nsubjpass", "attr", "oprd"}:
        return None
    return above if {above.lemma, with_particle(sentence, above)} & (lexicon.light | lexicon.ending) else None


def _is_open(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    """As in "offered to drop its veto", "if Oslo lifts its ban": it has not ended yet."""
    if any(
        word.lower in {"will", "would", "should", "may", "might", "could", "if", "unless"}
        for word in sentence.children(verb, "aux", "mark")
    ):
        return True
    above = sentence.head(verb)
    return (
        verb.dep in {"xcomp", "acl"}
        and above is not None
        and above.lemma in lexicon.willing | lexicon.willing_adjectives
    )


def _compound_holder(sentence: Sentence, noun: Token) -> Token | None:
    """As in "US support for Kyiv", "Russian condemnation": a name set before the noun."""
    for word in sentence.children(noun, "compound", "amod", "nmod"):
        if word.pos in {"PROPN", "ADJ"} and word.text[0].isupper():
            return word
    return None


def by_stated_position(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "have taken a neutral stance on US politics"."""
    if noun.lemma not in lexicon.position_nouns or noun.dep not in {"dobj", "attr", "nsubjpass"}:
        return
    words = [w.lower for w in sentence.children(noun, "amod", "det", "compound")]
    polarity = next((lexicon.position_words[w] for w in words if w in lexicon.position_words), None)
    verb = sentence.head(noun)
    if polarity is None or verb is None:
        return
    given = sentence.child(verb, "dative")
    if given is not None and given.pos != "ADP":
        yield Position(
            holder=subject_of(sentence, verb),
            target=given,
            polarity=polarity,
            act=None,
            cue=noun,
            rule="position",
            anchor=verb,
        )
        return
    for slot in sorted(lexicon.position_prepositions):
        target = under(sentence, noun, slot) or under(sentence, verb, slot)
        if target is not None:
            yield Position(
                holder=subject_of(sentence, verb),
                target=target,
                polarity=polarity,
                act=None,
                cue=noun,
                rule="position",
                anchor=verb,
            )
            return
