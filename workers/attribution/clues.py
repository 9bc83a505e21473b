"""Words that stand for somebody: those that take up who was named before, and roles of public life.

They are counted only, so that the gate can tell which sentences need others; who is meant is `cast`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.text.clues import Words, words

_PRONOUNS = (
    "he him his she her hers it its itself they them their theirs both we us our i me my ours this these those former "
    "latter"
).split()
#: A quotation, and what is told on ("had pushed false claims").
_CARRIED_ON = ['"', "had", "that drew", "that prompted", "that angered", "that provoked"]


def referring(nouns: Mapping[str, Any]) -> Words:
    """Words that need what was said before; `nouns` are the common nouns that stand for actors."""
    kinds = ("person", "institution", "counterpart", "any_country", "country")
    return words(_PRONOUNS, _CARRIED_ON, *(nouns["role"][kind] for kind in kinds))


def in_public(nouns: Mapping[str, Any]) -> Words:
    """Roles of people who may hold a stance though nobody knows their names."""
    return words(nouns["public"]["lemmas"])
