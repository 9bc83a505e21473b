"""Turns what feeds say in HTML into plain text, and takes out characters that deceive or break.

It keeps the words as written: no case, quotes or accents are changed.
"""

from __future__ import annotations

import re
from html import unescape

from lxml import etree, html  # type: ignore[import-untyped]

#: Markup longer than this is cut before it is read.
MAX_MARKUP = 500_000

_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[a-zA-Z#]")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SURROGATES = re.compile("[\\ud800-\\udfff]")
# C0, DEL and C1 but tab and newline; bidirectional overrides and isolates; invisible operators; the byte order mark.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
# What drives a terminal: commands with their parameters, texts handed to it with their end, and single letters. None of
# them may hold `<` or `&`, with which the markup around them goes on.
_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-;=-?]{0,100}[ -%'-/]{0,10}[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^<&\x07\x1b\x9c\n]{0,1000}(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -%'-/]{0,10}[0-;=-OQ-WYZ\\\\`-~]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_DROPPED = ("script", "style", "head", "iframe", "noscript", "object", "template", "svg", "select", "textarea")
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "td", "th", "tr", "ul"),
    }
)


def without_escapes(text: str) -> str:
    r"""`text` without the commands that terminals obey.

    >>> without_escapes("\x1b[2J\x1b[31mred\x1b[0m and \x1b]0;a title\x07blue")
    'red and blue'
    """
    return _ESCAPES.sub("", text)


def clean_text(text: str) -> str:
    """`text` without control characters and overrides, lone surrogates replaced, blanks and line ends made one."""
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", without_escapes(text).replace("\r\n", "\n").replace("\r", "\n"))
    return _LINES.sub("\n", _BLANKS.sub(" ", _UNWANTED.sub("", text))).strip()


def clean_line(text: str) -> str:
    """As `clean_text`, on one line."""
    return " ".join(clean_text(text).split())


def to_plain_text(markup: str) -> str:
    r"""The words of an HTML fragment, a newline between blocks; text without markup comes back as it is.

    >>> to_plain_text("<p>AT&amp;T says <b>no</b>.</p><script>alert(1)</script><p>Later</p>")
    'AT&T says no.\nLater'
    >>> to_plain_text("5 < 6")
    '5 < 6'
    """
    markup = markup[:MAX_MARKUP]
    if not _MARKUP.search(markup):
        return clean_text(markup)
    if "<" not in markup:
        return clean_text(unescape(markup))
    # Characters that the parser refuses go first.
    source = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _UNWANTED.sub("", without_escapes(markup)))
    try:
        root = html.fragment_fromstring(source, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return clean_text(unescape(_TAG.sub(" ", source)))
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    for element in root.iter():
        if element.tag in _BLOCKS:
            element.tail = "\n" + (element.tail or "")
            element.text = "\n" + (element.text or "")
    return clean_text("".join(root.itertext()))
