"""Writes a sentence as the learned model reads it: with the target, and the holder if one is given, between markers.

The trainer writes its sentences with the same function, so what the model was taught is what it is asked. It knows no
model and no tokens.
"""

from __future__ import annotations

from typing import NamedTuple

#: Entries of the base model's vocabulary that no text uses.
TARGET_OPEN, TARGET_CLOSE, TARGET_MASK = "[unused1]", "[unused2]", "[unused3]"
HOLDER_OPEN, HOLDER_CLOSE, HOLDER_MASK = "[unused4]", "[unused5]", "[unused6]"
MARKERS = (TARGET_OPEN, TARGET_CLOSE, TARGET_MASK, HOLDER_OPEN, HOLDER_CLOSE, HOLDER_MASK)

#: Characters of a long sentence that are kept around the marked names; the model reads 160 pieces, of some four each.
WINDOW = 480


class Span(NamedTuple):
    """Where a name stands in its sentence, as `sentence[start:end]`."""

    start: int
    end: int


def marked(sentence: str, target: Span, holder: Span | None = None, *, masked: bool = False) -> str:
    """`sentence` with its names between markers; `masked` puts one piece in place of each name."""
    places = [(target, TARGET_OPEN, TARGET_MASK, TARGET_CLOSE)]
    if holder is not None:
        places.append((holder, HOLDER_OPEN, HOLDER_MASK, HOLDER_CLOSE))
    places.sort(key=lambda place: place[0])
    start, end = _window(len(sentence), places[0][0].start, places[-1][0].end)
    parts: list[str] = []
    at = start
    for span, opening, mask, closing in places:
        name = mask if masked else sentence[span.start : span.end]
        parts += [_plain(sentence[at : span.start]), opening, _plain(name) if not masked else name, closing]
        at = span.end
    parts.append(_plain(sentence[at:end]))
    return " ".join(parts)


def _window(length: int, first: int, last: int) -> tuple[int, int]:
    """The part of a sentence to keep: all of it, or what surrounds the names from `first` to `last`."""
    if length <= WINDOW:
        return 0, length
    room = max(0, WINDOW - (last - first)) // 2
    return max(0, first - room), min(length, last + room)


def _plain(text: str) -> str:
    """`text` without what would read as a marker."""
    return text.replace("[unused", "[ unused")
