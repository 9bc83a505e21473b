"""The threat model names files and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
FOLDERS = ("stancewire/", "services/", "workers/", "config/", "seeds/", "tests/", "deploy/", "docs/", "requirements")
NAMED = {code or link for code, link in re.findall(r"`([^`\s]+)`|\]\(([^)\s]+)\)", TEXT)}


@pytest.mark.parametrize("name", sorted(name for name in NAMED if name.startswith(FOLDERS)))
def test_what_holds_a_threat_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_the_targets_it_names_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(re.findall(r"`make ([a-z-]+)`", TEXT)) <= targets


def test_every_numbered_case_that_it_leans_on_is_one() -> None:
    numbers = [int(number) for number in re.findall(r"(?<![\d#-])\b(\d{1,2})\b(?![\d.]*%)", TEXT)]

    assert numbers
    assert all(1 <= number <= 77 for number in numbers)
