"""An entry while its elements are read, and what elements hold: text, markup, addresses, a language.

Which element says what is known in `entry_elements`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree  # type: ignore[import-untyped]

from services.poller.element_names import UnfamiliarError, means_nothing, name_of
from services.poller.entries import is_plain_link

_TEXT_TYPES = frozenset({"text", "plain", "html", "text/plain", "text/html"})


@dataclass(slots=True)
class Draft:
    """An entry while its elements are read."""

    #: Whether the document gives a base for links, which may lie anywhere above.
    has_base: bool
    has_content: bool
    values: dict[str, str] = field(default_factory=dict)
    #: How deep the element lay that a value is from: one further out counts more.
    depths: dict[str, int] = field(default_factory=dict)
    title_depth: int = -1
    title_language: str = ""
    contents: list[str] = field(default_factory=list)
    #: The relation and address of each link.
    links: list[tuple[str, str]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    #: Whether one of them is not a person with a name inside.
    has_plain_author: bool = False

    def keep(self, name: str, value: str, depth: int) -> None:
        """The value, unless there is one from further out."""
        known = self.depths.get(name)
        if known is None or depth <= known:
            self.depths[name] = depth
            self.values[name] = value


def language_within(attributes: dict[str, str], around: str) -> str:
    """The language of what an element holds, given that of what is around it."""
    return attributes.get("xml:lang", attributes.get("lang", around)).replace("_", "-") if attributes else around


def text_of(element: etree._Element) -> str:
    """The text, without what tells of a mistaken encoding; raises UnfamiliarError where there are elements in it."""
    if len(element):
        raise UnfamiliarError("elements in a text")
    text: str = (element.text or "").strip()
    return text if text.isascii() else _mended(text)


def _mended(text: str) -> str:
    try:
        # UTF-8 that was taken for Latin-1 and encoded once more.
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def markup_of(element: etree._Element, attributes: dict[str, str]) -> str:
    """The text of an element that has a content type; raises UnfamiliarError where it is not one of text."""
    if attributes and (attributes.get("type", "text") not in _TEXT_TYPES or attributes.get("mode") == "base64"):
        raise UnfamiliarError("content that is not text")
    return text_of(element)


def address_in(draft: Draft, address: str) -> str:
    """An address as written; raises UnfamiliarError where it depends on a base that the document gives."""
    if ":///" in address or (draft.has_base and not _stands_alone(address)):
        raise UnfamiliarError("an address that depends on a base")
    return address


def _stands_alone(address: str) -> bool:
    if is_plain_link(address):
        return True
    try:
        return all(urljoin(f"{scheme}://a/b", address) == address for scheme in ("http", "https"))
    except ValueError:
        return False


def check_leaves(element: etree._Element, names: frozenset[str]) -> None:
    """Raises UnfamiliarError unless the element holds only these, or ones without a meaning, and they hold none."""
    for child in element:
        name = name_of(child)
        if len(child) or not (name in names or means_nothing(name)):
            raise UnfamiliarError(f"{name} in a group")
