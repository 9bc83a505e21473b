"""Names the article of each entry of one document: by everything that the entry says of itself and that can be trusted.

Pure, and without memory: what is known under the names is looked up by others.

A link names an article unless it is a front page or unrelated entries of the document share it; an id likewise, within
its feed. A site's own number in the link, the title, and the opening of the text lead to an article too, but prove
nothing by themselves: see `recognising`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.poller.identity.resemblance import LOOKED_UP, alike
from services.poller.identity.wording import Reading, WordingReader
from services.poller.links import Kind, canonical_link, fold_link, kind_of, number_in, on_one_site
from stancewire.codec import digest
from stancewire.types import Entry, Feed, Name, Wording

LINK_DAYS = 90
NUMBER_DAYS = 30
TITLE_DAYS = 14
TEXT_DAYS = 3
#: Titles of fewer words are rubrics.
RUBRIC_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An entry with the names of its article."""

    entry: Entry
    #: What the article is called if it is new, and what it is called if that name is another's.
    article_id: str
    words_id: str
    #: Names to look it up by, those that prove most first, and to remember it by.
    names: tuple[Name, ...]
    #: Names that layout 1 of the store knew it by.
    former_ids: tuple[str, ...]
    reading: Reading
    #: The folded link, where it can name anything, and what it can name.
    link: str | None
    link_kind: Kind
    #: Whether the feed gives an id that is not the link again.
    has_id: bool
    outlet: str
    feed: str

    @property
    def fingerprint(self) -> str:
        """Names the words exactly as they stand."""
        return self.reading.fingerprint

    @property
    def wording(self) -> Wording:
        """What the entry says."""
        return self.reading.wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The entries of one document, identified; `shared` are the links that several of them have in common."""

    entries: tuple[Identified, ...]
    shared: tuple[Name, ...]

    def ids(self) -> tuple[str, ...]:
        """All that has to be looked up."""
        found = {name.id: None for name in self.shared}
        for each in self.entries:
            found |= dict.fromkeys(
                (each.article_id, each.words_id, *(name.id for name in each.names), *each.former_ids)
            )
        return tuple(found)


def identify(
    entries: Sequence[Entry], feed: Feed, reader: WordingReader, stated: Mapping[int, str] | None = None
) -> Document:
    """Name the article of each entry of one document, in its order.

    `stated` holds the links that the articles' pages call their own, by place, as far as they are known.
    """
    readings = tuple(reader.read(entry) for entry in entries)
    links = tuple(fold_link(entry.link) if entry.link else None for entry in entries)
    guids = tuple(entry.guid for entry in entries)
    shared_links = _shared(links, readings)
    shared_guids = _shared(guids, readings)
    titles = Counter(reading.title for reading in readings)
    names = _Names(feed)
    found: list[Identified] = []
    for place, (entry, link, reading) in enumerate(zip(entries, links, readings, strict=True)):
        own_link = link if link is not None and link not in shared_links else None
        own_guid = entry.guid if entry.guid is not None and entry.guid not in shared_guids else None
        said = fold_link(stated[place]) if stated and place in stated else None
        found.append(names.of(entry, own_link, said, own_guid, reading, title_is_own=titles[reading.title] == 1))
    return Document(
        entries=tuple(found),
        shared=tuple(names.link(link) for link in sorted(shared_links) if kind_of(link) != "front"),
    )


def _shared(values: Sequence[str | None], readings: Sequence[Reading]) -> frozenset[str]:
    """Those values that entries have in common whose titles tell different things."""
    groups: dict[str, list[Reading]] = defaultdict(list)
    for value, reading in zip(values, readings, strict=True):
        if value is not None:
            groups[value].append(reading)
    return frozenset(value for value, group in groups.items() if any(_strange(group[0], each) for each in group[1:]))


def _strange(one: Reading, other: Reading) -> bool:
    return one.title != other.title and not alike(one.title_words, other.title_words)


class _Names:
    """Makes names within one feed and its outlet."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._outlet = " ".join(feed.outlet.casefold().split()) or feed.id

    def link(self, folded: str) -> Name:
        return Name(id=digest("link", self._outlet, folded), by="link", days=LINK_DAYS)

    def of(
        self,
        entry: Entry,
        link: str | None,
        stated: str | None,
        guid: str | None,
        reading: Reading,
        *,
        title_is_own: bool,
    ) -> Identified:
        kind = kind_of(link) if link is not None else "front"
        named_by_link = link is not None and kind in {"article", "live"}
        # An id that is the link again would only be one more name for the same.
        own_id = guid is not None and not (link is not None and fold_link(guid) == link)
        ids = [self._feed_id(guid)] if guid is not None and own_id else []
        names = [self.link(link)] if link is not None and kind != "front" else []
        if stated is not None and link is not None and _may_state(link, stated):
            names.append(replace(self.link(stated), by="canonical link"))
        names += [Name(id=name, by="id", days=LINK_DAYS) for name in ids]
        number = number_in(link) if link is not None and named_by_link else None
        if link is not None and number is not None:
            host = link.partition("/")[0]
            names.append(Name(id=digest("number", self._outlet, host, number), by="number", days=NUMBER_DAYS))
        if reading.title and title_is_own and (len(reading.title_words) >= RUBRIC_WORDS or not names):
            title = digest("title", self._outlet, reading.title.casefold())
            names.append(Name(id=title, by="title", days=TITLE_DAYS))
        names += [
            Name(id=digest("text", f"{value:x}"), by="text", days=TEXT_DAYS) for value in reading.opening[:LOOKED_UP]
        ]
        words_id = digest("article", "words", self._feed.id, reading.fingerprint)
        if named_by_link or ids:
            article_id = names[0].id if named_by_link else ids[0]
        else:
            article_id = self._title_id(entry) if title_is_own and entry.title else words_id
        return Identified(
            entry=entry,
            article_id=article_id,
            words_id=words_id,
            names=tuple(names),
            former_ids=self._former_ids(entry, ids, by_link=named_by_link),
            reading=reading,
            link=link if kind != "front" else None,
            link_kind=kind,
            has_id=bool(ids),
            outlet=digest(self._outlet, length=8),
            feed=digest(self._feed.id, length=8),
        )

    def _feed_id(self, guid: str) -> str:
        return digest("article", "guid", self._feed.id, guid)

    def _title_id(self, entry: Entry) -> str:
        date = entry.published_at.isoformat() if entry.published_at is not None else ""
        return digest("article", "title", self._feed.id, f"{entry.title}\n{date}")

    def _former_ids(self, entry: Entry, ids: Sequence[str], *, by_link: bool) -> tuple[str, ...]:
        former = canonical_link(entry.link) if by_link and entry.link else None
        if former is not None:
            return (digest("article", "link", self._outlet, former),)
        return () if ids or not entry.title else (self._title_id(entry),)


def _may_state(link: str, stated: str) -> bool:
    """Whether a page's word on its own link is taken: another site's, or a front page, is not."""
    return stated != link and on_one_site(link, stated) and kind_of(stated) in {"article", "live"}
