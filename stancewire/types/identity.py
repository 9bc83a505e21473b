"""What an entry is to us: new, a revision of one already known, or seen before.

The reason is for people; nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

from stancewire.types.feeds import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An entry whose article was never accepted."""

    entry: Entry
    article_id: str
    fingerprint: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A known article whose entry now says something else."""

    entry: Entry
    article_id: str
    fingerprint: str
    #: Number of this revision; the first version of an article is 1.
    revision: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry that says what was accepted before."""

    article_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """An entry that must not be accepted, such as one without anything to know it by."""

    reason: str


Decision = New | Revised | Seen | Trap
