"""The poller's identity on a desk: entries as somebody recorded them, decided in order without feed, server or clock.

What is remembered lies in memory and ends with it; nothing is fetched or stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.knowledge.notes import load_notes
from services.poller.dates import from_iso, from_written
from services.poller.entries import to_entry
from services.poller.identity import Identified, Memory, Walk, WordingReader, identify, next_listing
from services.poller.raw_feed import RawDate, RawEntry
from stancewire.codec import digest
from stancewire.errors import UsageError
from stancewire.types import Decision, Entry, Feed, Listing, Vanished

#: Entries of one source that were observed within this of each other are of one document.
SAME_DOCUMENT = timedelta(seconds=1)

_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100
_NEEDED = ("source", "title", "link", "observed_at")
_TEXTS = ("source", "title", "link", "id", "description", "published", "observed_at", "canonical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An entry as somebody saw it in a feed."""

    source: str
    entry: Entry
    at: datetime
    #: What the article's page calls its own link, if known.
    canonical: str | None = None


def observed_from_record(record: Any) -> Observed:
    """The entry that a JSON object describes; raises UsageError saying what is wrong with it."""
    if not isinstance(record, dict):
        raise UsageError("not a JSON object")
    missing = [name for name in _NEEDED if name not in record]
    if missing:
        raise UsageError(f"`{missing[0]}` is missing; needed are {', '.join(_NEEDED)}")
    if isinstance(record.get("id"), int):
        record = {**record, "id": str(record["id"])}
    for name in _TEXTS:
        if not isinstance(record.get(name), str | None):
            raise UsageError(f"`{name}` is not a text")
    if not record["source"]:
        raise UsageError("`source` is empty")
    at = _moment(record["observed_at"] or "")
    if at is None or not _EARLIEST_YEAR <= at.year <= _LATEST_YEAR:
        raise UsageError("`observed_at` is no time of the web's, as ISO 8601 writes it: 2026-05-12T17:55:12Z")
    written = record.get("published") or ""
    entry = to_entry(
        RawEntry(
            guid=record.get("id") or "",
            links=(record["link"] or "",),
            title=record["title"] or "",
            summary=record.get("description") or "",
            content="",
            content_is_text=False,
            authors=(),
            published=RawDate(written=written, parsed=_moment(written)) if written else None,
            updated=None,
            language="",
        ),
        base="",
        now=at,
    )
    if isinstance(entry, str):
        raise UsageError(f"{entry}: neither `title` nor `description` says anything")
    return Observed(source=record["source"], entry=entry, at=at, canonical=record.get("canonical"))


class Desk:
    """Decides what it is given, with all it was given before in mind; and all that another was given, if it goes on."""

    def __init__(self, *, after: Desk | None = None) -> None:
        self._reader = WordingReader(load_notes())
        self._known: Memory = Memory(after._known if after else None)
        self._listings: dict[str, Listing] = dict(after._listings) if after else {}

    def decide(self, together: Sequence[Observed]) -> tuple[tuple[Decision, ...], tuple[Vanished, ...]]:
        """What each of some entries is that were observed together, and what their feeds hold no more.

        The entries of one source are taken for all that its feed held.
        """
        documents: dict[str, list[int]] = {}
        for place, observed in enumerate(together):
            documents.setdefault(observed.source, []).append(place)
        walks: dict[str, Walk] = {}
        identified: dict[int, Identified] = {}
        for source, places in documents.items():
            at = together[places[0]].at
            entries = [together[place].entry for place in places]
            stated = {
                order: link for order, place in enumerate(places) if (link := together[place].canonical) is not None
            }
            document = identify(entries, feed_named(source), self._reader, stated)
            identified |= dict(zip(places, document.entries, strict=True))
            walks[source] = Walk(document, self._known, self._listing(source), at)
        decisions = tuple(walks[each.source].decide(identified[place]) for place, each in enumerate(together))
        vanished: list[Vanished] = []
        for source, places in documents.items():
            self._listings[source], gone = next_listing(
                self._listing(source),
                [together[place].entry for place in places],
                [decisions[place] for place in places],
                [identified[place].fingerprint for place in places],
            )
            vanished.extend(gone)
        return decisions, tuple(vanished)

    def story_of(self, article_id: str) -> str:
        """The story of an article that was met."""
        mark = self._known.get(article_id)
        return mark.story_id if mark is not None else article_id

    def _listing(self, source: str) -> Listing:
        return self._listings.get(source) or Listing(feed_id=source)


def together(observed: Iterable[Observed]) -> Iterator[tuple[Observed, ...]]:
    """Runs of entries that were observed together, in order; no source has entries of two polls in one run."""
    run: list[Observed] = []
    latest: dict[str, datetime] = {}
    for each in observed:
        apart = run and abs(each.at - run[-1].at) > SAME_DOCUMENT
        if apart or (each.source in latest and abs(each.at - latest[each.source]) > SAME_DOCUMENT):
            yield tuple(run)
            run, latest = [], {}
        run.append(each)
        latest[each.source] = each.at
    if run:
        yield tuple(run)


def feed_named(source: str) -> Feed:
    """A feed that nothing is known of but its name."""
    return Feed(id=digest("source", source, length=16), url="", outlet=source)


def _moment(written: str) -> datetime | None:
    return from_iso(written) or from_written(written)
