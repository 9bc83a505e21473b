"""What each element of an entry says, as feedparser understands it: which of two titles counts, what a guid is.

Elements that are met only in unusual documents raise UnfamiliarError; such documents are left to feedparser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from xml.sax.saxutils import escape

from lxml import etree  # type: ignore[import-untyped]

from services.poller.dates import read_date
from services.poller.element_names import UnfamiliarError, attributes_of, means_nothing, name_by, name_of
from services.poller.entry_draft import Draft, address_in, check_leaves, language_within, markup_of, text_of
from services.poller.raw_feed import RawEntry
from services.poller.tolerant import guid_as_link

#: Names of authors longer than this, as they may be written, are cut before feedparser gets them.
MAX_AUTHOR = 300
#: Elements in a person.
PERSON = frozenset({"name", "email", "url", "uri", "homepage", "itunes_name", "itunes_email"})

_SHORT_AUTHOR = 30
_NAMES_OF_PERSONS = frozenset({"name", "itunes_name"})
_MAILS_OF_PERSONS = frozenset({"email", "itunes_email"})
_PAGE_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
_HALF_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_MAIL = re.compile(
    r"[a-zA-Z0-9_\-.+]+@(?:\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.|(?:[a-zA-Z0-9\-]+\.)+)"
    r"(?:[a-zA-Z]{2,4}|[0-9]{1,3})\]?(?:\?subject=\S+)?"
)


_Read = Callable[[Draft, etree._Element, int, str], None]


def read_entry(element: etree._Element, language: str, *, has_base: bool, has_content: bool) -> RawEntry:
    """The entry; `language` is that of what is around it, `has_content` whether content came before any entry."""
    attributes = attributes_of(element)
    if "href" in attributes or "lastmod" in attributes:
        raise UnfamiliarError("an entry with attributes of its own")
    draft = Draft(has_base=has_base, has_content=has_content)
    if about := attributes.get("rdf:about"):
        draft.values["id"] = about
    _read_all(draft, element, 0, language_within(attributes, language))
    return _raw_entry(draft)


def _read_all(draft: Draft, parent: etree._Element, depth: int, language: str) -> None:
    for element in parent:
        _reader_of(element.tag, element.prefix)(draft, element, depth, language)


@lru_cache(maxsize=4_096)
def _reader_of(tag: str, prefix: str | None) -> _Read:
    name = name_by(tag, prefix)
    read = _ELEMENTS.get(name)
    if read is None and not means_nothing(name):
        raise UnfamiliarError(name)
    return read or _group


def _raw_entry(draft: Draft) -> RawEntry:
    values = draft.values
    guid = values.get("id", "")
    alternates = [href for relation, href in draft.links if relation == "alternate"]
    return RawEntry(
        guid=guid,
        links=(values.get("feedburner_origlink", ""), values.get("link", ""), *alternates[:3], guid_as_link(guid)),
        title=values.get("title", ""),
        summary=values.get("summary", ""),
        # Of several of one length feedparser's last.
        content=sorted(draft.contents, key=len)[-1] if draft.contents else "",
        content_is_text=False,
        authors=tuple(draft.authors) if any(draft.authors) else (values.get("author", ""),),
        published=read_date(values.get("published", "")),
        updated=read_date(values.get("updated", "")),
        language=draft.title_language,
    )


def _group(draft: Draft, element: etree._Element, depth: int, language: str) -> None:
    if not len(element):
        return
    _read_all(draft, element, depth + 1, language_within(attributes_of(element), language))


def _title(draft: Draft, element: etree._Element, depth: int, language: str) -> None:
    attributes = attributes_of(element)
    title = markup_of(element, attributes)
    if not -1 < draft.title_depth <= depth:
        draft.keep("title", title, depth)
        draft.title_language = language_within(attributes, language)
    if title:
        draft.title_depth = depth


def _media_title(draft: Draft, element: etree._Element, depth: int, language: str) -> None:
    before = draft.title_depth
    _title(draft, element, depth, language)
    draft.title_depth = before


def _summary(draft: Draft, element: etree._Element, depth: int, _: str) -> None:
    markup = markup_of(element, attributes_of(element))
    if "summary" in draft.values and not draft.has_content:
        draft.has_content = True
        draft.contents.append(markup)
    else:
        draft.keep("summary", markup, depth)


def _content(draft: Draft, element: etree._Element, _depth: int, _language: str) -> None:
    markup = markup_of(element, attributes_of(element))
    draft.has_content = True
    draft.contents.append(markup)
    draft.values.setdefault("summary", markup)


def _guid(draft: Draft, element: etree._Element, depth: int, _: str) -> None:
    is_link = attributes_of(element).get("ispermalink", "true") == "true"
    guid = text_of(element)
    draft.keep("id", address_in(draft, guid) if is_link else guid, depth)
    if is_link:
        draft.values.setdefault("link", guid)


def _link(draft: Draft, element: etree._Element, _depth: int, _language: str) -> None:
    attributes = attributes_of(element)
    relation = attributes.get("rel", "alternate")
    named = attributes.get("url", attributes.get("uri", attributes.get("href")))
    href = named or attributes.get("href")
    if href is None:
        href = _HALF_REFERENCE.sub(r"&\1", address_in(draft, text_of(element)).replace("&amp;", "&"))
        draft.values["link"] = href
    else:
        if len(element):
            raise UnfamiliarError("elements in a link")
        address_in(draft, href)
        kind = attributes.get("type", "application/atom+xml" if relation == "self" else "text/html")
        if relation == "alternate" and kind in _PAGE_TYPES:
            draft.values["link"] = href
    draft.links.append((relation, href))


def _original_link(draft: Draft, element: etree._Element, depth: int, _: str) -> None:
    if element.attrib:
        raise UnfamiliarError("a link of FeedBurner with attributes")
    draft.keep("feedburner_origlink", text_of(element), depth)


def _kept_as(name: str) -> _Read:
    def read(draft: Draft, element: etree._Element, depth: int, _: str) -> None:
        draft.keep(name, text_of(element), depth)

    return read


def _author(draft: Draft, element: etree._Element, depth: int, _: str) -> None:
    if depth > draft.depths.get("author", depth):
        raise UnfamiliarError("authors at several depths")
    name = _person(draft, element) if len(element) else text_of(element)
    if len(name) > _SHORT_AUTHOR and len(escape(name).encode("ascii", "xmlcharrefreplace")) > MAX_AUTHOR:
        raise UnfamiliarError("a long author")
    draft.keep("author", name, depth)
    draft.has_plain_author = draft.has_plain_author or not len(element)
    draft.authors.append(name if len(element) or not name else _without_mail(name))


def _person(draft: Draft, element: etree._Element) -> str:
    check_leaves(element, PERSON)
    children = [(name_of(child), child.text or "") for child in element]
    names = [text.strip() for name, text in children if name in _NAMES_OF_PERSONS]
    if len(names) != 1:
        raise UnfamiliarError("a person without a name, or with several")
    if draft.has_plain_author or (
        not names[0] and (draft.authors or any(name in _MAILS_OF_PERSONS for name, _ in children))
    ):
        # Then feedparser mixes up what it knows of the one and of the other.
        raise UnfamiliarError("a person after an author, or with an empty name")
    return names[0]


def _without_mail(author: str) -> str:
    mail = _MAIL.search(author)
    if mail is None:
        return author
    for leftover in (mail[0], "()", "<>", "&lt;&gt;"):
        author = author.replace(leftover, "")
    return author.strip().removeprefix("(").removesuffix(")").strip()


def _source(draft: Draft, element: etree._Element, depth: int, _: str) -> None:
    draft.title_depth = -1
    for child in element:
        name = name_of(child)
        if name in {"author", "contributor"}:
            check_leaves(child, PERSON)
        elif len(child) or name not in _IN_SOURCE:
            raise UnfamiliarError(f"{name} in a source")
        elif name == "title" and (child.text or "").strip():
            draft.title_depth = depth + 1


def _image(draft: Draft, element: etree._Element, _depth: int, _language: str) -> None:
    check_leaves(element, frozenset({"url"}))
    draft.title_depth = -1


def _leaf(_draft: Draft, element: etree._Element, _depth: int, _language: str) -> None:
    if len(element):
        raise UnfamiliarError("elements in a text")


def _other_person(_draft: Draft, element: etree._Element, _depth: int, _language: str) -> None:
    check_leaves(element, PERSON)


_IN_SOURCE = frozenset(
    {
        *("title", "id", "link", "updated", "published", "subtitle", "rights", "icon", "logo", "generator", "category"),
    }
)
_ELEMENTS: dict[str, _Read] = {
    **dict.fromkeys(("title", "dc_title"), _title),
    "media_title": _media_title,
    **dict.fromkeys(("description", "dc_description", "media_description", "summary", "itunes_summary"), _summary),
    **dict.fromkeys(("content", "content_encoded", "fullitem"), _content),
    **dict.fromkeys(("guid", "id"), _guid),
    "link": _link,
    "feedburner_origlink": _original_link,
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms_issued"), _kept_as("published")),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), _kept_as("updated")),
    **dict.fromkeys(("author", "dc_creator", "dc_author", "itunes_author", "managingeditor"), _author),
    **dict.fromkeys(("media_group", "media_content"), _group),
    "source": _source,
    "image": _image,
    "contributor": _other_person,
    **dict.fromkeys(
        (
            *("category", "keywords", "dc_subject", "media_category", "media_keywords", "itunes_keywords", "enclosure"),
            *("language", "dc_language", "rights", "copyright", "dc_rights", "dc_publisher", "webmaster", "generator"),
            *("created", "dcterms_created", "expirationdate", "media_thumbnail", "media_credit", "media_rating"),
            *("itunes_explicit", "itunes_block", "itunes_image", "itunes_subtitle", "subtitle", "dc_contributor"),
            *("name", "email", "url", "uri", "width", "height"),
        ),
        _leaf,
    ),
}
