"""Puts well-known names in the place of known ones for the parser, so that the tree does not depend on who is named.

A parser trained on the news knows some countries better than others. The words of the text stay as they are: a name is
replaced by one of as many words, and the tree is laid over the text again, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workers.text.names import Name

_WORD = re.compile(r"\w+|-")
_PLAIN = re.compile(r"\w+(?:[ -]\w+)*")
#: Before a name and after it where the name stands for an adjective: "claims of New Zealand interference".
_PREPOSITION = re.compile(r"\b(?:of|by|with|from|against|over|about|into|under|amid|despite|without|on) $")
_FUNCTION_WORDS = (
    "a an and are as at be but by for from had has have if in into is it its may might must no not of on or over so "
    "than that the then this to under until was were when where which while who will with would after before could "
    "should can did does do amid against during since because though via also says said"
)
_NOUN = re.compile(rf" (?!(?:{_FUNCTION_WORDS.replace(' ', '|')}|\w+ly|\w+ed|\w+ing)\b)[a-z]{{3,}}")


class Mask:
    """Stand-ins for names, by what they name and by their number of words."""

    def __init__(self, stand_ins: Mapping[str, Any]) -> None:
        """`stand_ins` lists for each form ("name", "adjective" ... , "person") names of one, two ... words."""
        self._by_form = {form: {_length(name): name for name in names} for form, names in stand_ins.items()}

    def over(self, text: str, start: int, names: Sequence[Name]) -> str:
        """`text`, which starts at `start` of its field, with stand-ins for those of `names` that have one."""
        parts: list[str] = []
        done = 0
        for name in names:
            stand_in = self._stand_in(name, text, start)
            if stand_in is not None:
                parts += [text[done : name.start - start], stand_in]
                done = name.end - start
        return "".join([*parts, text[done:]]) if parts else text

    def _stand_in(self, name: Name, text: str, start: int) -> str | None:
        kind = name.actor.kind
        form = kind if kind == "person" else name.form if kind == "state" else ""
        length = _length(name.text)
        if form == "name" and _is_adjective(name, text, start) and length in self._by_form.get("adjective", {}):
            form = "adjective"
        return self._by_form.get(form, {}).get(length)


def _is_adjective(name: Name, text: str, start: int) -> bool:
    """As in "claims of New Zealand interference", "talks with US officials": some names serve as their adjectives."""
    first, last = name.start - start, name.end - start
    return _PREPOSITION.search(text, max(0, first - 9), first) is not None and _NOUN.match(text, last) is not None


def _length(name: str) -> int:
    """Words of a name as the parser counts them: "Jean-Claude" is three; 0 where other marks stand in it."""
    return len(_WORD.findall(name)) if _PLAIN.fullmatch(name) else 0
