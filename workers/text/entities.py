"""The kinds of the named entities of a sentence, as spaCy's recogniser with the same weights finds them.

Outside an entity its choice for a word depends on that word alone, so all words are scored at once, and only within one
step by step: the same moves as spaCy's in a tenth of the time. It links no entity to anybody known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.text.encoder import OTHERWISE, Encoder, Floats

_FEATURES = 3


class EntityRecogniser:
    """Greedy moves of the scheme BILUO: begin, inside, last and unit of an entity, and outside of one."""

    def __init__(self, part: Any) -> None:
        """`part` is spaCy's entity recogniser of TransitionBasedParser.v2, reading three words at a time.

        Raises ValueError for one built otherwise.
        """
        first, lower, upper = part.model.layers
        own, _, linear = first.layers
        self._encoder = Encoder(own)
        self._narrow, self._narrow_bias = _turned(linear.get_param("W")), linear.get_param("b")
        weights = lower.get_param("W")
        features, self._hidden, self._pieces, width = weights.shape
        if features != _FEATURES or part.model.attrs.get("unseen_classes"):
            raise ValueError(OTHERWISE)
        self._features = _turned(weights.reshape(-1, width))
        #: What stands for each feature that is not there.
        self._absent = lower.get_param("pad").reshape(features, -1)
        self._bias = lower.get_param("b").reshape(-1)
        self._scores, self._scores_bias = _turned(upper.get_param("W")), upper.get_param("b")
        moves = [part.moves.get_class_name(number).partition("-")[::2] for number in range(part.moves.n_moves)]
        self._opening = [(kind, label) if kind in "BUO" and (label or kind == "O") else None for kind, label in moves]
        self._out = np.array([move is not None for move in self._opening])
        self._unit = np.array([move is not None and move[0] != "B" for move in self._opening])
        self._blank = np.array([move is not None and move[0] == "O" for move in self._opening])
        places = {move: number for number, move in enumerate(moves)}
        self._within = {label: (places["I", label], places["L", label]) for kind, label in moves if kind == "B"}

    def kinds(self, documents: Sequence[Any]) -> Iterator[list[str]]:
        """For each document the kind of entity that each of its words is part of, or ""."""
        for document, vectors in zip(documents, self._encoder.vectors(documents), strict=True):
            yield self._kinds(vectors, [word.is_space for word in document]) if len(document) else []

    def _kinds(self, vectors: Floats, blanks: Sequence[bool]) -> list[str]:
        narrow = vectors @ self._narrow + self._narrow_bias
        features = (narrow @ self._features).reshape(len(vectors), _FEATURES, -1)
        outside = self._scored(((features[:, 0] + self._absent[1]) + self._absent[2]) + self._bias)
        chosen = np.where(self._out, outside, -np.inf).argmax(axis=1)
        chosen[blanks] = self._blank.argmax()
        chosen[-1] = np.where(self._blank if blanks[-1] else self._unit, outside[-1], -np.inf).argmax()
        kinds = [""] * len(vectors)
        place = 0
        while place < len(vectors):
            move = self._opening[int(chosen[place])]
            start, label = place, move[1] if move is not None else ""
            if move is not None and move[0] == "B":
                place = self._last(features, start, label)
            kinds[start : place + 1] = [label] * (place + 1 - start)
            place += 1
        return kinds

    def _last(self, features: npt.NDArray[np.float32], start: int, label: str) -> int:
        """The last word of an entity that begins at `start`."""
        inside, last = self._within[label]
        place = start + 1
        while place + 1 < len(features):
            scores = self._scored(
                ((features[place : place + 1, 0] + features[start, 1]) + features[place - 1, 2]) + self._bias
            )[0]
            # The earlier move of two that score alike, as spaCy has it.
            if scores[last] > scores[inside] or (scores[last] == scores[inside] and last < inside):
                return place
            place += 1
        return place

    def _scored(self, states: Floats) -> Floats:
        best = states.reshape(len(states), self._hidden, self._pieces).max(axis=2)
        scores: Floats = best @ self._scores + self._scores_bias
        return scores


def _turned(weights: Floats) -> Floats:
    return np.ascontiguousarray(weights.T)
