"""How far the learned model bears out a stance that the frames found.

It is asked about the sentence as it stands; what it says only moves the confidence of a signal.
"""

from __future__ import annotations

from stancewire.types import Span as Words
from stancewire.types import Stance
from workers.opinion.marking import Span
from workers.opinion.model import OpinionModel, Question


def support_of(signal: Stance, model: OpinionModel) -> float | None:
    """The probability that the model gives to the stance's polarity; None where its sentence lacks the target."""
    target = _within(signal.target.mention, signal)
    if target is None:
        return None
    holder = _within(signal.holder.mention, signal)
    if holder is not None and holder.start < target.end and target.start < holder.end:
        holder = None
    (opinion,) = model.ask([Question(signal.evidence.text, target, holder)])
    return getattr(opinion, signal.polarity)  # type: ignore[no-any-return]


def _within(words: Words, signal: Stance) -> Span | None:
    evidence = signal.evidence
    if words.start < evidence.start or words.end > evidence.end:
        return None
    return Span(words.start - evidence.start, words.end - evidence.start)
