"""Weights of named facts by logistic regression, for whatever is weighed by facts: a Gaussian prior, Newton's method.

It only fits; where the cases come from and what the weights are used for is the caller's part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

#: The weight common to all cases, which nothing draws to zero.
COMMON = "any"
_FREE = 0.01
_ROUNDS = 30
#: The fit ends when no weight moves by more.
_CLOSE = 0.001


def fit(cases: Sequence[tuple[Collection[str], bool]], prior: float, *, rare: int = 1) -> dict[str, float]:
    """Weights by fact, to two places, from (facts, outcome); small ones are left out.

    `prior` draws weights to zero like about as many cases; facts in fewer cases than `rare` get none.
    """
    times = Counter(fact for facts, _ in cases for fact in facts)
    names = [COMMON, *sorted(fact for fact, count in times.items() if count >= rare and fact != COMMON)]
    known = np.array([[name == COMMON or name in facts for name in names] for facts, _ in cases], dtype=float)
    outcome = np.array([is_so for _, is_so in cases], dtype=float)
    drawn = np.diag([_FREE if name == COMMON else prior for name in names])
    value = np.zeros(len(names))
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(known @ value, -30, 30)))
        slope = known.T @ (outcome - chance) - drawn @ value
        step = np.linalg.solve(known.T @ (known * (chance * (1 - chance))[:, None]) + drawn, slope)
        value += step
        if np.abs(step).max() < _CLOSE:
            break
    return {name: round(float(x), 2) for name, x in zip(names, value, strict=True) if abs(x) >= 0.005}
