"""Chooses an article's title among those its page gives, each without the site's name.

    strip the site's name | strip what another title says without it | choose

Where Open Graph and JSON-LD differ, Open Graph's was right more often on real pages, unless JSON-LD's is not the
heading that the page shows either. It says nothing of what the feed called the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from stancewire.types import FieldSource
from workers.read.cleaning import letters

Candidate = tuple[str, FieldSource]

MIN_LETTERS = 4
_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022:\u00bb\u203a/~-]+\s+|\s*[|_\uff5c\uff0d\u4e28]+\s*|\s+::\s+")
_AFTER_TITLE = re.compile(
    r"[\W_]*?(?:\s[|\u2013\u2014\u00b7\u2022:\u00bb\u203a/~-]|[|_\uff5c\uff0d\u4e28\u2013\u2014-])"
)
_DATE = re.compile(r"\W*\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\W*")


def choose_title(candidates: Sequence[Candidate], *, site_names: Iterable[str]) -> Candidate | None:
    """The title and where it stands; `candidates` stand in the order in which they are believed."""
    sites = {letters(name) for name in site_names} - {""}
    stripped = [(without_site(text, sites), source) for text, source in candidates]
    named = [
        (text, source) for text, source in stripped if len(letters(text)) >= MIN_LETTERS and letters(text) not in sites
    ]
    shortest = [(_shorter(text, [other for other, _ in named]), source) for text, source in named]
    if not shortest:
        return None
    first = shortest[0]
    linked = next((named for named in shortest if named[1] == "json-ld"), None)
    shown = {letters(text) for text, source in shortest if source == "heading"}
    if linked is not None and first[1] == "open-graph" and shown and letters(linked[0]) not in shown:
        return linked
    return first


def without_site(title: str, sites: Iterable[str]) -> str:
    """`title` without the names of its site and a date, at its end or start.

    >>> without_site("Talks fail - World | The Example", {"theexample", "example"})
    'Talks fail - World'
    """
    known = set(sites)
    while True:
        parts = list(_SEPARATOR.finditer(title))
        if not parts:
            return title
        first, last = parts[0], parts[-1]
        end, start = title[last.end() :], title[: first.start()]
        if _is_site(end, known):
            title = title[: last.start()].strip()
        elif _is_site(start, known):
            title = title[first.end() :].strip()
        else:
            return title


def _is_site(part: str, sites: set[str]) -> bool:
    said = letters(part)
    return bool(_DATE.fullmatch(part)) or said in sites


def _shorter(title: str, others: Iterable[str]) -> str:
    """Another title that `title` begins with, and only adds a section or the site's name to; else `title`."""
    own = letters(title)
    for other in others:
        said = letters(other)
        if MIN_LETTERS * 3 <= len(said) < len(own) and own.startswith(said) and _is_whole(title, len(said)):
            return other
    return title


def _is_whole(title: str, count: int) -> bool:
    """Whether after `count` letters of a title a separator follows."""
    seen = 0
    for position, character in enumerate(title):
        if seen >= count:
            return _AFTER_TITLE.match(title, position) is not None
        seen += len(letters(character))
    return False


def without_headline(text: str, titles: Iterable[str]) -> str:
    """`text` without a first paragraph that only repeats a title, and would say it twice."""
    first, newline, rest = text.partition("\n")
    said = letters(first)
    return rest if newline and said and any(said == letters(title) for title in titles) else text
