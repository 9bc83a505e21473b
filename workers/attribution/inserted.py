"""Clauses of speech set into the sentence that they say: "X, he said, but Y", "as she put it".

Where the parser takes such a clause for something else, what stands between the commas decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workers.text.tree import Sentence, Token

_COMMAS = {",", '"', "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """What an inserted verb of speech says, and who says it where that is not its own subject."""

    content: frozenset[int]
    source: Token | None = None


def insertion(sentence: Sentence, verb: Token) -> Insertion | None:
    """The insertion whose verb is `verb`, if it is one."""
    host = sentence.head(verb)
    if host is None:
        return None
    own = set(places(sentence, [verb]))
    if _is_set_in(sentence, verb):
        return Insertion(content=frozenset(places(sentence, [host]) - own) | _told_after(sentence, verb))
    speaker = _stray_speaker(sentence, verb, host)
    if speaker is None:
        return None
    without = own | places(sentence, [speaker])
    above = host if host.i != speaker.i else sentence.head(speaker)
    return Insertion(
        content=frozenset(places(sentence, [above] if above is not None else []) - without), source=speaker
    )


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


def _stray_speaker(sentence: Sentence, verb: Token, host: Token) -> Token | None:
    """As in "Oslo backs it, the minister, Ola Berg, told us", where the speaker is taken for an apposition."""
    if (
        verb.tag not in {"VBD", "VBN"}
        or sentence.child(verb, "nsubj", "nsubjpass", "agent", "mark", "auxpass") is not None
    ):
        return None
    before = sentence.tokens[verb.i - 1] if verb.i else None
    if before is None or before.text != ",":
        return None
    if verb.dep == "acl" and host.dep in {"nsubj", "appos"} and sentence.child(host, "appos") is not None:
        return host
    if verb.dep != "conj" or any(word.i > host.i and word.i < verb.i for word in sentence.children(host, "cc")):
        return None
    speaker = None
    word: Token | None = sentence.tokens[verb.i - 2] if verb.i > 1 else None
    while word is not None and word.i != host.i:
        speaker = word if word.dep == "appos" else speaker
        word = sentence.head(word)
    return speaker


def places(sentence: Sentence, heads: Iterable[Token]) -> set[int]:
    """Places of all words under `heads`."""
    return {word.i for head in heads for word in sentence.subtree(head)}
