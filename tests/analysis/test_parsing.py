"""The parser gives what spaCy gives with the same model: it is only faster, and steadier."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from spacy.language import Language

from bench.parts.passages import read_passages
from bench.quality import SETS
from workers.pipeline import Pipeline
from workers.text.encoder import Encoder
from workers.text.english import EnglishParser, Piece, load_model
from workers.text.word_rules import WordRules

SENTENCES = [line for passage in read_passages(SETS["passages"]) for line in passage.text.split(". ")]
#: Words that spaCy's rules read together with their neighbours, and blanks, which they correct.
ODD = [
    "I ain't gonna let's go, y'all; c'mon, it's got ta stop.",
    "There are talks, and there 's hope, there were none.",
    "He did  what he  had to do, but they 've had enough; 'nuff said.",
    "That that was it is what it does: who'd have it?",
]


@pytest.fixture(scope="module")
def model() -> Any:
    return load_model()


def test_trees_and_entities_are_those_of_spacy(pipeline: Pipeline, model: Any) -> None:
    @Language.component("one_sentence_for_a_test")  # type: ignore[untyped-decorator, unused-ignore]
    def one_sentence(document: Any) -> Any:
        for word in document:
            word.is_sent_start = word.i == 0
        return document

    model.add_pipe("one_sentence_for_a_test", before="parser")
    pieces = [Piece(index=0, start=0, text=text, masked=text) for text in SENTENCES]

    trees = pipeline.parser.recognise(tuple(pipeline.parser.parse(pieces)))

    for tree, document in zip(trees, model.pipe(SENTENCES), strict=True):
        ours = [(t.text, t.pos, t.tag, t.dep, t.head, t.start, t.entity) for t in tree.tokens]
        assert ours == [(w.text, w.pos_, w.tag_, w.dep_, w.head.i, w.idx, w.ent_type_) for w in document]
    model.remove_pipe("one_sentence_for_a_test")


def test_the_model_keeps_no_more_words_than_it_may(model: Any) -> None:
    parser = EnglishParser(model, kept=len(model.vocab) + 50)

    def words_kept_after(name: str) -> int:
        texts = [f"The {name}{number} condemned the {number}{name} on Monday." for number in range(40)]
        pieces = [Piece(index=0, start=0, text=text, masked=text) for text in texts]
        assert len(tuple(parser.recognise(tuple(parser.parse(pieces))))) == len(texts)
        return len(model.vocab.strings)

    assert len(model.vocab.strings) < words_kept_after("orlim") == words_kept_after("zudar")


def test_a_tree_is_the_same_whether_its_words_are_kept_or_not(pipeline: Pipeline, model: Any) -> None:
    pieces = [Piece(index=0, start=0, text=text, masked=text) for text in (*SENTENCES, *ODD)]
    forgetful = EnglishParser(model, kept=0)

    kept = [tuple(pipeline.parser.recognise(tuple(pipeline.parser.parse(pieces)))) for _ in range(2)]

    assert kept[0] == kept[1] == tuple(forgetful.recognise(tuple(forgetful.parse(pieces))))


def test_vectors_are_those_of_spacy_but_for_rounding(model: Any) -> None:
    encoder = Encoder(model.get_pipe("tok2vec").model)
    documents = [model.make_doc(text) for text in (*SENTENCES, *ODD, "", "One")]

    for own, theirs in zip(encoder.vectors(documents), model.get_pipe("tok2vec").predict(documents), strict=True):
        assert np.allclose(own, theirs, atol=1e-4)


def test_another_kind_of_encoder_is_refused(model: Any) -> None:
    with pytest.raises(ValueError, match="locked versions"):
        Encoder(model.get_pipe("tagger").model)


@pytest.mark.parametrize("sentences", [SENTENCES, ODD])
def test_words_are_read_as_the_ruler_and_the_lemmatiser_read_them(model: Any, sentences: list[str]) -> None:
    rules = WordRules(model)
    for text in sentences * 2:
        document = model.make_doc(text)
        for name in ("tok2vec", "tagger", "parser"):
            document = model.get_pipe(name)(document)
        ours = [(word.text, word.lemma, word.pos, word.tag, word.dep) for word in rules.read(document)]

        document = model.get_pipe("lemmatizer")(model.get_pipe("attribute_ruler")(document))

        assert ours == [(w.text, w.lemma_.lower(), w.pos_, w.tag_, w.dep_) for w in document], text
