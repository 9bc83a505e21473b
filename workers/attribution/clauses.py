"""Who does what a verb says, and whether it is negated: facts about clauses that every rule needs.

Only relations are looked at; who the words stand for is resolved elsewhere.
"""

from __future__ import annotations

from workers.text.tree import Sentence, Token

#: How far up a subject may be looked for.
_DEPTH = 6
_SHARING = {"xcomp", "conj", "advcl", "acomp", "ccomp"}
#: What such a noun asks for is not done by whoever answers it: "rejected a request to suspend the sale".
_ASKED = {"request", "call", "demand", "appeal", "plea", "petition", "proposal", "motion", "pressure", "order", "bid"}
_WHEN = {"after", "before", "since", "while", "despite"}
_OBJECT_CONTROL = {"urge", "ask", "tell", "order", "allow", "help", "invite", "call"}


def subject_of(sentence: Sentence, verb: Token, *, depth: int = 0) -> Token | None:
    """Who does what `verb` says: its own subject, the agent of a passive, or the one it shares with the verb above."""
    own = sentence.child(verb, "nsubj")
    if own is not None:
        return own
    if sentence.child(verb, "nsubjpass", "auxpass", "agent") is not None:
        return _agent(sentence, verb)
    above = sentence.head(verb)
    if above is None or depth > _DEPTH:
        return None
    if verb.dep in {"acl", "relcl"}:
        return _modified(sentence, verb, above, depth)
    if verb.dep == "pcomp":
        return _governing(sentence, above, depth)
    if verb.dep in _SHARING:
        return _shared(sentence, verb, above, depth)
    return None


def _agent(sentence: Sentence, verb: Token) -> Token | None:
    agent = sentence.child(verb, "agent")
    return sentence.child(agent, "pobj") if agent is not None else None


def _modified(sentence: Sentence, verb: Token, above: Token, depth: int) -> Token | None:
    """The subject of a clause that hangs on a noun: "a condition rejected by", "a willingness to negotiate"."""
    if verb.tag == "VBN":
        return _agent(sentence, verb)
    is_infinitive = verb.tag == "VB" and (
        verb.dep == "acl" or any(word.lower == "to" for word in sentence.children(verb, "aux"))
    )
    return _owner(sentence, above, depth) if above.pos == "NOUN" and is_infinitive else above


def _governing(sentence: Sentence, preposition: Token, depth: int) -> Token | None:
    """The subject of a verb under a preposition: "stopped short of condemning", "by closing"."""
    upper = sentence.head(preposition)
    if upper is not None and preposition.lower in {"of", "for"} and upper.pos == "VERB":
        accused = sentence.child(upper, "dobj")
        if accused is not None:
            return accused
    while upper is not None and upper.pos in {"ADP", "ADV"}:
        upper = sentence.head(upper)
    if upper is None:
        return None
    if preposition.lower in _WHEN:
        # "urged Lima to stop it after accusing Quito": whoever urged did both.
        while upper.dep == "xcomp" and (above := sentence.head(upper)) is not None and above.lemma in _OBJECT_CONTROL:
            upper = above
    if upper.pos in {"VERB", "AUX"}:
        return subject_of(sentence, upper, depth=depth + 1)
    return _owner(sentence, upper, depth)


def _shared(sentence: Sentence, verb: Token, above: Token, depth: int) -> Token | None:
    """The subject that `verb` takes from the word above it."""
    if above.pos in {"NOUN", "PROPN"}:
        return _owner(sentence, above, depth)
    if above.pos not in {"VERB", "AUX", "ADJ"} or (verb.dep == "ccomp" and verb.tag not in {"VBG", "VB"}):
        return None
    told = sentence.child(above, "dobj") if verb.dep == "xcomp" and above.lemma in _OBJECT_CONTROL else None
    passive = sentence.child(above, "nsubjpass")
    return told or passive or subject_of(sentence, above, depth=depth + 1)


def _owner(sentence: Sentence, noun: Token, depth: int) -> Token | None:
    """Whose willingness or refusal it is: the possessor, or the subject of the verb that carries the noun."""
    owner = sentence.child(noun, "poss")
    if owner is not None:
        return owner
    above = sentence.head(noun)
    if noun.lemma in _ASKED:
        return None
    if above is not None and noun.dep == "pobj":
        # "in no hurry to", "under no obligation to": how somebody is placed.
        above = sentence.head(above) if above.lower in {"in", "under"} else None
    if above is not None and above.pos in {"VERB", "AUX"} and noun.dep in {"dobj", "attr", "pobj"}:
        return subject_of(sentence, above, depth=depth + 1)
    return None


def is_wished(sentence: Sentence, verb: Token) -> bool:
    """Whether a verb only says what its subject should do: "must accept", "should reject", "needs to back"."""
    if any(word.lower in {"must", "should", "ought", "shall"} for word in sentence.children(verb, "aux")):
        return True
    above = sentence.head(verb)
    return verb.dep == "xcomp" and above is not None and above.lemma in {"need", "have", "ought"}


def _is_no_longer(sentence: Sentence, token: Token) -> bool:
    """As in "no longer recognises it"."""
    return any(
        word.lower == "longer" and word.i > 0 and sentence.tokens[word.i - 1].lower == "no"
        for word in sentence.children(token, "advmod")
    )


def is_negated(sentence: Sentence, token: Token) -> bool:
    """Whether "not", "never", "neither" or "no" stands at `token` or at its subject."""
    words = {word.lower for word in sentence.children(token, "neg", "advmod", "preconj", "det")}
    if words & {"not", "n't", "never", "neither", "nor", "no", "hardly"} or _is_no_longer(sentence, token):
        return True
    subject = sentence.child(token, "nsubj", "nsubjpass")
    if subject is not None and {w.lower for w in sentence.children(subject, "det", "preconj", "cc")} & {
        "no",
        "neither",
        "nor",
    }:
        return True
    return subject is not None and subject.lower in {"nobody", "none", "neither"}
