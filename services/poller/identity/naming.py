"""Names the article of each entry of one document: by everything that the entry says of itself and that can be trusted.

Pure, and without memory: what is known under the names is looked up by others.

A link names an article unless it is a front page or unrelated entries of the document share it; an id likewise, within
its feed. A site's own number in the link, the title, and the opening of the text lead to an article too, but prove
nothing by themselves: see `recognising`. They cost the most, and are made only for entries that those leave open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

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
class Hints:
    """Names that lead to an article and prove little, and those that layout 1 of the store knew it by."""

    names: tuple[Name, ...]
    former_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Identified:
    """An entry with the names of its article."""

    entry: Entry
    #: What the article is called if it is new, and what it is called if that name is another's.
    article_id: str
    words_id: str
    #: By its links and its id, those that prove most first.
    proofs: tuple[Name, ...]
    make_hints: Callable[[], Hints]
    reading: Reading
    #: The folded link, where it can name anything, and what it can name.
    link: str | None
    link_kind: Kind
    #: Whether the feed gives an id that is not the link again.
    has_id: bool
    outlet: str
    feed: str

    @cached_property
    def hints(self) -> Hints:
        """What else leads to it."""
        return self.make_hints()

    @property
    def names(self) -> tuple[Name, ...]:
        """All names to remember it by."""
        return (*self.proofs, *self.hints.names)

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
        """What has to be looked up of all entries."""
        found = {name.id: None for name in self.shared}
        for each in self.entries:
            found |= dict.fromkeys((each.article_id, *(name.id for name in each.proofs)))
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
    names = _Names(feed, readings)
    found: list[Identified] = []
    for place, (entry, link, reading) in enumerate(zip(entries, links, readings, strict=True)):
        own_link = link if link is not None and link not in shared_links else None
        own_guid = entry.guid if entry.guid is not None and entry.guid not in shared_guids else None
        said = fold_link(stated[place]) if stated and place in stated else None
        found.append(names.of(entry, own_link, said, own_guid, reading))
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
    """Makes names for the entries of one document, within their feed and its outlet."""

    def __init__(self, feed: Feed, readings: Sequence[Reading]) -> None:
        self._feed = feed
        self._readings = readings
        self._outlet = " ".join(feed.outlet.casefold().split()) or feed.id
        self._short_outlet, self._short_feed = digest(self._outlet, length=8), digest(feed.id, length=8)

    @cached_property
    def _titles(self) -> Counter[str]:
        return Counter(reading.title for reading in self._readings)

    def link(self, folded: str) -> Name:
        return Name(id=digest("link", self._outlet, folded), by="link", days=LINK_DAYS)

    def of(self, entry: Entry, link: str | None, stated: str | None, guid: str | None, reading: Reading) -> Identified:
        kind = kind_of(link) if link is not None else "front"
        named_by_link = link is not None and kind in {"article", "live"}
        ids = [self._feed_id(guid)] if guid is not None and not _is_link_again(guid, link) else []
        proofs = [self.link(link)] if link is not None and kind != "front" else []
        if stated is not None and link is not None and _may_state(link, stated):
            proofs.append(replace(self.link(stated), by="canonical link"))
        proofs += [Name(id=name, by="id", days=LINK_DAYS) for name in ids]
        words_id = digest("article", "words", self._feed.id, reading.fingerprint)
        if named_by_link or ids:
            article_id = proofs[0].id if named_by_link else ids[0]
        else:
            title_is_own = bool(entry.title) and self._titles[reading.title] == 1
            article_id = self._title_id(entry) if title_is_own else words_id

        def hints() -> Hints:
            return Hints(
                names=tuple(self._hints(link if named_by_link else None, reading, is_bare=not proofs)),
                former_ids=self._former_ids(entry, ids, by_link=named_by_link),
            )

        return Identified(
            entry=entry,
            article_id=article_id,
            words_id=words_id,
            proofs=tuple(proofs),
            make_hints=hints,
            reading=reading,
            link=link if kind != "front" else None,
            link_kind=kind,
            has_id=bool(ids),
            outlet=self._short_outlet,
            feed=self._short_feed,
        )

    def _hints(self, link: str | None, reading: Reading, *, is_bare: bool) -> Iterator[Name]:
        """By the site's number in the link, the title where it is one entry's alone, and the opening of the text."""
        number = number_in(link) if link is not None else None
        if link is not None and number is not None:
            host = link.partition("/")[0]
            yield Name(id=digest("number", self._outlet, host, number), by="number", days=NUMBER_DAYS)
        is_telling = len(reading.title_words) >= RUBRIC_WORDS or (is_bare and number is None)
        if reading.title and is_telling and self._titles[reading.title] == 1:
            title = digest("title", self._outlet, reading.title.casefold())
            yield Name(id=title, by="title", days=TITLE_DAYS)
        for value in reading.opening[:LOOKED_UP]:
            yield Name(id=digest("text", f"{value:x}"), by="text", days=TEXT_DAYS)

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


def _is_link_again(guid: str, link: str | None) -> bool:
    """Whether an id is the link once more, which would only be another name for the same."""
    # Without a slash, which may be written as an entity, it is no link.
    return link is not None and ("/" in guid or "&" in guid) and fold_link(guid) == link


def _may_state(link: str, stated: str) -> bool:
    """Whether a page's word on its own link is taken: another site's, or a front page, is not."""
    return stated != link and on_one_site(link, stated) and kind_of(stated) in {"article", "live"}
