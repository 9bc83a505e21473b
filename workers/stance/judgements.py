"""Stances that lie in a judgement: "sees the US as adversarial", "the coup was unacceptable", said by somebody.

Words of judgement are data; the narrator's own judgement is nobody's stance.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Frame, Lexicon
from workers.stance.slots import is_passive, target_of, under
from workers.stance.turning import OPPOSITE, turned
from workers.text.tree import Sentence, Token

#: Verbs that name what a thing is like after "to".
_LIKENING = {"liken", "compare"}


def by_seeing_as(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "sees the US as adversarial", "considers the curbs unacceptable", "called it a sham"."""
    if verb.lemma not in lexicon.see_as:
        return
    passive = is_passive(sentence, verb)
    target = target_of(
        sentence, verb, Frame(lemma=verb.lemma, polarity="neutral", act=None, target=("object",)), lexicon
    )
    complements: list[Token] = []
    for child in sentence.children(verb, "prep", "oprd", "ccomp", "xcomp", "acomp", "attr", "dobj", "advcl"):
        if child.dep == "prep" and child.lower == ("to" if verb.lemma in _LIKENING else "as"):
            complements.append(child)
        elif child.dep in {"ccomp", "xcomp"} and child.pos in {"ADJ", "NOUN", "PROPN"}:
            complements.append(child)
            target = sentence.child(child, "nsubj") or target
        elif child.dep == "dobj" and target is not None and child.i == target.i:
            complements.extend(w for w in sentence.subtree(child) if w.dep in {"amod", "oprd"} and w.i > w.head)
        elif child.dep in {"oprd", "acomp", "attr"} or (
            child.dep == "dobj" and target is not None and child.i != target.i
        ):
            complements.append(child)
    if verb.dep == "relcl" and not complements and target is not None and target.dep == "dobj":
        complements, target = [target], sentence.head(verb)
    if target is None and not passive:
        return
    for complement in complements:
        inside = target is not None and sentence.is_below(complement, target)
        words = [w for w in _near(sentence, complement) if inside or target is None or not sentence.is_below(w, target)]
        judgement = _judgement(words, lexicon)
        if judgement is None or target is None:
            continue
        polarity, cue = judgement
        outcome, anchor = turned(sentence, verb, polarity, lexicon)
        if outcome is not None:
            yield Position(
                holder=subject_of(sentence, verb) or (under(sentence, cue, "by") if passive else None),
                target=target,
                polarity=outcome,
                act="ACCUSE" if outcome == "adverse" else None,
                cue=cue,
                rule=f"seen_as.{verb.lemma}",
                anchor=anchor,
            )
        return


def _near(sentence: Sentence, complement: Token) -> list[Token]:
    """The words of a complement without the clauses and the appositions in it."""
    words, stack = [complement], [complement]
    while stack:
        for child in sentence.children(stack.pop()):
            if child.dep not in {"relcl", "appos", "advcl", "acl", "npadvmod"}:
                words.append(child)
                stack.append(child)
    return sorted(words, key=lambda word: word.i)


def _judgement(words: list[Token], lexicon: Lexicon) -> tuple[Polarity, Token] | None:
    """The first judging word and which way it points, turned by a "not" before it."""
    negated = False
    for word in words:
        negated = negated or word.lower in {"not", "no", "never", "n't"}
        polarity = lexicon.judgements.get(word.lower) or lexicon.judgements.get(word.lemma)
        if polarity is not None:
            return (OPPOSITE[polarity] if negated else polarity), word
    return None


_LINKING = {"be", "become", "remain", "constitute", "represent", "amount", "seem", "prove", "look"}


def by_judging(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "the coup was unacceptable", said by somebody: the holder is whoever the words are laid to."""
    if token.lemma not in _LINKING or token.pos not in {"AUX", "VERB"}:
        return
    subject = _split_subject(sentence, token) or sentence.child(token, "nsubj")
    if subject is None or (subject.lower == "it" and sentence.child(token, "ccomp", "xcomp", "advcl") is not None):
        return
    for complement in sentence.children(token, "acomp", "attr", "oprd", "dobj", "prep", "advmod", "xcomp"):
        if complement.dep == "xcomp" and complement.lemma != "blame":
            continue  # "was to blame"
        if complement.dep == "prep" and not _qualifies(sentence, complement, token):
            continue
        words = _close(sentence, complement, lexicon)
        judgement = _judgement(words, lexicon)
        if judgement is None:
            continue
        polarity, cue = judgement
        if polarity == "favourable" and _is_in_evil(sentence, cue, lexicon):
            polarity = "adverse"
        if is_negated(sentence, token):
            polarity = OPPOSITE[polarity]
        yield Position(
            holder=None,
            target=subject,
            polarity=polarity,
            act="ACCUSE" if polarity == "adverse" else None,
            cue=cue,
            rule="judged",
            anchor=token,
            needs=None if cue.pos == "NOUN" else "matter",
        )
        return


def _is_in_evil(sentence: Sentence, cue: Token, lexicon: Lexicon) -> bool:
    """As in "an active partner in the aggression"."""
    things = (sentence.child(prep, "pobj") for prep in sentence.children(cue, "prep") if prep.lower in {"in", "to"})
    return any(thing is not None and lexicon.judgements.get(thing.lemma) == "adverse" for thing in things)


def _qualifies(sentence: Sentence, preposition: Token, verb: Token) -> bool:
    """As in "of great help", "amounts to theft", "at odds with", "in breach of"."""
    if preposition.lower == ("to" if verb.lemma == "amount" else "of"):
        return True
    word = sentence.child(preposition, "pobj")
    return (
        preposition.lower in {"at", "in"}
        and word is not None
        and word.lemma in {"odds", "breach", "violation", "contravention", "defiance"}
    )


def _split_subject(sentence: Sentence, verb: Token) -> Token | None:
    """The subject before the speaker: in '"The pact," said the envoy, "is a gift."' parsers take the envoy for it."""
    first = verb
    while first.i > 0 and sentence.tokens[first.i - 1].dep in {"aux", "neg"}:
        first = sentence.tokens[first.i - 1]
    if first.i == 0 or sentence.tokens[first.i - 1].text != '"' or sentence.tokens[0].text != '"':
        return None
    end = next((word.i for word in sentence.tokens[1:] if word.text in {'"', ","}), 0)
    nouns = [word for word in sentence.tokens[1:end] if word.pos in {"NOUN", "PROPN"}]
    return next((word for word in nouns if not any(word.head == other.i for other in nouns)), None)


def _close(sentence: Sentence, complement: Token, lexicon: Lexicon) -> list[Token]:
    """The judging word itself with its modifiers, not what hangs further below it."""
    heads = (
        [complement] if complement.dep != "prep" else [w for p in (complement,) for w in sentence.children(p, "pobj")]
    )
    heads += [w for h in heads for w in sentence.children(h, "conj")]
    heads += [
        w
        for h in heads
        for p in sentence.children(h, "prep")
        for w in sentence.children(p, "pobj")
        if p.lower == "of" or w.lemma == "direction"
    ]
    near = [w for h in heads for w in (*sentence.children(h, "amod", "compound", "neg", "det"), h)]
    # "the asset side" is no asset; "a sham vote" is a sham.
    near = [w for w in near if w.dep != "compound" or lexicon.judgements.get(w.lemma) != "favourable"]
    return sorted(near, key=lambda word: word.i)
