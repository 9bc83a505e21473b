"""The vectors of a model's words, computed so that those of a sentence do not depend on what stands beside it.

It does what spaCy's own layers do with the same weights, but keeps what the words alone give, and multiplies each
sentence by itself: matrix products over several sentences round otherwise than over one. It knows no tree and no name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

#: Words whose vectors are kept; beyond that, kept ones are forgotten.
_KEPT = 20_000
#: Why a model is refused.
OTHERWISE = "the model's encoder is not built as this program knows it; install the locked versions"
_TINY = np.float32(1e-8)


class Encoder:
    """Vectors of words from hashed features, mixed with those of their neighbours."""

    def __init__(self, tok2vec: Any) -> None:
        """`tok2vec` is a spaCy model of MultiHashEmbed.v2 and MaxoutWindowEncoder.v2 with a window of one.

        Raises ValueError for a model built otherwise.
        """
        features = next(iter(_named(tok2vec, "extract_features")), None)
        windows = _named(tok2vec, "expand_window")
        if features is None or not windows:
            raise ValueError(OTHERWISE)
        self._columns = list(features.attrs["columns"])
        self._tables = [
            _Table(column=node.attrs["column"], seed=node.attrs["seed"], rows=node.get_param("E"))
            for node in _named(tok2vec, "hashembed")
        ]
        layers = [
            _layer(maxout, norm)
            for maxout, norm in zip(_named(tok2vec, "maxout"), _named(tok2vec, "layernorm"), strict=True)
        ]
        if len(self._tables) != len(self._columns) or len(layers) != len(windows) + 1:
            raise ValueError(OTHERWISE)
        self._words, self._mixing = layers[0], layers[1:]
        self._hash = features.ops.hash
        self._known: dict[bytes, Floats] = {}

    def vectors(self, documents: Sequence[Any]) -> list[Floats]:
        """One row a word for each document."""
        reach = len(self._mixing)
        lengths = [len(document) for document in documents]
        width = self._words.shift.shape[0]
        # Rows of zeros around each sentence, as far as neighbours reach.
        ends = np.cumsum([length + 2 * reach for length in lengths]) if lengths else np.zeros(0, dtype=np.int64)
        bounds = [
            (int(end) - length - 2 * reach, int(end)) for end, length in zip(ends, lengths, strict=True) if length
        ]
        rows = np.zeros((int(ends[-1]) if lengths else 0, width), dtype=np.float32)
        for (start, end), document in zip(bounds, (each for each in documents if len(each)), strict=True):
            rows[start + reach : end - reach] = self._of_words(document)
        for depth, layer in enumerate(self._mixing, 1):
            rows = _mixed(rows, layer, [(start + depth, end - depth) for start, end in bounds])
        return [
            rows[int(end) - length - reach : int(end) - reach].copy() for end, length in zip(ends, lengths, strict=True)
        ]

    def _of_words(self, document: Any) -> list[Floats]:
        features = document.to_array(self._columns).astype(np.uint64)
        if len(self._known) > _KEPT:
            self._known.clear()
        found = []
        for row in features:
            key = row.tobytes()
            vector = self._known.get(key)
            if vector is None:
                vector = self._known[key] = self._of_word(row)
            found.append(vector)
        return found

    def _of_word(self, features: npt.NDArray[np.uint64]) -> Floats:
        parts = []
        for table in self._tables:
            places = self._hash(features[table.column : table.column + 1], table.seed)[0] % table.rows.shape[0]
            parts.append(table.rows[places].sum(axis=0))
        product = (np.concatenate(parts)[None, :] @ self._words.weights).astype(np.float32)
        vector: Floats = _normed(product, self._words)[0]
        return vector


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Vectors that a feature is hashed to."""

    column: int
    seed: int
    rows: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A maxout layer and the normalisation after it."""

    #: (inputs, pieces times outputs)
    weights: Floats
    bias: Floats
    pieces: int
    scale: Floats
    shift: Floats


def _named(model: Any, name: str) -> list[Any]:
    return [node for node in model.walk(order="dfs_pre") if node.name == name]


def _layer(maxout: Any, norm: Any) -> _Layer:
    weights, bias = maxout.get_param("W"), maxout.get_param("b")
    outputs, pieces, inputs = weights.shape
    # Pieces first, so that the best of them is taken over whole rows.
    turned = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(pieces * outputs, inputs).T)
    return _Layer(
        weights=turned,
        bias=np.ascontiguousarray(bias.T.reshape(-1)),
        pieces=pieces,
        scale=norm.get_param("G"),
        shift=norm.get_param("b"),
    )


def _mixed(rows: Floats, layer: _Layer, bounds: Sequence[tuple[int, int]]) -> Floats:
    """`rows` with what each makes of itself and its neighbours added; only those within `bounds` count."""
    windows = np.concatenate((rows[:-2], rows[1:-1], rows[2:]), axis=1) if len(rows) > 2 else rows[:0]
    product = np.zeros((len(rows), layer.weights.shape[1]), dtype=np.float32)
    for start, end in bounds:
        np.dot(windows[start - 1 : end - 1], layer.weights, out=product[start:end])
    return rows + _normed(product, layer)


def _normed(product: Floats, layer: _Layer) -> Floats:
    product += layer.bias
    width = len(layer.shift)
    best = product[:, :width]
    for piece in range(1, layer.pieces):
        best = np.maximum(best, product[:, piece * width : (piece + 1) * width])
    centred = best - best.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(width) + _TINY
    centred /= np.sqrt(spread)
    centred *= layer.scale
    centred += layer.shift
    normed: Floats = centred
    return normed
