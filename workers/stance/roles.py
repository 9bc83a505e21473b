"""Stances that lie in what somebody is, in what is said of a thing's effect, and in how somebody is left.

As in "a critic of the deal", "the curbs violate the treaty, Accra said", "to the dismay of Oslo".
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.attribution.clauses import is_negated, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.stance.slots import under
from workers.stance.turning import OPPOSITE
from workers.text.tree import Sentence, Token

_PAST = {"former", "once", "erstwhile", "onetime", "one-time", "previously", "late"}


def by_role(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "Ghana, a champion of the pact", "has been a critic of the sale", "the plan's opponents include Peru"."""
    frame = lexicon.roles.get(noun.lemma)
    if frame is None or noun.pos != "NOUN" or any(w.lower in _PAST for w in sentence.children(noun, "amod", "advmod")):
        return
    target = next((t for slot in frame.target if (t := under(sentence, noun, slot)) is not None), None)
    target = target or sentence.child(noun, "poss")
    if noun.dep == "dobj" and (verb := sentence.head(noun)) is not None and target is not None and target.pos == "PRON":
        target = subject_of(sentence, verb)
    holder, anchor = _bearer(sentence, noun)
    if target is None or holder is None or holder.i == target.i:
        return
    polarity = OPPOSITE[frame.polarity] if is_negated(sentence, anchor) else frame.polarity
    yield Position(
        holder=holder,
        target=target,
        polarity=polarity,
        act=frame.act,
        cue=noun,
        rule=f"role.{frame.lemma}",
        anchor=anchor,
        seated=noun.dep == "dobj",
    )


def _bearer(sentence: Sentence, noun: Token) -> tuple[Token | None, Token]:
    """Who is said to be such a one."""
    above = sentence.head(noun)
    if above is None:
        return None, noun
    if noun.dep == "attr" and above.lemma in {"be", "become", "remain"}:
        return subject_of(sentence, above), above
    if noun.dep == "appos":
        return above, noun
    if noun.dep == "dobj" and above.lemma in {"have", "find"}:
        return under(sentence, above, "in"), above
    if noun.dep == "nsubj" and above.lemma in {"include", "be"}:
        return sentence.child(above, "dobj", "attr"), above
    apposed = sentence.child(noun, "appos")
    return apposed, noun


def by_effect(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "the curbs violate the treaty", said by somebody: the holder is whoever the words are laid to."""
    frame = lexicon.effects.get("harm" if _does_harm(sentence, verb) else verb.lemma)
    if frame is None or verb.pos != "VERB":
        return
    subject = sentence.child(verb, "nsubj")
    if subject is None or is_negated(sentence, verb):
        return
    if verb.dep not in {"ccomp", "ROOT", "conj"} or any(
        word.lower in {"may", "might", "could"} for word in sentence.children(verb, "aux")
    ):
        return
    yield Position(
        holder=None,
        target=subject,
        polarity=frame.polarity,
        act=frame.act,
        cue=verb,
        rule=f"effect.{frame.lemma}",
        anchor=verb,
        needs="matter",
    )


def _does_harm(sentence: Sentence, verb: Token) -> bool:
    """As in "did more harm than good"."""
    return verb.lemma in {"do", "cause"} and any(w.lemma in {"harm", "damage"} for w in sentence.children(verb, "dobj"))


def by_feeling_left(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "withdrew its recognition, to the delight of Rabat", "much to Lima's dismay": toward what was done."""
    frame = lexicon.nouns.get(noun.lemma)
    preposition = sentence.head(noun)
    if frame is None or preposition is None or noun.dep != "pobj" or preposition.lower != "to":
        return
    if frame.needs is not None:
        return  # "bound the rule, as he said, to Oslo's commitment": no feeling
    if preposition.i == 0 or sentence.tokens[preposition.i - 1].lower not in {",", "much", "-"}:
        return
    verb = next((word for word in sentence.ancestors(preposition) if word.pos == "VERB"), None)
    holder = sentence.child(noun, "poss") or under(sentence, noun, "of")
    if verb is None or holder is None or preposition.i < verb.i:
        return
    yield Position(
        holder=holder,
        target=verb,
        polarity=frame.polarity,
        act=frame.act,
        cue=noun,
        rule=f"left.{frame.lemma}",
        anchor=noun,
        told=True,
    )
