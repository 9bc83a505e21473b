"""Noun phrases in the scheme of the rules: names, prepositions over their nouns, genitives as owners or as "of".

Clauses are left to `clauses`.
"""

from __future__ import annotations

from workers.text.glosses import Glossary
from workers.text.nodes import Node, unspoken

NOMINAL = {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X", "SYM"}


def name(node: Node, glossary: Glossary) -> None:
    """Names end in their head ("Nikol" under "Pashinyan"); a title before a name is joined to it as its apposition."""
    parts = [c for c in node.children("flat") if c.pos in {"PROPN", "X", "NOUN"}]
    if not parts:
        return
    if node.pos == "NOUN" and not node.text[:1].isupper():
        parts[0].rel = "appos"
        for other in parts[1:]:
            other.hang(parts[0], "flat")
        name(parts[0], glossary)
        return
    last = parts[-1]
    last.take_place_of(node, "compound")
    for child in list(node.below):
        if child is not last:
            child.hang(last, "compound" if child in parts else child.rel)


def preposition(node: Node, glossary: Glossary) -> None:
    """A preposition stands over its noun; one that is repeated in a coordination is left where it is."""
    case = node.child("case")
    if case is None or node.pos not in {*NOMINAL, "VERB", "ADV"} or node.rel in {"case", "fixed"}:
        return
    case.lower = case.lower or case.gloss
    fixed = " ".join([case.text.lower(), *(c.text.lower() for c in case.children("fixed"))])
    whole = glossary.prepositions.get(fixed) or (
        glossary.prepositions.get(case.lemma) if fixed == case.text.lower() else None
    )
    if whole is not None:
        case.lemma, case.lower, case.gloss = fixed, whole, whole
    elif _is_prepositional(node, case, glossary):
        return
    elif case.lemma in glossary.opinion and case.text[:1].isupper() and node.entity and _before_comma(node):
        case.lower = case.gloss = "according"
    elif node.entity == "LOC":
        case.lower = glossary.places.get(case.lemma, case.lower)
    if node.rel in {"conj", "root", "nsubj", "nsubj:pass", "dep:fixed", "pobj"} or node.head is None:
        return
    _put_over(case, node)


def _before_comma(node: Node) -> bool:
    """As in "Pour le Kremlin, ...": the phrase is set off from the sentence that it opens."""
    return node.head is not None and any(
        c.text == "," and 0 <= c.start - node.end <= 1 for c in [*node.head.below, *node.below]
    )


def _put_over(case: Node, noun: Node) -> None:
    relation = "agent" if noun.rel == "obl:agent" else "prep"
    case.take_place_of(noun, "pobj")
    case.rel, case.pos = relation, "ADP"


def _is_prepositional(noun: Node, case: Node, glossary: Glossary) -> bool:
    """As in "по словам Пескова", "en faveur de Kiev": preposition and noun stand together before another noun."""
    english = glossary.prepositions.get(f"{case.text.lower()} {noun.text.lower()}")
    inner = next(
        (
            c
            for c in noun.below
            if c.rel.split(":")[0] in {"nmod", "obl", "poss", "det"}
            and (c.pos in NOMINAL)
            and (c.pos != "DET" or c.rel == "poss")
        ),
        None,
    )
    if english is None or inner is None or noun.head is None:
        return False
    relation, above = "prep", noun.head
    case.hang(above, relation)
    case.lemma, case.lower, case.gloss, case.pos = f"{case.text.lower()} {noun.text.lower()}", english, english, "ADP"
    second = inner.child("case")
    if second is not None:
        second.rel = "fixed"
    inner.hang(case, "pobj")
    noun.hang(case, "fixed")
    noun.gloss = noun.lower = ""
    return True


def with_preposition(noun: Node, english: str) -> None:
    """Put an English preposition over a noun that has none."""
    preposition = unspoken(english, "ADP", noun.start, tag="IN")
    preposition.take_place_of(noun, "pobj")
    preposition.rel = "agent" if english == "by" else "prep"


def genitive(node: Node, glossary: Glossary) -> None:
    """A bare case gets its English preposition; a genitive that names an actor is whose the thing is."""
    relation = node.rel.split(":")[0]
    if relation not in {"nmod", "obl", "iobj", "prep"} or node.head is None:
        return
    if relation == "prep":
        _owner(node, glossary)
        return
    if node.pos not in NOMINAL or node.child("case") is not None:
        return
    case, above = node.feats.get("Case"), node.head
    is_verb = above.pos in {"VERB", "AUX"}
    if case == "Ins" and (not is_verb or _is_passive(above)):
        with_preposition(node, "by")
    elif case == "Ins":
        with_preposition(node, "with")
    elif case == "Dat" and not is_verb:
        with_preposition(node, "to")
    elif case == "Gen" and not is_verb:
        if _names_an_actor(node) and above.gloss not in glossary.aimed:
            node.rel = "poss"
        else:
            with_preposition(node, "of")


def _owner(preposition_: Node, glossary: Glossary) -> None:
    """French "de" before an actor: "les accusations de Paris" are Paris's."""
    noun, above = preposition_.child("pobj"), preposition_.head
    if preposition_.lower != "of" or noun is None or above is None or above.pos not in {"NOUN", "PROPN"}:
        return
    if _names_an_actor(noun) and above.gloss not in glossary.aimed:
        noun.hang(above, "poss")
        preposition_.hang(noun, "case")


def _is_passive(verb: Node) -> bool:
    return (
        verb.feats.get("Voice") == "Pass"
        or verb.child("aux:pass", "nsubj:pass") is not None
        or (verb.rel == "conj" and verb.head is not None and verb.child("nsubj") is None and _is_passive(verb.head))
    )


def _names_an_actor(node: Node) -> bool:
    return node.entity in {"LOC", "ORG", "PER"} or node.pos == "PROPN"
