"""Stances that lie in how a thing was received: "got a cool reception in Lima", "was met with dismay by Oslo".

What is received is the target, and whoever receives it the holder.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.stance.slots import is_passive, seat_of, under
from workers.text.tree import Sentence, Token

#: What is done to a thing with a feeling.
MEETING = {"meet", "greet", "receive", "regard", "view", "eye", "treat", "watch"}
_NONE = {"no", "little"}


def by_reception(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "was met with dismay in Lima", "greeted the plan with scorn", "got a cool reception from Oslo"."""
    if noun.dep == "pobj":
        yield from _met_with(sentence, noun, lexicon)
    elif noun.dep == "dobj" and noun.lemma in {"reception", "welcome", "response", "answer"}:
        yield from _got(sentence, noun, lexicon)


def _met_with(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    frame, preposition = lexicon.nouns.get(noun.lemma), sentence.head(noun)
    verb = sentence.head(preposition) if preposition is not None and preposition.lower == "with" else None
    if frame is None or verb is None or verb.lemma not in MEETING or verb.pos != "VERB":
        return
    if any(word.lower in _NONE for word in sentence.children(noun, "det", "amod")):
        return
    passive = is_passive(sentence, verb)
    target = sentence.child(verb, "nsubjpass") if passive else sentence.child(verb, "dobj")
    holder = _receiver(sentence, noun, verb) if passive else subject_of(sentence, verb)
    if target is not None and holder is not None:
        yield _position(verb, noun, holder, target, frame.polarity, seated=passive)


def _got(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    verb = sentence.head(noun)
    words = [word.lower for word in sentence.children(noun, "amod", "compound")]
    polarity = next((lexicon.position_words[word] for word in words if word in lexicon.position_words), None)
    if verb is None or polarity is None or verb.lemma not in lexicon.inverted:
        return
    target, holder = subject_of(sentence, verb), _receiver(sentence, noun, verb)
    if target is not None and holder is not None:
        yield _position(verb, noun, holder, target, polarity, seated=True)


def _receiver(sentence: Sentence, noun: Token, verb: Token) -> Token | None:
    """Who received it: after "from" or "by", or where it was received."""
    for name in ("from", "by"):
        found = under(sentence, noun, name) or under(sentence, verb, name)
        if found is not None:
            return found
    place = under(sentence, noun, "in") or under(sentence, verb, "in")
    return seat_of(sentence, noun) or (place if place is not None and place.pos == "PROPN" else None)


def _position(verb: Token, noun: Token, holder: Token, target: Token, polarity: Polarity, *, seated: bool) -> Position:
    return Position(
        holder=holder,
        target=target,
        polarity=polarity,
        act="ACCUSE" if polarity == "adverse" else "SUPPORT",
        cue=noun,
        rule=f"reception.{noun.lemma}",
        anchor=verb,
        seated=seated,
    )
