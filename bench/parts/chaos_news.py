"""What a run of `bench.chaos` serves: articles, each with one signal, of which some are revised, copied or deadly.

The same seed gives the same articles. Nothing here serves them or knows the time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

#: Words whose analysis ends a worker of the bench.
DEADLY = "whoever reads this paragraph aloud will not read another"
#: An article in this many is revised, and so many stand in another outlet as well.
REVISED, COPIED = 25, 50
#: Deadly articles of a run; of a small one, one in so many.
POISONS, ARTICLES_A_POISON = 3, 60
ARTICLES_A_FEED = 100
#: Share of a run's time in which articles appear; and of all articles, those that are there from its beginning.
APPEARING, AT_FIRST = 0.85, 0.1
#: Seconds from an article to its revision, and to its copy in another outlet.
LATER_S = 6.0

_PAIRS = (
    ("Russia", "Turkey"),
    ("Iran", "Israel"),
    ("France", "Hungary"),
    ("China", "Japan"),
    ("Poland", "Belarus"),
    ("India", "Pakistan"),
    ("Serbia", "Kosovo"),
    ("Greece", "Libya"),
)
_NOUNS = (
    "harbour ferry bridge orchard kettle ladder museum tailor lantern clinic bakery quarry violin garden carpet mirror "
    "timetable umbrella cellar sparrow barrel window pharmacy corridor printer reservoir balcony notebook tunnel piano"
).split()
_QUALITIES = "quiet yellow narrow ancient wooden damp crowded cheerful broken distant hollow late plain steep".split()
_SYLLABLES = "bar del fin gor hul jas kem lor mav nis pol rud sel tov vag wen yar zim".split()
_DEEDS = "passed measured painted repaired missed crossed sold counted opened followed lifted forgot".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An article of the run; times are seconds since its beginning."""

    number: int
    feed: int
    appears_s: float
    #: When its text is changed.
    revised_s: float | None = None
    #: Number of the article of another outlet whose text it has.
    copy_of: int | None = None
    is_deadly: bool = False

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/{self.feed}/story-{self.number}.html"


def plan(articles: int, seconds: float, seed: int, poisons: int = POISONS) -> tuple[Planned, ...]:
    """The articles of a run: so many, of which at most so many are deadly, and the copies of some."""
    source = random.Random(f"plan {seed}")
    feeds = max(2, articles // ARTICLES_A_FEED)
    count = min(poisons, max(1, articles // ARTICLES_A_POISON))
    deadly = set(source.sample(range(articles), count))
    planned: list[Planned] = []
    for number in range(articles):
        appears = 0.0 if source.random() < AT_FIRST else source.uniform(0, seconds * APPEARING)
        is_revised = number not in deadly and source.random() < 1 / REVISED
        one = Planned(
            number=number,
            feed=number % feeds,
            appears_s=appears,
            revised_s=appears + LATER_S if is_revised else None,
            is_deadly=number in deadly,
        )
        planned.append(one)
        if not is_revised and not one.is_deadly and source.random() < 1 / COPIED:
            other = Planned(
                number=articles + number,
                feed=(one.feed + 1) % feeds,
                appears_s=appears + LATER_S,
                copy_of=number,
            )
            planned.append(other)
    return tuple(planned)


def paragraphs_of(each: Planned, seed: int, *, revised: bool) -> tuple[str, ...]:
    """Its text; no two of a run have the same words, but for copies."""
    number = each.number if each.copy_of is None else each.copy_of
    source = random.Random(f"text {seed} {number}")
    opening = tuple(" ".join(_sentence(source) for _ in range(4)) for _ in range(2))
    deadly = (f"It is said that {DEADLY}.",) if each.is_deadly else ()
    return (*opening, telling(number, revised=revised), *deadly)


def telling(number: int, *, revised: bool) -> str:
    """The sentence with the signal, which says in which article and version of it."""
    holder, target = _PAIRS[number % len(_PAIRS)]
    talks = "the resumed talks" if revised else "the talks"
    return f"{holder} condemned {target} on day {number} of {talks}."


def title_of(each: Planned, seed: int, *, revised: bool) -> str:
    """Its headline."""
    number = each.number if each.copy_of is None else each.copy_of
    source = random.Random(f"title {seed} {number}")
    words = f"A {source.choice(_QUALITIES)} {source.choice(_NOUNS)} and the {source.choice(_NOUNS)} of {number} streets"
    return f"{words}, and a {source.choice(_NOUNS)} added later" if revised else words


def page_of(each: Planned, seed: int, *, revised: bool) -> bytes:
    """Its page."""
    title = escape(title_of(each, seed, revised=revised))
    text = "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in paragraphs_of(each, seed, revised=revised))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>\n{text}\n</article><footer>Paper {each.feed}</footer></body></html>"
    ).encode()


def feed_of(listed: tuple[tuple[Planned, bool], ...], base: str, seed: int, began: datetime) -> bytes:
    """A feed with these articles, each as it is now: revised or not."""
    items = "".join(
        f"<item><title>{escape(title_of(each, seed, revised=revised))}</title><link>{base}{each.path}</link>"
        f"<guid isPermaLink='false'>{each.feed}-{each.number}</guid>"
        f"<pubDate>{format_datetime(began, usegmt=True)}</pubDate>"
        f"<description>{escape(' '.join(paragraphs_of(each, seed, revised=revised)[:1]))}</description></item>\n"
        for each, revised in listed
    )
    head = "<title>Paper</title><language>en</language>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}\n{items}</channel></rss>'.encode()


def _sentence(source: random.Random) -> str:
    first, second = source.sample(_NOUNS, 2)
    deed, another = source.sample(_DEEDS, 2)
    town, street, one, other = (_name(source) for _ in range(4))
    return (
        f"In {town} the {first} {deed} {one}, and {other} {another} a {source.choice(_QUALITIES)} {second} in {street}."
    )


def _name(source: random.Random) -> str:
    """Of thousands, so that no two texts open alike."""
    return "".join(source.choice(_SYLLABLES) for _ in range(3)).capitalize()
