"""The measurement of time over length: its text, its figures and its drawing; and that time grows evenly."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bench.length import Point, spread, time_of
from bench.parts.curve import Legend, drawn
from bench.parts.news import compose
from workers.pipeline import Pipeline
from workers.text.sentences import split


def test_news_is_composed_to_the_character_and_the_same_for_the_same_seed() -> None:
    assert len(compose(5_000, 1)) == 5_000
    assert compose(5_000, 1) == compose(5_000, 1) != compose(5_000, 2)


def test_composed_news_has_signals_as_seldom_as_news(pipeline: Pipeline) -> None:
    text = compose(20_000, 1)

    _, signals = time_of(pipeline, text)

    assert 1 / 40 < signals / len(split(text)) < 1 / 10


def test_a_kilobyte_of_a_long_article_costs_no_more_than_one_of_a_short_article(pipeline: Pipeline) -> None:
    time_of(pipeline, compose(8_000, 1))
    short = sum(time_of(pipeline, compose(8_000, seed))[0] for seed in range(4)) / 4
    long, _ = time_of(pipeline, compose(64_000, 1))

    # Where time grew with the square of the length, it would be 64; the rest is left to a busy machine.
    assert long / short < 16


def test_the_spread_is_that_of_long_articles_over_what_is_analysed() -> None:
    lengths = {1_024: 9.0, 16_384: 16.0, 65_536: 80.0}
    points = [Point(characters=size, read=size, seconds=seconds, signals=0) for size, seconds in lengths.items()]

    assert spread(points) == pytest.approx(1.25)


def test_the_curve_is_drawn_through_every_point_from_left_to_right_and_upwards() -> None:
    legend = Legend(title="Time over length", across="KB", up="s", note="length")
    drawing = drawn({"seconds": [(1, 0.03), (64, 2.0), (1_024, 15.0)]}, legend)

    ElementTree.fromstring(drawing)
    places = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawing)]
    assert len(places) == 3
    assert all(one[0] < other[0] and one[1] > other[1] for one, other in pairwise(places))


def test_several_curves_are_told_apart_by_their_names() -> None:
    legend = Legend(title="Cost", across="%", up="ms", note="share")
    drawing = drawn({"bare": [(1, 3.0), (100, 4.0)], "analysis": [(1, 0.3), (100, 2.0)]}, legend)

    names = [each.text for each in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
    assert {"bare: 4", "analysis: 2"} <= set(names)
    assert drawing.count("<polyline") == 2
