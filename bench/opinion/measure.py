"""The figures that judge an opinion: F1 by class and their mean, precision and recall of what is not neutral."""

from __future__ import annotations

from collections.abc import Sequence

CLASSES = ("adverse", "neutral", "favourable")


def f1_by_class(truth: Sequence[int], answers: Sequence[int]) -> tuple[float, ...]:
    """F1 of each class; zero where a class is neither true nor answered."""
    found = []
    for one in range(len(CLASSES)):
        hits = sum(t == a == one for t, a in zip(truth, answers, strict=True))
        named = sum(t == one for t in truth) + sum(a == one for a in answers)
        found.append(2 * hits / named if named else 0.0)
    return tuple(found)


def macro_f1(truth: Sequence[int], answers: Sequence[int]) -> float:
    """The mean of the classes' F1."""
    found = f1_by_class(truth, answers)
    return sum(found) / len(found)
