"""The word lists of page reading as typed data: who wrote, what stands in the way, what shows that there is no article.

It only reads the list; matching is the part of those who use it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All of `config/knowledge/pages/words.toml`, in lower case."""

    byline: tuple[str, ...]
    #: Counts only as written here.
    small_byline: tuple[str, ...]
    joining: tuple[str, ...]
    role: tuple[str, ...]
    consent: tuple[str, ...]
    robot: tuple[str, ...]
    subscribe: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def load_vocabulary() -> Vocabulary:
    """The list that comes along; read once."""
    text = resources.files("config.knowledge").joinpath("pages/words.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Vocabulary(
        **{name: tuple(data["authors"][name]) for name in ("byline", "small_byline", "joining", "role")},
        **{name: tuple(data["walls"][name]) for name in ("consent", "robot", "subscribe", "missing")},
    )
