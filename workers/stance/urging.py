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
    return _urging(sentence, verb, lexicon) or subject_of(sentence, verb)


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
