"""Frames of stance: which word of a sentence gives whom a position toward what, and which way.

One small rule for each way of saying it; who the words stand for is resolved afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.stance.adjectives import by_adjective
from workers.stance.finding import Position
from workers.stance.headlines import by_headline
from workers.stance.idioms import by_idiom
from workers.stance.judgements import by_judging, by_seeing_as
from workers.stance.leaving import by_doing_so, by_left_alone, by_withholding, by_yes_or_no
from workers.stance.lexicon import Lexicon
from workers.stance.nouns import by_noun, by_stated_position
from workers.stance.reception import by_reception
from workers.stance.roles import by_effect, by_feeling_left, by_role
from workers.stance.standing import by_standing, by_taking_sides, by_willingness, by_wish
from workers.stance.verbs import by_change, by_refusal, by_verb
from workers.text.tree import Sentence


def positions(sentence: Sentence, lexicon: Lexicon) -> Iterator[Position]:
    """All positions that the frames find in a sentence, in the order of its words."""
    for token in sentence.tokens:
        yield from by_idiom(sentence, token, lexicon)
        if token.pos in {"VERB", "AUX", "ADJ"} and token.tag.startswith("VB"):
            yield from by_verb(sentence, token, lexicon)
            yield from by_seeing_as(sentence, token, lexicon)
            yield from by_change(sentence, token, lexicon)
            yield from by_refusal(sentence, token, lexicon)
        if token.pos in {"NOUN", "PROPN"}:
            yield from by_noun(sentence, token, lexicon)
            yield from by_stated_position(sentence, token, lexicon)
            yield from by_reception(sentence, token, lexicon)
        yield from by_adjective(sentence, token, lexicon)
        yield from by_headline(sentence, token, lexicon)
        yield from by_left_alone(sentence, token)
        yield from by_withholding(sentence, token, lexicon)
        yield from by_doing_so(sentence, token)
        yield from by_yes_or_no(sentence, token)
        yield from by_role(sentence, token, lexicon)
        yield from by_effect(sentence, token, lexicon)
        yield from by_feeling_left(sentence, token, lexicon)
        yield from by_judging(sentence, token, lexicon)
        yield from by_standing(sentence, token)
        yield from by_taking_sides(sentence, token, lexicon)
        yield from by_willingness(sentence, token, lexicon)
        yield from by_wish(sentence, token, lexicon)
