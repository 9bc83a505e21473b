"""Clauses in the scheme of the rules: the copula over its predicate, subjects that a language leaves out, negation.

Noun phrases are left to `phrases`.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.text.glosses import Glossary
from workers.text.nodes import Node, unspoken

_SUBJECTS = ("nsubj", "csubj")
#: What goes with the verb when the copula takes the predicate's place.
_OF_CLAUSE = {
    "nsubj",
    "csubj",
    "aux",
    "mark",
    "advcl",
    "parataxis",
    "punct",
    "cc",
    "discourse",
    "conj",
    "advmod",
    "expl",
    "ccomp",
}
_NEGATIONS = {"not", "never", "neither", "nor", "no", "hardly"}
_PLACE = {"in", "on", "at"}


def joined(roots: Sequence[Node]) -> Node:
    """One tree of several: what the parser left beside the first clause hangs on it."""
    first = roots[0]
    for other in roots[1:]:
        mark = next((c for c in first.children("mark") if first.end <= c.start < other.start), None)
        if mark is not None:
            mark.hang(other, "mark")
        other.hang(first, "parataxis" if mark is None else "ccomp")
    return first


def impersonal(node: Node, glossary: Glossary) -> None:
    """As in "в Варшаве отвергли обвинения": who is in that place does what a verb without a subject says."""
    if node.pos != "VERB" or not node.gloss or not node.is_finite() or node.feats.get("Number") != "Plur":
        return
    if (
        node.feats.get("Person", "3") != "3"
        or node.child("nsubj", "csubj", "expl") is not None
        or node.rel == "acl:relcl"
    ):
        return
    if node.rel == "conj" and node.head is not None and node.head.child("nsubj") is not None:
        return
    for preposition in node.children("prep"):
        noun = preposition.child("pobj")
        if noun is None or (noun.text[:1].islower() and not noun.gloss):
            continue
        is_there = preposition.lower in _PLACE and noun.feats.get("Case") in {"Loc", None}
        if is_there or (preposition.lower == "from" and node.gloss in glossary.steered):
            noun.hang(node, "nsubj")
            preposition.hang(noun, "case")
            return


def complement(node: Node, glossary: Glossary) -> None:
    """What stands after "remain" and the like is a complement, whatever the parser calls it."""
    if node.pos not in {"VERB", "AUX"} or node.gloss not in {"be", "remain"}:
        return
    for child in node.children("xcomp", "obl", "obj", "acomp"):
        if child.pos in {"ADJ", "NOUN"} and child.rel not in {"prep", "agent"} and child.child("case") is None:
            child.rel = "acomp" if child.pos == "ADJ" else "attr"


def copula(node: Node, glossary: Glossary) -> None:
    """The copula stands over its predicate, as a word without characters where the language has none."""
    if node.pos in {"VERB", "AUX"} and node.child("cop") is None:
        return
    written = node.child("cop")
    if written is None and not _is_predicate(node):
        return
    verb = written if written is not None else unspoken("be", "AUX", node.start, tag="VBZ")
    verb.gloss, verb.pos = "be", "AUX"
    verb.lower = "is" if written is None else verb.lower
    above, relation = node.head, node.rel
    if relation in {"pobj", "prep"}:
        return
    verb.hang(above, relation)
    if above is not None and relation == "root":
        verb.rel = "root"
    node.hang(verb, "acomp" if node.pos in {"ADJ", "VERB"} else "attr")
    for child in list(node.below):
        if child.rel.split(":")[0] in _OF_CLAUSE and (child.rel != "conj" or child.child(*_SUBJECTS) is not None):
            if child.rel == "advmod" and child.lower not in _NEGATIONS and child.start > node.start:
                continue
            child.hang(verb, child.rel)


def _is_predicate(node: Node) -> bool:
    is_short = node.feats.get("Variant") == "Short"
    clause = node.rel.split(":")[0] in {"root", "ccomp", "parataxis", "conj", "advcl", "acl"} or node.head is None
    return (
        node.pos in {"ADJ", "NOUN", "PROPN", "NUM", "ADV"}
        and clause
        and (node.child("nsubj") is not None or (is_short and node.rel == "root"))
    )


def clause(node: Node, glossary: Glossary) -> None:
    """Verbs with what English marks them by: a future, a subject after the verb of speech, words spoken under it."""
    if node.pos not in {"VERB", "AUX"}:
        return
    if node.feats.get("Tense") == "Fut" and node.pos == "VERB" and node.child("aux") is None:
        unspoken("will", "AUX", node.start, tag="MD").hang(node, "aux")
    if node.feats.get("Mood") == "Cnd" and node.pos == "VERB":
        unspoken("would", "AUX", node.start, tag="MD").hang(node, "aux")
    for aux in node.children("aux"):
        _auxiliary(aux)
    if node.rel == "amod" and node.feats.get("VerbForm") == "Part" and node.children("prep", "agent", "obj", "obl"):
        node.rel = "acl"
    if node.feats.get("VerbForm") == "Inf":
        _infinitive(node)
    if node.rel == "parataxis" and node.child(*_SUBJECTS) is None and _is_joined(node):
        node.rel = "conj"
    if node.gloss in glossary.speech:
        _speech(node)


def _is_joined(node: Node) -> bool:
    """As in "однако против ввода войск выступает": a clause that shares the subject of the one before."""
    return any(child.gloss in {"but", "and"} for child in node.children("advmod", "cc"))


def _auxiliary(aux: Node) -> None:
    if aux.lower in {"be", "have"}:
        if aux.feats.get("Tense") == "Fut" or aux.text.lower().startswith("буд"):
            aux.lower = "will"
        elif aux.feats.get("Tense") == "Imp":
            aux.lower = "had" if aux.lower == "have" else "was"


def _infinitive(node: Node) -> None:
    """An infinitive's own preposition is English "to"; under a noun it tells what the noun is for."""
    for marker in node.children("mark", "case"):
        if marker.pos == "ADP":
            marker.rel, marker.lower = "aux", "to"
    above = node.head
    if (
        above is not None
        and above.pos in {"NOUN", "PROPN"}
        and node.rel.split(":")[0] in {"nmod", "obl", "xcomp", "csubj"}
    ):
        node.rel = "acl"
    elif node.rel.split(":")[0] in {"obj", "obl", "ccomp", "csubj"} and above is not None:
        node.rel = "xcomp"


def _speech(node: Node) -> None:
    """Words spoken that the parser hung beside a verb of speech; its subject, where it stands after the verb."""
    if node.child("nsubj", "nsubj:pass") is None:
        after = next((c for c in node.children("obj") if c.start > node.start and _is_inverted(node)), None)
        if after is not None:
            after.rel = "nsubj"
    for child in node.children("parataxis"):
        if child.child("ccomp") is None and node.child("ccomp") is None and child.pos in {"VERB", "AUX"}:
            child.rel = "ccomp"


def _is_inverted(verb: Node) -> bool:
    return verb.rel == "parataxis" or any(c.rel in {"ccomp", "parataxis"} and c.start < verb.start for c in verb.below)


def negation(node: Node, glossary: Glossary) -> None:
    """Negating particles, and French "ne" that only goes with them."""
    if node.lower == "ne":
        node.rel = "det:ne"
        node.lower = "ne"
    elif node.lower == "not" and node.rel.split(":")[0] in {"advmod", "discourse", "dep"}:
        node.rel = "neg"
