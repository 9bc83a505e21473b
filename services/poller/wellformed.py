"""Reads well-formed RSS, RDF and Atom of the usual shapes, some forty times as fast as feedparser and with its answers.

A document of any other shape is left to `tolerant`: of every element met here it is known what feedparser makes of it,
and a test compares the two, field by field, on real documents and on ones made at random.
"""

from __future__ import annotations

import re

from lxml import etree  # type: ignore[import-untyped]

from services.poller.element_names import UnfamiliarError, attributes_of, means_nothing, name_of
from services.poller.entry_draft import check_leaves, language_within, markup_of, text_of
from services.poller.entry_elements import PERSON, read_entry
from services.poller.raw_feed import RawEntry, RawFeed

# C1 controls, which feedparser takes for characters of Windows, and references to them or to what is no character.
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_REFERENCE_TO_NONE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|12[89]|1[345]\d|5[5-7]\d{3}|\d{7,})(?!\d)"
    rb"|[xX]0*(?:[0-8bBcCeEfF]|[189][0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[0-9a-fA-F]{6,})(?![0-9a-fA-F]))"
)
# To libxml2 a tag with a hundred thousand attributes is a minute's work; one with 500 has at least so many characters.
_LONG = re.compile(rb"<[^<]{2500}")
_MANY_ATTRIBUTES = re.compile(rb"<[^<>\s]++(?:\s++[^<>=\s]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+')){500}")
_BASE = re.compile(rb"base\s*=\s*[\"']")
_PROLOG = re.compile(rb"(?:<\?[^>]{0,500}\?>\s*|<!--[^>]{0,2000}-->\s*)*+")
_ENTRIES = frozenset({"item", "entry"})
# Elements of a feed with elements in them that say nothing of the feed itself.
_GROUPS = {
    "image": frozenset({"title", "link", "description", "url", "width", "height"}),
    "textinput": frozenset({"title", "link", "description", "name"}),
    **dict.fromkeys(("author", "managingeditor", "contributor", "itunes_owner", "dc_creator", "itunes_author"), PERSON),
    "itunes_category": frozenset({"itunes_category"}),
}
_LEAVES = frozenset(
    {
        *("link", "id", "guid", "updated", "modified", "lastbuilddate", "published", "issued", "pubdate", "generator"),
        *("category", "keywords", "cloud", "webmaster", "rights", "copyright", "subtitle", "tagline", "created"),
        *("dc_date", "dc_rights", "dc_publisher", "dc_subject", "dcterms_created", "dcterms_issued"),
        *("dcterms_modified", "itunes_subtitle", "itunes_explicit", "itunes_block", "itunes_keywords"),
        *("itunes_image", "media_thumbnail", "media_rating", "media_credit", "media_keywords", "media_category"),
    }
)
_DESCRIPTIONS = frozenset({"description", "dc_description"})
_SUMMARIES = frozenset({"summary", "itunes_summary"})
_RSS_1 = "http://purl.org/rss/1.0/"


def read_wellformed(body: bytes, *, max_entries: int) -> RawFeed | None:
    """The feed, or None where the document is not well-formed UTF-8 or its shape is not a usual one."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    start = _PROLOG.match(body)
    # A document type may declare entities, and libxml2 is never to meet one.
    if start is None or body[start.end() : start.end() + 2] == b"<!":
        return None
    if _C1.search(body) or _REFERENCE_TO_NONE.search(body) or _has_excessive_tag(body):
        return None
    # Limits of its own are kept: elements 256 deep, 10 MB of text in one piece.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(body, parser)
        return _Document(has_base=_BASE.search(body) is not None, max_entries=max_entries).read(root)
    except (etree.LxmlError, UnfamiliarError):
        return None


def _has_excessive_tag(body: bytes) -> bool:
    return any(_MANY_ATTRIBUTES.match(body, long.start()) for long in _LONG.finditer(body))


class _Document:
    def __init__(self, *, has_base: bool, max_entries: int) -> None:
        self._has_base = has_base
        self._max_entries = max_entries
        self._entries: list[RawEntry] = []
        self._truncated = 0
        self._values: dict[str, str] = {}
        self._has_summary = False
        self._has_content = False

    def read(self, root: etree._Element) -> RawFeed:
        """The feed of a document; raises UnfamiliarError."""
        name, attributes = name_of(root), attributes_of(root)
        language = language_within(attributes, "")
        if name in {"rss", "feed"} and language:
            self._values["language"] = language
        if name == "feed":
            self._read_feed(root, language)
        elif name == "rss" or (name == "rdf_rdf" and _RSS_1 in map(str.lower, root.nsmap.values())):
            self._read_channel(root, language)
        else:
            raise UnfamiliarError(name)
        return RawFeed(
            title=self._values.get("title", ""),
            language=self._values.get("language", ""),
            ttl=self._values.get("ttl", ""),
            entries=tuple(self._entries),
            truncated=self._truncated,
            update_period=self._values.get("sy_updateperiod", ""),
            update_frequency=self._values.get("sy_updatefrequency", ""),
        )

    def _read_channel(self, root: etree._Element, language: str) -> None:
        if not len(root) or name_of(root[0]) != "channel":
            raise UnfamiliarError("no channel at first")
        for element in root:
            name = name_of(element)
            if name == "channel" and element is root[0]:
                attributes = attributes_of(element)
                if "href" in attributes or "lastmod" in attributes:
                    raise UnfamiliarError("a channel with attributes of its own")
                self._read_feed(element, language_within(attributes, language))
            elif name in _ENTRIES:
                self._read_entry(element, language)
            else:
                check_leaves(element, _GROUPS[name] if name in {"image", "textinput"} else frozenset())

    def _read_feed(self, feed: etree._Element, language: str) -> None:
        for element in feed:
            name = name_of(element)
            if name in _ENTRIES:
                self._read_entry(element, language)
            else:
                self._read_field(name, element)

    def _read_entry(self, element: etree._Element, language: str) -> None:
        if len(self._entries) == self._max_entries:
            self._truncated += 1
            return
        entry = read_entry(element, language, has_base=self._has_base, has_content=self._has_content)
        self._entries.append(entry)
        self._has_content = False

    def _read_field(self, name: str, element: etree._Element) -> None:
        if name == "title" and name not in self._values:
            self._values[name] = markup_of(element, attributes_of(element))
        elif name in {"language", "dc_language"}:
            self._values["language"] = text_of(element)
        elif name in {"ttl", "sy_updateperiod", "sy_updatefrequency"}:
            self._values[name] = "" if element.attrib else text_of(element)
        elif name in _DESCRIPTIONS | _SUMMARIES and not len(element):
            # What a feed says of itself twice, feedparser takes for content; the next entry is then read otherwise.
            self._has_content = self._has_content or self._has_summary
            self._has_summary = self._has_summary or name in _SUMMARIES
        elif name in _GROUPS:
            check_leaves(element, _GROUPS[name])
        elif len(element) and (name in _LEAVES or not all(map(_is_unknown, element.iterdescendants()))):
            raise UnfamiliarError(f"elements in {name}")
        elif name not in _LEAVES and not means_nothing(name):
            raise UnfamiliarError(name)


def _is_unknown(element: etree._Element) -> bool:
    return means_nothing(name_of(element))
