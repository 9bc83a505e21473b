"""A feed document from bytes to text, with cheap limits that stop what would keep a parser busy for minutes.

It decodes by an allow-list and counts; what the document says is left to the parsers.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from services.poller.plain_text import without_escapes

MAX_TAGS = 400_000
MAX_COMMENTS = 5_000
MAX_ATTRIBUTES = 500

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_UTF16 = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
# Text encodings by Python's names that no document may be in: they run code paths made for other things.
_REFUSED_ENCODINGS = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A reference by number, with or without its end, which some leave out.
_REFERENCE = re.compile(r"&#(?:x0*([0-9a-f]+)|0*([0-9]+));?", re.IGNORECASE)
_ITEM = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|urlset)(?=[\s>])", re.IGNORECASE)
# An author of 31 KB keeps feedparser's search for mail addresses busy for 13 seconds.
_LONG_AUTHOR = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|name|email)\b[^<>]{0,500}>"
    r"\s{0,20}(?:<!\[CDATA\[)?)([^<\]]{300})[^<\]]+",
    re.IGNORECASE,
)


class ExcessiveError(Exception):
    """The document is made to keep a parser busy, or declares what no feed needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedDocument:
    """A document that a parser may be given."""

    text: str
    #: Entries that were cut out.
    truncated: int


def decode(body: bytes, content_type: str) -> str:
    """The characters of a document; what cannot be decoded becomes U+FFFD.

    UTF-8 comes before the labels, as what decodes as UTF-8 nearly always is, whatever servers say.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _BARE_UTF16:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    declared = _DECLARED.search(body[:1_000])
    served = _CHARSET.search(content_type)
    labels = [declared[1].decode("ascii")] if declared else []
    labels += [served[1]] if served else []
    names = [name for name in map(_allowed_encoding, labels) if name is not None]
    # ISO-2022 writes everything in ASCII bytes and so looks like UTF-8.
    names = [*(name for name in names if name.startswith("iso2022")), "utf-8", *names]
    for name in names:
        try:
            return body.decode(name)
        except (UnicodeError, ValueError):
            continue
    return body.decode(names[1] if len(names) > 1 else "utf-8", "replace")


def _allowed_encoding(label: str) -> str | None:
    try:
        found = codecs.lookup(label)
        # Codecs such as rot13 are found too, and are not for text from bytes.
        "".encode(found.name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if found.name in _REFUSED_ENCODINGS else found.name


def bound_xml(text: str, max_entries: int) -> BoundedDocument:
    """The document without control characters and without entries beyond `max_entries`; raises ExcessiveError."""
    text = _CONTROL.sub("", without_escapes(_REFERENCE.sub(_checked_reference, text)))
    root = _ROOT.search(text)
    prolog = text[: root.start()] if root else text[:100_000]
    if "<!ENTITY" in prolog.upper() or ("<!DOCTYPE" in prolog.upper() and "[" in prolog):
        raise ExcessiveError("declares entities of its own")
    text, truncated = _cut_entries(_DECLARATION.sub("", text), max_entries)
    if text.count("<") > MAX_TAGS:
        raise ExcessiveError(f"more than {MAX_TAGS} tags")
    if text.count("<!--") > MAX_COMMENTS:
        raise ExcessiveError(f"more than {MAX_COMMENTS} comments")
    if has_excessive_tag(text):
        raise ExcessiveError(f"a tag with more than {MAX_ATTRIBUTES} attributes")
    return BoundedDocument(text=_LONG_AUTHOR.sub(r"\1\2", text), truncated=truncated)


def _checked_reference(reference: re.Match[str]) -> str:
    """A reference as written if a document may hold its character: feedparser breaks at those beyond what exists."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits) <= 7 else 0x110000
    if code < 0x20:
        # Taken out below, and a terminal's commands as a whole.
        return reference[0] if code in {0x9, 0xA, 0xD} else chr(code)
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else reference[0]


def has_excessive_tag(text: str) -> bool:
    """Whether a tag has more attributes than any real one has."""
    for piece in text.split("<"):
        if len(piece) > 2 * MAX_ATTRIBUTES:
            inside = piece.partition(">")[0]
            if len(inside.split(None, MAX_ATTRIBUTES + 1)) > MAX_ATTRIBUTES and not inside.startswith("!"):
                return True
            # A `>` within a quoted value ends nothing; then the whole piece is one tag.
            if piece.count('="') + piece.count("='") > MAX_ATTRIBUTES:
                return True
    return False


def _cut_entries(text: str, max_entries: int) -> tuple[str, int]:
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) <= max_entries:
        return text, 0
    ends = [match.end() for match in _ITEM_END.finditer(text, starts[max_entries])]
    # What follows the last entry closes the document.
    rest = text[ends[-1] :] if ends else ""
    return text[: starts[max_entries]] + rest, len(starts) - max_entries
