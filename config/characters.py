"""Characters of text from outside that drive a terminal, turn the direction of writing or begin a tag.

What is shown or logged goes through here; what is stored keeps its characters. What is published is plain text, in
which nothing begins a tag.
"""

from __future__ import annotations

import json
import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
# Marks that turn the direction of writing; blanks without a width, invisible operators, annotations; invisible letters.
_MARKS = "\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"

#: What no published text holds: it deceives whoever reads it, and is no part of a word.
UNWANTED = re.compile(f"[{_CONTROLS}{_MARKS}]")
#: What drives a terminal, begins a line or cannot be seen, lone surrogates.
UNSAFE = re.compile(f"[{_CONTROLS}\t\n\u2028\u2029{_MARKS}\ud800-\udfff]")
# Within words of some languages, the hyphen that is not seen and the two joiners have a meaning: a terminal gets them.
_ESCAPED = re.compile(f"[{_CONTROLS}\t\n\u2028\u2029{_MARKS}\ud800-\udfff\xad\u200c\u200d]")


_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
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


def cell(text: str) -> str:
    r"""`text` fit for a cell of a table, also one that a spreadsheet opens: nothing in it is a formula.

    >>> cell('=HYPERLINK("http://a.example")')
    '\'=HYPERLINK("http://a.example")'
    """
    shown = safe(text)
    return f"'{shown}" if len(shown) > 1 and shown.lstrip().startswith(_FORMULA) else shown


def escaped(text: str) -> str:
    r"""`text` with unsafe characters as JSON escapes them; within a JSON document it then means the same.

    >>> print(escaped("a\x1b[2J\u202eb"))
    a\u001b[2J\u202eb
    """
    # Nothing that is escaped is printable: most text is told so in a fraction of the time.
    return text if text.isprintable() else _ESCAPED.sub(_escape, text)


def _escape(character: re.Match[str]) -> str:
    return json.dumps(character[0])[1:-1] if ord(character[0]) != 0x7F else "\\u007f"
