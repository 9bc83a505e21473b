"""Cores as a container gives them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.cores import usable_cores

BOUND = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.mark.parametrize(
    ("share", "cores"),
    [("max 100000", BOUND), ("100000 100000", 1), ("50000 100000", 1), ("99900000 100000", BOUND), ("", BOUND)],
)
def test_a_share_of_the_second_version_bounds_the_cores(tmp_path: Path, share: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(share)

    assert usable_cores(tmp_path) == cores


@pytest.mark.parametrize(("quota", "cores"), [("-1", BOUND), ("100000", 1)])
def test_a_share_of_the_first_version_bounds_the_cores(tmp_path: Path, quota: str, cores: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000")

    assert usable_cores(tmp_path) == cores


def test_without_control_groups_the_cores_are_those_bound_to(tmp_path: Path) -> None:
    assert usable_cores(tmp_path) == BOUND
