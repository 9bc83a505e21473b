"""The seed article and the development set, which lie beside the repository and are not part of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.parts.passages import Passage
from bench.parts.scoring import score
from bench.quality import ROOT, SETS, analyse_set, find_drops, floor_of, read_floors
from stancewire import codec
from stancewire.types import Signal
from workers.pipeline import Pipeline

SHARED = ROOT.parent / "shared"
Found = tuple[tuple[Passage, tuple[Signal, ...]], ...]
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared material is not beside the repository")


@pytest.fixture(scope="module")
def developed(pipeline: Pipeline) -> Found:
    """Each English passage of the development set with its signals."""
    return analyse_set(pipeline, SETS["dev"])


def scored(found: Sequence[tuple[Passage, Sequence[Signal]]], gold: Path, folder: Path) -> dict[str, Any]:
    """What the scorer that comes with the shared material says of the passages of a set, those in `found` only."""
    wanted = {passage.id for passage, _ in found}
    rows = [line for line in gold.read_text("utf-8").splitlines() if line.strip() and json.loads(line)["id"] in wanted]
    expected, predicted = folder / "expected.jsonl", folder / "predicted.jsonl"
    expected.write_text("\n".join(rows), "utf-8")
    predicted.write_text(
        "\n".join(
            json.dumps({"id": passage.id, "signals": [codec.signals.to_dict(signal) for signal in signals]})
            for passage, signals in found
        ),
        "utf-8",
    )
    program = [sys.executable, str(SHARED / "tools" / "score.py"), str(expected), str(predicted), "--json"]
    done = subprocess.run(program, check=True, capture_output=True, text=True, timeout=60)
    return dict(json.loads(done.stdout))


def test_the_seed_article_is_understood(pipeline: Pipeline, tmp_path: Path) -> None:
    gold = SHARED / "gold" / "seed.jsonl"

    result = scored(analyse_set(pipeline, gold), gold, tmp_path)

    assert result["passages"] == 1
    assert result["missing"] == 0
    assert result["bad_evidence"] == 0
    assert result["overall"]["f1"] >= 0.75


def test_no_score_of_the_development_set_is_below_its_floor(developed: Found) -> None:
    floor = read_floors()["dev"]
    result = score(developed)
    now = floor_of(SETS["dev"], result)
    if now.sha256 != floor.sha256:
        pytest.skip("the development set beside the repository is another than the floors were pinned on")

    assert not find_drops(floor, now)
    assert result.bad_evidence == 0


def test_our_scorer_counts_as_the_shared_one_does(developed: Found, tmp_path: Path) -> None:
    theirs = scored(developed, SETS["dev"], tmp_path)

    ours = score(developed)
    for name, figures in {
        "stance": ours.stance,
        "interference": ours.interference,
        "technique": ours.technique,
        "overall": ours.overall,
    }.items():
        assert (figures.hits, figures.false, figures.missed) == tuple(theirs[name][key] for key in ("tp", "fp", "fn"))
    assert "{}/{}".format(*ours.negatives) == theirs["negatives_hit"]
    assert "{}/{}".format(*ours.conditions) == theirs["stance_condition"]
    assert "{}/{}".format(*ours.claimants) == theirs["claimant_recall"]
