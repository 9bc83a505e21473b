"""Reads the outlines of an OPML document that name a feed, each with its line.

Document types and entities are refused, so that nothing can be expanded or fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape

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
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{0,30});)?")
_ATTRIBUTE = re.compile(r"""=\s*(?:"[^"]*+"|'[^']*+')""")
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
    """The outlines with an `xmlUrl`, in whatever folders; adds to `problems` what stops the reading.

    A document that is not well-formed is read once more with what most often is wrong put right, on the same lines.
    """
    text = text.lstrip("\ufeff \t\r\n")
    outlines, problem = _read(text, where)
    if problem is not None and not isinstance(problem, _Refusal):
        outlines, problem = _read(_mended(text), where)
    if problem is not None:
        problems.append(problem)
    return outlines


class _Refusal(Problem):
    """A document that is not to be read, however it is written."""


def _read(text: str, where: str) -> tuple[tuple[Outline, ...], Problem | None]:
    outlines: list[Outline] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: dict[str, str]) -> None:
        url = next((value.strip() for key, value in attributes.items() if key.lower() == "xmlurl"), "")
        if name.lower() != "outline" or not url:
            return
        if len(outlines) >= MAX_OUTLINES:
            raise _RefusedError(f"more than {MAX_OUTLINES} feeds; the rest is left out")
        fields = {_FIELDS[key]: value.strip() for key, value in attributes.items() if key in _FIELDS}
        outlines.append(Outline(url=url, fields=fields, line=parser.CurrentLineNumber))

    def refuse(*_: object) -> None:
        outlines.clear()
        raise _RefusedError("a document type or entities, which OPML has no use for")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except _RefusedError as error:
        return tuple(outlines), _Refusal(str(error), where=where, line=parser.CurrentLineNumber)
    except expat.ExpatError as error:
        problem = Problem(f"not well-formed: {expat.ErrorString(error.code)}", where=where, line=error.lineno)
        return tuple(outlines), problem
    return tuple(outlines), None


def _mended(text: str) -> str:
    """The document with bare `&` and `<` in attributes escaped, and HTML's names for characters replaced by them."""
    text = _REFERENCE.sub(_escaped_reference, _NO_CHARACTER.sub("", text))
    return _ATTRIBUTE.sub(lambda attribute: attribute[0].replace("<", "&lt;"), text)


def _escaped_reference(reference: re.Match[str]) -> str:
    name = reference[1] or ""
    if name in _XML_NAMES or name.startswith("#"):
        return reference[0]
    character = html5.get(f"{name};")
    return f"&amp;{name}{';' if name else ''}" if character is None else escape(character)
