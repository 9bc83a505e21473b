"""Where a site's feeds may be: the addresses that a page names as its feeds, and those that are usual.

Pure: it asks for none of them; whether there is a feed at an address is found out by fetching and parsing it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

from services.poller.entries import web_link
from services.poller.plain_text import clean_line

#: Characters of a page that are looked through; its head stands at the beginning.
MAX_PAGE = 500_000
#: Feeds of one page.
MAX_NAMED = 50

#: Paths at which publishing systems have their feeds, the most usual first.
USUAL_PATHS = (
    *("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "feeds", "rss/index.xml"),
    *("news/rss.xml", "feeds/posts/default", "?feed=rss2", "news-sitemap.xml", "sitemap-news.xml"),
)

_TAG = re.compile(r"<(?:!--.*?(?:-->|\Z)|(link|a|base)(?=[\s/])([^<>]{1,4000})>)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(
    r"""([a-z:-]{1,40})\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE
)
_FEED_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"),
        *("application/json", "application/xml", "text/xml", "application/x-rss+xml", "text/rss"),
    }
)
#: Types by which other things than feeds are named too, as the interface of a publishing system.
_DOUBTFUL_TYPES = frozenset({"application/json", "application/xml", "text/xml"})
_COMMENTS = re.compile(r"/comments?/|comments? feed|comments-rss", re.IGNORECASE)
_FEED_PATH = re.compile(r"(?:^|[/._-])(?:rss|feeds?|atom)(?:[/._?-]|$)|[.](?:rss|rdf|atom)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A feed as a page names it."""

    url: str
    title: str


def feeds_named_in(text: str, url: str) -> tuple[NamedFeed, ...]:
    """The feeds that the page at `url` names in its head, then those it links to by what looks like a feed's address.

    Feeds of comments come last.
    """
    base = url
    declared: list[dict[str, str]] = []
    doubtful: list[dict[str, str]] = []
    linked: list[dict[str, str]] = []
    for tag in _TAG.finditer(text[:MAX_PAGE]):
        if tag[1] is None:
            continue
        name = tag[1].lower()
        attributes = _attributes(tag[2])
        if name == "base" and base == url:
            base = _joined(url, attributes.get("href", ""))
        elif name == "link" and "alternate" in attributes.get("rel", "").lower().split():
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            if kind in _FEED_TYPES:
                (doubtful if kind in _DOUBTFUL_TYPES else declared).append(attributes)
        elif name == "a" and _FEED_PATH.search(attributes.get("href", "")):
            linked.append(attributes)
    found: dict[str, NamedFeed] = {}
    for attributes in (*declared, *doubtful, *linked):
        link = web_link(attributes.get("href", ""), base)
        if link is not None:
            found.setdefault(link, NamedFeed(url=link, title=clean_line(attributes.get("title", ""))[:300]))
    return tuple(sorted(found.values(), key=_is_of_comments)[:MAX_NAMED])


def usual_addresses(url: str) -> tuple[str, ...]:
    """Where the feed of a site or of a section of it may be, that at `url` itself first."""
    page = url.partition("#")[0].partition("?")[0]
    folder = page if page.endswith("/") else f"{page}/"
    root = _joined(url, "/")
    links = (web_link(path, start) for start in dict.fromkeys((folder, root)) for path in USUAL_PATHS)
    return tuple(dict.fromkeys(link for link in links if link is not None))


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        found.setdefault(match[1].lower(), unescape(match[2] or match[3] or match[4] or "").strip())
    return found


def _is_of_comments(feed: NamedFeed) -> bool:
    return _COMMENTS.search(f"{feed.url} {feed.title}") is not None


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return base
