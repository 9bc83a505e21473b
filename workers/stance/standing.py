"""Stances that lie in where somebody stands or what it is ready to do: "is with Baku", "prepared to sign".

What is merely done without a word of will is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.stance.slots import is_aim_of_object, is_passive, thing_done, under, with_particle
from workers.stance.turning import OPPOSITE, turned
from workers.stance.urging import holder_of
from workers.text.tree import Sentence, Token

_FIRMLY = {"fully", "firmly", "squarely", "solidly", "right", "foursquare", "wholly", "totally"}


#: Verbs of what somebody would have done.
WISHES = {"want", "like", "prefer", "demand", "insist", "request", "propose", "recommend"}
_STANDING: dict[str, Polarity] = {
    "with": "favourable",
    "behind": "favourable",
    "for": "favourable",
    "against": "adverse",
}


def by_standing(sentence: Sentence, token: Token) -> Iterator[Position]:
    """As in "Turkey is with Baku on the point", "we are fully behind it", "was firmly against the plan"."""
    if token.lemma not in {"be", "stand", "remain"} or token.pos not in {"AUX", "VERB"}:
        return
    subject = subject_of(sentence, token)
    for preposition in sentence.children(token, "prep"):
        polarity = _STANDING.get(preposition.lower)
        target = sentence.child(preposition, "pobj")
        between = sentence.tokens[token.i + 1 : preposition.i]
        if polarity is None or target is None or subject is None or any(w.pos not in {"ADV", "PART"} for w in between):
            continue
        firm = any(
            w.lower in _FIRMLY for w in (*sentence.children(token, "advmod"), *sentence.children(preposition, "advmod"))
        )
        if preposition.lower == "behind" and not firm and subject.lower != "we":
            continue
        yield Position(
            holder=subject,
            target=target,
            polarity=OPPOSITE[polarity] if is_negated(sentence, token) else polarity,
            act="SUPPORT" if polarity == "favourable" else "REJECT",
            cue=preposition,
            rule=f"standing.{preposition.lower}",
            anchor=token,
            needs="matter" if preposition.lower == "for" else None,
        )
        return


def _dispute(sentence: Sentence, word: Token, verb: Token) -> Token | None:
    """What somebody is neutral in, on or over."""
    for name in ("in", "between", "on", "over", "toward", "towards", "about"):
        found = under(sentence, word, name) or under(sentence, verb, name)
        if found is not None:
            return found
    return None


def by_taking_sides(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "declined to take sides in the quarrel": neutral in so many words."""
    if token.lemma != "side" or token.dep != "dobj":
        return
    verb = sentence.head(token)
    if verb is None or verb.lemma not in {"take", "choose", "pick"}:
        return
    above = sentence.head(verb)
    refused = verb.dep == "xcomp" and above is not None and above.lemma in lexicon.refuse
    if not refused and not is_negated(sentence, verb):
        return
    target = _dispute(sentence, token, verb)
    if target is not None:
        yield Position(
            holder=subject_of(sentence, verb),
            target=target,
            polarity="neutral",
            act=None,
            cue=token,
            rule="take_sides",
            anchor=verb,
        )


def by_willingness(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "is prepared to sign the agreement", "refused to attend", "a willingness to negotiate"."""
    if (
        token.pos != "VERB"
        or token.tag == "VBD"
        or not (token.lemma in lexicon.all_deeds or with_particle(sentence, token) in lexicon.all_deeds)
        or token.lemma in lexicon.verbs
        or is_passive(sentence, token)
    ):
        return
    above = sentence.head(token)
    is_operated = (
        token.dep in {"xcomp", "acl", "acomp", "ccomp", "relcl", "pcomp"}
        and above is not None
        and any(
            word.lemma in lexicon.wills or word.lower in lexicon.wills
            for word in (above, sentence.tokens[above.head])
            if word is above or (token.dep == "pcomp" and above.lower in {"of", "to", "in", "on", "from", "against"})
        )
    )
    helpers = {word.lower for word in sentence.children(token, "aux")}
    will = bool(helpers & {"will", "would", "'ll", "wo"})
    is_operated = is_operated and (token.tag in {"VB", "VBG"} or "to" in helpers)
    if not is_operated and not will:
        return
    if is_aim_of_object(sentence, token, lexicon):
        return
    polarity, anchor = turned(sentence, token, "favourable", lexicon)
    if polarity is None or _is_mending(sentence, token, lexicon) or _is_occasion(sentence, token, lexicon):
        return
    if polarity == "favourable" and _is_routine(token, above, lexicon):
        return
    yield Position(
        holder=holder_of(sentence, token, lexicon),
        target=thing_done(sentence, token, lexicon),
        polarity=polarity,
        act="SUPPORT" if polarity == "favourable" else "REJECT",
        cue=token,
        rule=f"willing.{token.lemma}",
        anchor=anchor,
        needs="matter",
        only_if=will and not is_operated and polarity == "favourable",
    )


def by_wish(sentence: Sentence, deed: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "wants the treaty scrapped", "would like to see the dam removed", "demands that the curbs be lifted"."""
    above = sentence.head(deed)
    if deed.dep != "ccomp" or deed.tag not in {"VBN", "VBD"} or above is None:
        return
    wish = sentence.head(above) if above.lemma == "see" and above.dep == "xcomp" else above
    thing = sentence.child(deed, "nsubjpass", "nsubj")
    if wish is None or wish.lemma not in WISHES or thing is None or thing.i < above.i:
        return
    is_bare = sentence.child(deed, "aux", "mark") is None and sentence.child(deed, "auxpass") is None
    is_to_be = any(word.lower == "be" for word in sentence.children(deed, "auxpass"))
    if not is_bare and not is_to_be:
        return
    polarity: Polarity | None = None
    if deed.lemma in lexicon.undoing:
        polarity = "adverse"
    elif deed.lemma in lexicon.deeds:
        polarity = "favourable"
    if polarity is None:
        return
    turned_to, anchor = turned(sentence, wish, polarity, lexicon)
    if turned_to is not None:
        yield Position(
            holder=subject_of(sentence, wish),
            target=thing,
            polarity=turned_to,
            act="REQUEST",
            cue=deed,
            rule=f"wish.{wish.lemma}",
            anchor=anchor,
            needs="matter",
        )


def _is_routine(deed: Token, above: Token | None, lexicon: Lexicon) -> bool:
    """As in "plans to send a delegation": publishing a plan of one's own is no position."""
    return deed.lemma in lexicon.routine and (above is None or above.lemma in lexicon.planning)


def _is_occasion(sentence: Sentence, deed: Token, lexicon: Lexicon) -> bool:
    """As in "will not attend the wedding": who goes to a feast or a match takes no position by it."""
    thing = sentence.child(deed, "dobj")
    return thing is not None and thing.lemma in lexicon.occasions


def _is_mending(sentence: Sentence, deed: Token, lexicon: Lexicon) -> bool:
    """As in "pledged to end the war": everybody is for the end of an evil, which tells no position."""
    below = sentence.child(deed, "dobj")
    return deed.lemma in lexicon.undoing and below is not None and below.lemma in lexicon.evils
