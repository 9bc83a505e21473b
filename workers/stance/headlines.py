"""Stances in headlines, where parsers take verbs for nouns: "Peru thanks Chile", "Ghana, Togo back pact".

Only words in a row are looked at, and only in sentences without an end.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.stance.finding import Position
from workers.stance.lexicon import Frame, Lexicon
from workers.text.tree import Sentence, Token

_MODIFYING = {"det", "amod", "compound", "poss", "nummod", "nmod", "case", "punct", "npadvmod"}
_LINKS = {",", "and", "&"}
#: Longest headline that is looked at.
_LONGEST = 25


def by_headline(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "Peru thanks Chile for aid", "Ghana, Togo back pact", "Romania yes, Bulgaria no"."""
    if token.i == 0 or len(sentence.tokens) > _LONGEST or sentence.text.rstrip()[-1:] in {".", "!", "?", '"'}:
        return
    holder = sentence.tokens[token.i - 1]
    named = any(word.text[:1].isupper() for word in sentence.children(holder, "amod", "compound", "poss"))
    if holder.pos not in {"PROPN", "ADJ", "NOUN"} or not (holder.text[:1].isupper() or named):
        return
    frame = _frame(sentence, token, lexicon)
    if frame is None:
        return
    target = _target(sentence, token, frame)
    if target is None and not frame.elliptic:
        return
    for word in (holder, *_before(sentence, holder)):
        yield Position(
            holder=word,
            target=target,
            polarity=frame.polarity,
            act=frame.act,
            cue=token,
            rule=f"headline.{frame.lemma}",
            anchor=token,
            needs=frame.needs,
        )


def _frame(sentence: Sentence, token: Token, lexicon: Lexicon) -> Frame | None:
    """The frame of a verb that was taken for a noun or an adjective, or of an adjective said of the name before it."""
    if token.lower in lexicon.adjectives and token.dep in {"ROOT", "appos", "amod", "conj", "ccomp"}:
        return lexicon.adjectives[token.lower]
    if token.pos not in {"NOUN", "PROPN", "ADJ"} or (token.dep == "compound" and token.lemma in lexicon.nouns):
        return None  # "Iran sanctions violations" is a phrase of nouns
    low = token.lower
    stems: tuple[str, ...] = (low[:-1], low[:-2], f"{low[:-3]}y") if low.endswith("s") else ()
    if not stems and _before(sentence, sentence.tokens[token.i - 1]):
        stems = (low,)
    frames = [frame for stem in stems for frame in lexicon.verbs.get(stem, ()) if "object" in frame.target]
    return frames[0] if frames and not frames[0].only_with_object else None


def _target(sentence: Sentence, token: Token, frame: Frame) -> Token | None:
    """The phrase that follows, or the one under a preposition of the frame's."""
    rest = [word for word in sentence.tokens[token.i + 1 :] if word.text not in {'"', "'"}]
    if rest and rest[0].pos == "ADP" and rest[0].lower in frame.target:
        rest = rest[1:]
    elif "object" not in frame.target:
        return None
    if not rest or rest[0].pos not in {"PROPN", "NOUN", "ADJ", "DET", "NUM", "PRON"} or rest[0].lower == "that":
        return None  # "Denounces That ..." opens a clause
    if frame.only_with_preposition and not any(word.lower in frame.only_with_preposition for word in rest):
        return None
    word = rest[0]
    for following in rest[1:]:
        if following.pos not in {"PROPN", "NOUN", "ADJ", "PART"} or word.dep == "dobj":
            break
        is_quoted = following.i > word.i + 1  # "hail 'unyielding' ties"
        if word.head != following.i and word.dep not in _MODIFYING and not is_quoted:
            break
        word = following
    return word if word.pos in {"PROPN", "NOUN", "PRON"} and word.dep != "ROOT" else None


def _before(sentence: Sentence, holder: Token) -> tuple[Token, ...]:
    """Names set before a name by commas: "Indonesia, Malaysia"."""
    found: list[Token] = []
    place = holder.i
    while place >= 2 and sentence.tokens[place - 1].lower in _LINKS and sentence.tokens[place - 2].pos == "PROPN":
        found.append(sentence.tokens[place - 2])
        place -= 2
    # Names only: in "a ship leaves for Peru, Lima says" the first is no holder.
    return tuple(found) if place == 0 or sentence.tokens[place - 1].pos == "PUNCT" else ()
