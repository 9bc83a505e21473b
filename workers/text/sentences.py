"""Splits folded text into sentences by their offsets, with a list of abbreviations.

It looks at characters only: no words are tagged, and a line break always ends a sentence.
"""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof gen lt col sgt capt maj sen rep gov pres st jr sr hon rev vs etc no vol fig al inc ltd co "
        "corp dept est approx jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n e.u d.c a.m p.m i.e e.g "
        "cf ft mt"
    ).split()
)
_END = re.compile(
    r"""(?<![.!?])(?P<stop>[.!?]++|\u2026)(?P<close>['")\]]*)(?P<space>\s+)(?=['"(\[]*[A-Z0-9\u0400-\u042f\u00c0-\u00de])"""
)
#: "HELSINKI - ", "WASHINGTON, Nov 6 (Reuters) - ": where and when it was written, no part of the sentence.
_DATELINE = re.compile(
    r"\s*[A-Z\u00c0-\u00de][A-Z\u00c0-\u00de .'/]{2,40}(?:,\s[\w. ]{2,20})?(?:\s\([A-Za-z ]{2,20}\))?\s-\s+"
)
#: What publishing programs put under a summary: no sentence of the article.
_BOILERPLATE = re.compile(
    r"\s*The post ['\"(]*[A-Z0-9\u00c0-\u00de].{1,400}\b(?:first )?appeared(?: (?:f\w{0,4}|on)\b.{0,140})?\s*$"
)
_WORD_BEFORE = re.compile(r"[\w.]+$")
#: After these a capital may go on with a name ("U.S. Senate"), but not with one of the words that open sentences.
_COUNTRIES = frozenset({"u.s", "u.k", "u.n", "e.u", "d.c"})
_OPENER = re.compile(
    r"(?:The|It|Its|They|Their|He|His|She|Her|We|This|That|These|Those|In|On|At|But|And|A|An|Some|One|There|When|While|After|Before|As|If)\b"
)
#: A sentence longer than this is cut at white space: parsing time grows with length.
MAX_SENTENCE = 1_500


def split(text: str) -> tuple[tuple[int, int], ...]:
    """Sentences of `text` as (start, end) offsets, without surrounding white space.

    >>> [("He met Mr. Smith. They left."[a:b]) for a, b in split("He met Mr. Smith. They left.")]
    ['He met Mr. Smith.', 'They left.']
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n\r\u2028\u2029]+", text):
        if _BOILERPLATE.match(line.group()):
            continue
        dateline = _DATELINE.match(line.group())
        start = line.start() + (dateline.end() if dateline is not None else 0)
        for end in _ends(line.group(), line.start()):
            if end <= start:
                continue
            spans.extend(_bounded(text, start, end))
            start = end
        spans.extend(_bounded(text, start, line.end()))
    return tuple((start, end) for start, end in spans if not _BOILERPLATE.match(text[start:end]))


def _ends(line: str, offset: int) -> list[int]:
    return [offset + match.end("close") for match in _END.finditer(line) if _is_end(line, match)]


def _is_end(line: str, match: re.Match[str]) -> bool:
    if match.group("stop") != ".":
        return True
    before = _WORD_BEFORE.search(line, max(0, match.start() - 40), match.start())
    if before is None:
        return True
    word = before.group().lower()
    if word in _COUNTRIES:
        return _OPENER.match(line, match.end("space")) is not None
    return word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha())


def _bounded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        pieces.append((start, cut))
        start = cut
    pieces.append((start, end))
    return [trimmed for piece in pieces if (trimmed := _trim(text, *piece)) is not None]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None
