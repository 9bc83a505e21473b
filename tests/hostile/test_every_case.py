"""The list of hostile inputs and faults has no hole, and what is guaranteed names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAME = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)
LAST_CASE = 77


def names(folder: Path) -> set[str]:
    return {name for path in folder.rglob("test_*.py") for name in NAME.findall(path.read_text("utf-8"))}


def cases_of(name: str) -> set[int]:
    """Of `test_64_65_…` both, of `test_51_to_54_…` all four."""
    found = re.match(r"test_((?:\d\d_)+)(?:to_(\d\d)_)?", name)
    if found is None:
        return set()
    numbers = [int(number) for number in found[1].split("_") if number]
    return set(range(numbers[0], int(found[2]) + 1)) if found[2] else set(numbers)


def test_each_case_has_a_test_that_is_named_by_it() -> None:
    covered = {case for name in names(TESTS / "hostile") for case in cases_of(name)}

    assert set(range(1, LAST_CASE + 1)) - covered == set()


def test_each_guarantee_names_a_test_that_exists() -> None:
    told = set(re.findall(r"`(test_\w+)`", (TESTS.parent / "docs" / "guarantees.md").read_text("utf-8")))

    assert len(told) > 15
    assert told - names(TESTS) == set()
