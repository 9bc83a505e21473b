"""How likely a signal is to be right: a logistic weight for each fact about how it was found.

The weights are data, fitted by `bench/confidence.py` on passages with known answers; nothing is found or left out here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from stancewire.types import Entity, Interference, Signal, Stance

#: A sentence of more characters than this is long: its parse is more often wrong.
LONG = 240


def confidence_of(signal: Signal, weights: Mapping[str, Any]) -> float:
    """The chance that a careful reader finds `signal` right, from 0 to 1, to two places.

    `weights` holds for each kind of signal a weight by fact; facts without one count nothing.
    """
    of_kind: Mapping[str, float] = weights[signal.kind]
    total = sum(of_kind.get(fact, 0.0) for fact in facts_of(signal))
    return round(1 / (1 + math.exp(-total)), 2)


def facts_of(signal: Signal) -> tuple[str, ...]:
    """What is known of how a signal was found, in words that the weights are named by."""
    facts = ["any", f"rule {signal.rule.split('.')[1]}"]
    if signal.evidence.field == "title":
        facts.append("in the title")
    if len(signal.evidence.text) > LONG:
        facts.append("long sentence")
    return (*facts, *(_of_stance(signal) if isinstance(signal, Stance) else _of_interference(signal)))


def _of_stance(signal: Stance) -> list[str]:
    facts = [f"voice {signal.voice}", f"polarity {signal.polarity}"]
    if not _is_named(signal.holder):
        facts.append("holder taken up from before")
    if signal.target.country is None:
        facts.append("target of no country")
    if signal.condition is not None:
        facts.append("under a condition")
    return facts


def _of_interference(signal: Interference) -> list[str]:
    facts = [f"status {signal.status}"]
    if not _is_named(signal.actor):
        facts.append("actor taken up from before")
    if signal.target is None or signal.target.country is None:
        facts.append("target of no country")
    if not signal.claimants:
        facts.append("nobody claims it")
    if not signal.techniques:
        facts.append("no technique named")
    return facts


def _is_named(entity: Entity) -> bool:
    """Whether a name stands where the entity is mentioned, rather than "it" or "the ministry"."""
    return any(char.isupper() for char in entity.mention.text)
