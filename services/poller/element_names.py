"""The names by which feedparser knows elements: `dc_creator` for one of Dublin Core, whatever its prefix.

It says which names feedparser does something of its own with; what it does is known in `entry_elements`.
"""

from __future__ import annotations

from functools import lru_cache

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict
from lxml import etree  # type: ignore[import-untyped]

_PREFIXES: dict[str, str] = {uri.lower(): prefix.lower() for uri, prefix in StrictFeedParser.namespaces.items()}
_SHORT = frozenset(_PREFIXES.values()) - {""}
_HANDLERS = frozenset(
    name.removeprefix("_start_").removeprefix("_end_")
    for name in dir(StrictFeedParser)
    if name.startswith(("_start_", "_end_"))
)
# What is read of what feedparser makes of a document; an element that it does not know is kept under its own name.
_READ = frozenset(
    {
        *("id", "feedburner_origlink", "link", "links", "title", "title_detail", "summary", "content", "authors"),
        *("author", "author_detail", "published", "published_parsed", "updated", "updated_parsed", "language", "ttl"),
    }
)


_NONE: dict[str, str] = {}


class UnfamiliarError(Exception):
    """The document is of a shape that feedparser reads better."""


def name_of(element: etree._Element) -> str:
    """An element's name; raises UnfamiliarError."""
    return name_by(element.tag, element.prefix)


# Bounded, since a hostile document may hold any number of names.
@lru_cache(maxsize=4_096)
def name_by(tag: str, prefix: str | None) -> str:
    """As `name_of`, by what lxml has of an element."""
    namespace, _, local = tag.rpartition("}")
    uri = namespace[1:].lower()
    given = (prefix or "").lower()
    known = "" if "backend.userland.com/rss" in uri else _PREFIXES.get(uri)
    if known is not None and given in _SHORT and given != known:
        # From here on feedparser takes one prefix for the other.
        raise UnfamiliarError(f"the prefix {given} for another namespace")
    short = given if known is None else known
    return f"{short}_{local.lower()}" if short else local.lower()


def attributes_of(element: etree._Element) -> dict[str, str]:
    """Its attributes by their names in small letters; raises UnfamiliarError where one may hide another."""
    items = element.items()
    if not items:
        return _NONE
    found: dict[str, str] = {}
    for tag, value in items:
        name = tag if tag.isalpha() and tag.islower() else _attribute_name(tag)
        if name in found:
            raise UnfamiliarError("two attributes of one name")
        found[name] = value.lower() if name in {"rel", "type"} else value
    return found


@lru_cache(maxsize=4_096)
def _attribute_name(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    if not namespace:
        return local.lower()
    short = _PREFIXES.get(namespace[1:].lower())
    if not short:
        raise UnfamiliarError("an attribute that feedparser takes for one without a namespace")
    return f"{short}:{local.lower()}"


@lru_cache(maxsize=4_096)
def means_nothing(name: str) -> bool:
    """Whether feedparser has no handler for the name, and keeps its text where nobody looks."""
    return name not in _HANDLERS and FeedParserDict.keymap.get(name, name) not in _READ
