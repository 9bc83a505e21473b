"""The names of countries by their codes.

They are read from the list of states that the analysis knows; nothing is added.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources


def load_countries() -> Mapping[str, str]:
    """Names by ISO 3166 alpha-2, and that of the European Union by `EU`."""
    data = tomllib.loads(resources.files("config.knowledge").joinpath("states.toml").read_text("utf-8"))
    # Parts of a state have its code as well.
    return {each["code"]: each["name"] for each in data["state"] if "code" in each and each["status"] != "subnational"}
