"""Turns what feeds say in HTML into plain text, and takes out characters that deceive or break.

It keeps the words as written: no case, quotes or accents are changed. Time grows evenly with the length of the text.
"""

from __future__ import annotations

import re
from html import unescape

from config.characters import UNWANTED, set_apart

#: Markup longer than this is cut before it is read.
MAX_MARKUP = 500_000

_SURROGATES = re.compile("[\\ud800-\\udfff]")
_OPENERS = ("\x1b", "\x90", "\x98", "\x9b", "\x9d", "\x9e", "\x9f")
# What drives a terminal: commands with their parameters, texts handed to it with their end, and single letters. None of
# them may hold `<` or `&`, with which the markup around them goes on.
_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-;=-?]{0,100}[ -%'-/]{0,10}[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^<&\x07\x1b\x9c\n]{0,1000}(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -%'-/]{0,10}[0-;=-OQ-WYZ\\\\`-~]"
)
# A tag by the name it begins with, a comment or a declaration, as HTML reads them. One that does not end takes the
# rest along, and nothing is tried twice, so that no text keeps it busy.
_TAG = re.compile(
    r"""<(?:(/?[a-zA-Z][^\s/>]*+)(?:>|[^>=]*+(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+[^>=]*+)*+(?:>|\Z))
        |!--.*?(?:-->|\Z)
        |[!?/][^>]*+(?:>|\Z))""",
    re.DOTALL | re.VERBOSE,
)
_WHOLE_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")
_DROPPED_NAMES = frozenset(
    ("script", "style", "head", "iframe", "noscript", "object", "template", "svg", "select", "textarea")
)
_DROPPED = re.compile(
    rf"<({'|'.join(sorted(_DROPPED_NAMES))})(?=[\s/>]|\Z).*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_BLOCK_NAMES = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
    *("table", "td", "th", "tr", "ul"),
)
_BLOCKS = frozenset(f"{slash}{name}" for name in _BLOCK_NAMES for slash in ("", "/"))


def without_escapes(text: str) -> str:
    r"""`text` without the commands that terminals obey.

    >>> without_escapes("\x1b[2J\x1b[31mred\x1b[0m and \x1b]0;a title\x07blue")
    'red and blue'
    """
    # Nearly no text holds any, and to look for what they begin with is quick.
    if text.isprintable() or not any(opener in text for opener in _OPENERS):
        return text
    return _ESCAPES.sub("", text)


def clean_text(text: str) -> str:
    """`text` without control characters and overrides, lone surrogates replaced, blanks and line ends made one."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = filter(None, map(str.strip, text.split("\n")))
    # Whatever is unwanted is not printable, and neither is a blank but for the space.
    clean = [line if line.isprintable() and "  " not in line else _tidied(line) for line in lines]
    return "\n".join(filter(None, clean))


def _tidied(line: str) -> str:
    line = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", without_escapes(line))
    return " ".join(UNWANTED.sub("", line).split())


def clean_line(text: str) -> str:
    """As `clean_text`, on one line."""
    return clean_text(text).replace("\n", " ")


def to_plain_text(markup: str) -> str:
    r"""The words of an HTML fragment, a newline between blocks; text without markup comes back as it is.

    >>> to_plain_text("<p>AT&amp;T says <b>no</b>.</p><script>alert(1)</script><p>Later</p>")
    'AT&T says no.\nLater'
    >>> to_plain_text("5 < 6")
    '5 < 6'
    """
    if not markup:
        return ""
    text = without_escapes(markup[:MAX_MARKUP])
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = unescape(text)
        # What was written twice over is markup too.
        text = _WHOLE_TAG.sub("", text) if "<" in text else text
    return set_apart(clean_text(text))


def literal_text(text: str) -> str:
    """Text that is no markup, such as that of a JSON Feed, as plain text."""
    return set_apart(clean_text(without_escapes(text[:MAX_MARKUP])))


def to_plain_line(markup: str) -> str:
    """As `to_plain_text`, on one line."""
    return to_plain_text(markup).replace("\n", " ")


def _without_tags(markup: str) -> str:
    pieces = _TAG.split(markup)
    instead = _Separators()
    pieces[1::2] = map(instead.__getitem__, pieces[1::2])
    if _DROPPED_NAMES.isdisjoint(instead.names):
        return "".join(pieces)
    pieces = _TAG.split(_DROPPED.sub("", markup))
    pieces[1::2] = map(instead.__getitem__, pieces[1::2])
    return "".join(pieces)


class _Separators(dict[str | None, str]):
    """What stands for a tag: a newline for one of a block. Knows the names it was asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __missing__(self, tag: str | None) -> str:
        name = (tag or "").lower()
        self.names.add(name)
        separator = self[tag] = "\n" if name in _BLOCKS else ""
        return separator
