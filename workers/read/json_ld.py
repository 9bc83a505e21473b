"""Reads what a page says of its article as JSON-LD: NewsArticle and its kin, in graphs, in lists and in bad JSON.

It says what stands there and believes none of it; which field is taken from where is decided in `extraction`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from workers.read.cleaning import clean_line, clean_text

MAX_SCRIPTS = 40
MAX_SCRIPT_CHARACTERS = 2_000_000
#: Characters of a script that is not JSON in which fields are searched.
MAX_SALVAGED = 50_000
MAX_NODES = 5_000
MAX_NAMES = 40
MAX_NAME = 300
MAX_HEADLINE = 1_000

ARTICLE_TYPES = frozenset(
    (
        "Article AdvertiserContentArticle NewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle "
        "OpinionNewsArticle ReportageNewsArticle ReviewNewsArticle Report SatiricalArticle ScholarlyArticle "
        "SocialMediaPosting BlogPosting LiveBlogPosting DiscussionForumPosting TechArticle"
    ).split()
)
#: Where an article may stand inside another node and still be the page's own.
_LEADS_ON = ("@graph", "mainEntity", "mainEntityOfPage", "@list", "itemReviewed")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\s*\*/)?)\s*$|;\s*$"
)
_TAG = re.compile(r"<[^<>]{1,500}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li)\b[^<>]{0,200}>", re.IGNORECASE)
_STRING = r'\s*:\s*"((?:[^"\\]|\\.){1,%d})"'


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedArticle:
    """An article as JSON-LD describes it; empty where nothing is said."""

    types: tuple[str, ...] = ()
    headline: str = ""
    #: Names as written: persons and organisations alike.
    authors: tuple[str, ...] = ()
    date_published: str = ""
    language: str = ""
    url: str = ""
    publisher: str = ""
    body: str = ""
    #: Whether all may read it, where that is said.
    is_free: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedData:
    """All that a page's JSON-LD tells about the page."""

    articles: tuple[LinkedArticle, ...] = ()
    #: Types of the nodes at the top, such as `WebPage` or `Product`.
    types: frozenset[str] = frozenset()


def read_json_ld(scripts: Iterable[str]) -> LinkedData:
    """The articles that scripts of type `application/ld+json` describe; what cannot be read is passed over."""
    tops: list[Mapping[str, Any]] = []
    broken: list[LinkedArticle] = []
    for _, script in zip(range(MAX_SCRIPTS), scripts, strict=False):
        value = _load(script[:MAX_SCRIPT_CHARACTERS])
        if value is None:
            broken.extend(_salvaged(script[:MAX_SALVAGED]))
        else:
            tops.extend(_tops(value))
    by_id = {node["@id"]: node for node in tops if isinstance(node.get("@id"), str) and len(node) > 2}
    found = tuple(_article(node, by_id) for node in tops if ARTICLE_TYPES & _types(node))
    return LinkedData(articles=found + tuple(broken), types=frozenset(name for node in tops for name in _types(node)))


def _load(script: str) -> Any:
    for text in (script, _TRAILING_COMMA.sub(r"\1", _WRAPPING.sub("", script.strip()))):
        try:
            # Line breaks inside strings are common, and no reason to read nothing.
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _tops(value: Any) -> Iterator[Mapping[str, Any]]:
    """The nodes that describe the page itself, not those it only points at."""
    waiting = [value]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting[:0] = current[:MAX_NODES]
        elif isinstance(current, dict):
            yield current
            waiting.extend(current[key] for key in _LEADS_ON if isinstance(current.get(key), dict | list))


def _types(node: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(re.split(r"[/:#]", name)[-1] for name in _strings(node.get("@type")))


def _article(node: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> LinkedArticle:
    return LinkedArticle(
        types=tuple(sorted(_types(node))),
        headline=_line(next(_strings(node.get("headline")), "") or next(_strings(node.get("name")), "")),
        authors=tuple(dict.fromkeys(_names(node.get("author") or node.get("creator"), by_id)))[:MAX_NAMES],
        date_published=_line(next(_strings(node.get("datePublished")), "")),
        language=_line(next(_strings(_named(node.get("inLanguage"))), "")),
        url=next(_addresses(node), ""),
        publisher=next(_names(node.get("publisher"), by_id), ""),
        body=plain(next(_strings(node.get("articleBody")), "")),
        is_free=_freedom(node),
    )


def _named(value: Any) -> Any:
    return value.get("alternateName") or value.get("name") if isinstance(value, dict) else value


def _strings(value: Any) -> Iterator[str]:
    """The texts in a value that may be one text, a list of them, or `{"@value": text}`."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item.get("@value")  # noqa: PLW2901
        if isinstance(item, str) and item.strip():
            yield item


def _names(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for item in (value if isinstance(value, list) else [value])[:MAX_NAMES]:
        node = item
        if isinstance(item, dict) and "name" not in item:
            node = by_id.get(str(item.get("@id")), item)
        if isinstance(node, dict):
            names = list(_strings(node.get("name")))
            if not names and (node.get("givenName") or node.get("familyName")):
                names = [f"{node.get('givenName') or ''} {node.get('familyName') or ''}"]
        else:
            names = list(_strings(node))
        yield from (name for name in (_line(name)[:MAX_NAME] for name in names) if name)


def _addresses(node: Mapping[str, Any]) -> Iterator[str]:
    main = node.get("mainEntityOfPage")
    for value in (node.get("url"), main.get("@id") if isinstance(main, dict) else main, node.get("@id")):
        yield from (text for text in _strings(value) if text.startswith(("http://", "https://")))


def _freedom(node: Mapping[str, Any]) -> bool | None:
    value = node.get("isAccessibleForFree")
    if isinstance(value, str):
        return {"true": True, "false": False}.get(re.split(r"[/#]", value)[-1].strip().lower())
    return value if isinstance(value, bool) else None


def _salvaged(script: str) -> Iterator[LinkedArticle]:
    """An article from JSON that is broken beyond repair, by the fields whose texts are whole."""
    found = re.search(r'"@type"' + _STRING % 40, script)
    if found is None or found[1] not in ARTICLE_TYPES:
        return
    authors = re.search(r'"author"\s*:\s*[\[{][^\]]{0,2000}?"name"' + _STRING % MAX_NAME, script)
    fields = {
        name: _line(_unescaped(match[1]))
        for name in ("headline", "datePublished")
        if (match := re.search(f'"{name}"' + _STRING % MAX_HEADLINE, script))
    }
    if fields:
        yield LinkedArticle(
            types=(found[1],),
            headline=fields.get("headline", ""),
            authors=(_line(_unescaped(authors[1])),) if authors else (),
            date_published=fields.get("datePublished", ""),
        )


def _unescaped(inside: str) -> str:
    try:
        return str(json.loads(f'"{inside}"', strict=False))
    except ValueError:
        return inside


def _line(text: str) -> str:
    return clean_line(_TAG.sub(" ", unescape(unescape(text[:10_000]))))


def plain(text: str) -> str:
    r"""The words of a body that may hold markup, a paragraph a line.

    >>> plain("<p>One &amp; two.</p><p>Three.</p>")
    'One & two.\nThree.'
    """
    return clean_text(unescape(unescape(_TAG.sub("", _BREAK.sub("\n", unescape(text))))))
