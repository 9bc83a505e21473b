"""Entries of the stream as STIX 2.1 objects and bundles, in the types and under the ids of OpenCTI.

What one entry becomes is decided in the modules beside this one; nothing is sent or written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from stancewire.exports import stix_identifiers as ids
from stancewire.exports.latest import Latest
from stancewire.exports.stix_articles import Times, article_objects, just_after, times_of
from stancewire.exports.stix_notes import note_objects
from stancewire.exports.stix_objects import AUTHOR, DEFINITIONS, StixObject, ids_of, own
from stancewire.exports.stix_parties import Reference
from stancewire.exports.stix_reports import report_name, report_objects, toward
from stancewire.types import Announcement, Gone, Interference, Replacement, Revision, Stance

#: Of an entry without any time, as `stancewire analyse` makes them.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
#: What can be revoked: that a signal became, of so many of the latest signals.
_REMEMBERED_SIGNALS = 20_000
_REVOCABLE = frozenset({"report", "note", "opinion"})
#: What a revoked object says: who it is, and what its type requires.
_KEPT = frozenset({
    "type", "spec_version", "id", "created_by_ref", "created", "name", "published", "content", "opinion", "object_refs"
})  # fmt: skip
_PARTIES = frozenset({"actor", "target", "event"})


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a signal became, so far as needed to revoke it, and the parties by which its report is named."""

    objects: tuple[StixObject, ...]
    by: str
    toward: str | None


class Exporter:
    """Makes objects of entries, in the order of the stream, and remembers what it made of the latest signals."""

    def __init__(
        self, known: Reference, *, undated: datetime = UNDATED, all_entries: bool = True, definitions: bool = True
    ) -> None:
        """`undated` is when an entry without any time is said to be of.

        With `all_entries` no signals are left out of what it is given, and the report of one that it did not see can be
        revoked; with `definitions` the extensions are described, which OpenCTI does not take.
        """
        self._known = known
        self._undated = undated
        self._all_entries = all_entries
        self._first = (AUTHOR, *(DEFINITIONS if definitions else ()))
        self._made: Latest[_Carried] = Latest(_REMEMBERED_SIGNALS)
        #: Signals that are gone or replaced, and whose objects could not be told.
        self.not_revoked = 0

    def objects(self, entry: Announcement) -> Iterator[StixObject]:
        """The objects of one entry, those that other entries share among them; what they refer to comes first."""
        times = times_of(entry, self._undated)
        match entry:
            case Revision():
                yield from self._revoked(entry, times)
            case Interference():
                yield from self._remembered(
                    entry, list(report_objects(entry, self._known, times)), entry.actor.name, toward(entry)
                )
            case Stance():
                yield from self._remembered(
                    entry, list(note_objects(entry, self._known, times)), entry.holder.name, entry.target.name
                )

    def _remembered(
        self, signal: Stance | Interference, made: list[StixObject], by: str, against: str | None
    ) -> Iterator[StixObject]:
        revocable = tuple(_bare(each) for each in made if each["type"] in _REVOCABLE)
        self._made.set(signal.id, _Carried(revocable, by, against))
        yield from self._first
        yield from made

    def _revoked(self, revision: Revision, times: Times) -> Iterator[StixObject]:
        formers: tuple[Replacement | Gone, ...] = (*revision.changed, *revision.gone)
        for former in formers:
            found = [*self._former(former, revision, times)]
            self.not_revoked += self._all_entries and not found
            for each in found:
                yield _taken_back(each, times) if each["type"] in _REVOCABLE else each

    def _former(self, former: Replacement | Gone, revision: Revision, times: Times) -> Iterator[StixObject]:
        """What a signal became; a report also where the signal was not seen, if its name and time can be told."""
        signal_id = former.id if isinstance(former, Gone) else former.former
        if (carried := self._made.get(signal_id)) is not None:
            yield from carried.objects
        elif self._all_entries and revision.article.published_at is not None:
            parties = self._parties(former)
            if parties is not None:
                yield from self._told(report_name(*parties, signal_id), revision, times)

    def _parties(self, former: Replacement | Gone) -> tuple[str, str | None] | None:
        """By which the report of a signal that was not seen is named; None where there is none or that is not known."""
        if isinstance(former, Gone):
            return (former.by, former.toward) if former.kind == "interference" else None
        # What takes its place stands before the revision on the stream.
        now = self._made.get(former.now)
        if now is None or now.objects[0]["type"] != "report" or _PARTIES & set(former.differs):
            return None
        return now.by, now.toward

    def _told(self, name: str, revision: Revision, times: Times) -> Iterator[StixObject]:
        about = [*article_objects(revision.article, times)]
        created, _ = times.written
        yield from (*self._first, *about)
        yield own(
            "report",
            ids.report_id(name, created),
            created,
            created,
            name=name,
            published=created,
            object_refs=ids_of(about),
        )


def _bare(made: StixObject) -> StixObject:
    return {key: value for key, value in made.items() if key in _KEPT}


def _taken_back(made: StixObject, times: Times) -> StixObject:
    after = ids.timestamp(just_after(datetime.fromisoformat(made["created"])))
    return {**made, "modified": max(times.written[1], after), "revoked": True}
