"""Reads a page field by field: what it says of its article in JSON-LD, Open Graph and the like, its text, its quality.

    limits | parse | signposts, JSON-LD | title, authors, date, language | text | judge

It believes a page about itself only; the feed's words and what is taken from where in the end are `reading`'s part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from htmldate import find_date
from lxml.html import tostring  # type: ignore[import-untyped]

from stancewire.types import FieldSource, PageReading, PageRefused, Provenance, TextQuality
from workers.read.authors import choose_authors
from workers.read.body import Body, find_body
from workers.read.cleaning import clean_line, letters
from workers.read.dates import Moment, choose_date
from workers.read.json_ld import LinkedArticle, LinkedData, read_json_ld
from workers.read.limits import find_excess
from workers.read.markup import Markup, parse_page, read_markup
from workers.read.page_tree import PageTree
from workers.read.quality import Evidence, judge
from workers.read.titles import Candidate, choose_title

MAX_VISIBLE = 200_000
#: Bytes of a page, without its programs, in whose words a date is searched.
MAX_SEARCHED = 400_000

_TITLES = ("twitter:title", "dc.title", "parsely-title", "sailthru.title", "headline", "title")
_AUTHORS = ("author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "cxenseparse:author")
_OPEN_AUTHORS = ("article:author", "og:article:author", "og:author")
_OPEN_DATES = ("article:published_time", "article:published", "og:article:published_time", "og:published_time")
_DATES = (
    "datepublished", "publishdate", "publish_date", "publish-date", "publication_date", "pubdate", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date", "date", "article.published", "parsely-pub-date", "sailthru.date",
    "cxenseparse:publishtime", "cxenseparse:recs:publishtime",
)  # fmt: skip
_SITES = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "al:ios:app_name",
    "twitter:app:name:iphone",
)
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_ENDING = re.compile(r"[|\u2013\u2014-]\s*(\d{1,2}[./]\d{1,2}[./]\d{4})\s*$")


def read_page(
    body: bytes, *, content_type: str, url: str, before: datetime, is_dated: bool = False
) -> PageReading | PageRefused:
    """All that the page at `url` says; it cannot have been published after `before`.

    Where its time of publication is known already (`is_dated`), its words are not searched for one.
    """
    excess = find_excess(body)
    if excess is not None:
        return PageRefused(reason=excess)
    try:
        tree = parse_page(body, content_type)
        if tree is None:
            return PageRefused(reason="it is no HTML")
        return _read(tree, url, before, is_dated=is_dated)
    except Exception as error:  # noqa: BLE001 - hostile pages find new ways; the feed's own words remain
        return PageRefused(reason=f"it breaks the extractor: {type(error).__name__}")


def _read(tree: PageTree, url: str, before: datetime, *, is_dated: bool) -> PageReading:
    markup = read_markup(tree)
    linked = read_json_ld(markup.scripts)
    article = own_article(linked, markup, url)
    address = markup.canonical_url or ""
    sites = tuple(_site_names(markup, linked, (url, address)))
    title = choose_title(tuple(_titles(markup, article)), site_names=sites)
    authors = choose_authors(tuple(_authors(markup, article)), site_names=sites)
    date = choose_date(_dates(markup, article), before=before)
    if date is None and not is_dated:
        date = _searched_date(tree, markup, before)
    site = next(((name, source) for name, source in _sites(markup, article)), None)
    descriptions = tuple(text for name in _DESCRIPTIONS for text in markup.meta.get(name, ()))
    heads = (title[0] if title else "", article.headline, *markup.meta.get("og:title", ()), *markup.headings)
    body = find_body(tree, linked=article.body, titles=heads, descriptions=descriptions)
    language = _language(markup, article)
    quality = judge_body(body, tree, markup, linked, title=title[0] if title else "", url=url)
    return PageReading(
        text=body.text,
        title=title[0] if title else "",
        headings=markup.headings,
        authors=authors[0] if authors else (),
        published_at=date[0].at if date else None,
        time_is_stated=date is not None and date[0].is_stated,
        language=language[0] if language else None,
        canonical_url=address or None,
        site_name=site[0] if site else None,
        provenance=Provenance(
            text=body.source,
            title=title[1] if title else None,
            authors=authors[1] if authors else None,
            published_at=date[1] if date else None,
            language=language[1] if language else None,
            canonical_url="html" if address else None,
            site_name=site[1] if site else None,
        ),
        quality=quality,
    )


def judge_body(body: Body, tree: PageTree, markup: Markup, linked: LinkedData, *, title: str, url: str) -> TextQuality:
    """How good a text is as that of its page."""
    descriptions = (text for name in _DESCRIPTIONS for text in markup.meta.get(name, ()))
    return judge(
        Evidence(
            text=body.text,
            title=title,
            description=next(descriptions, ""),
            visible=partial(_visible, tree),
            markup=markup,
            linked=linked,
            address=url if url.startswith(("http://", "https://")) else markup.canonical_url or "",
            left_out=body.left_out,
            not_found=body.not_found,
        )
    )


def own_article(linked: LinkedData, markup: Markup, url: str) -> LinkedArticle:
    """The article in JSON-LD that is the page's own: by its address, else by its title, else the first."""
    addresses = {_place(address) for address in (url, markup.canonical_url or "")} - {""}
    heads = {letters(text) for text in (*markup.headings, *markup.meta.get("og:title", ()))}

    def rank(article: LinkedArticle) -> tuple[bool, bool, bool]:
        return (_place(article.url) in addresses, letters(article.headline) in heads, bool(article.date_published))

    # The first of equals; a second node often only repeats the first in other words.
    return max(linked.articles, key=rank, default=LinkedArticle())


def _place(address: str) -> str:
    parts = urlsplit(address)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}" if parts.hostname else ""


def _titles(markup: Markup, article: LinkedArticle) -> Iterator[Candidate]:
    texts: tuple[tuple[Iterable[str], FieldSource], ...] = (
        (markup.meta.get("og:title", ()), "open-graph"),
        ((article.headline,), "json-ld"),
        ((markup.first(name) for name in _TITLES), "meta"),
        (markup.headings, "heading"),
        ((markup.page_title,), "title-element"),
    )
    for group, source in texts:
        yield from ((text, source) for text in group if text)


def _authors(markup: Markup, article: LinkedArticle) -> Iterator[tuple[Iterable[str], FieldSource]]:
    yield article.authors, "json-ld"
    yield _values(markup, _OPEN_AUTHORS), "open-graph"
    yield _values(markup, _AUTHORS), "meta"
    yield markup.marked_authors, "microdata"
    # Further ones belong to teasers and comments.
    yield markup.bylines[:2], "byline"


def _values(markup: Markup, names: Iterable[str]) -> tuple[str, ...]:
    """Everything under the first of `names` that has something."""
    return next((markup.meta[name] for name in names if name in markup.meta), ())


def _dates(markup: Markup, article: LinkedArticle) -> Iterator[tuple[str, FieldSource]]:
    yield article.date_published, "json-ld"
    yield from ((text, "open-graph") for name in _OPEN_DATES for text in markup.meta.get(name, ()))
    yield from ((text, "meta") for name in _DATES for text in markup.meta.get(name, ()))
    yield from ((text, "byline") for text, is_publication in markup.times if is_publication)
    for text in (*markup.meta.get("og:title", ()), markup.page_title):
        if found := _ENDING.search(text):
            yield found[1], "title-element"


def _searched_date(tree: PageTree, markup: Markup, before: datetime) -> tuple[Moment, FieldSource] | None:
    """The time that stands somewhere in the words, for want of better; a slow search, and so kept to what is short."""
    searched = deepcopy(tree.root)
    for element in list(searched.iter("script", "style", "svg")):
        if element.getparent() is not None:
            element.drop_tree()
    if len(tostring(searched)) > MAX_SEARCHED:
        return None
    found = find_date(searched, original_date=True, extensive_search=True, max_date=before.strftime("%Y-%m-%d"))
    # A `time` element of that day has the time of day as well.
    times: list[tuple[str, FieldSource]] = [
        (text, "byline") for text, _ in markup.times if found and text.startswith(found)
    ]
    return choose_date((*times, (found or "", "trafilatura")), before=before)


def _language(markup: Markup, article: LinkedArticle) -> tuple[str, FieldSource] | None:
    said = article.language.replace("_", "-").partition("-")[0].strip().lower()
    if re.fullmatch(r"[a-z]{2,3}", said):
        return said, "json-ld"
    return (markup.language, "html") if markup.language else None


def _sites(markup: Markup, article: LinkedArticle) -> Iterator[tuple[str, FieldSource]]:
    yield from ((name, "open-graph") for name in markup.meta.get("og:site_name", ()))
    if article.publisher:
        yield article.publisher, "json-ld"
    yield from ((name, "meta") for name in markup.meta.get("application-name", ()))


def _site_names(markup: Markup, linked: LinkedData, addresses: Iterable[str]) -> Iterator[str]:
    yield from (text for name in _SITES for text in markup.meta.get(name, ()))
    yield from (article.publisher for article in linked.articles)
    for address in addresses:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        labels = host.split(".")
        yield host
        yield labels[0]
        # The name a site is registered under stands before the ending, which may have two parts.
        yield from labels[-3:-1]


def _visible(tree: PageTree) -> str:
    body = tree.root.find("body")
    texts: list[str] = []
    length = 0
    for element in (body if body is not None else tree.root).iter():
        told = (
            None if element.tag in ("script", "style", "template") or not isinstance(element.tag, str) else element.text
        )
        for text in (told, element.tail):
            if text and not text.isspace():
                texts.append(text)
                length += len(text)
        if length > MAX_VISIBLE:
            break
    return clean_line(" ".join(texts)).lower()
