"""Texts that no editor wrote: the analysis neither fails nor hangs, and finds nothing where nothing is said."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from analysis.samples import encoded
from bench.parts.hostile import HOSTILE, SENTENCE
from bench.parts.passages import article
from workers.fields import MAX_CHARACTERS
from workers.pipeline import Pipeline
from workers.text.sentences import split

#: Seconds that any one text may take; an article of the same size takes longer than most of these.
BOUND_S = 30.0


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

    analysis = pipeline.analyse(article(text, language="en"))

    assert [s.evidence.start for s in analysis.signals] == [0]
    assert analysis.left_out == len(text) - MAX_CHARACTERS


def test_what_the_reader_and_the_analysis_left_out_is_counted_together(pipeline: Pipeline) -> None:
    read = replace(article("x" * (MAX_CHARACTERS + 5), title="y" * (MAX_CHARACTERS + 3), language="en"), left_out=10)

    assert pipeline.analyse(read).left_out == 18


def test_nothing_is_left_out_of_an_article_within_the_bound(pipeline: Pipeline) -> None:
    assert pipeline.analyse(article(SENTENCE, language="en")).left_out == 0


def test_a_sentence_without_end_is_read_in_pieces(pipeline: Pipeline) -> None:
    text = ("Kenya condemned the closure of the canal and " * 200).strip()

    signals = pipeline.analyse(article(text, language="en")).signals

    assert signals
    assert all(len(s.evidence.text) <= 1_500 for s in signals)
