"""What passes between the poller, the queue, the workers and the stream.

An item is pending from the step that accepts it to the step that publishes its signals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.articles import Article, Item
from stancewire.types.feeds import FeedState
from stancewire.types.identity import Listing, Sighting
from stancewire.types.ledger import NO_PAGES, LedgerUpdate, PageTally
from stancewire.types.signals import Signal


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
class Outcome:
    """What a worker made of one item."""

    item_id: str
    article: Article
    signals: tuple[Signal, ...]
    #: What became of the article's page, to be added to those of its feed.
    page: PageTally = NO_PAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one atomic step put out."""

    #: False where the item was published before; nothing was written then.
    first: bool
    #: Ids of the signals that are new on the stream.
    signal_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An item that is given up, with the reason."""

    item_id: str
    reason: Literal["failed", "killed_workers", "unreadable"]
    detail: str
    attempts: int
    at: datetime


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
    signal: Signal
