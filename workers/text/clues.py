"""Words that must stand together in a sentence before a parse of it can give a signal.

Each room says what its rules need, in any form of its words; the gate looks for it, and no tree is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One of these is needed."""

    #: Single words, each standing for all its forms.
    lemmas: frozenset[str]
    #: Beginnings of phrases, as they stand.
    phrases: frozenset[str] = frozenset()
    #: They are needed as verbs: `object` where only an object will do for a target, `any` where more will.
    verbs: Literal["no", "any", "object"] = "no"


#: None is ever found.
NO_WORDS = Words(lemmas=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One word of each is needed, in any order."""

    words: tuple[Words, ...]
    #: Whether what stands around the sentence bears on it, whatever it refers to: doers and denials that come later.
    spreads: bool = False


def words(*lists: Iterable[str]) -> Words:
    """All entries of `lists`: an entry of letters alone stands for its forms, another one for itself."""
    entries = frozenset(entry.lower() for entries in lists for entry in entries)
    return Words(
        lemmas=frozenset(entry for entry in entries if entry.isalpha()),
        phrases=frozenset(entry for entry in entries if not entry.isalpha()),
    )


def clue(*needed: Words, spreads: bool = False) -> Clue:
    """A clue of all that is `needed`."""
    return Clue(words=needed, spreads=spreads)
