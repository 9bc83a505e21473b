"""The same articles give the same bytes: in another process, in another order, alone or among others."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.samples import encoded
from bench.parts.passages import read_passages
from bench.quality import SETS
from workers.pipeline import Pipeline
from workers.text.encoder import Encoder
from workers.text.english import Piece, load_model

ROOT = Path(__file__).parents[2]
PROGRAM = "from stancewire.cli import main; main()"
LINES = [
    json.dumps({"id": passage.id, "text": passage.text, "title": passage.text.partition(". ")[0], "lang": "en"})
    for passage in read_passages(SETS["passages"])[:60]
]


def analysed(lines: list[str], hash_seed: str) -> list[str]:
    """What `analyse --jsonl` prints, line by line, in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, "analyse", "-", "--jsonl"],
        input="\n".join(lines).encode(), stdout=subprocess.PIPE, cwd=ROOT, env=environment, timeout=110, check=True,
    )  # fmt: skip
    return ended.stdout.decode().splitlines()


@pytest.fixture(scope="module")
def first() -> list[str]:
    return analysed(LINES, "0")


def test_two_processes_with_other_hashes_print_the_same_bytes(first: list[str]) -> None:
    assert sum(len(json.loads(line)["signals"]) for line in first) > 30
    assert analysed(LINES, "4711") == first


def test_articles_in_any_order_give_the_same_bytes_each(first: list[str]) -> None:
    places = list(range(len(LINES)))
    random.Random(3).shuffle(places)

    answers = analysed([LINES[place] for place in places], "1")

    assert [first[place] for place in places] == answers


def test_an_article_alone_gives_the_same_bytes_as_among_others(first: list[str]) -> None:
    place = next(place for place, line in enumerate(first) if len(json.loads(line)["signals"]) > 1)

    assert analysed([LINES[place]], "2") == [first[place]]


def test_an_article_given_twice_gives_the_same_bytes_twice(first: list[str]) -> None:
    answers = analysed([LINES[5], LINES[9], LINES[5]], "3")

    assert answers == [first[5], first[9], first[5]]


def test_articles_analysed_together_get_the_same_bytes_as_each_alone(pipeline: Pipeline) -> None:
    articles = [replace(passage.article, language="en") for passage in read_passages(SETS["passages"])]
    alone = [encoded(pipeline.analyse(each)) for each in articles]
    random.Random(8).shuffle(places := list(range(len(articles))))

    for size in (2, 16, len(articles)):
        for first in range(0, len(places), size):
            some = places[first : first + size]
            together = pipeline.analyse_together([articles[place] for place in some])
            assert [encoded(each) for each in together] == [alone[place] for place in some], size


def test_a_sentence_gets_the_same_tree_whatever_is_parsed_beside_it(pipeline: Pipeline) -> None:
    sentences = [line for passage in read_passages(SETS["passages"]) for line in passage.text.split(". ")]
    pieces = [Piece(index=0, start=0, text=text, masked=text) for text in sentences]
    alone = [tree for piece in pieces for tree in pipeline.parser.recognise(tuple(pipeline.parser.parse([piece])))]

    assert list(pipeline.parser.recognise(tuple(pipeline.parser.parse(pieces)))) == alone


def test_a_word_gets_the_same_vector_to_the_last_bit_whatever_is_encoded_beside_it() -> None:
    model = load_model()
    encoder = Encoder(model.get_pipe("tok2vec").model)
    documents = [model.make_doc(passage.text) for passage in read_passages(SETS["passages"])]
    alone = [encoder.vectors([document])[0].tobytes() for document in documents]

    assert [vectors.tobytes() for vectors in encoder.vectors(documents)] == alone
