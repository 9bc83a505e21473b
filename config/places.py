"""Where in a TOML text a key stands, for messages that name the line.

The text is looked through line by line; whether it is valid TOML is `tomllib`'s part.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(
    r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART = re.compile(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'")


def line_of(text: str, key: tuple[str, ...]) -> int | None:
    r"""Number of the line, from 1, where `key` is set, or else the nearest table around it; None if neither is found.

    >>> line_of("[fetch]\nconcurrency = 3", ("fetch", "concurrency"))
    2
    >>> line_of("fetch = { concurrency = 3 }", ("fetch", "concurrency"))
    1
    """
    places: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            places.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            places.setdefault((*table, *_parts(assignment[1])), number)
    around = (key[:length] for length in range(len(key), 0, -1))
    return next((places[part] for part in around if part in places), None)


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
