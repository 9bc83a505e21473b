"""A stance found in a sentence, before it is made into a signal.

It holds what the rules saw; ids, confidence and the wire form come later.
"""

from __future__ import annotations

from dataclasses import dataclass

from stancewire.types import Polarity, Span
from workers.attribution.parties import Party
from workers.stance.lexicon import Need
from workers.text.tree import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a frame says: whose position, toward what, which way."""

    #: Word of the holder; None where it must come from the attribution.
    holder: Token | None
    #: Word of the target; None where it is what was last spoken of.
    target: Token | None
    polarity: Polarity
    act: str | None
    cue: Token
    rule: str
    #: What the target must be.
    needs: Need | None = None
    #: Word at which conditions are looked for.
    anchor: Token
    #: It is a stance only under a condition: "will sign" alone tells what comes.
    only_if: bool = False
    #: The holder is named by where the position is taken: "was welcomed in Seoul".
    seated: bool = False
    #: Nobody is named who did it: "The ambassador was summoned."
    unsaid: bool = False
    #: It is what somebody before held: "followed suit".
    follows: bool = False
    #: Its target is something that is told to have been done: "to the delight of Rabat", "regretted that Oslo left".
    told: bool = False
    #: It is toward what somebody before spoke against: "lodged a protest, too".
    joins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceFinding:
    """One holder's stance toward one target."""

    sentence: int
    holder: Party
    speaker: Party | None
    target: Party
    polarity: Polarity
    condition: Span | None
    voice: str
    act: str | None
    cue: Span
    rule: str
