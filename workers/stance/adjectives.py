"""Stances that an adjective or a participle carries: "wary of the plan", "appalled by the raid", "neutral in the row".

It needs its preposition: "an angry crowd" takes no position.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.attribution.clauses import subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Frame, Lexicon
from workers.stance.slots import stands_alone, thing_done
from workers.stance.turning import turned
from workers.text.tree import Sentence, Token


def by_adjective(sentence: Sentence, word: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "is wary of China", "a government hostile to the deal", "dismayed by the vote, Oslo recalled its envoy"."""
    frame = lexicon.adjectives.get(word.lower)
    if frame is None or word.dep in {"dobj", "nsubj", "pobj"} or word.tag == "VB" or _has_object(sentence, word):
        return  # "to open up the market", "dedicated the prize to them": a verb
    target = _target(sentence, word, frame, lexicon)
    holder = _holder(sentence, word)
    if holder is None or (target is not None and holder.i == target.i):
        return
    if target is None and not _is_predicate(sentence, word, frame):
        return
    polarity, anchor = turned(sentence, word, frame.polarity, lexicon)
    if polarity is not None:
        yield Position(
            holder=holder,
            target=target,
            polarity=polarity,
            act=frame.act,
            cue=word,
            rule=f"adjective.{frame.lemma}",
            anchor=anchor,
            needs=frame.needs,
        )


def _has_object(sentence: Sentence, word: Token) -> bool:
    return word.pos == "VERB" and sentence.child(word, "dobj") is not None


def _is_predicate(sentence: Sentence, word: Token, frame: Frame) -> bool:
    """As in "Rome and Madrid are lukewarm": it says of somebody how they stand, with nothing to say to what."""
    above = sentence.head(word)
    if not frame.elliptic or not stands_alone(sentence, word):
        return False
    if word.dep in {"ROOT", "conj", "ccomp"}:
        return sentence.child(word, "nsubj", "nsubjpass") is not None
    return word.dep == "acomp" and above is not None and stands_alone(sentence, above)


def _target(sentence: Sentence, word: Token, frame: Frame, lexicon: Lexicon) -> Token | None:
    """What stands under the first preposition that comes after the adjective."""
    above = sentence.head(word)
    hosts = [word, above] if above is not None and word.dep in {"acomp", "oprd"} else [word]
    for host in hosts:
        for preposition in sentence.children(host, "prep", "agent"):
            if preposition.i < word.i or preposition.lower not in frame.target or preposition.i > word.i + 4:
                continue
            found = sentence.child(preposition, "pobj", "pcomp")
            if found is not None and sentence.child(found, "neg") is None:
                return thing_done(sentence, found, lexicon) if found.pos == "VERB" else found
    clause = sentence.child(word, "advcl") if frame.elliptic else None
    marked = clause is not None and any(w.lower in {"as", "after"} for w in sentence.children(clause, "mark"))
    return clause if marked else None


def _holder(sentence: Sentence, word: Token) -> Token | None:
    own = sentence.child(word, "nsubj", "nsubjpass")
    auxiliary = sentence.child(word, "auxpass")
    if own is None and auxiliary is not None:
        own = sentence.child(auxiliary, "nsubj")
    if own is not None:
        return own
    above = sentence.head(word)
    if above is None:
        return None
    if word.dep in {"amod", "acl", "appos"} and above.pos in {"NOUN", "PROPN"}:
        return above
    if word.dep == "conj":
        return _holder(sentence, above)
    if above.pos in {"VERB", "AUX"}:
        return sentence.child(above, "nsubjpass") or subject_of(sentence, above)
    return None
