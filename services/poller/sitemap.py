"""Reads news sitemaps, by which many outlets without feeds announce their articles, and indexes of them.

Sitemaps without news are none of its business. It fetches no sitemap that an index names; that is `sitemap_index`.
"""

from __future__ import annotations

import re

from lxml import etree  # type: ignore[import-untyped]

from services.poller.dates import from_iso
from services.poller.raw_feed import RawDate, RawEntry, RawFeed

SITEMAP_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)(?=[\s>])", re.IGNORECASE)
#: Elements that are its entries.
SITEMAP_ENTRIES = ("url", "sitemap")

# In the path of an address; many a host is called so as a whole.
_NEWS = re.compile(r"//[^/]{1,300}/.{0,1000}news", re.IGNORECASE)


def read_sitemap(text: str) -> RawFeed | None:
    """The articles of a sitemap or the sitemaps of an index; None where it holds no news or cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None:
        return None
    documents = _documents(root)
    pairs = ((url, url.find("{*}news")) for url in root.iterfind("{*}url"))
    entries = tuple(_to_raw_entry(url, news) for url, news in pairs if news is not None)
    if not entries and not documents:
        return None
    languages = [entry.language for entry in entries if entry.language]
    return RawFeed(
        title="",
        language=languages[0] if languages else "",
        ttl="",
        entries=entries,
        truncated=0,
        documents=documents,
    )


def _documents(root: etree._Element) -> tuple[str, ...]:
    """The sitemaps of an index: those that are called news before the others, the last changed first."""
    named = [(_text(each, "{*}loc").strip(), _text(each, "{*}lastmod").strip()) for each in root.iterfind("{*}sitemap")]
    newest = sorted(named, key=lambda pair: _changed_at(pair[1]), reverse=True)
    return tuple(address for address, _ in sorted(newest, key=lambda pair: not _NEWS.search(pair[0])) if address)


def _changed_at(written: str) -> float:
    moment = from_iso(written)
    return moment.timestamp() if moment is not None else 0.0


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
