"""What parsers of Russian and French news get wrong again and again, put right by grammar before a tree is rebuilt.

Each repair holds for any words in the same place; none looks at what a sentence says.
"""

from __future__ import annotations

from workers.text.glosses import Glossary
from workers.text.nodes import Node

_NOMINAL = {"NOUN", "PROPN", "PRON"}
_THAT = {"что", "чтобы", "que"}


def future(node: Node, glossary: Glossary) -> None:
    """As in "la Lituanie signera": a future taken for a participle is the verb of the noun that it was hung on."""
    above = node.head
    if glossary.cases or node.pos != "VERB" or node.feats.get("VerbForm") != "Part" or above is None:
        return
    if not node.lemma.endswith("r") or not node.text.lower().startswith(node.lemma) or node.rel != "acl":
        return
    node.feats = {"VerbForm": "Fin", "Tense": "Fut"}
    if above.start < node.start and above.rel in {"root", "nsubj"} and above.pos in _NOMINAL:
        node.take_place_of(above, "nsubj")
        node.rel = "root" if node.head is None else node.rel


def family_name(node: Node, glossary: Glossary) -> None:
    """Two parts of one person's name that hang on each other as an apposition are one name."""
    for child in node.children("appos", "nmod"):
        if (
            node.pos == child.pos == "PROPN"
            and node.entity == child.entity == "PER"
            and child.child("case") is None
            and 0 < child.start - node.end <= 1
        ):
            child.rel = "flat:name"


def clause_border(node: Node, glossary: Glossary) -> None:
    """Nothing of a clause stands before its "that", and no subject of the verb above stands behind it."""
    above = node.head
    mark = next((c for c in node.children("mark") if c.lemma in _THAT), None)
    if mark is None or above is None or mark.start < above.start:
        return
    for child in list(node.below):
        if child.start < mark.start and child.rel.split(":")[0] in {"nsubj", "obl", "advmod", "obj"}:
            child.hang(above, child.rel)
    for child in list(above.below):
        if mark.start < child.start < node.start and child.rel.split(":")[0] == "nsubj":
            child.hang(node, child.rel)


def counted_object(node: Node, glossary: Glossary) -> None:
    """As in "не поддерживает ни одну из сторон": a numeral that hangs on a verb is its object."""
    if node.rel == "nummod" and node.head is not None and node.head.pos == "VERB":
        node.rel = "obj" if node.start > node.head.start else "nsubj"


def one_of(node: Node, glossary: Glossary) -> None:
    """As in "ни одну из сторон", "l'un des camps": what is spoken of are the sides."""
    noun = next((c for c in node.children("nmod") if _has_case(c, "из") or _has_case(c, "de")), None)
    if node.lemma not in {"один", "un", "никто", "aucun"} or noun is None or node.head is None:
        return
    for case in noun.children("case"):
        case.rel = "fixed"
    noun.take_place_of(node, "nummod")


def bare_place(node: Node, glossary: Glossary) -> None:
    """A place without a preposition before a verb that has no subject is its subject ("Abidjan, ..., a démenti")."""
    verb = node.head
    if (
        node.pos in {"PROPN", "NOUN"}
        and node.entity == "LOC"
        and node.rel.split(":")[0] in {"obl", "dislocated", "dep", "advmod", "nmod"}
        and node.feats.get("Case", "Nom") == "Nom"
        and node.child("case") is None
        and verb is not None
        and verb.pos == "VERB"
        and node.start < verb.start
        and verb.child("nsubj", "csubj") is None
    ):
        node.rel = "nsubj"


def stray_object(node: Node, glossary: Glossary) -> None:
    """As in "a dénoncé dans un éditorial les ventes": a noun with an article and no preposition is an object."""
    if glossary.cases or node.rel != "nmod" or node.pos != "NOUN" or node.head is None:
        return
    if node.child("case") is not None or node.child("det") is None or node.start < node.head.start:
        return
    verb = next((n for n in node.head.path() if n.pos in {"VERB", "AUX"}), None)
    if verb is not None and verb.start < node.start and verb.child("obj", "nsubj:pass", "ccomp", "xcomp") is None:
        node.hang(verb, "obj")


def named_by(node: Node, glossary: Glossary) -> None:
    """As in "l'agence Chine nouvelle": a name that hangs bare on a common noun says which one it is."""
    if glossary.cases or node.rel != "nmod" or node.pos != "PROPN" or node.head is None:
        return
    if node.head.pos == "NOUN" and node.child("case") is None and node.head.end < node.start:
        node.rel = "appos"


def accusation(node: Node, glossary: Glossary) -> None:
    """As in "accusé la Côte d'Ivoire d'abriter": what somebody is accused of hangs on the verb, not on the accused."""
    if node.feats.get("VerbForm") not in {"Inf", "Part"} or node.rel.split(":")[0] not in {"acl", "nmod", "xcomp"}:
        return
    marker = node.child("mark", "case")
    if marker is None or node.head is None or node.head.pos not in _NOMINAL:
        return
    for participle in node.head.children("acl"):
        key = (participle.lemma, marker.lemma)
        if participle.start < node.start and glossary.government.get(key, ("", ""))[1] == "of":
            node.hang(participle, "xcomp")
            return
    for noun in node.head.path():
        verb = noun.head
        if verb is not None and verb.pos == "VERB":
            key = (verb.lemma, marker.lemma)
            if noun.rel in {"obj", "nsubj:pass"} and glossary.government.get(key, ("", ""))[1] == "of":
                node.hang(verb, "xcomp")
            return


def named_speaker(node: Node, glossary: Glossary) -> None:
    """As in "a déclaré le vice-ministre, Tomasz Wielicki": a name set off after a subject says who it is."""
    verb = node.head
    if node.pos != "PROPN" or node.entity != "PER" or node.rel != "conj" or verb is None or verb.pos != "VERB":
        return
    subjects = [c for c in verb.children("nsubj", "obj") if c.start < node.start and c.pos == "NOUN"]
    if node.child("cc") is None and subjects:
        node.hang(subjects[-1], "appos")


def condition(node: Node, glossary: Glossary) -> None:
    """A clause with "if" or "until" is never what is said: it belongs to the clause before it, or to the verb."""
    above = node.head
    opener = next((c for c in node.children("mark", "advmod") if c.lemma in {"если", "пока", "si", "s'"}), None)
    if opener is None or above is None or node.rel not in {"ccomp", "conj", "advcl"} or opener.start < above.start:
        return
    opener.rel, opener.pos = "mark", "SCONJ"
    told = next((c for c in above.children("ccomp") if c is not node and c.start < opener.start), None)
    node.hang(told or above, "advcl")


def bare_object(node: Node, glossary: Glossary) -> None:
    """As in "critiqué l'embargo", "rejeté tout déplacement": a noun with an article after a verb is its object."""
    verb = node.head
    if glossary.cases or node.pos not in {"NOUN", "PROPN"} or node.rel not in {"xcomp", "conj", "dep"} or verb is None:
        return
    if verb.pos != "VERB" or node.start < verb.start or node.child("case", "cc", "cop") is not None:
        return
    if node.child("det") is not None and verb.child("obj") is None:
        node.rel = "obj"


def purpose(node: Node, glossary: Glossary) -> None:
    """As in "a convoqué l'ambassadeur pour protester": what it is done for hangs on the verb."""
    marker = node.child("mark")
    if marker is None or marker.lemma != "pour" or node.head is None or node.head.pos not in _NOMINAL:
        return
    verb = next((n for n in node.head.path() if n.pos == "VERB"), None)
    if verb is not None:
        node.hang(verb, "advcl")


def reflexive(node: Node, glossary: Glossary) -> None:
    """As in "s'est félicitée": a reflexive verb is no passive."""
    if any(c.lemma in {"se", "s'"} and c.pos == "PRON" for c in node.below):
        for child in node.children("nsubj:pass", "aux:pass"):
            child.rel = child.rel.partition(":")[0]


def capitalised(node: Node, glossary: Glossary) -> None:
    """A name of a place or a body is a name, whatever word class the parser gave it."""
    if node.entity in {"LOC", "ORG", "PER"} and node.pos in {"PRON", "ADV", "X"} and node.text[:1].isupper():
        node.pos = "PROPN"


def adverb_before(node: Node, glossary: Glossary) -> None:
    """As in "auprès de l'Inde": an adverb with a preposition is a preposition of the noun."""
    if node.pos != "ADV" or node.head is None or node.text.lower() not in glossary.prepositions:
        return
    noun = next((c for c in node.below if _has_case(c, "de")), None)
    if noun is None:
        return
    for case in noun.children("case"):
        case.rel = "fixed"
    noun.hang(node.head, "obl")
    node.pos = "ADP"
    node.hang(noun, "case")


def called_as(node: Node, glossary: Glossary) -> None:
    """As in "qualifié la décision de Paris de provocation": the last "de" belongs to the verb."""
    if glossary.government.get((node.lemma, "de"), ("", ""))[1] != "as":
        return
    target = node.child("obj")
    if target is None or any(_has_case(child, "de") for child in node.children("obl", "xcomp")):
        return
    inside = [n for n in _all_below(target) if _has_case(n, "de") and n.start > target.end]
    if inside:
        max(inside, key=lambda n: n.start).hang(node, "obl")


def _has_case(node: Node, lemma: str) -> bool:
    case = node.child("case")
    return case is not None and case.lemma == lemma


def _all_below(node: Node) -> list[Node]:
    return [found for child in node.below for found in (child, *_all_below(child))]


REPAIRS = (
    capitalised,
    future,
    reflexive,
    family_name,
    named_speaker,
    clause_border,
    counted_object,
    one_of,
    bare_place,
    named_by,
    stray_object,
    condition,
    accusation,
    purpose,
    bare_object,
    adverb_before,
    called_as,
)
