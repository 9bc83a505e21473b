"""Which entries of the stream somebody wants.

Whether an entry is one of them is decided in `stancewire.filtering`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.signals import Polarity, Status
from stancewire.types.words import Ownership

Kind = Literal["stance", "interference", "revision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """All fields that are set must fit; of several values of one field, one.

    A party is named by its country's code ("RU", "EU"), its name ("Dmitry Peskov") or its Wikidata item ("Q7747").
    """

    kinds: frozenset[Kind] = frozenset()
    #: On either side: holder, actor, target or event.
    parties: frozenset[str] = frozenset()
    #: Holder of a stance, actor of reported interference.
    by: frozenset[str] = frozenset()
    #: Target of either, event of reported interference.
    toward: frozenset[str] = frozenset()
    #: By whom, and toward whom.
    pairs: frozenset[tuple[str, str]] = frozenset()
    polarities: frozenset[Polarity] = frozenset()
    statuses: frozenset[Status] = frozenset()
    #: Families of techniques, or DISARM ids.
    techniques: frozenset[str] = frozenset()
    #: Who says that there was interference, and who denies it.
    claimants: frozenset[str] = frozenset()
    denied_by: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()
    outlet_countries: frozenset[str] = frozenset()
    ownerships: frozenset[Ownership] = frozenset()
    languages: frozenset[str] = frozenset()
    min_confidence: float = 0.0
    #: From then on, and until before then; by the time of detection.
    since: datetime | None = None
    until: datetime | None = None


#: Everything.
ALL = Filter()
