"""Reads the head and the signposts of a page: `meta` elements, headings, links, times and bylines.

It gives what stands there, in the order of the page; which of it is right is decided in `extraction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import trafilatura
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from workers.read.cleaning import clean_line
from workers.read.page_tree import MAX_LINE, PageTree

MAX_HEADINGS = 8
MAX_BYLINES = 12
#: Elements looked at for one kind of signpost: a page may have a hundred thousand.
MAX_LOOKED_AT = 300

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_SUBTAG = re.compile(r"[a-zA-Z]{2,3}(?=[-_]|$)")
_BYLINE = re.compile("author|byline|autor", re.IGNORECASE | re.ASCII)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|autor(?:en|es|in)?|auteurs?|autori|profiles?|people|staff|by|journalists?|redakteure?|skribent|person)/",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What a page's markup says beside its text."""

    #: `meta` contents by `property`, `name` or `itemprop` in lower case; several with one name in their order.
    meta: dict[str, tuple[str, ...]]
    scripts: tuple[str, ...]
    headings: tuple[str, ...]
    page_title: str
    language: str | None
    canonical_url: str | None
    next_url: str | None
    #: (`datetime` attribute or text, whether it is marked as the time of publication)
    times: tuple[tuple[str, bool], ...]
    #: Lines marked as naming the author by microdata or `rel`.
    marked_authors: tuple[str, ...]
    #: Lines that look like a byline by the name of their class or by a link to an author's page.
    bylines: tuple[str, ...]

    def first(self, *names: str) -> str:
        """The first content under the first of `names` that has one, on one line."""
        return next((text for name in names for text in self.meta.get(name, ())), "")


def parse_page(body: bytes, content_type: str = "") -> PageTree | None:
    """The tree of a page, or None where there is none; the page's own word on its encoding counts after UTF-8."""
    root: HtmlElement | None = trafilatura.load_html(_decoded(body, content_type))
    return None if root is None else PageTree(root)


def _decoded(body: bytes, content_type: str) -> bytes | str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(content_type) or _CHARSET.search(body[:4_096].decode("ascii", "replace"))
    if said is not None:
        try:
            # Browsers read these names as the wider encoding of Windows.
            name = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252"}.get(said[1].lower(), said[1])
            return body.decode(name, "replace")
        except (LookupError, UnicodeError, ValueError, TypeError):
            return body
    return body


def read_markup(tree: PageTree) -> Markup:
    """The signposts of a page."""
    root = tree.root
    meta: dict[str, list[str]] = {}
    for element in islice(root.iter("meta"), MAX_LOOKED_AT):
        content = clean_line((element.get("content") or "")[: 4 * MAX_LINE])[:MAX_LINE]
        for key in ("property", "name", "itemprop"):
            name = (element.get(key) or "").strip().lower()
            if name and content:
                meta.setdefault(name, []).append(content)
    title = next(iter(root.iter("title")), None)
    return Markup(
        meta={name: tuple(values) for name, values in meta.items()},
        scripts=tuple(islice(_scripts(root), 60)),
        headings=tuple(islice(filter(None, map(tree.inside, islice(root.iter("h1"), MAX_LOOKED_AT))), MAX_HEADINGS)),
        page_title=tree.inside(title) if title is not None else "",
        language=_language(root, meta),
        canonical_url=_link(root, "canonical") or next(iter(meta.get("og:url", ())), None),
        next_url=_link(root, "next"),
        times=tuple(islice(_times(tree), 20)),
        marked_authors=tuple(islice(_marked_authors(tree), MAX_BYLINES)),
        bylines=tuple(islice(_bylines(tree), MAX_BYLINES)),
    )


def _scripts(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("script"):
        if (element.get("type") or "").strip().lower().startswith("application/ld+json") and element.text:
            yield element.text


def _language(root: HtmlElement, meta: dict[str, list[str]]) -> str | None:
    said = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"), *meta.get("og:locale", ()))
    found = (_SUBTAG.match(text.strip()) for text in said if text)
    return next((match[0].lower() for match in found if match), None)


def _link(root: HtmlElement, relation: str) -> str | None:
    for element in islice(root.iter("link"), MAX_LOOKED_AT):
        if relation in (element.get("rel") or "").lower().split() and element.get("href"):
            return clean_line(element.get("href"))[:2_000] or None
    return None


def _times(tree: PageTree) -> Iterator[tuple[str, bool]]:
    for element in tree.root.xpath("//*[self::time or @itemprop][self::time or @itemprop='datePublished']")[
        :MAX_LOOKED_AT
    ]:
        marks = f"{element.get('itemprop') or ''} {element.get('class') or ''} {element.get('pubdate') or ''}".lower()
        text = element.get("datetime") or element.get("content") or tree.inside(element)
        if text:
            yield clean_line(text)[:100], "publi" in marks or "pubdate" in marks


def _marked_authors(tree: PageTree) -> Iterator[str]:
    # Most elements have neither attribute, which is told at once.
    marked = "//*[@itemprop or @rel][@itemprop='author' or @rel='author' or @itemprop='creator']"
    for element in tree.root.xpath(marked)[:MAX_LOOKED_AT]:
        names = element.xpath(".//*[@itemprop='name']")
        for found in names or [element]:
            text = found.get("content") or tree.inside(found)
            if text:
                yield text[:MAX_LINE]


def _bylines(tree: PageTree) -> Iterator[str]:
    named = tree.root.xpath("//*[@class or @id]")
    marked = (each for each in named if _BYLINE.search(f"{each.get('class', '')} {each.get('id', '')}"))
    for element in islice(marked, MAX_LOOKED_AT):
        text = tree.inside(element)
        if text and len(text) <= 200 and element.tag not in {"body", "html", "time", "script", "style", "meta"}:
            yield text
    for element in islice(tree.root.iter("a"), 10 * MAX_LOOKED_AT):
        if _AUTHOR_PATH.search(element.get("href") or "") and 0 < len(text := tree.inside(element)) <= 80:
            yield text
