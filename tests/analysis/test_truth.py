"""What must not be made of negated accusations, and of words that only look like a denial."""

from __future__ import annotations

import pytest

from bench.parts.passages import article
from stancewire.types import Interference
from workers.pipeline import Pipeline


def reports(pipeline: Pipeline, text: str) -> list[Interference]:
    found = pipeline.analyse(article(text, language="en")).signals
    return [signal for signal in found if isinstance(signal, Interference)]


def test_who_does_not_accuse_reports_no_interference(pipeline: Pipeline) -> None:
    assert reports(pipeline, "Germany accused Russia of interfering in its election.")
    assert not reports(pipeline, "Germany did not accuse Russia of interfering in its election.")


def test_a_deed_that_an_inquiry_says_was_not_done_is_refuted(pipeline: Pipeline) -> None:
    found = reports(pipeline, "Turkey never meddled in Bulgaria's election, the inquiry in Sofia concluded.")

    assert [signal.status for signal in found] == ["refuted"]


@pytest.mark.parametrize(
    ("answer", "denied"),
    [
        ("Moscow said the claim was a lie.", True),
        ("Moscow said it believes in talks with its allies.", False),
        ("Moscow said it had not decided on talks.", False),
    ],
)
def test_a_denial_is_told_by_words_and_not_by_letters_inside_them(
    pipeline: Pipeline, answer: str, denied: bool
) -> None:
    found = reports(pipeline, f"Germany accused Russia of interfering in its election. {answer}")

    assert [bool(signal.denied_by) for signal in found] == [denied]


def test_no_significant_change_is_no_refutation(pipeline: Pipeline) -> None:
    text = "Germany accused Russia of interfering in its election with no significant change in the result."

    assert [signal.status for signal in reports(pipeline, text)] == ["alleged"]
