"""What benchmarks keep: nothing unless asked, then figures with date and machine, one line a run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from bench.parts import results
from bench.parts.results import Spread, add_options, settle


def asked(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser, draws=True)
    return parser.parse_args(arguments)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


def test_nothing_is_written_without_being_asked(folder: Path) -> None:
    settle("speed", asked(), {"ratio": 1.0}, chart="<svg/>")

    assert not folder.exists()


def test_each_run_is_a_line_with_date_machine_and_figures(folder: Path) -> None:
    for ratio in (1.23456, 2.0):
        settle("speed", asked("--keep"), {"ratio": ratio, "rounds": Spread.of([3.0, 1.0, 2.0])}, chart="<svg/>")

    first, _ = (json.loads(line) for line in (folder / "speed.jsonl").read_text("utf-8").splitlines())
    assert first["figures"]["ratio"] == 1.235
    assert first["figures"]["rounds"] == {"median": 2.0, "least": 1.0, "most": 3.0, "number": 3.0}
    assert first["date"].startswith("20")
    assert {"cpu", "cores", "memory_gb", "python", "server", "commit"} <= first["machine"].keys()
    assert (folder / "speed.svg").read_text("utf-8") == "<svg/>"


def test_a_chart_is_drawn_where_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    settle("speed", asked("--out", str(tmp_path / "chart.svg")), {}, chart="<svg/>")

    assert (tmp_path / "chart.svg").read_text("utf-8") == "<svg/>"
    assert not folder.exists()


def test_a_spread_shows_the_middle_and_both_ends() -> None:
    assert Spread.of([3.0, 1.0, 2.5]).shown(".1f") == "2.5 (1.0 to 3.0)"
    assert Spread.of([0.5]).shown(".0f", times=100) == "50"
