"""What negation and the verbs above make of a stance: "does not oppose", "refused to back", "stopped short of".

It turns one polarity into another; it finds no stance itself.
"""

from __future__ import annotations

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated
from workers.stance.lexicon import Lexicon
from workers.text.tree import Sentence, Token

OPPOSITE: dict[Polarity, Polarity] = {"favourable": "adverse", "adverse": "neutral", "neutral": "neutral"}


_SUBJECTS = ("nsubj", "nsubjpass")


_SUPPOSING = {"if", "whether", "unless"}


def turned(sentence: Sentence, word: Token, polarity: Polarity, lexicon: Lexicon) -> tuple[Polarity | None, Token]:
    """`polarity` after negation and the verbs above ("refused to", "stopped short of"), and the topmost of them.

    None where the text only supposes it ("if Serbia condemned ...").
    """
    current = OPPOSITE[polarity] if is_negated(sentence, word) else polarity
    anchor = word
    for _ in range(6):
        above = sentence.head(anchor)
        if above is None:
            break
        if anchor.dep == "pcomp":
            short = _short_of(sentence, above, lexicon)
            return ("neutral", short) if short is not None else (current, anchor)
        if anchor.dep == "advcl" and any(w.lower in _SUPPOSING for w in sentence.children(anchor, "mark")):
            return None, anchor
        if anchor.dep == "xcomp" and above.lemma in {"deny", "accuse"}:
            return None, anchor
        if not _carries(sentence, anchor, above, lexicon):
            break
        current = _through(sentence, anchor, above, current, lexicon)
        anchor = above
    return current, anchor


def _carries(sentence: Sentence, word: Token, above: Token, lexicon: Lexicon) -> bool:
    """Whether what stands at `above` bears on the stance at `word`."""
    if word.dep == "acl":
        return above.lemma in lexicon.willing_nouns | lexicon.unwilling_nouns
    if word.dep in {"ccomp", "conj"} and sentence.child(word, *_SUBJECTS) is not None:
        return False
    return word.dep in {"xcomp", "ccomp", "conj", "acomp"}


def _through(sentence: Sentence, word: Token, above: Token, polarity: Polarity, lexicon: Lexicon) -> Polarity:
    """`polarity` as it comes out of the verb, adjective or noun above it."""
    if word.dep == "conj":
        return polarity
    negated = is_negated(sentence, above)
    if above.lemma in lexicon.refuse | lexicon.unwilling_adjectives | lexicon.unwilling_nouns:
        return polarity if negated else OPPOSITE[polarity]
    return OPPOSITE[polarity] if negated else polarity


def _short_of(sentence: Sentence, preposition: Token, lexicon: Lexicon) -> Token | None:
    """The verb of "stopped short of ...", if `preposition` is its "of"."""
    for above in sentence.ancestors(preposition):
        if above.lemma in lexicon.short_of:
            return above if any(word.lower == "short" for word in sentence.subtree(above)) else None
        if above.lower != "short":
            return None
    return None


def ended(polarity: Polarity) -> Polarity:
    """What is left when support or opposition ends."""
    return "favourable" if polarity == "adverse" else "adverse"
