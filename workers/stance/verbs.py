"""Stances that a verb carries: "rejected the plan", "was condemned by Rome", "would change its stance".

Each rule yields positions by their words; who the words stand for is resolved later.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated, is_wished, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Frame, Lexicon
from workers.stance.slots import (
    is_aim_of_object,
    is_passive,
    is_told_to,
    seat_of,
    shared_target,
    stands_alone,
    target_of,
    thing_done,
    under,
    with_particle,
)
from workers.stance.turning import turned
from workers.stance.urging import holder_of
from workers.text.tree import Sentence, Token

#: What follows is a motto: "under the theme 'Promoting health'".
_THEMES = {"theme", "motto", "slogan", "banner", "title"}
#: What is felt about a thing that was done.
_FEELING = {"regret", "deplore", "lament", "resent", "bemoan", "rue", "welcome", "applaud", "celebrate", "appreciate"}
_DIPLOMATS = {"ambassador", "envoy", "diplomat", "charge", "chargé", "consul", "attache", "attaché"}


def by_verb(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "Egypt rejected the proposal", "was rejected by Egypt", "a condition rejected by Egypt"."""
    if verb.dep == "amod" or (verb.lemma == "want" and is_passive(sentence, verb)):
        return
    for frame in lexicon.verbs.get(with_particle(sentence, verb), ()):
        if not _holds(sentence, verb, frame, lexicon):
            continue
        told = _told(sentence, verb)
        target = told or target_of(sentence, verb, frame, lexicon) or shared_target(sentence, verb, frame, lexicon)
        if not _is_meant(sentence, verb, frame, target, lexicon):
            continue
        polarity, anchor = _polarity(sentence, verb, frame, target, lexicon)
        if frame.only_negative and polarity != "adverse":
            continue
        holder = holder_of(sentence, verb, lexicon) or seat_of(sentence, verb)
        unsaid = holder is None and frame.act == "SANCTION" and _is_summons(sentence, verb)
        if polarity is None or (holder is None and not unsaid) or _is_purpose(sentence, verb, lexicon):
            return
        if is_wished(sentence, verb):
            holder = None
        yield Position(
            holder=holder,
            target=target,
            polarity=polarity,
            act=frame.act,
            cue=verb,
            rule=f"verb.{frame.lemma}",
            anchor=anchor,
            needs=frame.needs,
            unsaid=unsaid,
            seated=holder is not None and holder is seat_of(sentence, verb),
            told=told is not None,
        )
        return


def _told(sentence: Sentence, verb: Token) -> Token | None:
    """As in "regretted that Oslo had left": a thing done that is told in a clause."""
    clause = sentence.child(verb, "ccomp") if verb.lemma in _FEELING else None
    if clause is None or not any(word.lower == "that" for word in sentence.children(clause, "mark")):
        return None
    return clause if sentence.child(clause, "nsubj") is not None and clause.pos == "VERB" else None


def _is_summons(sentence: Sentence, verb: Token) -> bool:
    """As in "The ambassador was called in": only a government does so."""
    target = sentence.child(verb, "nsubjpass")
    return target is not None and verb.dep == "ROOT" and target.lemma in _DIPLOMATS


def _holds(sentence: Sentence, verb: Token, frame: Frame, lexicon: Lexicon) -> bool:
    """Whether the verb stands as the frame wants it."""
    if sentence.child(verb, "xcomp") is not None and verb.lemma in lexicon.refuse | lexicon.urging:
        return False
    if frame.only_negated and not is_negated(sentence, verb):
        return False
    return _has_company(sentence, verb, frame)


def _is_meant(sentence: Sentence, verb: Token, frame: Frame, target: Token | None, lexicon: Lexicon) -> bool:
    """Whether the target leaves the verb its sense; a few frames do without one."""
    if target is None:
        return frame.elliptic and stands_alone(sentence, verb)
    if frame.act == "REQUEST" and is_told_to(sentence, target):
        return False
    if target.pos == "PROPN" and target.lower in lexicon.verbs:
        return False  # "Agrees to Sanction Settlers": a verb with a capital
    return not {target.lemma, target.lower} & frame.not_object


def _polarity(
    sentence: Sentence, verb: Token, frame: Frame, target: Token | None, lexicon: Lexicon
) -> tuple[Polarity | None, Token]:
    polarity, anchor = turned(sentence, verb, "favourable" if frame.only_negated else frame.polarity, lexicon)
    if polarity is None:
        return None, anchor
    if frame.only_negated or _is_between(sentence, verb, lexicon) or _is_no_side(sentence, verb, target):
        return "neutral", anchor
    if polarity == "favourable" and (_is_none(sentence, target) or _is_evil(sentence, verb, lexicon)):
        return "adverse", anchor
    return polarity, anchor


def _is_evil(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    """As in "recognised the deportation as a crime"."""
    called = under(sentence, verb, "as") if verb.lemma in {"recognise", "recognize", "accept"} else None
    return called is not None and lexicon.judgements.get(called.lemma) == "adverse"


def _is_none(sentence: Sentence, target: Token | None) -> bool:
    """As in "wants no talks"."""
    return target is not None and any(word.lower == "no" for word in sentence.children(target, "det"))


def _is_no_side(sentence: Sentence, verb: Token, target: Token | None) -> bool:
    """As in "backs neither side", "is not backing either party"."""
    if target is None:
        return False
    marks = {word.lower for word in sentence.children(target, "det", "preconj", "cc")} | {target.lower}
    return "neither" in marks or ("either" in marks and is_negated(sentence, verb))


def _is_between(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    """As in "neither backs nor opposes the plan": both are denied, which leaves no side."""
    first = sentence.first_conjunct(verb)
    neither = any(
        word.lower in {"neither", "nor"} for word in sentence.children(first, "preconj", "cc", "advmod", "det")
    )
    if not neither:
        return False
    both = {f.polarity for word in sentence.conjuncts(first) for f in lexicon.verbs.get(word.lemma, ())}
    return {"favourable", "adverse"} <= both


def _has_company(sentence: Sentence, verb: Token, frame: Frame) -> bool:
    """Whether the object and the prepositions are there without which the verb has another sense."""
    if frame.only_with_object and not any(
        word.lemma in frame.only_with_object for word in sentence.children(verb, "dobj")
    ):
        return False
    return not frame.only_with_preposition or any(
        word.lower in frame.only_with_preposition for word in sentence.children(verb, "prep")
    )


def _is_purpose(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    """As in "so as to discredit the vote", "aircraft to support the raids": an aim or a use, not a position taken."""
    before = sentence.tokens[max(0, verb.i - 3) : verb.i]
    if any(word.lemma in _THEMES for word in before) and any(word.text == '"' for word in before):
        return True
    above = sentence.head(verb)
    if above is None or not any(word.lower == "to" for word in sentence.children(verb, "aux")):
        return False
    if is_aim_of_object(sentence, verb, lexicon):
        return True
    if verb.dep == "acl":
        wills = lexicon.willing_nouns | lexicon.unwilling_nouns | lexicon.containers
        return above.lemma not in wills and above.lemma not in lexicon.willing | lexicon.refuse
    return verb.dep == "advcl" or (verb.dep == "xcomp" and above.lemma in {"use", "need"})


def by_refusal(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "refused to attend the summit": against whatever it will not do."""
    if verb.lemma not in lexicon.refuse:
        return
    clause = sentence.child(verb, "xcomp")
    if (
        clause is None
        or clause.lemma in lexicon.deeds | lexicon.unspoken
        or with_particle(sentence, clause) in lexicon.verbs
    ):
        return
    target = thing_done(sentence, clause, lexicon)
    polarity: Polarity = "neutral" if is_negated(sentence, verb) else "adverse"
    yield Position(
        holder=subject_of(sentence, verb),
        target=target,
        polarity=polarity,
        act="REJECT",
        cue=verb,
        rule="refused",
        anchor=verb,
        needs="matter",
    )


def by_change(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "only real shifts in US policy would change Russia's stance": open, under a condition."""
    subject = sentence.child(verb, "nsubj")
    if subject is None:
        return
    if verb.lemma in lexicon.change_verbs:
        held = sentence.child(verb, "dobj")
        if held is None or held.lemma not in lexicon.change_nouns:
            return
        if not any(
            word.lower in {"only", "would", "could"}
            for word in (*sentence.children(verb, "aux", "advmod"), *sentence.subtree(subject))
        ):
            return
        yield Position(
            holder=sentence.child(held, "poss"),
            target=subject,
            polarity="neutral",
            act=None,
            cue=verb,
            rule="change",
            anchor=verb,
        )
    elif verb.lemma in lexicon.depend:
        if under(sentence, verb, "on") is None:
            return
        yield Position(holder=None, target=subject, polarity="neutral", act=None, cue=verb, rule="depend", anchor=verb)
