"""What is found: one actor's reported interference with one target.

It holds values only; how they are found is the other modules' part.
"""

from __future__ import annotations

from dataclasses import dataclass

from stancewire.types import Status
from workers.attribution.parties import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """A family of techniques named at `start:end` of the field."""

    family: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialFinding:
    """Somebody denies something, at `start:end` of the field."""

    sentence: int
    denier: Party
    start: int
    end: int
    #: The phrase names no country ("the embassy"): it is the accused's own.
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How sure a text leaves a deed, and who claims it."""

    status: Status
    claimants: tuple[Party, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferenceFinding:
    """One actor's reported activity against one target."""

    sentence: int
    actor: Party
    link: str
    target: Party | None
    event: Party | None
    means: tuple[Means, ...]
    platforms: tuple[str, ...]
    status: Status
    claimants: tuple[Party, ...]
    denials: tuple[DenialFinding, ...]
    #: Words of the deed.
    start: int
    end: int
    rule: str
    #: How likely the weighed facts make it; a precise rule leaves no doubt.
    chance: float = 1.0
