"""Characters of text from outside that drive a terminal, turn the direction of writing or begin a tag.

What is shown or logged goes through here; what is stored keeps its characters. What is published is plain text, in
which nothing begins a tag.
"""

from __future__ import annotations

import json
import re

#: Control characters, marks that turn the direction of writing, line separators, lone surrogates.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ud800-\udfff]")


#: What begins a tag, a comment or a declaration in HTML.
_OPENING = re.compile("<(?=[a-zA-Z/!?])")


def set_apart(text: str) -> str:
    """`text` as plain text that is no markup either: behind a `<` that would begin a tag stands a blank.

    >>> set_apart("5<6, a<b and <script>")
    '5<6, a< b and < script>'
    """
    return _OPENING.sub("< ", text) if "<" in text else text


def safe(text: str) -> str:
    r"""`text` fit for a line on a terminal, of the same length.

    >>> safe("a\tb\x1b[2J")
    'a b\ufffd[2J'
    """
    return UNSAFE.sub(lambda found: " " if found[0] in "\t\n\r" else "\N{REPLACEMENT CHARACTER}", text)


def escaped(text: str) -> str:
    r"""`text` with unsafe characters as JSON escapes them; within a JSON document it then means the same.

    >>> print(escaped("a\x1b[2J\u202eb"))
    a\u001b[2J\u202eb
    """
    return UNSAFE.sub(_escape, text)


def _escape(character: re.Match[str]) -> str:
    return json.dumps(character[0])[1:-1] if ord(character[0]) != 0x7F else "\\u007f"
