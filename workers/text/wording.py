"""What words become: English glosses, for single words, fixed expressions, and predicates with what they govern.

How phrases and clauses are built is left to `phrases` and `clauses`.
"""

from __future__ import annotations

from workers.text.glosses import Glossary
from workers.text.nodes import Node
from workers.text.phrases import NOMINAL, with_preposition

_CASES = {"Gen": "+gen", "Dat": "+dat", "Ins": "+ins"}
_POSSESSIVE = {"he": "his", "she": "her", "they": "their", "i": "my", "we": "our"}
_CLAUSES = {"acl", "ccomp", "advcl", "acl:relcl"}
#: Words over what somebody is accused of, and the prepositions between them.
_ACCUSING = {
    "accuse", "suspect", "charge", "blame", "warn", "convict", "indict", "sentence", "impose", "sanction", "accusation",
    "suspicion", "allegation", "inquiry", "investigation", "warning",
}  # fmt: skip
_OF_WHICH = {"of", "for", "on", "in", "about", "against"}
_JUDGES = {"court", "tribunal", "judge"}


def gloss(node: Node, glossary: Glossary) -> None:
    """Give a word its English lemma; reflexive verbs are looked up with their pronoun first."""
    node.lemma = _with_pronouns(node, glossary)
    node.gloss = glossary.word(node.lemma, node.pos, is_plural=node.feats.get("Number") == "Plur")
    if not node.gloss and node.pos not in NOMINAL | {"VERB", "AUX"}:
        node.gloss = glossary.word(node.text.lower(), node.pos)
    node.lower = node.gloss
    if node.pos in {"DET", "PRON"} and node.rel.split(":")[0] in {"det", "amod", "nmod"} and node.child("case") is None:
        owner = _POSSESSIVE.get(node.lower, node.lower)
        if owner in {*_POSSESSIVE.values(), "its"}:
            node.pos, node.rel, node.tag, node.lower, node.gloss = "PRON", "poss", "PRP$", owner, owner
    if node.pos == "PUNCT":
        node.rel = "punct"


def _with_pronouns(node: Node, glossary: Glossary) -> str:
    """The lemma of a verb with its reflexive pronoun, where the two together are a word: "se opposer"."""
    if node.pos != "VERB" or not any(c.lemma in {"se", "s'"} and c.pos == "PRON" for c in node.below):
        return node.lemma
    into = "en " if any(c.text.lower() == "en" and c.pos == "PRON" for c in node.below) else ""
    reflexive = f"se {into}{node.lemma}"
    is_known = glossary.word(reflexive, "VERB") or any(verb == reflexive for verb, _ in glossary.government)
    return reflexive if is_known else node.lemma


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
        node.lemma = f"{node.lemma} {noun.lemma}"
        for child in list(noun.below):
            if child.rel in {"acl", "ccomp", "advcl"} and child.pos in {"VERB", "ADJ", "AUX"}:
                child.hang(node, "ccomp")
            elif child.rel in {"nmod", "obl", "obj", "iobj", "obl:arg", "acl"}:
                child.hang(node, "obl")
        if case is not None:
            case.rel = "fixed"
        noun.rel = "obj" if object_ else "dep:fixed"
        noun.gloss = noun.lower = object_
        noun.pos = "NOUN"


def conjunction(node: Node, glossary: Glossary) -> None:
    """As in "при условии, что ...", "à condition que ...": a noun with its preposition opens a clause."""
    case, above = node.child("case"), node.head
    if case is None or above is None:
        return
    english = glossary.conjunctions.get(f"{case.text.lower()} {node.text.lower()}")
    if english is None:
        return
    inside = [c for c in node.below if c.rel in _CLAUSES and c.pos in {"VERB", "ADJ", "AUX", "NOUN"}]
    beside = [c for c in above.below if c.rel in _CLAUSES and _opens_at(c, node)]
    clause = next(iter([*inside, *beside]), None)
    if clause is None:
        return
    for marker in clause.children("mark"):
        marker.lower = marker.gloss = english
        marker.pos = "SCONJ"
    clause.hang(above, "advcl")
    node.hang(clause, "fixed")
    node.gloss = node.lower = ""


def _opens_at(clause: Node, noun: Node) -> bool:
    mark = clause.child("mark")
    return mark is not None and 0 < mark.start - noun.end <= 2


def gerund(node: Node, glossary: Glossary) -> None:
    """As in "обвинил в разжигании беспорядков": a deed of which somebody is accused, said with a noun."""
    english = glossary.gerunds.get(node.lemma)
    above = node.head
    if english is None or above is None or node.rel != "pobj" or above.lower not in _OF_WHICH or above.head is None:
        return
    if above.head.gloss not in _ACCUSING:
        return
    if above.head.pos == "VERB" and above.lower != "for":
        above.lower = above.gloss = "of"
    node.pos, node.tag, node.rel, node.gloss, node.lower = "VERB", "VBG", "pcomp", english, english
    for child in node.children("acl"):
        child.rel = "xcomp" if child.feats.get("VerbForm") == "Inf" else child.rel
    for child in node.children("nmod", "prep", "poss"):
        noun = child.child("pobj")
        if child.rel == "nmod" and child.feats.get("Case") == "Gen" and child.child("case") is None:
            child.rel = "obj"
        elif child.rel == "prep" and child.lower == "of" and noun is not None:
            child.hang(noun, "case")
            noun.hang(node, "obj")
            child.hang(noun, "case")


def reworded(node: Node, glossary: Glossary) -> None:
    """Verbs that mean something else over a clause ("считает, что"), or where a court is their subject."""
    if node.pos != "VERB":
        return
    subject = node.child("nsubj")
    is_inserted = node.rel == "parataxis" and node.child("obj") is None
    if node.child("ccomp") is not None or node.child("parataxis") is not None or is_inserted:
        node.gloss = glossary.over_clause.get(node.lemma, node.gloss)
    elif subject is not None and subject.gloss in _JUDGES:
        node.gloss = glossary.in_court.get(node.lemma, node.gloss)
    node.lower = node.gloss


def own(node: Node, glossary: Glossary) -> None:
    """As in "a apporté son soutien": whose it is follows from the subject, a person's or a body's."""
    if node.rel != "poss" or node.lower != "its":
        return
    verb = next((above for above in node.path() if above.child("nsubj") is not None), None)
    subject = verb.child("nsubj") if verb is not None else None
    if subject is None or node in subject.below:
        return
    if subject.entity == "PER" or subject.gloss in glossary.people:
        node.lower = node.gloss = "her" if subject.feats.get("Gender") == "Fem" else "his"


def govern(node: Node, glossary: Glossary) -> None:
    """What a predicate makes of its prepositions and bare cases: "обвинить в" is "accuse of"."""
    for child in list(node.below):
        if child.rel in {"prep", "agent"}:
            key = child.lemma
        elif child.rel.split(":")[0] in {"obl", "iobj", "obj", "nmod"} and child.pos in NOMINAL:
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
            with_preposition(child, english)
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
