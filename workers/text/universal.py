"""Rebuilds a sentence parsed in Universal Dependencies in the scheme of the rules, with English glosses.

What it gives is what an English parser would give for the same sentence, so that one set of rules serves all; the words
themselves, their places and the names stay those of the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.text import clauses, phrases, wording
from workers.text.glosses import Glossary
from workers.text.nodes import Node
from workers.text.repairs import REPAIRS
from workers.text.tree import Sentence, Token

_RELATIONS = {
    "root": "ROOT",
    "nsubj:pass": "nsubjpass",
    "csubj": "csubj",
    "obj": "dobj",
    "iobj": "dative",
    "obl": "npadvmod",
    "aux:pass": "auxpass",
    "acl:relcl": "relcl",
    "nmod": "nmod",
    "discourse": "intj",
    "vocative": "npadvmod",
    "fixed": "dep",
    "dislocated": "dep",
}
_ENTITIES = {"PER": "PERSON", "LOC": "GPE", "ORG": "ORG", "MISC": ""}


def convert(index: int, start: int, end: int, text: str, roots: Sequence[Node], glossary: Glossary) -> Sentence:
    """The sentence whose words hang under `roots`, rebuilt."""
    root = clauses.joined(roots)
    words = _below(root)
    for node in words:
        wording.gloss(node, glossary)
    for step in (
        *REPAIRS,
        phrases.name,
        wording.express,
        wording.conjunction,
        phrases.preposition,
        wording.govern,
        wording.gerund,
        clauses.impersonal,
        phrases.genitive,
        clauses.complement,
        clauses.copula,
        wording.reworded,
        wording.own,
        clauses.clause,
        clauses.negation,
    ):
        for node in words:
            step(node, glossary)
    return Sentence(index=index, start=start, end=end, text=text, tokens=_tokens(_below([*root.path()][-1]), glossary))


def _below(root: Node) -> list[Node]:
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.below)
    return sorted(found, key=lambda node: (node.start, node.end))


def _tokens(words: Sequence[Node], glossary: Glossary) -> tuple[Token, ...]:
    places = {id(node): place for place, node in enumerate(words)}
    return tuple(
        Token(
            i=place,
            text=node.text,
            lower=node.lower or node.gloss or _as_it_stands(node, node.text.lower(), glossary),
            lemma=node.gloss or _as_it_stands(node, node.lemma, glossary),
            pos=node.pos,
            tag=node.tag or _tag(node),
            dep=_relation(node),
            head=places[id(node.head)] if node.head is not None else place,
            start=node.start,
            end=node.end,
            entity=_ENTITIES.get(node.entity, ""),
        )
        for place, node in enumerate(words)
    )


def _as_it_stands(node: Node, word: str, glossary: Glossary) -> str:
    """A word without a gloss, marked as foreign; names and figures are what they are in any language."""
    if node.pos in {"PUNCT", "NUM", "SYM", "SPACE"}:
        return word
    is_name = word is not node.lemma and node.pos in {"NOUN", "PROPN"} and node.text[:1].isupper() and node.entity
    return word if is_name else glossary.marked(word)


def _relation(node: Node) -> str:
    if node.head is None:
        return "ROOT"
    return _RELATIONS.get(node.rel) or _RELATIONS.get(node.rel.split(":")[0]) or node.rel.split(":")[0]


def _tag(node: Node) -> str:
    """The Penn Treebank tag that the rules test for."""
    is_plural = node.feats.get("Number") == "Plur"
    if node.pos == "NOUN":
        return "NNS" if is_plural else "NN"
    if node.pos == "PROPN":
        return "NNPS" if is_plural else "NNP"
    if node.pos == "ADJ":
        return "JJ"
    if node.pos not in {"VERB", "AUX"}:
        return node.pos
    form = node.feats.get("VerbForm")
    if form == "Part":
        return "VBG" if node.feats.get("Voice") == "Act" and node.feats.get("Tense") == "Pres" else "VBN"
    if form == "Conv":
        return "VBG"
    if form == "Inf":
        return "VB"
    return "VBD" if node.feats.get("Tense") in {"Past", "Imp"} else "VBZ"
