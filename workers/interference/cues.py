"""Words of a sentence that name interference: a deed by itself, a means, or an aim.

Who did it to whom is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workers.interference.lexicon import Lexicon
from workers.interference.means import acts_in, means_in
from workers.text.tree import Sentence, Token

#: Kinds of deeds, the surest first.
KINDS = ("deed", "sway", "operation", "act", "technique")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A word that names interference."""

    token: Token
    #: `deed` says it by itself, `technique` by a means, `act` by what is done to what, `sway` by an aim.
    kind: str


def deeds(
    sentence: Sentence,
    words: Lexicon,
    operations: tuple[tuple[int, int], ...] = (),
    *,
    platform_speaks: bool = False,
) -> tuple[Deed, ...]:
    """Words of the sentence that name interference, the surest first; `operations` are places of known ones.

    Where `platform_speaks`, what it takes down is a deed as well.
    """
    found = _deeds(sentence, words, operations, platform_speaks=platform_speaks)
    return tuple(sorted(found, key=lambda deed: KINDS.index(deed.kind)))


def denying(sentence: Sentence, deed: Token) -> Token | None:
    """The verb by which a deed is denied, as in "the Kremlin, which denies interfering, accused Oslo"."""
    above = sentence.head(deed)
    is_denied = above is not None and above.lemma == "deny" and deed.dep in {"xcomp", "dobj", "ccomp", "pcomp"}
    return above if is_denied else None


def may_name_a_deed(sentence: Sentence, words: Lexicon) -> bool:
    """Whether `deeds` may find any once entities are known, whoever speaks."""
    is_belittling = any(token.pos == "VERB" and token.lemma in words.deed.belittling for token in sentence.tokens)
    return is_belittling or next(_deeds(sentence, words, (), platform_speaks=True), None) is not None


def _deeds(
    sentence: Sentence, words: Lexicon, operations: tuple[tuple[int, int], ...], *, platform_speaks: bool
) -> Iterator[Deed]:
    places = [(m.start, m.end) for m in means_in(sentence, words, combined=False) if m.family != "state_media"]
    acts = {act.i for act in acts_in(sentence, words)}
    for token in sentence.tokens:
        if token.pos in {"PUNCT", "SPACE"}:
            continue
        if any(token.start < end and start < token.end for start, end in operations):
            if token.end in {end for _, end in operations}:
                yield Deed(token=token, kind="operation")
        elif _names_a_deed(sentence, token, words) or (platform_speaks and _is_removed(sentence, token, words)):
            yield Deed(token=token, kind="deed")
        elif (token.lemma in words.deed.plots and token.pos == "NOUN") or (
            token.lemma in words.deed.sway and token.pos == "VERB" and _sways(sentence, token, words)
        ):
            yield Deed(token=token, kind="sway")
        elif token.i in acts and _is_put_about(sentence, token, words):
            yield Deed(token=token, kind="act")
        elif token.pos in {"NOUN", "VERB", "PROPN", "ADJ"} and any(
            a <= token.start and token.end <= b for a, b in places
        ):
            yield Deed(token=token, kind="technique")


def _is_removed(sentence: Sentence, token: Token, words: Lexicon) -> bool:
    """Accounts, pages and the like that somebody takes down, or ties to somebody."""
    is_site = token.lower.endswith(tuple(sorted(words.deed.domains)))
    if not (is_site or token.lemma in words.deed.removable) or token.pos not in {"NOUN", "PROPN", "X"}:
        return False
    return any(
        (word.lemma in words.status.removing or word.lemma in words.links.tying) and word.pos == "VERB"
        for word in (*sentence.ancestors(sentence.first_conjunct(token)), *sentence.children(token, "acl", "relcl"))
    )


def _names_a_deed(sentence: Sentence, token: Token, words: Lexicon) -> bool:
    lemma, deed = token.lemma, words.deed
    return (
        (lemma in deed.nouns and token.pos in {"NOUN", "PROPN", "VERB"})
        or (lemma in deed.verbs and token.pos == "VERB")
        or (lemma in deed.carriers and token.pos == "NOUN" and _is_qualified(sentence, token, words))
    )


def _is_put_about(sentence: Sentence, act: Token, words: Lexicon) -> bool:
    """Whether a word that is only said of something ("fake news") is said of what somebody does, or leaves behind."""
    if act.dep != "amod" or act.lemma in words.deed.weighty:
        return True
    noun = sentence.head(act)
    verb = next((word for word in sentence.ancestors(act) if word.pos == "VERB"), None)
    is_tied = noun is not None and bool(sentence.children(noun, "acl", "relcl", "agent"))
    return is_tied or (verb is not None and (verb.lemma in words.acts or verb.lemma in words.links.verbs))


def _is_qualified(sentence: Sentence, token: Token, words: Lexicon) -> bool:
    return any(
        {word.lemma, word.lower} & words.deed.qualifiers
        for word in sentence.children(token, "amod", "compound", "nmod")
    )


def _sways(sentence: Sentence, verb: Token, words: Lexicon) -> bool:
    objects = words.deed.sway_objects
    doer = sentence.child(verb, "nsubj") or (sentence.head(verb) if verb.dep == "acl" else None)
    if doer is not None and doer.lemma in words.deed.measures:
        return False
    if verb.lemma in words.deed.belittling and any(w.entity == "PERSON" for w in sentence.children(verb, "dobj")):
        return True
    if verb.lemma == "force" and not any(word.tag == "TO" for word in sentence.tokens[verb.i :]):
        return False  # "people forced from their homes": they are not made to do anything
    if sentence.child(verb, "auxpass") is not None:
        subject = sentence.child(verb, "nsubjpass")
        return subject is not None and subject.lemma in objects
    return any(
        word.lemma in objects
        for child in sentence.children(verb, "dobj")
        for word in (child, *sentence.conjuncts(child), *_of(sentence, child))
    )


def _of(sentence: Sentence, noun: Token) -> tuple[Token, ...]:
    return tuple(
        inner
        for preposition in sentence.children(noun, "prep")
        if preposition.lower in {"of", "in"}
        for inner in sentence.children(preposition, "pobj")
    )
