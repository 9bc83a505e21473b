"""What passes between the poller, the queue, the workers and the stream.

An item is pending from the step that accepts it to the step that publishes its signals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from stancewire.types.articles import Article, Item, Quality
from stancewire.types.feeds import FeedState
from stancewire.types.identity import Listing, Sighting
from stancewire.types.ledger import NO_PAGES, LedgerUpdate, PageTally
from stancewire.types.signals import Announcement, Revision, Signal
from stancewire.types.words import Change, DeadReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What one atomic step takes in: items for one batch, and what their feed is and holds once all of them are in."""

    items: tuple[Item, ...]
    feed_state: FeedState | None
    #: Names the batch; a repeated id is a repeated attempt.
    batch_id: str
    at: datetime
    #: What is to be remembered of the items' articles, and of others that were met.
    sightings: tuple[Sighting, ...] = ()
    #: What the feed holds now; None where that is on record.
    listing: Listing | None = None
    #: Articles that came back into the feed, and those that vanished from it.
    reappeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    #: What the poll makes of the feed's ledger.
    ledger: LedgerUpdate | None = None
    #: Articles that the same poll has brought before; a store that has forgotten one of them takes nothing in.
    brought: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Ids of the items that were taken in; the others had been accepted before."""

    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which signals an article carries, as the last of its revisions that was published has it."""

    #: Number and name of that revision.
    number: int
    revision: str
    quality: Quality
    language: str | None
    signal_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What is on record of the signals that an article carries."""

    #: How often the record was written; what was concluded from another turn is void.
    turn: int = 0
    #: None where nothing is on record.
    standing: Standing | None = None
    #: The signals that it names, so far as they are still kept.
    signals: tuple[Signal, ...] = ()


#: Of an article of which nothing was published.
NOTHING_CARRIED = Carried()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a worker made of one item."""

    item_id: str
    article: Article
    #: All that were found in it.
    signals: tuple[Signal, ...]
    #: Number of the article's revision, what was revised, and how that was seen.
    number: int = 1
    change: Change | Literal["extractor"] | None = None
    reason: str = ""
    #: What became of the article's page, to be added to those of its feed.
    page: PageTally = NO_PAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is to be published of an outcome, given what the article carried before."""

    item_id: str
    article: Article
    page: PageTally
    #: Those that are not on the stream in other words.
    signals: tuple[Signal, ...]
    revision: Revision | None
    #: Turn of the record that this follows from.
    follows: int
    #: What the article carries from now on; None where the record holds.
    standing: Standing | None
    #: Whether a later revision of the article is stored, and stays.
    is_late: bool = False
    #: Names of the watches that a signal or the revision goes to, by its id; those without one are left out.
    watched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one atomic step put out."""

    #: False where the item was published before; nothing was written then.
    first: bool
    #: Whether what the article carries has changed since it was looked up; nothing was written then.
    is_outdated: bool = False
    #: Ids of the signals that are new on the stream.
    signal_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An item that is given up, with the reason."""

    #: Names the item: a revision of an article.
    item_id: str
    #: Why it was given up.
    reason: DeadReason
    #: A traceback, or how the attempts ended, a line each.
    detail: str
    #: How often it was tried.
    attempts: int
    #: When it was given up.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """What was taken off the signal stream."""

    entries: int
    #: Those that a consumer group had not read or not acknowledged, by group.
    lost: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEntry:
    """One entry of the dead-letter stream: the letter, and what its item was, empty where that could not be read."""

    stream_id: str
    letter: DeadLetter
    feed_id: str
    #: As the feed gave them; the beginning of what is long.
    link: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadInput:
    """What is left of a dead letter's item."""

    #: The encoded item; None where it is gone.
    payload: bytes | None
    #: Seconds until the payload is gone; None where nothing ends it.
    seconds_left: int | None
    #: Whether the item is pending again.
    pending: bool


#: What became of a dead letter: done as asked; or nothing, as the letter is gone (retried, dropped or fallen off), its
#: payload is, or its item is pending again.
Settled = Literal["done", "letter_gone", "payload_gone", "pending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """How much work waits and runs."""

    #: Items accepted and not yet published.
    pending: int
    #: Batches in the queue.
    queued: int
    #: Batches being worked on.
    running: int
    #: Entries of the dead-letter stream.
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEntry:
    """One entry of the signal stream."""

    stream_id: str
    signal: Announcement
    #: The JSON that it was published as, which may hold more than this version of the program knows.
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Entries of the signal stream that follow each other."""

    entries: tuple[StreamEntry, ...]
    #: How many stand there that cannot be read.
    unreadable: int
