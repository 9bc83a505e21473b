"""Whose position it is where somebody urges others: "urged Cairo to reject the deal".

Only the clause and the verb above it are looked at.
"""

from __future__ import annotations

from workers.attribution.clauses import subject_of
from workers.stance.lexicon import Lexicon
from workers.stance.slots import under
from workers.text.tree import Sentence, Token


def holder_of(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Token | None:
    """Who holds what a verb says: its subject, or whoever urges that it be done."""
    return (
        _urging(sentence, verb, lexicon)
        or _issuing(sentence, verb, lexicon)
        or subject_of(sentence, verb)
        or _set_before(sentence, verb)
    )


def _issuing(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Token | None:
    """As in "issued a statement condemning the raid", "its letter denouncing the raid": whose words they are."""
    noun = sentence.head(verb)
    if noun is None or verb.dep != "acl" or verb.tag != "VBG" or noun.lemma not in lexicon.containers:
        return None
    above = sentence.head(noun)
    issued = above is not None and noun.dep == "dobj" and above.pos == "VERB"
    return sentence.child(noun, "poss") or (subject_of(sentence, above) if issued and above is not None else None)


def _set_before(sentence: Sentence, verb: Token) -> Token | None:
    """As in the headline "Top envoy raps Peru": a subject that the parser took for a part of the verb."""
    if verb.i == 0 or verb.dep != "ROOT" or verb.tag not in {"VBZ", "VBD", "VBP"}:
        return None
    before = sentence.tokens[verb.i - 1]
    return before if before.dep == "compound" and before.head == verb.i and before.pos in {"NOUN", "PROPN"} else None


def _urging(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Token | None:
    """Who urges others to do what the verb says: theirs is the stance ("urged Cairo to reject the deal")."""
    above = sentence.head(verb)
    if above is None or verb.dep not in {"xcomp", "ccomp", "advcl"} or above.lemma not in lexicon.urging:
        return None
    if not any(word.lower == "to" for word in sentence.children(verb, "aux")):
        return None
    urged = (
        sentence.child(above, "dobj", "dative", "nsubjpass")
        or sentence.child(verb, "nsubj")
        or under(sentence, above, "on")
    )
    return subject_of(sentence, above) if urged is not None else None
