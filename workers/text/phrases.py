"""Noun phrases in the scheme of the rules: names, prepositions over their nouns, genitives as owners or as "of".

Clauses are left to `clauses`.
"""

from __future__ import annotations

from workers.text.glosses import Glossary
from workers.text.nodes import Node, unspoken

_NOMINAL = {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X", "SYM"}
_CASES = {"Gen": "+gen", "Dat": "+dat", "Ins": "+ins"}
_POSSESSIVE = {"his", "her", "its", "their", "my", "our"}


def gloss(node: Node, glossary: Glossary) -> None:
    """Give a word its English lemma; reflexive verbs are looked up with their pronoun first."""
    lemma = node.lemma
    if node.pos == "VERB" and any(c.lemma in {"se", "s'"} for c in node.children("expl")):
        lemma = f"se {lemma}" if glossary.word(f"se {lemma}", node.pos) or _governs(f"se {lemma}", glossary) else lemma
        node.lemma = lemma
    node.gloss = glossary.word(lemma, node.pos, is_plural=node.feats.get("Number") == "Plur")
    if not node.gloss and node.pos not in _NOMINAL | {"VERB", "AUX"}:
        node.gloss = glossary.word(node.text.lower(), node.pos)
    node.lower = node.gloss
    if node.lower in _POSSESSIVE and node.pos in {"DET", "PRON"} and node.rel.split(":")[0] in {"det", "nmod", "amod"}:
        node.pos, node.rel, node.tag = "PRON", "poss", "PRP$"
    if node.pos == "PUNCT":
        node.rel = "punct"


def _governs(lemma: str, glossary: Glossary) -> bool:
    return any(verb == lemma for verb, _ in glossary.government)


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


def express(node: Node, glossary: Glossary) -> None:
    """As in "прийти к выводу, что": a verb with a fixed noun is one verb, and what hangs on the noun hangs on it."""
    if node.pos not in {"VERB", "AUX"}:
        return
    for noun in node.children("obj", "obl", "iobj", "xcomp", "advmod", "nsubj"):
        case = noun.child("case")
        english = glossary.expressions.get((node.lemma, case.lemma if case is not None else "", noun.lemma))
        if english is None:
            continue
        node.gloss, _, object_ = english.partition(" + ")
        node.lower = node.gloss
        for child in list(noun.below):
            if child.rel in {"acl", "ccomp", "advcl"} and child.pos in {"VERB", "ADJ", "AUX"}:
                child.hang(node, "ccomp")
            elif child.rel in {"nmod", "obl", "obj", "iobj", "obl:arg", "acl"}:
                child.hang(node, "obl")
        if case is not None:
            case.rel = "fixed"
        noun.rel = "obj" if object_ else "prt:fixed"
        noun.gloss = noun.lower = object_
        noun.pos = "NOUN"


def preposition(node: Node, glossary: Glossary) -> None:
    """A preposition stands over its noun; one that is repeated in a coordination is left where it is."""
    case = node.child("case")
    if case is None or node.pos not in {*_NOMINAL, "VERB", "ADV"} or node.rel in {"case", "fixed"}:
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
    elif node.entity == "LOC":
        case.lower = glossary.places.get(case.lemma, case.lower)
    if node.rel in {"conj", "root", "nsubj", "nsubj:pass", "prt:fixed", "pobj"} or node.head is None:
        return
    _put_over(case, node)


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
            and (c.pos in _NOMINAL)
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


def govern(node: Node, glossary: Glossary) -> None:
    """What a predicate makes of its prepositions and bare cases: "обвинить в" is "accuse of"."""
    for child in list(node.below):
        if child.rel in {"prep", "agent"}:
            key = child.lemma
        elif child.rel.split(":")[0] in {"obl", "iobj", "obj", "nmod"} and child.pos in _NOMINAL:
            key = _CASES.get(child.feats.get("Case", ""), "")
        elif child.rel in {"xcomp", "acl", "advcl", "ccomp"} and (marker := child.child("mark", "case")) is not None:
            _govern_clause(node, child, marker, glossary)
            continue
        else:
            continue
        found = glossary.government.get((node.lemma, key))
        if node.child("obj") is not None and child.rel != "obj":
            found = glossary.with_object.get((node.lemma, key), found)
        if found is not None:
            _apply(node, child, *found)


def _govern_clause(node: Node, clause: Node, marker: Node, glossary: Glossary) -> None:
    """As in "accuser de mener", "s'opposer à rouvrir"."""
    found = glossary.government.get((node.lemma, marker.lemma))
    if found is None or clause.feats.get("VerbForm") not in {"Inf", "Part"}:
        return
    verb, english = found
    node.gloss = node.lower = verb
    if english:
        marker.take_place_of(clause, "pcomp")
        marker.rel, marker.pos, marker.lower, marker.gloss = "prep", "ADP", english, english
    else:
        clause.rel = "xcomp"


def _apply(node: Node, child: Node, verb: str, english: str) -> None:
    node.gloss = node.lower = verb or node.gloss
    if node.pos == "ADJ" and not english:
        node.pos, node.tag = "VERB", "VBN"
    if child.rel not in {"prep", "agent"}:
        if english:
            _with_preposition(child, english)
        else:
            child.rel = "obj"
        return
    noun = child.child("pobj")
    if english:
        child.lower = child.gloss = english
        child.rel = "agent" if english == "by" else "prep"
    elif noun is not None:
        child.hang(noun, "case")
        noun.hang(node, "obj")
        child.hang(noun, "case")


def _with_preposition(noun: Node, english: str) -> None:
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
    if node.pos not in _NOMINAL or node.child("case") is not None:
        return
    case, above = node.feats.get("Case"), node.head
    is_verb = above.pos in {"VERB", "AUX"}
    if case == "Ins" and (not is_verb or _is_passive(above)):
        _with_preposition(node, "by")
    elif case == "Ins":
        _with_preposition(node, "with")
    elif case == "Dat" and not is_verb:
        _with_preposition(node, "to")
    elif case == "Gen" and not is_verb:
        if _names_an_actor(node) and above.gloss not in glossary.aimed:
            node.rel = "poss"
        else:
            _with_preposition(node, "of")


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
