"""Refuses pages that no honest site serves, before any parser sees them: too large, too many tags, too deep.

A cheap look at bytes; a page that passes may still be hostile, so the parser runs in a bounded process all the same.
"""

from __future__ import annotations

import re

MAX_BYTES = 8_000_000
#: The largest of the real pages at hand has a third of these.
MAX_TAGS = 25_000
MAX_ATTRIBUTES_IN_ALL = 80_000
MAX_ATTRIBUTES = 800
MAX_DEPTH = 400
#: Bytes of text, blanks left out, outside of tags and programs: ten times what the longest real pages have.
MAX_TEXT_BYTES = 750_000

# Elements that pages nest, and that are closed where they are opened; unclosed paragraphs nest nothing.
_NESTING = re.compile(rb"<(/?)(?:div|span|section|article|table|b|i|em|strong|font|ul|ol|blockquote)\b", re.IGNORECASE)
_OPENING = re.compile(rb"<(script|style|svg|!--)", re.IGNORECASE)
_CLOSING = {
    name: re.compile(rb"-->" if name == b"!--" else rb"</" + name, re.IGNORECASE)
    for name in (b"script", b"style", b"svg", b"!--")
}
_TAG = re.compile(rb"<[^<>]*>?")
_INSIDE = re.compile(rb"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_QUOTED = re.compile(rb""""[^"]*+"|'[^']*+'""")
_PROGRAM = re.compile(rb"(?:script|style)\b", re.IGNORECASE)


def find_excess(body: bytes) -> str | None:
    """What about a page no real page has, or None."""
    if len(body) > MAX_BYTES:
        return f"the page has more than {MAX_BYTES} bytes"
    if body.count(b"<") > MAX_TAGS:
        return f"the page has more than {MAX_TAGS} tags"
    if body.count(b"=") > MAX_ATTRIBUTES_IN_ALL and body.count(b'="') + body.count(b"='") > MAX_ATTRIBUTES_IN_ALL:
        return f"the page has more than {MAX_ATTRIBUTES_IN_ALL} attributes"
    if len(body) > MAX_TEXT_BYTES and _text_bytes(body) > MAX_TEXT_BYTES:
        return f"the page has more than {MAX_TEXT_BYTES} bytes of text"
    for piece in body.split(b"<"):
        if len(piece) > 2 * MAX_ATTRIBUTES and not piece.startswith(b"!") and _attributes(piece) > MAX_ATTRIBUTES:
            return f"the page has a tag with more than {MAX_ATTRIBUTES} attributes"
    depth = deepest = 0
    for closing in _NESTING.findall(body):
        depth = max(depth - 1, 0) if closing else depth + 1
        deepest = max(deepest, depth)
    return f"the page nests more than {MAX_DEPTH} elements" if deepest > MAX_DEPTH else None


def _text_bytes(body: bytes) -> int:
    texts = []
    position = 0
    while (opening := _OPENING.search(body, position)) is not None:
        texts.append(body[position : opening.start()])
        closing = _CLOSING[opening[1].lower()].search(body, opening.end())
        position = closing.end() if closing is not None else len(body)
    texts.append(body[position:])
    return sum(map(len, _TAG.sub(b" ", b"".join(texts)).split()))


def _attributes(piece: bytes) -> int:
    inside = _INSIDE.match(piece)
    named = len(_QUOTED.sub(b" ", inside[0]).split()) if inside else 0
    if _PROGRAM.match(piece):
        return named
    # A `<` within quotes has cut the tag in two; then only the quotes tell.
    return max(named, piece.count(b'="') + piece.count(b"='"))
