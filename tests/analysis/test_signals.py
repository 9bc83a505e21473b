"""What holds for the signals of any text: exact spans, the same bytes each time, and no sentence lost at the gate."""

from __future__ import annotations

import os
import subprocess
import sys

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.samples import encoded, spans
from bench.parts.passages import Passage, article, read_passages
from bench.quality import ROOT, SETS
from stancewire import codec
from stancewire.types import Signal
from workers.pipeline import Pipeline

SENTENCES = tuple(passage.text for passage in read_passages(SETS["passages"]))
JOINTS = (" ", "\n", "\n\n", " “", "” ", "\u00a0", "\u200b\n", " — ", "\r\n", "\U0001f6f0 ")
PIECES = st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(JOINTS)), min_size=1, max_size=5)
#: Run in a process of its own: the signals of the lines given on standard input.
PROGRAM = """
import sys
from analysis.samples import encoded
from bench.parts.passages import article
from workers.pipeline import load
pipeline = load()
text = sys.stdin.buffer.read().decode("utf-8")
sys.stdout.buffer.write(encoded(pipeline.analyse(article(text))))
"""


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(PIECES)
def test_every_span_is_cut_from_the_field_it_names(pipeline: Pipeline, pieces: list[tuple[str, str]]) -> None:
    text = "".join(sentence + joint for sentence, joint in pieces)
    given = article(text, title=pieces[0][0])

    for signal in pipeline.analyse(given).signals:
        field = given.title if signal.evidence.field == "title" else given.text
        for span in spans(signal):
            assert field[span.start : span.end] == span.text
            assert span.text
        assert codec.signals.decode(codec.signals.encode(signal)) == signal


@settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(PIECES)
def test_the_same_text_gives_the_same_bytes(pipeline: Pipeline, pieces: list[tuple[str, str]]) -> None:
    text = "".join(sentence + joint for sentence, joint in pieces)

    assert encoded(pipeline.analyse(article(text))) == encoded(pipeline.analyse(article(text)))


def test_another_process_gives_the_same_bytes(pipeline: Pipeline) -> None:
    text = "\n".join(SENTENCES[::4])
    here = encoded(pipeline.analyse(article(text)))

    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=text.encode(),
        capture_output=True,
        check=True,
        timeout=60,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PATH": os.defpath},
    )

    assert here
    assert done.stdout == here


def test_ids_are_unique_and_change_with_the_revision(pipeline: Pipeline) -> None:
    text = "\n".join(SENTENCES[:20])
    first = [signal.id for signal in pipeline.analyse(article(text, name="first")).signals]
    second = [signal.id for signal in pipeline.analyse(article(text, name="second")).signals]

    assert len(first) == len(second) == len(set(first))
    assert not set(first) & set(second)


def test_the_gate_keeps_the_sentences_that_yield_signals(
    pipeline: Pipeline, found: tuple[tuple[Passage, tuple[Signal, ...]], ...]
) -> None:
    kept = wanted = 0
    for passage, signals in found:
        exhaustive = {s.evidence.start for s in pipeline.analyse(passage.article, exhaustive=True).signals}
        gated = {s.evidence.start for s in signals}
        wanted += len(exhaustive)
        kept += len(exhaustive & gated)

    assert wanted > 80
    assert kept / wanted >= 0.99
