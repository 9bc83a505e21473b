"""The measure of who-says-what: what counts as found, and what the analysis reaches on a set made by others."""

from __future__ import annotations

import pytest

from bench.attribution import DEFAULT, MEASURES, figures, read_documents
from bench.parts.spans import Marked, merged, overlap
from workers.pipeline import Pipeline

#: F1 of cue, source and content together on the articles held out; it may only rise.
FLOOR = 0.70


def marked(source: tuple[int, int] | None, cue: tuple[int, int], content: tuple[int, int]) -> Marked:
    return Marked(source=(source,) if source is not None else (), cue=(cue,), content=(content,))


EXPECTED = marked((0, 5), (6, 10), (11, 31))


def f1(found: Marked, expected: Marked, name: str = "cue+source+content") -> float:
    measure, shares = MEASURES[name]
    return figures([([found], [expected])], measure, shares=shares)[2]


def test_the_same_spans_count_in_full_by_every_measure() -> None:
    assert {f1(EXPECTED, EXPECTED, name) for name in MEASURES} == {1.0}


def test_all_three_must_meet() -> None:
    assert f1(marked((0, 5), (6, 10), (40, 50)), EXPECTED) == 0.0
    assert f1(marked((40, 50), (6, 10), (11, 31)), EXPECTED) == 0.0


def test_a_part_that_meets_in_little_is_less_than_half() -> None:
    found = marked((0, 5), (6, 10), (30, 60))

    assert f1(found, EXPECTED) == 1.0
    assert f1(found, EXPECTED, "  half") == 0.0
    assert f1(found, EXPECTED, "  shares") == pytest.approx((1 + 1 + 2 / 50) / 3)


def test_one_expected_without_a_source_is_met_by_cue_and_content() -> None:
    assert f1(EXPECTED, marked(None, (6, 10), (11, 31))) == 1.0


def test_pairs_are_one_to_one() -> None:
    measure, shares = MEASURES["cue+source+content"]

    precision, recall, _ = figures([([EXPECTED, EXPECTED], [EXPECTED])], measure, shares=shares)

    assert (precision, recall) == (0.5, 1.0)


def test_stretches_that_touch_are_one() -> None:
    assert merged([(5, 9), (0, 3), (3, 5)]) == ((0, 9),)
    assert overlap(((0, 4),), ((2, 6),)) == 0.5


def test_what_was_reached_on_articles_held_out_is_kept(pipeline: Pipeline) -> None:
    if not DEFAULT.exists():
        pytest.skip("the set lies beside the repository and is not here")
    measure, shares = MEASURES["cue+source+content"]

    held_out = tuple(read_documents(DEFAULT, pipeline, only_held_out=True))

    assert figures([(d.found, d.expected) for d in held_out], measure, shares=shares)[2] >= FLOOR
