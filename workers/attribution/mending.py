"""Sets trees right around a clause of speech: whom it names speaks, and the subject that it parts stays with its verb.

The parser takes such a speaker for an apposition of the words before ("backs the talks, the minister, Ola Berg, said"),
such a subject for one of the verb of speech ("Oman, she told us, backs the talks"); nothing else is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from workers.text.tree import Sentence, Token

#: New head and relation of a word.
Change = tuple[int, str]
_BEFORE = {"nsubj", "nsubjpass", "npadvmod", "dep"}
_SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")
_PASSIVE = ("auxpass", "agent", "nsubjpass")


def mended(sentence: Sentence, verbs: Collection[str]) -> Sentence:
    """`sentence` with speakers and subjects where they belong; `verbs` are the lemmas of speech."""
    changes: dict[int, Change] = {}
    for token in sentence.tokens:
        if token.pos == "VERB" and token.lemma in verbs and token.tag != "VBG":
            changes.update(_parted(sentence, token))
            changes.update(_stray(sentence, token))
    if not changes:
        return sentence
    tokens = tuple(
        replace(token, head=changes[token.i][0], dep=changes[token.i][1]) if token.i in changes else token
        for token in sentence.tokens
    )
    return replace(sentence, tokens=tokens)


def _parted(sentence: Sentence, verb: Token) -> Iterator[tuple[int, Change]]:
    """The first of two subjects before a verb of speech belongs to the clause after it that lacks one."""
    before = [word for word in sentence.children(verb, *_BEFORE) if word.i < verb.i]
    clause = _without_subject(sentence, verb)
    if clause is None or len(before) < 2:
        return
    if any(word.text == "," for word in sentence.tokens[before[0].i + 1 : before[-1].i]):
        yield before[0].i, (clause.i, "nsubjpass" if sentence.child(clause, "auxpass") is not None else "nsubj")


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


def _stray(sentence: Sentence, verb: Token) -> Iterator[tuple[int, Change]]:
    """The apposition right before a verb of speech that lacks a subject is who speaks."""
    if sentence.child(verb, *_PASSIVE, "mark") is not None:
        return
    own, speaker, clause = sentence.child(verb, "nsubj"), _apposed_before(sentence, verb), sentence.child(verb, "ccomp")
    if speaker is None:
        return
    follows_clause = clause is not None and clause.i < verb.i
    if own is None and verb.dep in {"ROOT", "conj", "ccomp"} and follows_clause:
        yield speaker.i, (verb.i, "nsubj")
    elif own is not None and clause is not None and follows_clause and _goes_on(sentence, own, clause, speaker):
        yield own.i, (clause.i, "dobj")
        yield speaker.i, (verb.i, "nsubj")
    elif own is None and verb.dep in {"acl", "conj"} and clause is None:
        host = next((word for word in reversed([*sentence.ancestors(speaker)]) if word.pos in {"VERB", "AUX"}), None)
        joined = any(speaker.i < word.i < verb.i for word in sentence.tokens if word.dep == "cc")
        if host is not None and host.i < speaker.i and not joined:
            yield verb.i, (host.i, "parataxis")
            yield speaker.i, (verb.i, "nsubj")


def _goes_on(sentence: Sentence, own: Token, clause: Token, speaker: Token) -> bool:
    """Whether a subject only goes on with the clause before it: no comma parts the two, and one parts the speaker."""
    first = sentence.subtree(own)[0]
    above = sentence.head(speaker)
    is_its = above is not None and above.i == own.i
    return is_its and clause.i < first.i and sentence.tokens[first.i - 1].text not in {",", '"', "-"}


def _apposed_before(sentence: Sentence, verb: Token) -> Token | None:
    """A person set as an apposition right before `verb`, commas apart: a title with its name, or a name with its title.

    Bodies are left alone: "the trade mission, an agency in Sofia" may well be one.
    """
    place = verb.i - 1
    while place > 0 and sentence.tokens[place].dep in {"punct", "aux", "advmod"}:
        place -= 1
    chain: list[Token] = []
    word: Token | None = sentence.tokens[place] if place > 0 else None
    while word is not None and word.i != verb.i:
        if word.dep == "appos" and sentence.tokens[sentence.subtree(word)[0].i - 1].text == ",":
            chain.append(word)
        word = sentence.head(word)
    if len(chain) > 1 and {chain[0].pos, chain[1].pos} == {"PROPN", "NOUN"}:
        return chain[1]
    return chain[0] if chain and chain[0].entity == "PERSON" else None
