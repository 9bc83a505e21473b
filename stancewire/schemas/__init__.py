"""The JSON Schemas of what is published and stored, as they were committed: one file for each kind and version.

They are made from the types by `scripts/contract.py`; nothing is made here.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal, TypeAlias

#: Major version of the contract. Within one, fields are only added.
VERSION = "v1"
#: Where they stand; `$id` of each and `dataschema` of stream entries begin so.
BASE_URL = f"https://stancewire.org/schema/{VERSION}"

SchemaName: TypeAlias = Literal["article", "stance", "interference", "revision", "dead", "signal"]


def url(name: str) -> str:
    """The address that names a schema of this version; it need not be fetched."""
    return f"{BASE_URL}/{name}.json"


def text(name: SchemaName) -> str:
    """A schema, as JSON."""
    return files(__name__).joinpath(VERSION, f"{name}.json").read_text("utf-8")
