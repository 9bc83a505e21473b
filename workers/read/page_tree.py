"""A page's elements and their texts in the order of the page, so that the words of any element are a slice of a list.

It is made in one walk over the tree and then only read; what the words mean is found out elsewhere.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from workers.read.cleaning import clean_line

MAX_LINE = 1_000
#: Elements looked at for one line: a page may have a hundred thousand.
MAX_PARTS = 300

_BREAKING = frozenset({"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "td", "tr", "figure"})
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg"})


class PageTree:
    """A parsed page, which must not be changed any more.

    The place of an element is its number in the order in which elements begin. Those inside it have the places behind
    its own, up to its end.
    """

    def __init__(self, root: HtmlElement) -> None:
        """`root` is the element that holds the page's content, in a tree without comments."""
        self.root = root
        #: Of bad pages, parsers put elements around and beside the root.
        self.elements: list[HtmlElement] = root.xpath("//*")
        self.places = {element: place for place, element in enumerate(self.elements)}
        self.tags: list[str] = [element.tag for element in self.elements]
        #: For each place the one behind the last element inside it.
        self.ends = self._find_ends()
        #: Their own texts and those behind them; empty where nobody sees them.
        self._own: list[str] = [
            (element.text or "") if tag not in _UNSEEN else ""
            for element, tag in zip(self.elements, self.tags, strict=True)
        ]
        self._tails: list[str] = [element.tail or "" for element in self.elements]
        # How many characters stand before a place.
        lengths = (len(own) + len(tail) for own, tail in zip(self._own, self._tails, strict=True))
        self._characters = list(accumulate(lengths, initial=0))
        # All that is not blank, on one line each, and how many of these stand before a place and before its inside.
        self._lines: list[str] = []
        self._before: list[int] = []
        self._before_inside: list[int] = []
        self._collect()

    def _find_ends(self) -> list[int]:
        ends = list(range(1, len(self.elements) + 1))
        for place in range(len(ends) - 1, 0, -1):
            above = self.places.get(self.elements[place].getparent())
            if above is not None:
                # Places inside come later, and so have their ends already.
                ends[above] = max(ends[above], ends[place])
        return ends

    def _collect(self) -> None:
        for own, tail in zip(self._own, self._tails, strict=True):
            self._before.append(len(self._lines))
            if own and (line := clean_line(own)):
                self._lines.append(line)
            self._before_inside.append(len(self._lines))
            # A tail stands behind its element, and so inside the one around it.
            if tail and (line := clean_line(tail)):
                self._lines.append(line)
        self._before.append(len(self._lines))

    def inside(self, element: HtmlElement, most: int = MAX_LINE) -> str:
        """The words inside an element, on one line of at most `most` characters.

        Texts of different elements are kept apart by a blank.
        """
        place = self.places[element]
        own = self._lines[self._before[place] : self._before_inside[place]]
        rest = self._lines[self._before[place + 1] : self._before[self._stop(place, most)]]
        return " ".join(own + rest)[:most]

    def prose(self, element: HtmlElement, most: int = MAX_LINE) -> str:
        """As `inside`, with blanks only where the page breaks a line or begins a block: words as a reader sees them."""
        place = self.places[element]
        texts = [self._own[place], " " if self.tags[place] in _BREAKING else ""]
        for part in range(place + 1, self._stop(place, most)):
            gap = " " if self.tags[part] in _BREAKING else ""
            texts += (gap, self._own[part], gap, self._tails[part])
        return clean_line("".join(texts))[:most]

    def last_text(self, element: HtmlElement, most: int = MAX_LINE) -> str:
        """The last of the texts that `prose` puts together; empty where there is none."""
        place = self.places[element]
        last = self._before[self._stop(place, most)]
        if last == self._before[place + 1]:
            last = self._before_inside[place]
        return self._lines[last - 1] if last > self._before[place] else ""

    def holds(self, element: HtmlElement, tags: frozenset[str], most: int) -> bool:
        """Whether one of the first `most` elements inside an element is one of `tags`."""
        place = self.places[element]
        return not tags.isdisjoint(self.tags[place + 1 : min(self.ends[place], place + 1 + most)])

    def _stop(self, place: int, most: int) -> int:
        """The place up to which the inside of another is looked at for `most` characters."""
        enough = self._characters[place] + len(self._tails[place]) + 4 * most
        return bisect_right(self._characters, enough, place + 1, min(self.ends[place], place + MAX_PARTS))
