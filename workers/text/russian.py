"""Russian sentences to trees in the scheme of the rules, through natasha's models for news.

The package is an extra; it is imported by `load` alone. Normal forms come from the dictionary of pymorphy2 directly:
natasha's own way to it needs setuptools at run time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from workers.text.english import Piece
from workers.text.glosses import Glossary
from workers.text.nodes import Node, linked
from workers.text.tree import Sentence
from workers.text.universal import convert

_PARTS = {
    "ADJ": {"ADJF", "ADJS", "PRTF", "PRTS", "COMP"},
    "VERB": {"VERB", "INFN", "PRTF", "PRTS", "GRND"},
    "AUX": {"VERB", "INFN", "PRTF", "PRTS", "GRND"},
    "NOUN": {"NOUN"},
    "PROPN": {"NOUN"},
    "DET": {"ADJF", "NPRO"},
    "PRON": {"NPRO", "ADJF"},
    "ADV": {"ADVB", "COMP", "PRED"},
}
#: Same case, number and gender in pymorphy's words.
_GRAMMEMES = {
    "Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct",
    "Sing": "sing", "Plur": "plur", "Masc": "masc", "Fem": "femn", "Neut": "neut",
}  # fmt: skip


class RussianParser:
    """natasha's tagger, parser and recogniser of names, and a dictionary of forms."""

    parses_alike = False

    def __init__(self, models: Any, dictionary: Any, glossary: Glossary) -> None:
        self._segmenter, self._morph, self._syntax, self._names = models
        self._dictionary = dictionary
        self._glossary = glossary
        self._normal = lru_cache(maxsize=50_000)(self._look_up)

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees: their entities are there."""
        return iter(sentences)

    def lemmas_of(self, word: str) -> frozenset[str]:
        """The word itself: the gate knows its forms by their beginnings."""
        return frozenset([word])

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, with their entities."""
        from natasha import Doc  # noqa: PLC0415 - only there with the extra

        for piece in pieces:
            index, start, sentence = piece.index, piece.start, piece.text
            end = start + len(sentence)
            document = Doc(sentence)
            document.segment(self._segmenter)
            document.tag_morph(self._morph)
            document.parse_syntax(self._syntax)
            document.tag_ner(self._names)
            roots = self._tree(document, start)
            if roots:
                yield convert(index, start, end, sentence, roots, self._glossary)
            else:
                yield Sentence(index=index, start=start, end=end, text=sentence, tokens=())

    def _tree(self, document: Any, offset: int) -> list[Node]:
        entities = [(span.start, span.stop, span.type) for span in document.spans]
        nodes = {
            token.id: Node(
                text=token.text,
                lemma=self._normal(token.text.lower(), token.pos, tuple(sorted(token.feats.items()))),
                pos=token.pos,
                rel=token.rel,
                start=offset + token.start,
                end=offset + token.stop,
                feats=token.feats,
                entity=next((kind for a, b, kind in entities if a <= token.start < b), ""),
            )
            for token in document.tokens
        }
        return linked(nodes, {token.id: token.head_id for token in document.tokens})

    def _look_up(self, word: str, pos: str, feats: tuple[tuple[str, str], ...]) -> str:
        """The normal form that fits the tagger's reading best; the more probable one among equals."""
        wanted = {_GRAMMEMES[value] for _, value in feats if value in _GRAMMEMES}
        parts = _PARTS.get(pos)
        best, most = word, -1.0
        for parse in self._dictionary.parse(word):
            grammemes = parse.tag.grammemes
            fit = (10.0 if parts is None or parse.tag.POS in parts else 0.0) + len(wanted & grammemes) + parse.score / 2
            fit += 1.5 if pos == "ADJ" and parse.tag.POS in {"ADJF", "ADJS"} else 0.0
            if fit > most:
                best, most = parse.normal_form, fit
        return str(best).replace("ё", "е")


def load(glossary: Glossary, dictionary: Any) -> RussianParser:
    """Load the models from their package; about four seconds, and some 200 MB.

    Raises ImportError where the extra is not installed.
    """
    from natasha import (  # noqa: PLC0415
        NewsEmbedding,
        NewsMorphTagger,
        NewsNERTagger,
        NewsSyntaxParser,
        Segmenter,
    )

    embedding = NewsEmbedding()
    models = (Segmenter(), NewsMorphTagger(embedding), NewsSyntaxParser(embedding), NewsNERTagger(embedding))
    return RussianParser(models, dictionary, glossary)


def load_dictionary() -> Any:
    """The dictionary of word forms."""
    import natasha  # noqa: F401, PLC0415 - lets pymorphy2 run on Python 3.11 and newer
    import pymorphy2_dicts_ru  # noqa: PLC0415
    from pymorphy2 import MorphAnalyzer  # noqa: PLC0415

    return MorphAnalyzer(path=pymorphy2_dicts_ru.get_path(), lang="ru")
