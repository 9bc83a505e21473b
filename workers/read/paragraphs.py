"""Finds the paragraphs of a page that are of one kind with those already found, by the classes the page gives them.

An article that is cut up by inserted boxes is often found in part only; this finds the rest. It starts no text of its
own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from workers.read.cleaning import count_words, letters

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

    from workers.read.page_tree import PageTree

#: Words of a paragraph that counts.
MIN_WORDS = 8
MAX_PARAGRAPHS = 5_000
MAX_CHARACTERS = 20_000
#: Share of the text found that must be of one kind.
MOST = 0.5
#: How much the rest must add, and may add, to the words found.
LEAST_ADDED, MOST_ADDED = 0.25, 2.0

#: Words of a paragraph that is surely prose, and letters at its start to know it by.
PROSE_WORDS = 20
_START = 60
SENTENCE_ENDS = frozenset(".!?…。！？।۔؟\"'”“»«’)")

_BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "li", "table", "section", "article", "h1", "h2", "h3", "h4", "figure", "blockquote"}
)
_ROOTS = frozenset({"body", "html", "main"})
#: What pages call the place of what readers say.
_NAMED_APART = re.compile(r"(?:^|\s)(?:comments?|kommentare?|disqus)(?:[\s_-]|$)", re.IGNORECASE)
_APART = frozenset({"aside", "nav", "footer", "form", "figure", "figcaption", "a", "button", "template", "noscript"})

#: Class of a paragraph, element and class around it, and which of the page's articles it stands in.
Kind = tuple[str, str, str, int | None]


def completed(found: str, tree: PageTree) -> str:
    """`found` with the paragraphs of the same kind that it lacks; `found` itself where hardly any are lacking."""
    known = letters(found)
    paragraphs = [(kind, text, letters(text) in known) for kind, text in _paragraphs(tree)]
    words: Counter[Kind] = Counter()
    for kind, text, is_found in paragraphs:
        words[kind] += count_words(text) if is_found else 0
    total = count_words(found)
    kind, most = words.most_common(1)[0] if words else (("", "", "", None), 0)
    lacking = sum(count_words(text) for other, text, is_found in paragraphs if other == kind and not is_found)
    if most < total * MOST or not total * LEAST_ADDED <= lacking <= total * MOST_ADDED:
        return found
    alike = dict.fromkeys(text for other, text, _ in paragraphs if other == kind)
    return "\n".join(alike)


def words_not_found(found: str, tree: PageTree) -> tuple[int, int]:
    """Words in the page's long paragraphs of sentences that `found` lacks, and words in all of these paragraphs.

    What is lacking is a lost part of the article, or belongs to other texts.
    """
    known = letters(found)
    lacking: dict[str, int] = {}
    whole: dict[str, int] = {}
    for element in islice(tree.root.iter("p", "div", "span", "li"), MAX_PARAGRAPHS):
        # The last text tells of most that they are a link or a label.
        if tree.last_text(element, MAX_CHARACTERS)[-1:] not in SENTENCE_ENDS or _is_block_of_blocks(element):
            continue
        text = tree.prose(element, MAX_CHARACTERS)
        words = count_words(text)
        if words < PROSE_WORDS or text[-1:] not in SENTENCE_ENDS or _is_apart(element):
            continue
        said = letters(text)
        whole[said] = words
        # A word inside may differ.
        if said[:_START] not in known:
            lacking[said] = words
    return sum(lacking.values()), sum(whole.values())


def _paragraphs(tree: PageTree) -> Iterator[tuple[Kind, str]]:
    for paragraph in islice(tree.root.iter("p"), MAX_PARAGRAPHS):
        parent = paragraph.getparent()
        if parent is None:
            continue
        around = next(paragraph.iterancestors("article"), None)
        place = tree.places[around] if around is not None else None
        kind = (_class(paragraph), parent.tag, _class(parent), place)
        if (kind[0] or kind[2]) and not _is_apart(paragraph):
            text = tree.prose(paragraph, MAX_CHARACTERS)
            if count_words(text) >= MIN_WORDS:
                yield kind, text


def _is_block_of_blocks(element: HtmlElement) -> bool:
    return element.tag != "p" and any(child.tag in _BLOCKS for child in islice(element, 100))


def _is_apart(paragraph: HtmlElement) -> bool:
    return any(
        above.tag in _APART or _NAMED_APART.search(f"{above.get('class') or ''} {above.get('id') or ''}"[:300])
        for above in islice(paragraph.iterancestors(), 12)
        if above.tag not in _ROOTS
    )


def _class(element: HtmlElement) -> str:
    return next(iter((element.get("class") or "").split()), "")
