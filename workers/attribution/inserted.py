"""Clauses of speech set into the sentence that they say: "X, he said, but Y", "as she put it".

What is said is the clause around it; who says it is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.text.tree import Sentence, Token

_COMMAS = {",", '"', "-"}


def inserted_content(sentence: Sentence, verb: Token) -> frozenset[int]:
    """Places of what a clause of speech says into which it is set; none where `verb` is not set in."""
    host = sentence.head(verb)
    if host is None or not _is_set_in(sentence, verb):
        return frozenset()
    return frozenset(places(sentence, [host]) - places(sentence, [verb])) | _told_after(sentence, verb)


def _is_set_in(sentence: Sentence, verb: Token) -> bool:
    if verb.dep == "parataxis":
        return True
    has_subject = sentence.child(verb, "nsubj", "nsubjpass") is not None
    if verb.dep == "advcl":
        return has_subject and any(word.lower == "as" for word in sentence.children(verb, "mark", "advmod"))
    if verb.dep not in {"ccomp", "conj"} or not has_subject or sentence.child(verb, "mark") is not None:
        return False
    first = sentence.subtree(verb)[0]
    return first.i > 0 and sentence.tokens[first.i - 1].text in _COMMAS


def told_after(sentence: Sentence, verb: Token, clause: Token) -> frozenset[int]:
    """What goes on being said after the verb: "It does not object, she said, but it wants a say"."""
    return _told_after(sentence, verb) if clause.i < verb.i else frozenset()


def _told_after(sentence: Sentence, verb: Token) -> frozenset[int]:
    found: set[int] = set()
    for clause in sentence.children(verb, "conj"):
        subject = sentence.child(clause, "nsubj", "nsubjpass")
        if subject is not None and subject.lower in {"it", "they", "we"}:
            found |= places(sentence, [clause])
    return frozenset(found)


def places(sentence: Sentence, heads: Iterable[Token]) -> set[int]:
    """Places of all words under `heads`."""
    return {word.i for head in heads for word in sentence.subtree(head)}
