"""A day's news as the world's feeds bring it: mostly about other things, in several languages, partly wire copies.

All of it is invented, and an article is the same for the same seed and number. Nothing here serves it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from typing import Literal

from bench.parts.foreign_news import FOREIGN
from bench.parts.news import sentence
from bench.parts.passages import article
from stancewire.types import Article

Topic = Literal["telling", "near", "other"]

#: Shares of the languages; what is neither English, Russian nor French is not analysed.
LANGUAGES = {"en": 0.70, "ru": 0.10, "fr": 0.08, "de": 0.04, "es": 0.04, "tr": 0.02, "uk": 0.02}
#: Shares of articles that bear a signal, that name states and clues and bear none, and that are about other things.
TOPICS: dict[Topic, float] = {"telling": 0.10, "near": 0.25, "other": 0.65}
#: Share of articles that have the text of one of the latest before them, printed by another outlet.
COPIES, LATEST = 0.15, 40
OUTLETS = 40
#: Characters of a text and bytes of a page: the middle, the spread of their logarithms, and the bounds.
_TEXT, _PAGE = (2_500, 0.6, 400, 20_000), (60_000, 0.9, 5_000, 300_000)
#: Weights of plain, near and telling sentences, by topic.
_SENTENCES: dict[Topic, tuple[int, int, int]] = {"telling": (60, 30, 10), "near": (65, 35, 0), "other": (100, 0, 0)}
_SECTIONS = "Town Region Sport Weather Markets Culture Science Travel Letters Archive".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of one outlet."""

    number: int
    outlet: int
    language: str
    topic: Topic
    #: Number of the article whose text it has.
    copy_of: int | None
    title: str
    paragraphs: tuple[str, ...]
    #: Size of its page.
    page_bytes: int

    @property
    def path(self) -> str:
        """Its address on the outlet's site."""
        return f"/news/story-{self.number}.html"

    @property
    def text(self) -> str:
        """Its words below the headline."""
        return "\n".join(self.paragraphs)


def story(number: int, seed: int) -> Story:
    """An article; its outlet is told by its number, so that each outlet brings as many."""
    source = random.Random(f"mixed {seed} {number}")
    copied = number
    while (earlier := _copied(copied, seed)) is not None:
        copied = earlier
    written = random.Random(f"words {seed} {copied}")
    (language,) = written.choices(tuple(LANGUAGES), weights=tuple(LANGUAGES.values()))
    (topic,) = written.choices(tuple(TOPICS), weights=tuple(TOPICS.values()))
    paragraphs = _paragraphs(written, language, topic, _drawn(written, *_TEXT))
    return Story(
        number=number,
        outlet=number % OUTLETS,
        language=language,
        topic=topic,
        copy_of=copied if copied != number else None,
        title=f"{_title(written, language)}, {copied}",
        paragraphs=paragraphs,
        page_bytes=_drawn(source, *_PAGE),
    )


def article_of(each: Story) -> Article:
    """It as a worker reads it, with the language told."""
    read = article(each.text, title=each.title, name=f"story-{each.number}", language=each.language)
    return replace(read, url=f"https://paper-{each.outlet}.example{each.path}", outlet=f"Paper {each.outlet}")


def page_of(each: Story) -> bytes:
    """Its page: the words, and around them what an outlet has on every page."""
    title = escape(each.title)
    text = "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in each.paragraphs)
    head = (
        f"<!DOCTYPE html><html lang='{each.language}'><head><meta charset='utf-8'><title>{title} | Paper {each.outlet}"
        f"</title><meta property='og:title' content='{title}'><meta property='og:type' content='article'>"
    )
    body = f"<article><h1>{title}</h1>\n{text}\n</article>"
    left = each.page_bytes - len((head + body).encode()) - 200
    scripts, links = _around(each.outlet, max(0, left * 6 // 10), max(0, left * 4 // 10))
    half = len(links) // 2
    above, below = "\n".join(links[:half]), "\n".join(links[half:])
    return (
        f"{head}{scripts}</head><body><nav><ul>{above}</ul></nav>\n<main>{body}</main>\n"
        f"<aside><h2>More</h2><ul>{below}</ul></aside><footer>Paper {each.outlet}</footer></body></html>"
    ).encode()


def entry_of(each: Story, base: str, published: datetime) -> str:
    """Its entry in an RSS feed, with its first paragraph as summary."""
    return (
        f"<item><title>{escape(each.title)}</title><link>{base}{each.path}</link>"
        f"<guid isPermaLink='false'>{each.outlet}-{each.number}</guid>"
        f"<pubDate>{format_datetime(published, usegmt=True)}</pubDate>"
        f"<description>{escape(each.paragraphs[0])}</description></item>\n"
    )


def _copied(number: int, seed: int) -> int | None:
    """Number of the article that one is a copy of; never one of the same outlet."""
    source = random.Random(f"copy {seed} {number}")
    if source.random() >= COPIES or number < LATEST:
        return None
    return number - source.randint(1, LATEST - 1)


def _drawn(source: random.Random, middle: int, spread: float, least: int, most: int) -> int:
    return round(min(most, max(least, middle * source.lognormvariate(0, spread))))


def _paragraphs(source: random.Random, language: str, topic: Topic, characters: int) -> tuple[str, ...]:
    paragraphs: list[str] = []
    length = 0
    while length < characters:
        paragraphs.append(" ".join(_words(source, language, topic) for _ in range(source.randint(1, 5))))
        length += len(paragraphs[-1]) + 1
    if topic == "telling":
        # However short it is, it bears one; news is told at the beginning.
        told = sentence(source, (0, 0, 1)) if language == "en" else FOREIGN[language].telling(source)
        paragraphs[0] = f"{told} {paragraphs[0]}"
    return tuple(paragraphs)


def _words(source: random.Random, language: str, topic: Topic) -> str:
    if language == "en":
        return sentence(source, _SENTENCES[topic])
    foreign = FOREIGN[language]
    is_telling = topic == "telling" and source.random() < 0.05
    return foreign.telling(source) if is_telling else foreign.plain(source)


def _title(source: random.Random, language: str) -> str:
    words = sentence(source, (1, 0, 0)) if language == "en" else FOREIGN[language].plain(source)
    return words.strip("“”.")[:80].rstrip(" ,;")


def _around(outlet: int, script_bytes: int, link_bytes: int) -> tuple[str, list[str]]:
    """Scripts and styles, and items of lists of links, of about so many bytes."""
    script, links = _furniture(outlet)
    return f"<script>{script[:script_bytes]}</script>", links[: link_bytes // len(links[0])]


@cache
def _furniture(outlet: int) -> tuple[str, list[str]]:
    """All that the pages of an outlet may have around their words."""
    source = random.Random(f"furniture {outlet}")
    calls = (
        f"window.q{source.randrange(10**6)}={{a:{source.random():.9f},b:[{source.randrange(10**9)}]}};"
        for _ in range(4_000)
    )
    links = [_link(source, outlet) for _ in range(1_000)]
    return "".join(calls), links


def _link(source: random.Random, outlet: int) -> str:
    address = f"/{source.choice(_SECTIONS).lower()}/{source.randrange(10**6)}.html"
    teaser = f"{source.choice(_SECTIONS)}: matter {source.randrange(10**4)} put off"
    return f"<li class='teaser t-{outlet}'><a href='{address}'><span>{teaser}</span></a></li>"
