"""Finds the text of an article in its page: trafilatura's, JSON-LD's where that is far more, and the standfirst above.

    prune cards | trafilatura | compare with JSON-LD | standfirst | without headline

It does not judge the text; `quality` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import trafilatura
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from stancewire.types import FieldSource
from workers.read.cleaning import clean_text, count_words, letters
from workers.read.page_tree import PageTree
from workers.read.paragraphs import completed, words_not_found
from workers.read.titles import without_headline

#: Words below which a link is a link, and from which it is the teaser of another article.
CARD_WORDS = 4
#: How much longer JSON-LD's text must be to be taken for the whole of which trafilatura found a part.
MORE_WORDS = 1.25
#: Share of trafilatura's words that must stand in that text too.
SHARED = 0.8
#: Share of the words of either text that the other must confirm for one to correct the other.
CONFIRMED = 0.7
#: Letters at each end of a line by which it is known where a word inside differs.
_END = 40
#: Letters of a place before a standfirst.
_DATELINE = 25
MIN_STANDFIRST_WORDS = 6
#: Links, elements in one of them, and elements in all that are looked at.
MAX_LINKS = 3_000
MAX_INSIDE = 100
MAX_ELEMENTS = 5_000
MAX_STANDFIRST_WORDS = 120

_SENTENCE_ENDS = frozenset(".!?…。！？।۔؟")
_BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "article", "section", "figure", "table"}
)
_INLINE = frozenset({"span", "b", "strong", "em", "i", "a"})
_LINES = frozenset({"p", "li", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text of an article, and from where."""

    text: str
    source: FieldSource | None
    #: Share of the words found that were links to other articles.
    left_out: float = 0.0
    #: Words of long paragraphs on the page that the text lacks, and words of all of them.
    not_found: tuple[int, int] = (0, 0)


def find_body(tree: PageTree, *, linked: str, titles: Sequence[str], descriptions: Iterable[str]) -> Body:
    """The text in a page's tree; `linked` is that of its JSON-LD, `descriptions` what may be its standfirst."""
    document = trafilatura.bare_extraction(
        tree.root, fast=True, include_comments=False, include_tables=False, with_metadata=False
    )
    whole = clean_text((document.text or "") if document is not None else "")
    found = without_cards(whole, tree)
    left_out = 1 - count_words(found) / max(1, count_words(whole))
    headings = map(tree.inside, tree.root.iter("h2", "h3", "h4", "h5", "h6"))
    text, source = choose(found, clean_text(linked), headings)
    if not text:
        return Body(text="", source=None, left_out=left_out)
    more = completed(text, tree) if source == "trafilatura" else text
    if more != text:
        text, source = more, "html"
    text = with_standfirst(without_headline(text, titles), standfirst(tree, descriptions))
    return Body(text=text, source=source, left_out=left_out, not_found=words_not_found(text, tree))


def choose(found: str, linked: str, headings: Iterable[str] = ()) -> tuple[str, FieldSource]:
    """Trafilatura's text, with JSON-LD's to correct it, or the latter alone where the former is only a part of it."""
    words, more = count_words(found), count_words(linked)
    if not more:
        return found, "trafilatura"
    if not words or (more >= words * MORE_WORDS and _share(found, linked) >= SHARED):
        return linked, "json-ld"
    return corrected(found, linked, headings), "trafilatura"


def corrected(found: str, linked: str, headings: Iterable[str]) -> str:
    """`found` without the lines that `linked` lacks, and with what that has before them; both must be mostly the same.

    JSON-LD's text has the words right, and often no paragraphs.
    """
    lines = found.split("\n")
    known, own = letters(linked), set(map(letters, headings))
    confirmed = [_stands_in(letters(line), known) for line in lines]
    words = sum(count_words(line) for line, is_there in zip(lines, confirmed, strict=True) if is_there)
    if words < count_words(found) * CONFIRMED or words < count_words(linked) * CONFIRMED:
        return found
    first, last = confirmed.index(True), len(lines) - 1 - confirmed[::-1].index(True)
    kept = [
        line
        for number, (line, is_there) in enumerate(zip(lines, confirmed, strict=True))
        if is_there or (number < last and letters(line) in own) or (number < first and _is_sentence(line))
    ]
    return "\n".join(kept)


def _is_sentence(line: str) -> bool:
    return count_words(line) >= MIN_STANDFIRST_WORDS and line.rstrip("\"'”“»«’)")[-1:] in _SENTENCE_ENDS


def _stands_in(said: str, known: str) -> bool:
    return said in known or (len(said) > 2 * _END and said[:_END] in known and said[-_END:] in known)


def _share(part: str, whole: str) -> float:
    """Share of the words of `part` that `whole` has as well."""
    left, right = Counter(part.casefold().split()), Counter(whole.casefold().split())
    return (left & right).total() / max(1, left.total())


def without_cards(text: str, tree: PageTree) -> str:
    """`text` without the lines that stand in what the page says in links to other articles."""
    lines = text.split("\n")
    said = [letters(line) if count_words(line) >= CARD_WORDS else None for line in lines]
    shortest = min((len(own) for own in said if own), default=0)
    known = "\n".join(_cards(tree, shortest)) if shortest else ""
    return "\n".join(line for line, own in zip(lines, said, strict=True) if own is None or own not in known)


def _cards(tree: PageTree, shortest: int) -> Iterator[str]:
    """The letters of blocks inside a link to another article, and of lines that are such a link as a whole.

    Those that have fewer than `shortest` may be left out.
    """
    for link in islice(tree.root.iter("a"), MAX_LINKS):
        if (link.get("href") or "#").startswith("#"):
            continue
        line = tree.inside(link)
        said = letters(line)
        # What a link stands in as a whole has at most twice its letters.
        if 2 * len(said) < shortest:
            continue
        if tree.holds(link, _BLOCKS, MAX_INSIDE):
            yield said
        elif count_words(line) >= CARD_WORDS:
            yield _line_of(link, said, tree)


def _line_of(link: HtmlElement, words: str, tree: PageTree) -> str:
    """The letters of the line that holds a link and nothing else, or of an item of a list that holds little else."""
    for parent in islice(link.iterancestors(), 4):
        said = letters(tree.inside(parent))
        if parent.tag in _LINES and (said == words or (parent.tag == "li" and len(words) >= len(said) / 2)):
            return said
        if said != words and parent.tag not in _INLINE:
            break
    return ""


def standfirst(tree: PageTree, descriptions: Iterable[str]) -> str:
    """The description that stands on the page as a line of its own, as a standfirst does; empty where none does."""
    wanted = {
        letters(text) for text in descriptions if MIN_STANDFIRST_WORDS <= count_words(text) <= MAX_STANDFIRST_WORDS
    }
    if not wanted:
        return ""
    shortest, longest = min(map(len, wanted)), max(map(len, wanted)) + _DATELINE
    body = tree.root.find("body")
    places = (body if body is not None else tree.root).iter("p", "h2", "h3", "h4", "div", "span", "strong", "li")
    for element in islice(places, MAX_ELEMENTS):
        # Longer ones hold more than the standfirst.
        line = tree.inside(element, 2 * longest)
        said = letters(line) if shortest <= len(line) < 2 * longest else ""
        # A dateline may stand before it.
        if any(said.endswith(text) and len(said) - len(text) <= _DATELINE for text in wanted):
            return tree.prose(element)
    return ""


def with_standfirst(text: str, line: str) -> str:
    """`text` with the standfirst before it, unless it says it already."""
    return text if not line or letters(line) in letters(text[: 4 * len(line) + 2_000]) else f"{line}\n{text}"
