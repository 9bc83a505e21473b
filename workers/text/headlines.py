"""Headlines In Title Case or IN CAPITALS, with their known words in small letters, as the parser has learnt them.

Only the copy that is parsed changes, letter for letter; a word that may be a name keeps its capital.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workers.text.names import Hit

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
#: Words with fewer letters are often small in headlines too.
_LONG = 4
_SHARE = 0.7
_FEWEST = 3
_SMALL = frozenset(
    (
        "a an and are as at be been but by for from had has have he her him his in into is it its may near not of off "
        "on or out over she than that the their them these they this those to up was were what when which while who "
        "will with about after against ahead amid before behind could during says said say new under via"
    ).split()
)


def known_words(lists: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Single words of the lists in all their regular forms."""
    return frozenset(form for data in lists for word in _words(data) for form in _forms(word)) | _SMALL


def evened(text: str, spans: Sequence[tuple[int, int, int]], hits: Sequence[Hit], known: frozenset[str]) -> str:
    """`text` with the known words of headlines in small letters; names found in it stay as they are."""
    letters: list[str] | None = None
    starts = [hit.start for hit in hits]
    for _, start, end in spans:
        words = list(_WORD.finditer(text, start, end))
        if not _is_headline(words):
            continue
        here = hits[bisect_left(starts, start) : bisect_left(starts, end)]
        named = {place for hit in here for place in range(hit.start, hit.end)}
        letters = letters or list(text)
        for word in words:
            if word.start() > start and word.start() not in named and word.group().lower() in known:
                letters[word.start() : word.end()] = word.group().lower()
    return text if letters is None else "".join(letters)


def _is_headline(words: Sequence[re.Match[str]]) -> bool:
    long = [word.group() for word in words if len(word.group()) >= _LONG]
    return len(long) >= _FEWEST and sum(word[0].isupper() for word in long) >= _SHARE * len(long)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.isalpha() and value.isascii() and value.islower():
            yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in {"provenance", "name", "disarm", "act", "polarity", "versions"}:
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _forms(word: str) -> Iterator[str]:
    """`word` and what regular English makes of it: "target", "targets", "targeted", "targeting".

    >>> list(_forms("deny"))
    ['deny', 'denies', 'denied', 'denying']
    """
    yield word
    if word.endswith("e"):
        yield from (word + "s", word + "d", word[:-1] + "ing")
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        yield from (word[:-1] + "ies", word[:-1] + "ied", word + "ing")
    else:
        doubled = word + word[-1]
        yield from (word + "s", word + "es", word + "ed", word + "ing", doubled + "ed", doubled + "ing")
