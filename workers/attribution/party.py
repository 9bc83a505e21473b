"""Somebody or something that a phrase stands for, as far as it is known.

It holds what was read; nothing is resolved here.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.knowledge.actors import KnownActor
from stancewire.types import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody or something that a phrase stands for."""

    #: What is named.
    entity: Entity
    #: The state whose word its word is, or None.
    state: Entity | None
    #: Head of the phrase.
    sentence: int
    token: int
    gender: str | None = None
    plural: bool = False
    #: Category of a claimant, where the knowledge has one.
    category: str | None = None
    #: Named by a proper name, not by a description.
    named: bool = True
    #: Stands in a place where it says where, not who ("in Warsaw").
    place: bool = False
    #: Bears a role of public life ("the opposition politician").
    public: bool = False
    #: Its role is one that speaks for a state, though the phrase names none.
    official: bool = False
    #: Nouns by which it may be taken up again ("the spokesman").
    roles: frozenset[str] = frozenset()
    #: The known actor, or None.
    actor: KnownActor | None = None

    @property
    def holder(self) -> Entity:
        """Whose position it is: the state where the party speaks for one."""
        return self.state or self.entity

    @property
    def speaker(self) -> Entity | None:
        """The person who says it, where that is somebody else than the holder."""
        return self.entity if self.entity.type == "person" and self.entity != self.holder else None

    @property
    def country(self) -> str | None:
        """The country it belongs to."""
        return self.entity.country
