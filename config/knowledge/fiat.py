"""The words of the Foreign Interference Attribution Tracker for what signals say.

They are read from their file here; which of them fit a report is the export's part.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_FILE = ("frameworks", "fiat.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class FiatMethod:
    """One method of the tracker, and which family of techniques is one."""

    name: str
    family: str
    #: Found in an article's words for the technique if those are this method; None where any are.
    words: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiatWords:
    """The tracker's words; what is in none of the tables has no word there."""

    unknown: str
    source_category: Mapping[str, str]
    disinformant_attribution: Mapping[str, str]
    methods: tuple[FiatMethod, ...]
    #: By family of techniques.
    open_web: Mapping[str, str]
    #: Names of platforms, all but the names they are known by elsewhere.
    social_media: frozenset[str]
    messaging_platforms: frozenset[str]
    platform_names: Mapping[str, str]


def load_fiat() -> FiatWords:
    """The words that come along."""
    data = tomllib.loads(resources.files("config.knowledge").joinpath(*_FILE).read_text("utf-8"))
    return FiatWords(
        unknown=data["unknown"]["name"],
        source_category=data["source_category"],
        disinformant_attribution=data["disinformant_attribution"],
        methods=tuple(
            FiatMethod(name=each["name"], family=each["family"], words=_any_of(each.get("words", ())))
            for each in data["method"]
        ),
        open_web=data["open_web"],
        social_media=frozenset(data["platforms"]["social_media"]),
        messaging_platforms=frozenset(data["platforms"]["messaging_platforms"]),
        platform_names=data["platforms"]["also"],
    )


def _any_of(words: list[str] | tuple[()]) -> re.Pattern[str] | None:
    if not words:
        return None
    forms = (re.escape(word.removesuffix("*")) + ("" if word.endswith("*") else r"\b") for word in words)
    return re.compile(rf"\b(?:{'|'.join(forms)})", re.IGNORECASE)
