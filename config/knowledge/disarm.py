"""The techniques of the DISARM framework that signals name: what they are called there, and in STIX and MISP.

Which family of techniques is which of them is said in the word lists of interference, and not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_FILE = ("frameworks", "disarm.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisarmTechnique:
    """One technique of the framework."""

    id: str
    name: str
    #: Id of its object in the framework's STIX bundle.
    stix: str
    #: UUID of its cluster in the MISP galaxy `disarm-techniques`, whose value is `name`; None where that has none.
    misp: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disarm:
    """The techniques by id, as of one version of the framework."""

    version: str
    techniques: Mapping[str, DisarmTechnique]


def load_disarm() -> Disarm:
    """The techniques that come along."""
    data = tomllib.loads(resources.files("config.knowledge").joinpath(*_FILE).read_text("utf-8"))
    techniques = (
        DisarmTechnique(id=each["id"], name=each["name"], stix=each["stix"], misp=each.get("misp"))
        for each in data["technique"]
    )
    return Disarm(version=data["framework"]["version"], techniques={each.id: each for each in techniques})
