"""Reports of interference as an export needs them: by article, as the article reads now, with what it took back.

What a revision does to earlier reports is decided here; where they are kept meanwhile is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from stancewire.types import ArticleReference, Interference, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One report, and whether its article still carries it."""

    report: Interference
    #: Since when that is so; None where nobody was watching.
    since: datetime | None
    #: Why the article carries it no more; None where it does.
    withdrawn: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedArticle:
    """An article and the reports found in it, in the order in which they were published."""

    #: As it reads now.
    article: ArticleReference
    language: str | None
    reports: tuple[Reported, ...]
    #: When it or one of its reports last changed.
    changed_at: datetime | None

    @property
    def standing(self) -> tuple[Interference, ...]:
        """The reports that the article still carries."""
        return tuple(each.report for each in self.reports if each.withdrawn is None)


def withdrawn_by(revision: Revision) -> Iterable[str]:
    """Ids of signals that the article carries no more."""
    yield from (each.former for each in revision.changed)
    yield from (each.id for each in revision.gone)


def carried_by(revision: Revision) -> Iterable[str]:
    """Ids of signals that the article carries; one that it had carried before is not published again."""
    yield from revision.unchanged
    yield from (each.now for each in revision.changed)
    yield from revision.added
