"""Gives a sentence back the subject that a clause of speech parts from it: "Oman, its minister said, backs the talks".

The parser takes such a subject for one of the verb of speech; nothing else of the tree is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from workers.text.tree import Sentence, Token

_BEFORE = {"nsubj", "nsubjpass", "npadvmod", "dep"}
_SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")


def mended(sentence: Sentence, verbs: Collection[str]) -> Sentence:
    """`sentence` with such subjects where they belong; `verbs` are the lemmas of speech."""
    changes = {
        place: change
        for token in sentence.tokens
        if token.pos == "VERB" and token.lemma in verbs
        for place, change in _changes(sentence, token)
    }
    if not changes:
        return sentence
    tokens = tuple(
        replace(token, head=changes[token.i][0], dep=changes[token.i][1]) if token.i in changes else token
        for token in sentence.tokens
    )
    return replace(sentence, tokens=tokens)


def _changes(sentence: Sentence, verb: Token) -> Iterator[tuple[int, tuple[int, str]]]:
    """New heads and relations by place."""
    clause = _parted(sentence, verb)
    if clause is None:
        return
    relation = "nsubjpass" if sentence.child(clause, "auxpass") is not None else "nsubj"
    before = [word for word in sentence.children(verb, *_BEFORE) if word.i < verb.i]
    if len(before) > 1 and _is_parted_by_comma(sentence, before[0], before[-1]):
        yield before[0].i, (clause.i, relation)
        return
    speaker = sentence.child(before[0], "appos") if len(before) == 1 else None
    if speaker is not None and speaker.i < verb.i and _is_parted_by_comma(sentence, before[0], speaker):
        yield before[0].i, (clause.i, relation)
        yield speaker.i, (verb.i, "nsubj")


def _parted(sentence: Sentence, verb: Token) -> Token | None:
    """The clause after a verb of speech and a comma that has no subject of its own."""
    above = sentence.head(verb)
    clause = above if verb.dep == "parataxis" else sentence.child(verb, "ccomp")
    if clause is None or clause.i < verb.i or sentence.child(clause, *_SUBJECTS, "mark") is not None:
        return None
    if clause.tag in {"VBG", "VB"} and sentence.child(clause, "aux") is None:
        return None
    first = clause
    for word in sentence.children(clause, "aux", "auxpass", "neg", "advmod"):
        first = word if verb.i < word.i < first.i else first
    return clause if first.i > 0 and sentence.tokens[first.i - 1].text == "," else None


def _is_parted_by_comma(sentence: Sentence, left: Token, right: Token) -> bool:
    return any(word.text == "," for word in sentence.tokens[left.i + 1 : right.i])
