"""Judges whether the text found in a page is its article, and says why it is not: flags, and a score with its reasons.

    walls | emptiness | teaser | pages of a series | lists | doubts

Every doubt takes its share from a score of one; nothing here changes the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from stancewire.types import PageFlag, TextQuality
from workers.read.cleaning import count_words, letters
from workers.read.json_ld import LinkedData
from workers.read.paragraphs import SENTENCE_ENDS
from workers.read.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from workers.read.markup import Markup

#: Words below which hardly anything can be told from a text, and below which it is a notice rather than an article.
THIN_WORDS = 15
FULL_WORDS = 40
#: Words up to which a text may be a wall with some words around it, or a teaser that no phrase follows.
WALL_WORDS = 250
TEASER_WORDS = 150
#: Words up to which an article that is said not to be free may be its beginning only, where a wall stands on the page.
LONGEST_TEASER = 700
#: Words of prose left on the page, for each word of the text and for each on the page, above which a part is probably
#: lost, or something else was found.
LOST, LOST_OF_ALL = 0.6, 0.6
FLAGGED = 0.5

_LISTS = frozenset(
    {"CollectionPage", "SearchResultsPage", "ProfilePage", "Product", "ItemList", "JobPosting", "Event", "Recipe"}
)
_PAGE_NUMBER = re.compile(r"(?:[/_-](?:page|p|seite|pagina|strona|str|sida|side|s)?[/_=-]?)(\d{1,2})(?:\.html?)?/?$")
_QUERY_NUMBER = frozenset({"page", "p", "pg", "seite", "pagina", "paged", "strona", "sida", "side"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a page and its text when it is judged."""

    text: str
    title: str
    description: str
    #: Says the words that a reader sees anywhere on the page, in lower case; few pages have to be asked.
    visible: Callable[[], str]
    markup: Markup
    linked: LinkedData
    address: str
    #: Share of the words found that were links to other articles, and were left out.
    left_out: float
    #: Words of long paragraphs on the page that are not in the text, and words of all of them.
    not_found: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    reason: str
    weight: float
    flag: PageFlag | None = None


def judge(evidence: Evidence) -> TextQuality:
    """The score, the reasons that lowered it, and the flags."""
    doubts = tuple(_doubts(evidence))
    score = 1.0
    for doubt in doubts:
        score *= 1 - doubt.weight
    flags = [doubt.flag for doubt in doubts if doubt.flag is not None]
    if score < FLAGGED and not flags:
        flags.append("doubtful")
    if flags:
        score = min(score, FLAGGED - 0.01)
    return TextQuality(
        score=round(score, 2),
        reasons=tuple(doubt.reason for doubt in doubts),
        flags=tuple(dict.fromkeys(flags)),
    )


def _doubts(evidence: Evidence) -> Iterator[_Doubt]:
    words = count_words(evidence.text)
    wall = _wall(evidence, words)
    if wall is not None:
        yield wall
        return
    if words < THIN_WORDS:
        yield _Doubt(reason=f"{words} words", weight=1.0, flag=_emptiness(evidence, words))
        return
    yield from _teaser(evidence, words)
    yield from _series(evidence)
    yield from _lists(evidence, words)
    if words < FULL_WORDS:
        yield _Doubt(reason=f"only {words} words", weight=0.6)
    elif words < TEASER_WORDS:
        yield _Doubt(reason=f"only {words} words", weight=0.2)
    yield from _strangeness(evidence, words)


def _wall(evidence: Evidence, words: int) -> _Doubt | None:
    if words > WALL_WORDS:
        return None
    known = load_vocabulary()
    heads = f"{evidence.title}\n{evidence.markup.page_title}\n{' '.join(evidence.markup.headings)}".lower()
    told = evidence.text.lower() if words >= THIN_WORDS else evidence.visible()[:3_000]
    if _any_in(known.robot, heads) or (_any_in(known.robot, told) and not evidence.linked.articles):
        return _Doubt(reason="a check for robots", weight=1.0, flag="cookie_wall")
    consent = [phrase for phrase in known.consent if phrase in told]
    if len(consent) >= 2 and (words < FULL_WORDS or sum(evidence.text.lower().count(p) for p in consent) * 60 >= words):
        return _Doubt(reason=f"a request for consent: {consent[0]}", weight=1.0, flag="cookie_wall")
    return None


def _emptiness(evidence: Evidence, words: int) -> PageFlag:
    if _closed(evidence) or (words and _any_in(load_vocabulary().subscribe, evidence.visible())):
        return "teaser"
    return "empty"


def _teaser(evidence: Evidence, words: int) -> Iterator[_Doubt]:
    phrases = load_vocabulary().subscribe
    tail = "\n".join(evidence.text.lower().split("\n")[-3:])[-800:]
    found = next((phrase for phrase in phrases if phrase in tail), None)
    if found is not None and (words < LONGEST_TEASER or _closed(evidence)):
        yield _Doubt(reason=f"it ends with: {found}", weight=0.7, flag="teaser")
        return
    closed = _closed(evidence)
    is_short = words < (LONGEST_TEASER if closed else TEASER_WORDS)
    visible = evidence.visible() if is_short else ""
    shown = next((phrase for phrase in phrases if phrase in visible), None)
    if closed and (words < TEASER_WORDS or shown is not None):
        yield _Doubt(reason="it is not free, and short", weight=0.6, flag="teaser")
    elif shown is not None:
        yield _Doubt(reason=f"short, beside: {shown}", weight=0.6, flag="teaser")
    elif evidence.text.rstrip()[-3:] in {"...", " […", "[…]"} or evidence.text.rstrip().endswith("…"):
        cut = words < TEASER_WORDS
        yield _Doubt(reason="it breaks off", weight=0.6 if cut else 0.3, flag="teaser" if cut else None)


def _closed(evidence: Evidence) -> bool:
    """Whether the page says that not all may read it."""
    if any(article.is_free is not None for article in evidence.linked.articles):
        return any(article.is_free is False for article in evidence.linked.articles)
    return evidence.markup.first("article:content_tier").lower() == "locked"


def _series(evidence: Evidence) -> Iterator[_Doubt]:
    """Other pages of the same article: a next page, or a number in the page's own address."""
    following, own = evidence.markup.next_url, evidence.address
    if following and _numbered_base(following, own) is not None:
        yield _Doubt(reason="the article goes on at another address", weight=0.6, flag="paginated")
    elif own and _page_number(own) > 1 and _links_to_first(evidence):
        yield _Doubt(reason="a later page of an article", weight=0.6, flag="paginated")


def _links_to_first(evidence: Evidence) -> bool:
    canonical = evidence.markup.canonical_url
    return canonical is not None and _page_number(canonical) < 2 and _plain(canonical) == _base(evidence.address)


def _numbered_base(following: str, own: str) -> str | None:
    """What two addresses share, where the first is that of the second with a number put to it; else None."""
    if _page_number(following) < 2:
        return None
    base = _base(following)
    path = urlsplit(own).path.rstrip("/")
    here = {_base(own), re.sub(r"\.html?$", "", path), path}
    return base if base and base in here else None


def _page_number(address: str) -> int:
    parts = urlsplit(address)
    for name, value in parse_qsl(parts.query):
        if name.lower() in _QUERY_NUMBER and value.isdecimal():
            return int(value[:4])
    found = _PAGE_NUMBER.search(parts.path)
    return int(found[1]) if found else 1


def _base(address: str) -> str:
    path = urlsplit(address).path
    return re.sub(r"\.html?$", "", _PAGE_NUMBER.sub("", path)).rstrip("/")


def _plain(address: str) -> str:
    return re.sub(r"\.html?$", "", urlsplit(address).path).rstrip("/")


def _lists(evidence: Evidence, words: int) -> Iterator[_Doubt]:
    heads = f"{evidence.title}\n{evidence.markup.page_title}".lower()
    if words < WALL_WORDS and _any_in(load_vocabulary().missing, heads):
        yield _Doubt(reason="it says that there is no such page", weight=1.0, flag="not_an_article")
    is_article = bool(evidence.linked.articles) or evidence.markup.first("og:type").lower() == "article"
    if not is_article and evidence.linked.types & _LISTS:
        kinds = ", ".join(sorted(evidence.linked.types & _LISTS))
        yield _Doubt(reason=f"it calls itself {kinds}", weight=0.6, flag="not_an_article")
    if not is_article and evidence.address and urlsplit(evidence.address).path in {"", "/"}:
        yield _Doubt(reason="the front page of a site", weight=0.6, flag="not_an_article")
    if evidence.left_out > 0.5 and not is_article:
        yield _Doubt(reason="most of it are links to other articles", weight=0.6, flag="not_an_article")
    share = _fragments(evidence.text)
    if share > 0.3:
        flag: PageFlag | None = "not_an_article" if share > 0.6 and not is_article else None
        yield _Doubt(reason=f"{share:.0%} of its lines are no sentences", weight=share, flag=flag)


def _fragments(text: str) -> float:
    """Share of the lines that are neither a sentence nor long."""
    lines = text.split("\n")
    if len(lines) < 5:
        return 0.0
    short = sum(count_words(line) < 8 and line.rstrip()[-1:] not in SENTENCE_ENDS for line in lines)
    return short / len(lines)


def _strangeness(evidence: Evidence, words: int) -> Iterator[_Doubt]:
    """Whether the text is about what the page says it is about, and as long as it says."""
    told = _stems((evidence.text,))
    title = _shared(_stems((evidence.title,)), told)
    if title is not None and title < 0.2:
        yield _Doubt(reason="it has hardly a word of its title", weight=0.3)
    description = _shared(_stems((evidence.description,)), told)
    if description is not None and description < 0.3:
        yield _Doubt(reason="it has hardly a word of its description", weight=0.4)
    longest = max((count_words(article.body) for article in evidence.linked.articles), default=0)
    if longest > 1.5 * words:
        yield _Doubt(reason="JSON-LD has a far longer text", weight=0.5)
    lost, whole = evidence.not_found
    if lost > words * LOST or (whole >= TEASER_WORDS and lost > whole * LOST_OF_ALL):
        yield _Doubt(reason=f"{lost} of {whole} words of prose on the page are not in it", weight=0.55)
    lines = [letters(line) for line in evidence.text.split("\n") if len(line) > 40]
    if len(lines) >= 6 and len(set(lines)) < 0.7 * len(lines):
        yield _Doubt(reason="it repeats itself", weight=0.4)


def _stems(texts: Sequence[str]) -> frozenset[str]:
    """The beginnings of the longer words: enough to tell words that are inflected."""
    return frozenset(word[:5] for text in texts for word in re.findall(r"\w{4,}", text.casefold()))


def _shared(part: frozenset[str], whole: frozenset[str]) -> float | None:
    """Share of `part` that is in `whole`; None where there is too little to tell."""
    return len(part & whole) / len(part) if len(part) >= 4 else None


def _any_in(phrases: Sequence[str], text: str) -> bool:
    return any(phrase in text for phrase in phrases)
