"""Gives a sentence back the subject that a clause of speech parts from it: "Oman, she told us, backs the talks".

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
        subject.i: (clause.i, "nsubjpass" if sentence.child(clause, "auxpass") is not None else "nsubj")
        for token in sentence.tokens
        if token.pos == "VERB" and token.lemma in verbs
        for subject, clause in _parted(sentence, token)
    }
    if not changes:
        return sentence
    tokens = tuple(
        replace(token, head=changes[token.i][0], dep=changes[token.i][1]) if token.i in changes else token
        for token in sentence.tokens
    )
    return replace(sentence, tokens=tokens)


def _parted(sentence: Sentence, verb: Token) -> Iterator[tuple[Token, Token]]:
    """The first of two subjects before a verb of speech, with the clause after it that lacks one."""
    before = [word for word in sentence.children(verb, *_BEFORE) if word.i < verb.i]
    clause = _without_subject(sentence, verb)
    if clause is not None and len(before) > 1:
        between = sentence.tokens[before[0].i + 1 : before[-1].i]
        if any(word.text == "," for word in between):
            yield before[0], clause


def _without_subject(sentence: Sentence, verb: Token) -> Token | None:
    """The clause after a verb of speech and a comma that has no subject of its own."""
    clause = sentence.child(verb, "ccomp")
    if clause is None or clause.i < verb.i or sentence.child(clause, *_SUBJECTS, "mark") is not None:
        return None
    helpers = [w for w in sentence.children(clause, "aux", "auxpass", "neg", "advmod") if verb.i < w.i < clause.i]
    if clause.tag in {"VBG", "VB"} and not helpers:
        return None
    first = min([clause, *helpers], key=lambda word: word.i)
    return clause if sentence.tokens[first.i - 1].text == "," else None
