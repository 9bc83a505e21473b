"""Draws curves as SVG, both scales logarithmic: on them what grows evenly is a line at 45 degrees.

Nothing is measured here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_LEFT, _TOP, _DECADE = 70.0, 44.0, 110.0
#: Of a letter, about.
_LETTER = 6.5
_INK, _PALE = "#444", "#ddd"
#: Told apart also where colours are not.
_LINES = (("#0b63a5", ""), ("#b3470b", "6 4"), ("#2e7d32", "2 3"), ("#6a1b9a", "9 3 2 3"))

#: Places of a curve, both coordinates above zero.
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What stands around the curves."""

    title: str
    #: Units of the two scales.
    across: str
    up: str
    #: Below the scale that goes across.
    note: str


def drawn(curves: Mapping[str, Points], legend: Legend) -> str:
    """The curves, by the names that stand beside their ends where there are several."""
    columns = _decades([x for points in curves.values() for x, _ in points])
    rows = _decades([y for points in curves.values() for _, y in points])
    width, height = _LEFT + _DECADE * (len(columns) - 1) + 40, _TOP + _DECADE * (len(rows) - 1) + 50
    bottom = _TOP + _DECADE * (len(rows) - 1)
    room = 7 * max(len(name) for name in curves) if len(curves) > 1 else 0
    width = max(width + room, _LEFT + _LETTER * len(legend.note), 20 + _LETTER * len(legend.title))
    scale = _Scale(columns[0], rows[0], bottom)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" font-family="sans-serif" font-size="12">',
        f"<title>{legend.title}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        _label(10, 22, legend.title, "start"),
        *_grid([scale.across(10.0**power) for power in columns], [scale.down(10.0**power) for power in rows]),
        *(
            _label(scale.across(10.0**power), bottom + 18, f"{10.0**power:,g} {legend.across}", "middle")
            for power in columns
        ),
        *(_label(_LEFT - 8, scale.down(10.0**power) + 4, f"{10.0**power:g} {legend.up}", "end") for power in rows),
    ]
    for place, (name, points) in enumerate(curves.items()):
        parts += _curve(name if room else "", points, scale, place, legend.up)
    parts += [_label(_LEFT, height - 8, legend.note, "start"), "</svg>"]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values stand."""

    first_column: int
    first_row: int
    bottom: float

    def across(self, x: float) -> float:
        return _LEFT + (math.log10(x) - self.first_column) * _DECADE

    def down(self, y: float) -> float:
        return self.bottom - (math.log10(y) - self.first_row) * _DECADE


def _curve(name: str, points: Points, scale: _Scale, place: int, unit: str) -> Iterator[str]:
    colour, dashes = _LINES[place % len(_LINES)]
    places = [(scale.across(x), scale.down(y)) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    yield f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dashed} points="{line}"/>'
    for (x, y), (_, value) in zip(places, points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
        if not name:
            yield _label(x + 8, y + 16, f"{value:.2g} {unit}", "start")
    if name:
        x, y = places[-1]
        yield _label(x + 10, y + 4, f"{name}: {points[-1][1]:.3g}", "start")


def _decades(values: Sequence[float]) -> range:
    """Powers of ten from below the least value to above the greatest."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return range(first, max(last, first + 1) + 1)


def _grid(columns: Sequence[float], rows: Sequence[float]) -> Iterator[str]:
    for x in columns:
        yield f'<path d="M{x:.1f} {rows[0]:.1f}V{rows[-1]:.1f}" stroke="{_PALE}"/>'
    for y in rows:
        yield f'<path d="M{columns[0]:.1f} {y:.1f}H{columns[-1]:.1f}" stroke="{_PALE}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}">{text}</text>'
