"""What the processes need from the world, each said by the one who needs it.

Adapters fulfil these against Redis and RQ, `stancewire.testing` in memory; nothing here does any work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeAlias

from stancewire.types import (
    Acceptance,
    Accepted,
    Article,
    Carried,
    DeadEntry,
    DeadInput,
    DeadLetter,
    Feed,
    FeedState,
    Fetched,
    FetchRequest,
    FetchResult,
    Item,
    Ledger,
    Listing,
    Mark,
    PageTally,
    Publication,
    Published,
    QueueDepth,
    Settled,
    StreamEntry,
    Stretch,
    Subscription,
    Trimmed,
    Unreadable,
    WatchEntry,
    WebhookStanding,
)


class Fetcher(Protocol):
    """Gets one document; a failure is a value, never an exception."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Get the document within the limits of the request."""
        ...

    def hold(self, url: str, until: datetime) -> None:
        """Ask nothing of the host of `url` until then."""
        ...

    def held_until(self, url: str) -> datetime | None:
        """Until when nothing is asked of the host of `url`; None if it may be asked."""
        ...


#: Takes in a document that a hub sent for the feed of that id; False where it could not be read.
Deliver: TypeAlias = Callable[[str, Fetched], Awaitable[bool]]


class Hubs(Protocol):
    """What may tell the poller of new entries before it asks for them; failures are its own business."""

    def found(self, feed: Feed, document: Fetched) -> None:
        """Look for a hub in a document as the feed's own server gave it."""
        ...

    def interval_after(self, feed_id: str, usual: float, new: int) -> float:
        """Seconds until the next poll, after one that found `new` new entries; `usual` where no hub delivers."""
        ...

    async def run(self, deliver: Deliver) -> None:
        """Keep subscriptions, and hand over what comes, until cancelled."""
        ...


class Subscriptions(Protocol):
    """The subscriber's side of the store."""

    def subscriptions(self, feed_ids: Sequence[str]) -> Mapping[str, Subscription]:
        """Subscriptions of those feeds that have one."""
        ...

    def save_subscription(self, subscription: Subscription) -> None:
        """Remember it, in the place of what was known of its feed."""
        ...

    def forget_subscription(self, feed_id: str) -> None:
        """Remember nothing of it."""
        ...


class Outbox(Protocol):
    """The webhooks' side of the store."""

    def waiting(self, watches: Sequence[str], limit: int) -> Mapping[str, Sequence[WatchEntry]]:
        """The first entries of each watch that are not done with, in their order."""
        ...

    def settle(self, entry: WatchEntry, standing: WebhookStanding, counted: Sequence[str]) -> None:
        """Be done with an entry, count it, and remember how its watch stands, in one step."""
        ...

    def note(self, standing: WebhookStanding, counted: Sequence[str]) -> None:
        """Count, and remember how a watch stands."""
        ...

    def standings(self, watches: Sequence[str]) -> Mapping[str, WebhookStanding]:
        """How those stand of which anything is remembered."""
        ...


class Intake(Protocol):
    """The poller's side of the store."""

    def feed_states(self, feed_ids: Sequence[str]) -> Mapping[str, FeedState]:
        """States of those feeds that have one."""
        ...

    def ledgers(self, feed_ids: Sequence[str]) -> Mapping[str, Ledger]:
        """Ledgers of those feeds that have one."""
        ...

    def page_tallies(self, feed_id: str, days: Sequence[date]) -> tuple[PageTally, ...]:
        """What became of the pages of a feed's articles that were read on each of some days (UTC)."""
        ...

    def marks(self, names: Sequence[str]) -> Mapping[str, Mark]:
        """Marks of the articles that names lead to, by name; a name of its own for each article is its id."""
        ...

    def listing(self, feed_id: str) -> Listing:
        """What a feed held at its last complete poll."""
        ...

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Mark seen, keep the payload, queue one batch, and save the feed's state, listing and ledger: one atomic step.

        An item whose fingerprint is already marked is left out. Raises StoreError and has then done nothing.
        """
        ...


class Publishing(Protocol):
    """What it takes to publish what was found in an article."""

    def carried(self, article_id: str) -> Carried:
        """What is on record of the signals that an article carries."""
        ...

    def publish(self, publication: Publication, at: datetime) -> Published:
        """Store the article and its signals, append each to the stream, announce it, and end the item: one atomic step.

        What watches ask for goes to their streams and channels in the same step. A signal id that is on record is not
        appended again. Signals without a time of detection get `at`. Where what the article carries is not what
        `publication` follows from, nothing is done.
        """
        ...


class Worklist(Publishing, Protocol):
    """A worker's side of the store."""

    def batch(self, batch_id: str) -> tuple[Item, ...]:
        """Items of a batch that are still pending, in the order accepted.

        An item whose payload cannot be read goes to the dead letters.
        """
        ...

    def bury(self, letter: DeadLetter) -> None:
        """End an item as a dead letter; its payload is kept for a retry."""
        ...

    def fail(self, item_id: str) -> int:
        """Count a failed attempt on an item and return how many there were."""
        ...


class Upkeep(Protocol):
    """The supervisor's side: brings back what dead workers held."""

    def reap(self, now: datetime) -> int:
        """Queue again the batches whose worker's lease has run out; how many."""
        ...

    def hand_back(self, batch_ids: Sequence[str], now: datetime) -> int:
        """Queue running batches again whose workers were stopped, at no cost to their items; how many."""
        ...

    def reconcile(self, now: datetime) -> int:
        """Queue again the pending items that no live batch carries; how many."""
        ...

    def trim(self) -> Trimmed:
        """Take off the stream, and those of watches, what its time is up for, and what is beyond its length."""
        ...

    def lost(self) -> Mapping[str, int]:
        """Entries that were taken off the stream before a consumer group had read them, by group."""
        ...

    def note_end(self, batch_id: str, ending: str, at: datetime) -> None:
        """Remember how a worker ended that had a batch, for a letter; only where a single item of it was pending."""
        ...

    def depth(self) -> QueueDepth:
        """How much work waits and runs."""
        ...

    def probe(self) -> None:
        """Raise StoreError where the store would not take something in now; nothing is changed."""
        ...

    def counters(self) -> Mapping[str, int]:
        """All counters, by name."""
        ...

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter."""
        ...

    def lag(self) -> Mapping[str, int]:
        """Entries that consumer groups have not read yet, by group; without those it is not known of.

        Groups of a watch's stream are among them as `keys.group_of_watch` names them, here as in what is lost.
        """
        ...

    def watch_counts(self) -> Mapping[str, int]:
        """Counts of watches, by `keys.watch_count`."""
        ...


class DeadLetters(Protocol):
    """The operator's side: what was given up, looked at, tried once more or dropped."""

    def letters(self) -> Iterator[DeadEntry]:
        """All letters, the oldest first."""
        ...

    def input_of(self, item_id: str) -> DeadInput:
        """What is left of a letter's item."""
        ...

    def retry(self, stream_ids: Sequence[str], now: datetime) -> tuple[Settled, ...]:
        """Make the items of letters pending again, attempts forgotten, each queued alone and its letter gone.

        One atomic step for all of them; what became of each letter, in their order. An item that dies again is a
        letter again.
        """
        ...

    def drop(self, stream_ids: Sequence[str]) -> tuple[Settled, ...]:
        """Forget letters and the payloads of their items at once; what became of each letter, in their order."""
        ...


class Archive(Protocol):
    """What was published, for readers."""

    def read(self, after: str, *, limit: int, wait_ms: int) -> tuple[StreamEntry, ...]:
        """Entries after a stream id (`0`: all, `end()`: those yet to come), waiting if there are none."""
        ...

    def end(self) -> str:
        """Id of the newest entry, `0-0` where there is none: reading after it misses nothing that is yet to come."""
        ...

    def length(self) -> int:
        """How many entries there are."""
        ...

    def stretches(self, first: str, last: str, *, newest_first: bool = False) -> Iterator[Stretch]:
        """Entries from one stream id to another, both included, some at a time."""
        ...

    def carried_by(self, article_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Ids of the signals that articles carry now; without those articles of which nothing is on record."""
        ...

    def articles(self) -> Iterator[Article | Unreadable]:
        """Stored articles, in no order; one may come twice."""
        ...

    def articles_of(self, article_ids: Sequence[str]) -> Iterator[Article | Unreadable]:
        """Those of the articles that are stored, in their order."""
        ...
