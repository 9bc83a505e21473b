"""What negation and the words above make of a stance: "does not oppose", "in no hurry to back", "stopped short of".

It turns one polarity into another; it finds no stance itself.
"""

from __future__ import annotations

from stancewire.types import Polarity
from workers.attribution.cast import SPEAKER_PRONOUNS
from workers.attribution.clauses import is_negated
from workers.stance.lexicon import Lexicon
from workers.text.tree import Sentence, Token

OPPOSITE: dict[Polarity, Polarity] = {"favourable": "adverse", "adverse": "neutral", "neutral": "neutral"}

_SUBJECTS = ("nsubj", "nsubjpass")
_SUPPOSING = {"if", "whether", "unless", "once", "until", "till"}
_INSTEAD = {"without", "than", "instead"}
_NONE = {"no", "little", "scant", "neither", "zero"}
#: What is denied, or done under duress, is nobody's position.
_NOT_OWN = {
    "deny",
    "accuse",
    "force",
    "compel",
    "pretend",
    "fail",
    "consider",
    "weigh",
    "mull",
    "contemplate",
    "ponder",
    "risk",
}
#: Of these a headline leaves out "is": "Peru urged to reject the plan".
_BIDDEN = {"urge", "tell", "order", "press", "advise", "pressure", "encourage", "warn"}
#: What somebody is accused of is told by the accuser only.
_LAID_TO = {"accuse", "suspect", "convict", "acquit", "deny", "conviction", "accusation", "suspicion", "charge"}
#: What somebody turned away from is no longer held.
_TURNS = {"reversal", "u-turn", "turnaround", "retreat", "backtrack", "climbdown", "volte-face"}
#: To stop doing a thing is to do it no longer.
_ENDING = {"stop", "cease", "quit"}
#: What may or ought to be is nobody's position, unless who says so means itself.
_POSSIBLE = {"may", "might", "could"}
_OUGHT = {"must", "should", "ought"}
#: How many words above are looked at.
_DEPTH = 6


def turned(sentence: Sentence, word: Token, polarity: Polarity, lexicon: Lexicon) -> tuple[Polarity | None, Token]:
    """`polarity` after negation and the words above ("refused to", "in no hurry to"), and the topmost of them.

    None where the text only supposes it ("if Serbia condemned ...") or says that it is not so ("without backing").
    """
    linking = sentence.head(word) if word.dep == "acomp" else None  # "should be open to it"
    if not _is_real(sentence, word) or _is_in_denied(sentence, word) or not _is_real(sentence, linking or word):
        return None, word
    current: Polarity | None = OPPOSITE[polarity] if is_negated(sentence, word) else polarity
    anchor = word
    for _ in range(_DEPTH):
        above = sentence.head(anchor)
        if above is None or current is None:
            break
        if anchor.dep == "pcomp":
            current, anchor, goes_on = _over_preposition(sentence, anchor, above, current, lexicon)
            if not goes_on:
                return current, anchor
            continue
        if anchor.dep == "advcl" and _is_supposed(sentence, anchor):
            return None, anchor
        if any(w.lower == "whether" for w in sentence.children(anchor, "mark", "advmod")):
            return None, anchor
        if anchor.dep in {"xcomp", "ccomp"} and (above.lemma in _NOT_OWN or _is_bidden(sentence, above)):
            return None, anchor
        if anchor.dep == "xcomp" and (above.lemma in lexicon.forecast or above.lower in lexicon.forecast):
            return None, anchor
        if anchor.dep in {"acl", "relcl"} and _is_will(sentence, anchor, above, lexicon):
            current, anchor = _over_noun(sentence, above, current, lexicon)
            continue
        if not _carries(sentence, anchor):
            break
        current = _through(sentence, anchor, above, current, lexicon)
        anchor = above
    return current, anchor


def _is_supposed(sentence: Sentence, clause: Token) -> bool:
    """As in "if Oslo accepts it", "once Oslo has accepted it": the word opens the clause."""
    if any(word.lower in _SUPPOSING for word in sentence.children(clause, "mark")):
        return True
    subject = sentence.child(clause, *_SUBJECTS)
    first = sentence.subtree(subject)[0] if subject is not None else clause
    return any(w.lower in _SUPPOSING and w.i == first.i - 1 for w in sentence.children(clause, "advmod"))


def _is_bidden(sentence: Sentence, verb: Token) -> bool:
    """As in "Peru urged to reject the plan": what its subject is told to do is not what it has done."""
    return (
        verb.lemma in _BIDDEN
        and verb.tag in {"VBD", "VBN"}
        and sentence.child(verb, "xcomp") is not None
        and sentence.child(verb, "dobj", "dative", "prep", "nsubjpass", "auxpass") is None
    )


def _is_real(sentence: Sentence, verb: Token) -> bool:
    """Not "could abandon the plan", "must accept it" said of another, "would not have sued"."""
    helpers = {word.lower for word in sentence.children(verb, "aux")}
    subject = sentence.child(verb, *_SUBJECTS)
    is_own = subject is not None and subject.lower in SPEAKER_PRONOUNS
    if helpers & _OUGHT and subject is not None and subject.dep == "nsubj" and not is_own:
        return False
    if helpers & _POSSIBLE:
        return is_own or any(
            word.lower in _SUPPOSING for clause in sentence.children(verb, "advcl") for word in sentence.subtree(clause)
        )
    return not {"would", "have"} <= helpers


def _is_in_denied(sentence: Sentence, word: Token) -> bool:
    """As in "denied a report claiming that Rome had blocked it"."""
    below = word
    for above in sentence.ancestors(word):
        if above.lemma == "deny" and below.dep in {"ccomp", "xcomp", "dobj", "pobj", "pcomp"}:
            return True
        below = above
    return False


def _is_will(sentence: Sentence, clause: Token, noun: Token, lexicon: Lexicon) -> bool:
    """As in "a willingness to", "no reason to": a noun of will with an infinitive on it."""
    is_infinitive = any(word.lower == "to" for word in sentence.children(clause, "aux"))
    return is_infinitive and noun.lemma in lexicon.willing_nouns | lexicon.unwilling_nouns


def _over_preposition(
    sentence: Sentence, verb: Token, preposition: Token, polarity: Polarity, lexicon: Lexicon
) -> tuple[Polarity | None, Token, bool]:
    """Past the preposition over a gerund: "short of condemning", "no intention of recognising", "against sending"."""
    short = _short_of(sentence, preposition, lexicon)
    if short is not None:
        return "neutral", short, False
    if preposition.lower in _INSTEAD:
        return None, verb, False
    upper = sentence.head(preposition)
    if upper is None:
        return polarity, verb, False
    if upper.lemma in _LAID_TO | _TURNS:
        return None, verb, False
    if preposition.lower in {"against", "from"}:
        # "will not hold back from condemning it"
        return (polarity if is_negated(sentence, upper) else OPPOSITE[polarity]), upper, True
    if upper.lemma in lexicon.willing_nouns | lexicon.unwilling_nouns:
        current, anchor = _over_noun(sentence, upper, polarity, lexicon)
        return current, anchor, True
    if upper.lemma in lexicon.refuse | lexicon.unwilling_adjectives:
        return _through(sentence, verb, upper, polarity, lexicon), upper, True
    return polarity, verb, False


def _over_noun(sentence: Sentence, noun: Token, polarity: Polarity, lexicon: Lexicon) -> tuple[Polarity | None, Token]:
    """Past a noun of will and the verb that carries it: "has no intention of", "is in no hurry to"."""
    negated = any(word.lower in _NONE for word in sentence.children(noun, "det", "amod", "neg"))
    carrier = sentence.head(noun)
    if carrier is not None and carrier.pos == "ADP":
        carrier = sentence.head(carrier)
    if carrier is not None and carrier.pos not in {"VERB", "AUX"}:
        carrier = None
    if carrier is not None and carrier.lemma in lexicon.undoing | lexicon.refuse:
        return None, noun
    negated = negated or (carrier is not None and is_negated(sentence, carrier))
    if noun.lemma in lexicon.unwilling_nouns:
        negated = not negated
    return (OPPOSITE[polarity] if negated else polarity), carrier or noun


def _carries(sentence: Sentence, word: Token) -> bool:
    """Whether what stands above bears on the stance at `word`."""
    if word.dep in {"ccomp", "conj"} and sentence.child(word, *_SUBJECTS) is not None:
        return False
    return word.dep in {"xcomp", "ccomp", "conj", "acomp"}


def _through(sentence: Sentence, word: Token, above: Token, polarity: Polarity, lexicon: Lexicon) -> Polarity:
    """`polarity` as it comes out of the verb or adjective above it."""
    if word.dep == "conj":
        return polarity
    negated = is_negated(sentence, above)
    particle = sentence.child(above, "prt")
    lemma = above.lemma if particle is None else f"{above.lemma} {particle.lower}"
    refuses = lemma in lexicon.refuse or (lemma in _ENDING and word.tag == "VBG")
    if refuses or lemma in lexicon.unwilling_adjectives or above.lower in lexicon.unwilling_adjectives:
        return polarity if negated else OPPOSITE[polarity]
    return OPPOSITE[polarity] if negated else polarity


def _short_of(sentence: Sentence, preposition: Token, lexicon: Lexicon) -> Token | None:
    """The verb of "stopped short of ...", if `preposition` is its "of"."""
    for above in sentence.ancestors(preposition):
        if above.lemma in lexicon.short_of:
            return above if any(word.lower == "short" for word in sentence.subtree(above)) else None
        if above.lower == "close" and preposition.lower == "to":
            return sentence.head(above) or above
        if above.lower != "short":
            return None
    return None


def ended(polarity: Polarity) -> Polarity:
    """What is left when support or opposition ends."""
    return "favourable" if polarity == "adverse" else "adverse"
