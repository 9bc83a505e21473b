"""The characters of a document, from its bytes and what is said about them.

It decodes by an allow-list, and raises nothing: what cannot be decoded is marked as such.
"""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{1,40})", re.IGNORECASE)
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


def decode(body: bytes, content_type: str) -> str:
    """The characters of a document; what cannot be decoded becomes U+FFFD.

    By its byte order mark; else by the label the server gives, then the one the document declares (RFC 7303). UTF-8
    comes before the labels, as what decodes as UTF-8 nearly always is, whatever they say.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _BARE_UTF16:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    served = _CHARSET.search(content_type)
    declared = _DECLARED.search(body[:1_000])
    labels = [served[1]] if served else []
    labels += [declared[1].decode("ascii")] if declared else []
    names = [name for name in map(_allowed_encoding, labels) if name is not None]
    # ISO-2022 writes everything in ASCII bytes and so looks like UTF-8.
    for name in (*(name for name in names if name.startswith("iso2022")), "utf-8", *names):
        try:
            return body.decode(name)
        except (UnicodeError, ValueError):
            continue
    others = [name for name in names if name != "utf-8"]
    return body.decode(others[0], "replace") if others else _decoded_in_doubt(body)


def _decoded_in_doubt(body: bytes) -> str:
    """UTF-8 with a few damaged bytes, or Windows-1252, which what has no label is most often in."""
    text = body.decode("utf-8", "replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    sound = len(text) - len(text.encode("ascii", "ignore")) - damaged
    return text if damaged <= sound else body.decode("cp1252", "replace")


def _allowed_encoding(label: str) -> str | None:
    try:
        found = codecs.lookup(label)
        # Codecs such as rot13 are found too, and are not for text from bytes.
        "".encode(found.name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if found.name in _REFUSED_ENCODINGS else found.name
