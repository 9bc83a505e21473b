"""Reads news sitemaps, by which many outlets without feeds announce their articles.

Sitemaps without news are none of its business, and it fetches no further sitemaps from an index.
"""

from __future__ import annotations

import re

from lxml import etree  # type: ignore[import-untyped]

from services.poller.dates import from_iso
from services.poller.entries import RawDate, RawEntry

SITEMAP_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?urlset(?=[\s>])", re.IGNORECASE)


def read_news_sitemap(text: str) -> tuple[RawEntry, ...]:
    """The articles of a sitemap, in its order; none where it holds no news or cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return ()
    if root is None:
        return ()
    pairs = ((url, url.find("{*}news")) for url in root.iterfind("{*}url"))
    return tuple(_to_raw_entry(url, news) for url, news in pairs if news is not None)


def _to_raw_entry(url: etree._Element, news: etree._Element) -> RawEntry:
    written = _text(news, "{*}publication_date").strip()
    return RawEntry(
        guid="",
        links=(_text(url, "{*}loc"),),
        title=_text(news, "{*}title"),
        summary="",
        content="",
        content_is_text=True,
        authors=(),
        published=RawDate(written=written[:100], parsed=from_iso(written)) if written else None,
        updated=None,
        language=_text(news, "{*}publication/{*}language"),
    )


def _text(element: etree._Element, path: str) -> str:
    return str(element.findtext(path) or "")
