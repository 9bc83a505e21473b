"""Texts that no editor wrote: the analysis neither fails nor hangs, and finds nothing where nothing is said."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from analysis.samples import encoded
from bench.passages import article
from workers.pipeline import MAX_CHARACTERS, Pipeline
from workers.text.sentences import split

SENTENCE = "Kenya condemned the closure of the canal. "
#: Seconds that any one text may take; an article of the same size takes longer than most of these.
BOUND_S = 30.0

#: Texts are made when they are needed: some are large, and a failure would print them.
HOSTILE: dict[str, Callable[[], str]] = {
    "bytes read as text": lambda: bytes(range(256)).decode("latin-1") * 200,
    "control characters": lambda: "\x00\x01\x02\x1b[31m\x7f" * 1_000,
    "one megabyte on one line": lambda: "a" * 1_000_000,
    "one megabyte of words on one line": lambda: "the quiet canal " * 62_500,
    "a million quotation marks": lambda: '"' * 1_000_000,
    "a million curly quotation marks": lambda: "“”" * 500_000,
    "a hundred thousand quoted words": lambda: "“Kenya” " * 50_000,
    "lone surrogates": lambda: "\ud800\udfff " * 5_000,
    "marks of direction": lambda: "\u202e\u2066Kenya\u2069\u202c \u200f" * 5_000,
    "only punctuation": lambda: ".,;:!?-—…()[]{}<>" * 5_000,
    "deeply nested brackets": lambda: "(" * 20_000 + "Kenya" + ")" * 20_000,
    "brackets that never close": lambda: "[(" * 50_000,
    "a hundred thousand stops": lambda: ". A" * 33_000,
    "a hundred thousand lines": lambda: "\n" * 100_000,
    "names without a break": lambda: "Kenya" * 20_000,
    "a name list": lambda: "Kenya, Ghana, Peru and Chile " * 3_000,
    "zero-width characters within a name": lambda: "Ken\u200bya con\u00addemned the clo\u2060sure. " * 500,
    "combining marks": lambda: "e" + "\u0301" * 50_000,
    "letters that grow when lowered": lambda: "İ" * 50_000,
    "a thousand sentences with a signal": lambda: SENTENCE * 1_000,
    "that that that": lambda: "that said that said that said " * 1_000,
    "markup": lambda: "<b><i><a href='x'>Kenya</a>" * 3_000,
    "emoji": lambda: "\U0001f1f0\U0001f1ea" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_analysed_in_bounded_time(pipeline: Pipeline, name: str) -> None:
    text = HOSTILE[name]()
    begun = time.perf_counter()

    analysis = pipeline.analyse(article(text, title=text[:200], language="en"))
    encoded(analysis)

    assert time.perf_counter() - begun < BOUND_S
    assert analysis.coverage in {"analysed", "empty"}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "lone surrogates"])
def test_a_hostile_text_of_unknown_language_is_told_as_something(pipeline: Pipeline, name: str) -> None:
    analysis = pipeline.analyse(article(HOSTILE[name]()[:3_000]))

    assert analysis.coverage in {"analysed", "unsupported", "empty"}


def test_lone_surrogates_in_an_unknown_language_are_told_as_something(pipeline: Pipeline) -> None:
    assert not pipeline.analyse(article(HOSTILE["lone surrogates"]())).signals


def test_a_run_of_stops_is_split_in_time_that_grows_with_its_length() -> None:
    begun = time.perf_counter()

    split("." * 8_000)

    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize("text", ["", " ", "\n\n\t \u2028", "\u00a0\u3000"])
def test_a_text_without_characters_is_empty(pipeline: Pipeline, text: str) -> None:
    analysis = pipeline.analyse(article(text))

    assert (analysis.coverage, analysis.signals) == ("empty", ())


def test_a_title_alone_is_analysed(pipeline: Pipeline) -> None:
    analysis = pipeline.analyse(article("", title=SENTENCE.strip()))

    assert analysis.coverage == "analysed"
    assert [(s.evidence.field, s.evidence.text) for s in analysis.signals] == [("title", SENTENCE.strip())]


def test_a_signal_between_hostile_lines_is_found(pipeline: Pipeline) -> None:
    text = f"{'(' * 2_000}\n\ud800\u202e\n{SENTENCE}\n{'“' * 2_000}"

    signals = pipeline.analyse(article(text, language="en")).signals

    assert [text[s.evidence.start : s.evidence.end] for s in signals] == [SENTENCE.strip()]


def test_what_lies_beyond_the_bound_is_left_out(pipeline: Pipeline) -> None:
    text = f"{SENTENCE}\n{'x' * MAX_CHARACTERS}\n{SENTENCE}"

    signals = pipeline.analyse(article(text, language="en")).signals

    assert [s.evidence.start for s in signals] == [0]


def test_a_sentence_without_end_is_read_in_pieces(pipeline: Pipeline) -> None:
    text = ("Kenya condemned the closure of the canal and " * 200).strip()

    signals = pipeline.analyse(article(text, language="en")).signals

    assert signals
    assert all(len(s.evidence.text) <= 1_500 for s in signals)
