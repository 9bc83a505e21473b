"""What was read from an article's page, where each part of it was found, and whether it is the article at all.

Nothing here says what is made of it: an article takes the feed's words before the page's for all but the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: Where a field comes from: the page's JSON-LD, Open Graph and other `meta` elements, microdata, a heading, the `title`
#: element, a byline or `time` element, other HTML, trafilatura's own search; the feed's entry, the feed's catalogue
#: entry, the words themselves (language), or the time of fetching.
FieldSource = Literal[
    "json-ld",
    "open-graph",
    "meta",
    "microdata",
    "heading",
    "title-element",
    "byline",
    "html",
    "trafilatura",
    "feed",
    "catalogue",
    "text",
    "fetch",
]

#: Why a page is not taken for its article. `empty`: no text; `cookie_wall`: a request for consent, or for proof that
#: one is no robot; `teaser`: the beginning of an article that only subscribers see; `paginated`: one of several pages
#: of an article; `not_an_article`: a list, an overview, an error; `doubtful`: text that is probably of something else,
#: or only a part.
PageFlag = Literal["empty", "cookie_wall", "teaser", "paginated", "not_an_article", "doubtful"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where each field was found; None for a field that is empty."""

    text: FieldSource | None = None
    title: FieldSource | None = None
    authors: FieldSource | None = None
    published_at: FieldSource | None = None
    language: FieldSource | None = None
    canonical_url: FieldSource | None = None
    site_name: FieldSource | None = None


#: Nothing is known of where the fields come from.
NOWHERE = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuality:
    """How much a page's text can be trusted to be the article."""

    #: 0 to 1; what is flagged is below a half.
    score: float
    #: What lowered the score, each in a few words.
    reasons: tuple[str, ...] = ()
    #: Why the page is not taken for its article; empty where it is.
    flags: tuple[PageFlag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """An article as its page gives it; empty where nothing was found."""

    #: Paragraphs separated by one newline.
    text: str
    title: str
    #: The page's headings of the first rank.
    headings: tuple[str, ...]
    authors: tuple[str, ...]
    #: With the offset that the page gives, in UTC where it gives none.
    published_at: datetime | None
    #: Whether the page gives a time of day and an offset, rather than a day alone.
    time_is_stated: bool
    #: Primary subtag, as the page says.
    language: str | None
    #: Recorded as the page claims it; nothing is known by it.
    canonical_url: str | None
    site_name: str | None
    provenance: Provenance
    quality: TextQuality


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRefused:
    """A page that was not read; `reason` is one line for people."""

    reason: str
