"""Reads the outlines of an OPML document that name a feed, each with its line.

Document types and entities are refused, so that nothing can be expanded or fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from stancewire.errors import Problem

MAX_OUTLINES = 100_000

_FIELDS = {
    "text": "outlet",
    "title": "outlet",
    "language": "language",
    "stancewire:id": "id",
    "stancewire:country": "country",
    "stancewire:ownership": "ownership",
    "stancewire:source": "source",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed as an OPML document names it."""

    url: str
    #: By the names that feed lists use.
    fields: dict[str, str]
    line: int


class _RefusedError(Exception):
    """The document holds what no list of feeds needs."""


def read_outlines(text: str, where: str, problems: list[Problem]) -> tuple[Outline, ...]:
    """The outlines with an `xmlUrl`; adds to `problems` what stops the reading."""
    outlines: list[Outline] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: dict[str, str]) -> None:
        url = next((value.strip() for key, value in attributes.items() if key.lower() == "xmlurl"), "")
        if name.lower() != "outline" or not url:
            return
        if len(outlines) >= MAX_OUTLINES:
            raise _RefusedError(f"more than {MAX_OUTLINES} feeds")
        fields = {_FIELDS[key]: value.strip() for key, value in attributes.items() if key in _FIELDS}
        outlines.append(Outline(url=url, fields=fields, line=parser.CurrentLineNumber))

    def refuse(*_: object) -> None:
        raise _RefusedError("a document type or entities, which OPML has no use for")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.lstrip("\ufeff \t\r\n").encode("utf-8", "replace"), True)
    except _RefusedError as error:
        problems.append(Problem(str(error), where=where, line=parser.CurrentLineNumber))
        return ()
    except expat.ExpatError as error:
        problems.append(Problem(f"not well-formed: {expat.ErrorString(error.code)}", where=where, line=error.lineno))
    return tuple(outlines)
