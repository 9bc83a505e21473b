"""Draws time over length as SVG, both on logarithmic scales: on them what grows evenly is a line at 45 degrees.

Nothing is measured here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

_LEFT, _TOP, _DECADE = 70.0, 20.0, 110.0
_INK, _PALE, _LINE = "#444", "#ddd", "#0b63a5"


def drawn(points: Sequence[tuple[float, float]]) -> str:
    """The curve through (kilobytes, seconds)."""
    columns = _decades([size for size, _ in points])
    rows = _decades([seconds for _, seconds in points])
    width, height = _LEFT + _DECADE * (len(columns) - 1) + 40, _TOP + _DECADE * (len(rows) - 1) + 50
    bottom = _TOP + _DECADE * (len(rows) - 1)

    def across(size: float) -> float:
        return _LEFT + (math.log10(size) - columns[0]) * _DECADE

    def down(seconds: float) -> float:
        return bottom - (math.log10(seconds) - rows[0]) * _DECADE

    places = [(across(size), down(seconds)) for size, seconds in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Seconds of the processor that an article takes, by its length</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        *_grid([across(10.0**power) for power in columns], [down(10.0**power) for power in rows]),
        *(_label(across(10.0**power), bottom + 18, f"{10.0**power:,g} KB", "middle") for power in columns),
        *(_label(_LEFT - 8, down(10.0**power) + 4, f"{10.0**power:g} s", "end") for power in rows),
        f'<polyline fill="none" stroke="{_LINE}" stroke-width="2" points="{line}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_LINE}"/>' for x, y in places),
        *(
            _label(x + 8, y + 16, f"{seconds:.2g} s", "start")
            for (x, y), (_, seconds) in zip(places, points, strict=True)
        ),
        _label(_LEFT, height - 8, "length of the article; what lies beyond the bound is not analysed", "start"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


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
