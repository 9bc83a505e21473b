"""The schedule on a simulated clock, with a few thousand feeds; `python -m bench.schedule` shows the whole curve."""

from __future__ import annotations

import pytest

from bench.schedule import AT_ONE_HOST, GAP_S, Figures, measure


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(2_000, least_polls=2_000)


def test_every_feed_is_polled_when_it_is_due(figures: Figures) -> None:
    assert figures.polls_a_round > 0.98
    assert figures.late_median_s < 0.1
    # The hosts with a hundred feeds are asked for one page and one feed after the other.
    assert figures.late_p99_s < 15


def test_no_host_is_asked_too_often_or_too_much_at_once(figures: Figures) -> None:
    assert figures.violations == 0
    assert figures.smallest_gap_s > GAP_S - 1e-6
    assert figures.most_at_a_host <= AT_ONE_HOST
