"""Makes names of authors out of by-lines: without "By", job titles, addresses, handles and repetitions.

Agencies and newsrooms stay, since they are who signed; where a name comes from is decided in `extraction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from stancewire.types import FieldSource
from workers.read.cleaning import clean_line, letters
from workers.read.vocabulary import load_vocabulary

MAX_AUTHORS = 20
MAX_NAME = 80
MAX_WORDS = 8

_NOISE = re.compile(r"\S+@\S+|(?<!\w)@\w+|https?://\S+|www\.\S+|\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_SPLIT = re.compile(r"\s*[;,|\u2022\u00b7\n\uff0c\u3001]\s*|\s+/\s+|\s+[\u2013\u2014-]\s+")
_SUFFIX = re.compile(r"(?:jr|sr|ph\.?d|md|m\.d|ii|iii|iv)\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_EDGE = " \t.,:;|/-\u2013\u2014\u2022\u00b7*\"'"


def choose_authors(
    candidates: Sequence[tuple[Iterable[str], FieldSource]], *, site_names: Iterable[str]
) -> tuple[tuple[str, ...], FieldSource] | None:
    """The first candidates that hold names, each cleaned; the site's own name only where nothing else is found."""
    sites = {letters(name) for name in site_names} - {""}
    last = None
    for texts, source in candidates:
        names = clean_authors(texts)
        if not names:
            continue
        if not all(letters(name) in sites for name in names):
            return names, source
        last = last or (names, source)
    return last


def clean_authors(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in some by-lines, in their order, none twice.

    >>> clean_authors(["By Ann Lee and Bo Ek, Senior Reporter", "ann lee"])
    ('Ann Lee', 'Bo Ek')
    """
    found: dict[str, str] = {}
    for text in texts:
        for name in _names(text):
            found.setdefault(letters(name), name)
    return tuple(list(found.values())[:MAX_AUTHORS])


def _names(text: str) -> Iterable[str]:
    line = _without_byline(_NOISE.sub(" ", clean_line(text)))
    parts = [piece for part in _SPLIT.split(line) for piece in _joined().split(part)]
    names: list[str] = []
    for number, part in enumerate(parts):
        name = _without_byline(part).strip(_EDGE) if number else part.strip(_EDGE)
        if names and _SUFFIX.fullmatch(name):
            names[-1] = f"{names[-1]}, {name}"
        elif _is_name(name, is_first=not names):
            names.append(name)
    return names


def _is_name(name: str, *, is_first: bool) -> bool:
    said = name.casefold()
    if not letters(name) or _NUMBER.search(name) or len(name) > MAX_NAME or len(name.split()) > MAX_WORDS:
        return False
    # A job stands behind a name; alone it may be how a newsroom signs.
    return is_first or not _role().search(said)


def _without_byline(line: str) -> str:
    line = line.strip(_EDGE)
    found = _byline().match(line)
    return line[found.end() :].strip(_EDGE) if found else line


@cache
def _byline() -> re.Pattern[str]:
    words = load_vocabulary()
    any_case = "|".join(sorted(map(re.escape, words.byline), key=len, reverse=True))
    small = "|".join(map(re.escape, words.small_byline))
    return re.compile(rf"(?:(?i:{any_case})|{small})(?:\s*:\s*|\s+(?=\S))")


@cache
def _joined() -> re.Pattern[str]:
    words = load_vocabulary().joining
    long = "|".join(re.escape(word) for word in words if len(word) > 2)
    # In capitals, a short one is the initial of a name.
    short = "|".join(re.escape(word) for word in words if len(word) <= 2)
    return re.compile(rf"\s+(?:(?i:{long})|{short})\s+")


@cache
def _role() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, load_vocabulary().role))})(?!\w)")
