"""Gathers reports of interference and what became of them, on disk: a revision may take back what stood long before.

The disk is a private, temporary one. Which entries there are is others' business, and what is made of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from types import TracebackType

from stancewire import codec
from stancewire.errors import UsageError
from stancewire.exports.reports import Reported, ReportedArticle, carried_by, withdrawn_by
from stancewire.filtering import fits
from stancewire.types import Announcement, Filter, Interference, Revision, Stance

_TABLES = """
CREATE TABLE article (place INTEGER PRIMARY KEY, id TEXT UNIQUE, latest BLOB, changed TEXT);
CREATE TABLE report (
    place INTEGER PRIMARY KEY, id TEXT UNIQUE, article INTEGER, entry BLOB, since TEXT, withdrawn TEXT
);
CREATE INDEX reports_of_article ON report (article, place);
"""


class Reports:
    """Reports by article and in the order of publication; memory does not grow with their number."""

    def __init__(self) -> None:
        #: Stances that fitted, which are not kept.
        self.stances = 0
        # An empty name is a database of its own, in a file that ends with it.
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.executescript(f"PRAGMA journal_mode = OFF; {_TABLES} BEGIN;")

    def __enter__(self) -> Reports:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.close()

    def gather(self, entries: Iterable[Announcement], wanted: Filter) -> None:
        """Keep the reports that are wanted; `entries` must hold all revisions, as any may take back one of them.

        Raises UsageError where there is no room for them.
        """
        for entry in entries:
            try:
                self._take(entry, wanted)
            except sqlite3.Error as error:
                message = f"reports cannot be kept in a temporary file: {error}"
                raise UsageError(
                    message, "Name a folder with room for it: SQLITE_TMPDIR=/folder stancewire …"
                ) from error

    def _take(self, entry: Announcement, wanted: Filter) -> None:
        match entry:
            case Revision():
                self._revise(entry)
            case Interference() if fits(entry, wanted):
                self._keep(entry)
            case Stance() if fits(entry, wanted):
                self.stances += 1

    def standing(self) -> Iterator[Interference]:
        """The reports that their articles still carry, in the order of publication."""
        for (entry,) in self._kept.execute("SELECT entry FROM report WHERE withdrawn IS NULL ORDER BY place"):
            yield _report(entry)

    def count(self) -> tuple[int, int]:
        """How many reports stand, and how many were withdrawn."""
        (every, withdrawn), *_ = self._kept.execute("SELECT count(*), count(withdrawn) FROM report")
        return every - withdrawn, withdrawn

    def articles(self) -> Iterator[ReportedArticle]:
        """All articles that reports were found in, also those that carry none any more."""
        rows = self._kept.execute(
            "SELECT article.place, latest, changed, entry, since, withdrawn FROM article"
            " JOIN report ON report.article = article.place ORDER BY article.place, report.place"
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            own = list(group)
            latest = codec.announcements.decode(own[0][1])
            yield ReportedArticle(
                article=latest.article,
                language=latest.language,
                reports=tuple(
                    Reported(report=_report(entry), since=_moment(since), withdrawn=withdrawn)
                    for *_, entry, since, withdrawn in own
                ),
                changed_at=_moment(own[0][2]),
            )

    def _keep(self, report: Interference) -> None:
        entry, at = codec.announcements.encode(report), _text(report.detected_at)
        self._kept.execute(
            "INSERT INTO article (id, latest, changed) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET"
            " latest = ?2, changed = max(ifnull(changed, ''), ifnull(?3, ''))",
            (report.article.id, entry, at),
        )
        # The same signal may come twice, after a power failure; it is one report.
        self._kept.execute(
            "INSERT INTO report (id, article, entry, since) SELECT ?1, place, ?3, ?4 FROM article WHERE id = ?2"
            " ON CONFLICT (id) DO NOTHING",
            (report.id, report.article.id, entry, at),
        )

    def _revise(self, revision: Revision) -> None:
        at = _text(revision.detected_at)
        changed = self._kept.execute(
            "UPDATE article SET latest = ?, changed = max(ifnull(changed, ''), ifnull(?, '')) WHERE id = ?",
            (codec.announcements.encode(revision), at, revision.article.id),
        )
        if not changed.rowcount:
            return
        self._kept.executemany(
            "UPDATE report SET withdrawn = ?, since = ? WHERE id = ? AND withdrawn IS NULL",
            ((revision.reason, at, name) for name in withdrawn_by(revision)),
        )
        self._kept.executemany(
            "UPDATE report SET withdrawn = NULL, since = ? WHERE id = ? AND withdrawn IS NOT NULL",
            ((at, name) for name in carried_by(revision)),
        )


def _report(entry: bytes) -> Interference:
    found = codec.announcements.decode(entry)
    if not isinstance(found, Interference):
        raise TypeError(f"a report was kept, and {type(found).__name__} was read")
    return found


def _text(moment: datetime | None) -> str | None:
    """Of even length and in UTC, so that the later is the greater."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
