"""Names of states by code and of techniques by DISARM id, for programs that know them under their own.

They are read from the knowledge files here; the analysis takes them from `load_knowledge`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DisarmTechnique:
    """One technique of the DISARM Red framework."""

    #: As `T0049` or `T0057.001`.
    id: str
    name: str
    #: Version of the framework that the name is taken from.
    version: str
    #: Id that the framework's own STIX bundle gives it.
    stix: str
    #: UUID of its cluster in the MISP galaxy `disarm-techniques`, whose value is `name`; None where that has none.
    misp: str | None = None


def country_names(*, unions: bool = False) -> Mapping[str, str]:
    """Names of states by ISO 3166 alpha-2 code (XK for Kosovo), and of unions (EU) if they are asked for."""
    others = {"subnational"} if unions else {"subnational", "union"}
    states = [each for each in _read("states.toml")["state"] if each["status"] not in others]
    return {each["code"]: each["name"] for each in states if "code" in each}


def disarm_techniques() -> Mapping[str, DisarmTechnique]:
    """The techniques that families are mapped to, by id."""
    data = _read("frameworks", "disarm.toml")
    return {each["id"]: DisarmTechnique(**each, version=data["version"]) for each in data["technique"]}


def _read(*path: str) -> Mapping[str, Any]:
    return tomllib.loads(resources.files("config.knowledge").joinpath(*path).read_text("utf-8"))
