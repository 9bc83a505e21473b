"""Floors rise freely, and fall only with a reason that is written down."""

from __future__ import annotations

import json
from pathlib import Path

from bench.quality import Floor, find_drops, pin, read_floors


def floor(f1: float, *, negatives_hit: float = 0.0) -> Floor:
    return Floor(sha256="a" * 64, negatives_hit=negatives_hit, least={"stance f1": f1})


def test_a_first_floor_is_pinned(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"

    assert pin({"passages": floor(0.8)}, path) == ()

    assert read_floors(path) == {"passages": floor(0.8)}


def test_a_floor_rises_without_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    pin({"passages": floor(0.8)}, path)

    assert pin({"passages": floor(0.9)}, path) == ()

    assert read_floors(path)["passages"] == floor(0.9)


def test_a_floor_that_would_fall_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    pin({"passages": floor(0.8)}, path)

    assert pin({"passages": floor(0.7)}, path) == ("passages stance f1: 0.700, was 0.800",)

    assert read_floors(path)["passages"] == floor(0.8)


def test_a_floor_falls_with_a_reason_that_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    pin({"passages": floor(0.8)}, path)

    assert pin({"passages": floor(0.7)}, path, reason="the set holds harder passages") == ()

    assert read_floors(path)["passages"] == floor(0.7)
    assert json.loads(path.read_text("utf-8"))["reason"] == "the set holds harder passages"


def test_a_set_that_is_away_keeps_its_floor(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    pin({"passages": floor(0.8), "dev": floor(0.7)}, path)

    pin({"passages": floor(0.9)}, path)

    assert read_floors(path) == {"passages": floor(0.9), "dev": floor(0.7)}


def test_more_hard_negatives_with_a_signal_are_a_drop() -> None:
    assert find_drops(floor(0.8), floor(0.8, negatives_hit=0.04)) == ("hard negatives hit: 0.040, was 0.000",)


def test_a_figure_that_is_no_longer_measured_is_a_drop() -> None:
    gone = Floor(sha256="a" * 64, negatives_hit=0.0, least={})

    assert find_drops(floor(0.8), gone) == ("stance f1: 0.000, was 0.800",)
