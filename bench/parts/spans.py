"""Attributions marked in a text, and how much two of them have in common.

Nothing is known here of what was found or expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Stretches of a text as (start, end), in order, none touching another.
Spans = tuple[tuple[int, int], ...]
PARTS = ("cue", "source", "content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Who says what, by which word; a part that is empty is not in the text."""

    source: Spans
    cue: Spans
    content: Spans

    def part(self, name: str) -> Spans:
        """The stretches of the cue, the source or the content."""
        return {"cue": self.cue, "source": self.source, "content": self.content}[name]


def merged(spans: Iterable[Sequence[int]]) -> Spans:
    """`spans` in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((span[0], span[1]) for span in spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return tuple(found)


def length(spans: Spans) -> int:
    """How many characters `spans` cover."""
    return sum(end - start for start, end in spans)


def shared(left: Spans, right: Spans) -> int:
    """How many characters both cover."""
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in left for b in right)


def overlap(left: Spans, right: Spans) -> float:
    """The F1 of the characters that both cover; two empty parts agree."""
    covered = length(left) + length(right)
    return 2 * shared(left, right) / covered if covered else 1.0
