"""What editors and their systems write into an article about the article: notes, stamps of time and counters.

It is read from its file here and says nothing about any text; that is the identity's part.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources

_FILE = ("editing", "notes.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorialNotes:
    """Phrases in lower case, of all languages together."""

    #: Openings of notes that the outlet corrected itself, and that it takes an article back.
    correction: tuple[str, ...]
    retraction: tuple[str, ...]
    #: Words that open a stamp of time.
    stamp: tuple[str, ...]
    #: Counts that move by themselves, with # for the number.
    counter: tuple[str, ...]


def load_notes() -> EditorialNotes:
    """The phrases that come along."""
    data = tomllib.loads(resources.files("config.knowledge").joinpath(*_FILE).read_text("utf-8"))
    return EditorialNotes(
        correction=_phrases(data["correction"]),
        retraction=_phrases(data["retraction"]),
        stamp=_phrases(data["stamp"]),
        counter=_phrases(data["counter"]),
    )


def _phrases(by_language: dict[str, list[str]]) -> tuple[str, ...]:
    """The longest first, so that an alternation of them takes the longest."""
    every = {phrase.lower() for phrases in by_language.values() for phrase in phrases}
    return tuple(sorted(every, key=lambda phrase: (-len(phrase), phrase)))
