"""Stances that lie in what is left: "leaving Malta as the only one against", "would not say who was to blame".

As in the headline "Peru yes, Chile no", the target is what was last spoken of.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.text.tree import Sentence, Token

ALONE = {"only", "last", "sole", "lone", "main", "alone"}
AGAINST = {
    "against",
    "opposed",
    "oppose",
    "object",
    "resist",
    "holdout",
    "sceptic",
    "skeptic",
    "opponent",
    "dissenter",
    "dissent",
    "critic",
    "refuse",
}
FOR = {"favour", "favor", "supporter", "backer", "champion", "support"}
WHO = {"who", "whom", "which", "whose", "whether"}
SAYING = {"say", "tell", "name", "reveal", "specify", "disclose", "state", "answer", "comment"}
#: What makes a question that is left open one of sides.
SIDES = {
    "blame",
    "responsible",
    "side",
    "right",
    "prefer",
    "rather",
    "favour",
    "favor",
    "support",
    "back",
    "two",
    "fault",
    "behind",
}


def by_left_alone(sentence: Sentence, token: Token) -> Iterator[Position]:
    """As in "leaving Bulgaria as the only member still against", "making Paraguay the last country to hold out"."""
    if token.lemma not in {"leave", "make"} or token.tag not in {"VBG", "VBZ", "VBD", "VBN", "VBP"}:
        return
    words = [word for word in sentence.subtree(token) if word.i > token.i]
    if not any(word.lower in ALONE for word in words):
        return
    lemmas = {word.lemma for word in words} | {word.lower for word in words}
    holds_out = "hold" in lemmas and "out" in lemmas
    polarity: Polarity | None = "adverse" if lemmas & AGAINST or holds_out else "favourable" if lemmas & FOR else None
    holder = next((word for word in words if word.pos == "PROPN" and word.dep in {"dobj", "nsubj", "pobj"}), None)
    if polarity is None or holder is None:
        return
    yield Position(
        holder=holder,
        target=None,
        polarity=polarity,
        act="REJECT" if polarity == "adverse" else "SUPPORT",
        cue=token,
        rule="left_alone",
        anchor=token,
    )


def by_withholding(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "declined to say which of the two it preferred", "would not say who was to blame": no side is taken."""
    if verb.lemma not in SAYING or verb.pos != "VERB":
        return
    clause = sentence.child(verb, "ccomp", "dobj")
    above = sentence.head(verb)
    refused = verb.dep == "xcomp" and above is not None and above.lemma in lexicon.refuse
    if clause is None or not (refused or is_negated(sentence, verb)):
        return
    words = sentence.subtree(clause)
    asked = next((word for word in words if word.lower in WHO), None)
    if asked is None or not any(word.lower in SIDES for word in words):
        return
    named = sentence.head(asked) if asked.dep == "det" else asked
    has_name = named is not None and (asked.dep == "det" or bool(sentence.children(named, "prep")))
    yield Position(
        holder=subject_of(sentence, verb),
        target=named if has_name else None,
        polarity="neutral",
        act=None,
        cue=verb,
        rule="withheld",
        anchor=above if refused and above is not None else verb,
    )


def by_doing_so(sentence: Sentence, verb: Token) -> Iterator[Position]:
    """As in "It will do so only once ...", "cannot do so until": toward what was asked for before."""
    if (
        verb.lemma != "do"
        or verb.pos not in {"VERB", "AUX"}
        or not any(w.lower == "so" for w in sentence.children(verb))
    ):
        return
    helped = any(word.lower in {"will", "would", "can", "could", "wo", "ca"} for word in sentence.children(verb, "aux"))
    if not helped:
        return
    polarity: Polarity = "adverse" if is_negated(sentence, verb) else "favourable"
    yield Position(
        holder=subject_of(sentence, verb),
        target=verb,
        polarity=polarity,
        act="SUPPORT" if polarity == "favourable" else "REJECT",
        cue=verb,
        rule="doing_so",
        anchor=verb,
    )


def by_yes_or_no(sentence: Sentence, token: Token) -> Iterator[Position]:
    """As in "Ukraine grain: Romania yes, Bulgaria no"."""
    if token.lower not in {"yes", "no"} or token.i < 2:
        return
    holder = sentence.tokens[token.i - 1]
    after = sentence.tokens[token.i + 1] if token.i + 1 < len(sentence.tokens) else None
    colon = next((word for word in sentence.tokens[: token.i] if word.text == ":"), None)
    if (
        holder.pos != "PROPN"
        or colon is None
        or colon.i == 0
        or (after is not None and after.pos not in {"PUNCT", "CCONJ"})
    ):
        return
    yes = token.lower == "yes"
    yield Position(
        holder=holder,
        target=sentence.tokens[colon.i - 1],
        polarity="favourable" if yes else "adverse",
        act="SUPPORT" if yes else "REJECT",
        cue=token,
        rule="yes_or_no",
        anchor=token,
    )
