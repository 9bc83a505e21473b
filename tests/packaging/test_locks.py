"""The lock files hold what pyproject.toml asks for, with hashes, and nothing of the machine they were made on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.locked import read_lock

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
#: Lock files with the dependency group and the optional dependencies that each holds.
LOCKS = {
    "requirements.lock": ("build", ("service",)),
    "requirements-all.lock": ("build", ("service", "opinion", "french", "russian")),
    "requirements-dev.lock": ("dev", ("service", "opinion", "french", "russian")),
}


def locked(name: str) -> dict[str, list[Requirement]]:
    """Requirements of a lock file by package name; a package may stand there once for each Python version."""
    found: dict[str, list[Requirement]] = {}
    for each in read_lock(ROOT / name):
        found.setdefault(each.name, []).append(each.requirement)
    return found


def asked(group: str, extras: tuple[str, ...]) -> list[Requirement]:
    """What pyproject.toml asks for: the dependencies, one group with those it includes, and some extras."""
    groups: dict[str, list[str | dict[str, str]]] = PROJECT["dependency-groups"]

    def members(name: str) -> list[str]:
        flat: list[str] = []
        for member in groups[name]:
            flat += members(member["include-group"]) if isinstance(member, dict) else [member]
        return flat

    optional = [text for extra in extras for text in PROJECT["project"]["optional-dependencies"][extra]]
    texts = [*PROJECT["project"]["dependencies"], *members(group), *optional]
    return [Requirement(text) for text in texts if text != "stancewire[service]"]


def test_the_full_locks_hold_every_extra() -> None:
    assert set(PROJECT["project"]["optional-dependencies"]) == set(LOCKS["requirements-all.lock"][1])


def version_of(requirement: Requirement) -> Any:
    (pin,) = requirement.specifier
    return pin.version


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(name: str) -> None:
    pins = locked(name)

    missing = [
        str(wanted)
        for wanted in asked(*LOCKS[name])
        if not all(
            wanted.specifier.contains(version_of(pin), prereleases=True) for pin in pins[canonicalize_name(wanted.name)]
        )
    ]

    assert not missing, "run: make lock"


def test_the_lock_for_fuzzing_holds_its_group_and_nothing_else() -> None:
    wanted = [Requirement(text) for text in PROJECT["dependency-groups"]["fuzz"]]

    assert {name: [str(pin) for pin in pins] for name, pins in locked("requirements-fuzz.lock").items()} == {
        each.name: [str(each)] for each in wanted
    }


@pytest.mark.parametrize("name", [*LOCKS, "requirements-fuzz.lock"])
def test_every_locked_package_has_hashes(name: str) -> None:
    assert [each.name for each in read_lock(ROOT / name) if not each.hashes] == []


@pytest.mark.parametrize("larger", ["requirements-all.lock", "requirements-dev.lock"])
def test_a_larger_lock_agrees_with_the_smallest(larger: str) -> None:
    running, more = locked("requirements.lock"), locked(larger)

    # In the same versions; something else may need one of them on more systems.
    assert {name: sorted({str(pin.specifier) for pin in more.get(name, ())}) for name in running} == {
        name: sorted({str(pin.specifier) for pin in pins}) for name, pins in running.items()
    }


@pytest.mark.parametrize("name", [*LOCKS, "requirements-fuzz.lock"])
def test_a_lock_names_no_path_of_a_machine(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")

    assert not re.findall(r"(?:file://|(?<=\s)/|--find-links|--index-url)\S*", text)
