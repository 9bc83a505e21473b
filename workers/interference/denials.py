"""Denials, joined to the allegations that they deny.

Only the one accused, or somebody who speaks for it, can deny; a denial is never read as evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workers.attribution.cast import Cast
from workers.attribution.clauses import is_negated, subject_of
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.interference.lexicon import Lexicon
from workers.text.tree import Sentence, Token

#: How many sentences after an allegation a denial may come.
REACH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialFinding:
    """Somebody denies something, at `start:end` of the field."""

    sentence: int
    denier: Party
    start: int
    end: int


def denials_in(
    sentence: Sentence, attributions: Sequence[Attribution], cast: Cast, lexicon: Lexicon
) -> tuple[DenialFinding, ...]:
    """Denials in one sentence, whoever they come from."""
    found: list[DenialFinding] = []
    for token in sentence.tokens:
        if token.lemma in lexicon.denial_verbs and token.pos == "VERB" and _denies(sentence, token, lexicon):
            subject = subject_of(sentence, token)
            if subject is not None:
                found.extend(_finding(sentence, party, token, token) for party in cast.parties(sentence, subject))
        elif token.lemma == "denial" and token.pos == "NOUN":
            owner = sentence.child(token, "poss") or _giver(sentence, token)
            if owner is not None:
                found.extend(_finding(sentence, party, token, token) for party in cast.parties(sentence, owner))
    for attribution in attributions:
        if attribution.source is None:
            continue
        words = [sentence.tokens[i] for i in sorted(attribution.content)]
        low = sentence.text[words[0].start - sentence.start : words[-1].end - sentence.start].lower()
        if lexicon.denial_words.search(low) or (
            attribution.held in {"said", "alleged"}
            and any(w.lemma in lexicon.denial_objects and is_negated(sentence, w) for w in words)
        ):
            found.append(_finding(sentence, attribution.source, words[0], words[-1]))
    found.extend(_called(sentence, cast, lexicon))
    return tuple(found)


def _denies(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    objects = sentence.children(verb, "dobj", "ccomp", "xcomp", "nsubjpass")
    if not objects:
        return verb.lemma in {"deny", "scoff"} or any(p.lower == "as" for p in sentence.children(verb, "prep"))
    return (
        any(
            word.lemma in lexicon.denial_objects or word.lower in lexicon.denial_objects
            for item in objects
            for word in (item, *sentence.subtree(item))
        )
        or verb.lemma == "deny"
    )


def _called(sentence: Sentence, cast: Cast, lexicon: Lexicon) -> list[DenialFinding]:
    """As in "called the allegations baseless", "described the report as absurd"."""
    found: list[DenialFinding] = []
    for token in sentence.tokens:
        if token.pos != "VERB" or token.lemma not in {"call", "describe", "brand", "label", "term", "deem", "consider"}:
            continue
        low = " ".join(word.lower for word in sentence.subtree(token))
        subject = subject_of(sentence, token)
        if subject is not None and lexicon.denial_words.search(low):
            found.extend(
                _finding(sentence, party, token, sentence.subtree(token)[-1])
                for party in cast.parties(sentence, subject)
            )
    return found


def _giver(sentence: Sentence, noun: Token) -> Token | None:
    for preposition in sentence.children(noun, "prep"):
        if preposition.lower in {"by", "from"}:
            return sentence.child(preposition, "pobj")
    return None


def _finding(sentence: Sentence, party: Party, first: Token, last: Token) -> DenialFinding:
    return DenialFinding(
        sentence=sentence.index, denier=party, start=min(first.start, last.start), end=max(first.end, last.end)
    )


def denied_sentence(denial: DenialFinding, accused_in: Sequence[int]) -> int | None:
    """The sentence of the allegation that `denial` answers: the last one in reach, its own included."""
    near = [sentence for sentence in accused_in if denial.sentence - REACH <= sentence <= denial.sentence]
    return max(near, default=None)
