"""Reads a lock file: the packages in it, each with its version, the machines that it is for, and its hashes.

Whether the file is up to date is a test's matter, in `tests/packaging`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A package of a lock; one may stand there twice, for different machines."""

    #: In the form in which names are compared.
    name: str
    version: str
    requirement: Requirement
    #: SHA-256 of each file that may be installed.
    hashes: tuple[str, ...]

    @property
    def is_for_here(self) -> bool:
        """Whether it is installed on a machine like this one."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read_lock(path: Path) -> tuple[Locked, ...]:
    """The packages of a lock file, in its order."""
    lines = path.read_text("utf-8").replace("\\\n", "").splitlines()
    return tuple(_read(line) for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _read(line: str) -> Locked:
    requirement = Requirement(line.partition(" --hash")[0])
    (pin,) = requirement.specifier
    return Locked(
        name=canonicalize_name(requirement.name),
        version=pin.version,
        requirement=requirement,
        hashes=tuple(_HASH.findall(line)),
    )
