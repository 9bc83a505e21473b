"""Where quotations open and close in a text, line by line, whatever marks they stand in.

Marks alone are looked at: a few words in scare quotes are a quotation like any other here, and nobody's yet.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from workers.text.tree import Sentence

_MARK = re.compile("[\"\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\n\r\u2028\u2029]|''")
#: What closes a quotation that was opened by this mark.
_CLOSING = {
    "\u201c": '\u201d"',
    "\u201e": '\u201c\u201d"',
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab",
    "\u201d": '\u201d"',
    "''": "''",
}
#: Opens none but by mistake, before a word that nothing touches.
_CLOSES = "\u201d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words in quotation marks on one line."""

    #: Place of the opening mark.
    start: int
    #: Place after the closing mark, or the end of the line where there is none.
    end: int
    #: It takes up one that the line before left open, as papers mark a quotation of several paragraphs.
    runs_on: bool = False


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """Quotations of `text` in order, in linear time; one that is left open ends with its line.

    >>> [text[q.start : q.end] for text in ['"No," she said. "Never.'] for q in find_quotations(text)]
    ['"No,"', '"Never.']
    """
    found: list[Quotation] = []
    opening: tuple[int, str] | None = None
    left_open = runs_on = False
    line = 0
    for match in _MARK.finditer(text):
        mark = match.group()
        if mark in "\n\r\u2028\u2029":
            if opening is not None:
                found.append(Quotation(start=opening[0], end=match.start(), runs_on=runs_on))
            if opening is not None or text[line : match.start()].strip():
                left_open = opening is not None
            opening, line = None, match.end()
        elif opening is None:
            if not text[max(0, match.start() - 1) : match.start()].isdigit() and (
                mark not in _CLOSES or _stands_before_word(text, match.start())
            ):
                opening = (match.start(), mark)
                runs_on = left_open and not text[line : match.start()].strip()
                left_open = left_open and not runs_on
        elif mark in _CLOSING.get(opening[1], opening[1]):
            found.append(Quotation(start=opening[0], end=match.end(), runs_on=runs_on))
            opening = None
    if opening is not None:
        found.append(Quotation(start=opening[0], end=len(text), runs_on=runs_on))
    return tuple(found)


def _stands_before_word(text: str, place: int) -> bool:
    return not text[max(0, place - 1) : place].strip() and text[place + 1 : place + 2].isalnum()


class QuotedWords:
    """Which words of a sentence stand in which quotation."""

    def __init__(self, quotations: Sequence[Quotation]) -> None:
        self._all = quotations
        self._starts = [quotation.start for quotation in quotations]

    def of(self, sentence: Sentence) -> dict[int, tuple[int, ...]]:
        """Places of the words of each quotation that reaches into `sentence`, by the quotation's own place."""
        found: dict[int, list[int]] = {}
        for token in sentence.tokens:
            place = bisect_right(self._starts, token.start) - 1
            if place >= 0 and token.start < self._all[place].end:
                found.setdefault(place, []).append(token.i)
        return {place: tuple(words) for place, words in found.items()}

    def __getitem__(self, place: int) -> Quotation:
        return self._all[place]
