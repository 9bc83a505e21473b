"""The store in memory, for tests of whatever stands on the ports: the same answers as a server gives, and no server.

It passes the tests of the real store (`tests/store`); it has no queue of RQ's, so a test takes batches from it itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import orjson

from stancewire import codec, keys
from stancewire.errors import CodecError, StoreUnavailable
from stancewire.types import (
    SHARED,
    Acceptance,
    Accepted,
    Article,
    Carried,
    DeadEntry,
    DeadInput,
    DeadLetter,
    FeedState,
    Item,
    Ledger,
    Listing,
    Mark,
    PageTally,
    Publication,
    Published,
    QueueDepth,
    Revision,
    Settled,
    Signal,
    StreamEntry,
    Stretch,
    Trimmed,
    Wording,
)


@dataclass(slots=True, kw_only=True)
class _Batch:
    """A batch that waits, runs or was done, and how often a worker was lost with it."""

    item_ids: tuple[str, ...]
    reaped: int = 0


@dataclass(kw_only=True)
class FakeStore:
    """All sides of the store in memory; `take` and `finish` stand in for a worker and its queue."""

    max_attempts: int = 3
    batch_size: int = 16
    reconcile_after: timedelta = timedelta(seconds=20)
    #: Time at which an item is buried that cannot be read.
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    #: Item id to encoded item; a test may spoil one.
    payloads: dict[str, bytes] = field(default_factory=dict)
    #: What was announced, in order.
    announced: list[StreamEntry] = field(default_factory=list)
    #: What went to watches, in order, by their names.
    watched: dict[str, list[StreamEntry]] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)
    #: Entries not read yet, by consumer group; a group is nobody's here.
    lags: dict[str, int] = field(default_factory=dict)
    #: Entries lost to consumer groups, likewise.
    losses: dict[str, int] = field(default_factory=dict)
    _batches: dict[str, _Batch] = field(default_factory=dict)
    _leases: dict[str, datetime] = field(default_factory=dict)
    _pending: dict[str, datetime] = field(default_factory=dict)
    _attempts: dict[str, int] = field(default_factory=dict)
    _marks: dict[str, Mark] = field(default_factory=dict)
    #: Further names to the ids of articles, empty for names that articles share.
    _names: dict[str, str] = field(default_factory=dict)
    _listings: dict[str, Listing] = field(default_factory=dict)
    _states: dict[str, FeedState] = field(default_factory=dict)
    _tallies: dict[tuple[str, date], PageTally] = field(default_factory=dict)
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _articles: dict[str, Article] = field(default_factory=dict)
    _signals: dict[str, Signal] = field(default_factory=dict)
    _carried: dict[str, Carried] = field(default_factory=dict)
    _dead: list[DeadEntry] = field(default_factory=list)
    _ends: dict[str, list[str]] = field(default_factory=dict)
    _counters: dict[str, int] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def feed_states(self, feed_ids: Sequence[str]) -> Mapping[str, FeedState]:
        """States of those feeds that have one."""
        return {feed_id: self._states[feed_id] for feed_id in feed_ids if feed_id in self._states}

    def ledgers(self, feed_ids: Sequence[str]) -> Mapping[str, Ledger]:
        """Ledgers of those feeds that have one."""
        return {feed_id: self._ledgers[feed_id] for feed_id in feed_ids if feed_id in self._ledgers}

    def page_tallies(self, feed_id: str, days: Sequence[date]) -> tuple[PageTally, ...]:
        """What became of the pages of a feed's articles that were read on each of some days."""
        return tuple(self._tallies.get((feed_id, day), PageTally()) for day in days)

    def marks(self, names: Sequence[str]) -> Mapping[str, Mark]:
        """Marks of the articles that names lead to."""
        found: dict[str, Mark] = {}
        for name in names:
            article_id = self._names.get(name, name)
            mark = self._marks.get(name) or (self._marks.get(article_id) if article_id else SHARED)
            if mark is not None:
                found[name] = mark
        return found

    def listing(self, feed_id: str) -> Listing:
        """What a feed held at its last complete poll."""
        return self._listings.get(feed_id, Listing(feed_id=feed_id))

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Take in the items that are not marked, as one batch, and the feed's state."""
        with self._changed:
            if (known := self._batches.get(acceptance.batch_id)) is not None:
                return Accepted(item_ids=known.item_ids)
            if any(article_id not in self._marks for article_id in acceptance.brought):
                raise StoreUnavailable("the store has forgotten what this poll had brought", trouble="forgetful")
            sightings = {
                (each.mark.article_id, each.mark.wording.fingerprint): each.mark for each in acceptance.sightings
            }
            accepted = tuple(item.id for item in acceptance.items if self._take_in(item, sightings, acceptance.at))
            if accepted:
                self._enqueue(acceptance.batch_id, accepted)
                self.count("items_accepted", len(accepted))
            self._remember(acceptance)
            return Accepted(item_ids=accepted)

    def _take_in(self, item: Item, sightings: Mapping[tuple[str, str], Mark], at: datetime) -> bool:
        known = self._marks.get(item.article_id)
        if known is not None and known.wording.fingerprint == item.fingerprint:
            return False
        wording = Wording(fingerprint=item.fingerprint)
        bare = Mark(article_id=item.article_id, story_id=item.article_id, wording=wording, revision=item.revision)
        self._marks[item.article_id] = sightings.get((item.article_id, item.fingerprint), bare)
        self.payloads[item.id] = codec.encode_item(item)
        self._pending[item.id] = at
        return True

    def _remember(self, acceptance: Acceptance) -> None:
        for each in acceptance.sightings:
            known = self._marks.get(each.mark.article_id)
            same = known is None or known.wording.fingerprint == each.mark.wording.fingerprint
            if each.mark.article_id and same:
                self._marks[each.mark.article_id] = each.mark
            self._names |= {name.id: each.mark.article_id for name in each.names if name.id not in self._marks}
        if acceptance.reappeared:
            self.count("articles_reappeared", len(acceptance.reappeared))
        if acceptance.vanished:
            self.count("articles_vanished", len(acceptance.vanished))
        if acceptance.ledger is not None:
            self._ledgers[acceptance.ledger.ledger.feed_id] = acceptance.ledger.ledger
            for counter, is_so in (
                ("feed_gaps", acceptance.ledger.has_gap),
                ("polls_truncated", acceptance.ledger.is_truncated),
            ):
                if is_so:
                    self.count(counter)
        if acceptance.listing is not None:
            self._listings[acceptance.listing.feed_id] = acceptance.listing
        if acceptance.feed_state is not None:
            self._states[acceptance.feed_state.feed_id] = acceptance.feed_state

    def batch(self, batch_id: str) -> tuple[Item, ...]:
        """Items of a batch that are still pending; one that cannot be read goes to the dead letters."""
        items = []
        for item_id in self._pending_of(batch_id):
            try:
                items.append(codec.decode_item(self.payloads[item_id]))
            except KeyError:
                self._bury_unreadable(item_id, "the payload is gone")
            except CodecError as error:
                self._bury_unreadable(item_id, error.message)
        return tuple(items)

    def carried(self, article_id: str) -> Carried:
        """What is on record of the signals that an article carries."""
        carried = self._carried.get(article_id, Carried())
        ids = carried.standing.signal_ids if carried.standing else ()
        return replace(carried, signals=tuple(self._signals[signal_id] for signal_id in ids))

    def publish(self, publication: Publication, at: datetime) -> Published:
        """Store, append and announce what is new, and end the item."""
        with self._changed:
            article, revision = publication.article, publication.revision
            if publication.item_id not in self._pending:
                return Published(first=False)
            turn = self._carried.get(article.id, Carried()).turn
            if turn != publication.follows:
                return Published(first=False, is_outdated=True)
            signals = [signal for signal in publication.signals if signal.id not in self._signals]
            for signal in signals:
                self._signals[signal.id] = signal
                self._announce(signal, at, publication.watched)
            if revision is not None:
                self._announce(revision, at, publication.watched)
                self.count("revisions_published")
            if not publication.is_late:
                self._articles[article.id] = article
            if publication.standing is not None:
                self._carried[article.id] = Carried(turn=turn + 1, standing=publication.standing)
            read = (article.feed_id or "", at.astimezone(UTC).date())
            self._tallies[read] = self._tallies.get(read, PageTally()) + publication.page
            self._end(publication.item_id)
            del self.payloads[publication.item_id]
            self.count("items_published")
            if signals:
                self.count("signals_published", len(signals))
            self._changed.notify_all()
            return Published(first=True, signal_ids=tuple(signal.id for signal in signals))

    def _announce(self, announced: Signal | Revision, at: datetime, watched: Mapping[str, Sequence[str]]) -> None:
        stamped = announced if announced.detected_at else replace(announced, detected_at=at)
        data = codec.announcements.encode(stamped)
        for watch in watched.get(announced.id, ()):
            entries = self.watched.setdefault(watch, [])
            entries.append(StreamEntry(stream_id=f"{len(entries) + 1}-0", signal=stamped, data=data))
        self.announced.append(StreamEntry(stream_id=f"{len(self.announced) + 1}-0", signal=stamped, data=data))

    def bury(self, letter: DeadLetter) -> None:
        """End an item as a dead letter; an item that is not pending stays ended."""
        with self._changed:
            if letter.item_id in self._pending:
                self._end(letter.item_id)
                self.count("items_dead")
                feed_id, link, title = _told_by(self.payloads.get(letter.item_id, b""))
                stream_id = f"{self._counters['items_dead']}-0"
                self._dead.append(
                    DeadEntry(stream_id=stream_id, letter=letter, feed_id=feed_id, link=link, title=title)
                )
                if len(self._dead) > keys.DEAD_STREAM_LENGTH:
                    del self._dead[0]
                    self.count("letters_evicted")

    @property
    def dead(self) -> tuple[DeadLetter, ...]:
        """The letters, the oldest first."""
        return tuple(entry.letter for entry in self._dead)

    def letters(self) -> Iterator[DeadEntry]:
        """All letters, the oldest first."""
        yield from tuple(self._dead)

    def input_of(self, item_id: str) -> DeadInput:
        """What is left of a letter's item; nothing expires here."""
        return DeadInput(payload=self.payloads.get(item_id), seconds_left=None, pending=item_id in self._pending)

    def retry(self, stream_ids: Sequence[str], now: datetime) -> tuple[Settled, ...]:
        """Make the items of letters pending again, each queued alone."""
        with self._changed:
            return tuple(self._retry(stream_id, now) for stream_id in stream_ids)

    def _retry(self, stream_id: str, now: datetime) -> Settled:
        if (entry := self._letter(stream_id)) is None:
            return "letter_gone"
        item_id = entry.letter.item_id
        if item_id in self._pending:
            return "pending"
        if item_id not in self.payloads:
            return "payload_gone"
        self._pending[item_id] = now
        self._ends.pop(item_id, None)
        self._enqueue(codec.digest(stream_id, item_id), (item_id,))
        self._dead.remove(entry)
        self.count("items_retried")
        return "done"

    def drop(self, stream_ids: Sequence[str]) -> tuple[Settled, ...]:
        """Forget letters and the payloads of their items."""
        with self._changed:
            return tuple(self._drop(stream_id) for stream_id in stream_ids)

    def _drop(self, stream_id: str) -> Settled:
        if (entry := self._letter(stream_id)) is None:
            return "letter_gone"
        if entry.letter.item_id not in self._pending:
            self.payloads.pop(entry.letter.item_id, None)
        self._dead.remove(entry)
        self.count("items_dropped")
        return "done"

    def _letter(self, stream_id: str) -> DeadEntry | None:
        return next((entry for entry in self._dead if entry.stream_id == stream_id), None)

    def fail(self, item_id: str) -> int:
        """Count a failed attempt; 0 for an item that is not pending."""
        with self._changed:
            if item_id not in self._pending:
                return 0
            self.count("attempts_failed")
            self._attempts[item_id] = self._attempts.get(item_id, 0) + 1
            return self._attempts[item_id]

    def reap(self, now: datetime) -> int:
        """Queue again the batches whose lease has run out."""
        with self._changed:
            before = len(self.queue)
            for batch_id, end in tuple(self._leases.items()):
                if end <= now or end >= now + timedelta(seconds=660):
                    del self._leases[batch_id]
                    self._take_back(batch_id, now)
            return len(self.queue) - before

    def hand_back(self, batch_ids: Sequence[str], now: datetime) -> int:  # noqa: ARG002
        """Queue running batches again whose workers were stopped."""
        with self._changed:
            held = [batch_id for batch_id in batch_ids if self._leases.pop(batch_id, None)]
            back = [batch_id for batch_id in held if self._pending_of(batch_id)]
            self.queue[:0] = back
            return len(back)

    def reconcile(self, now: datetime) -> int:
        """Queue again the pending items that no batch in the queue or at work carries."""
        with self._changed:
            carried = {item for batch_id in (*self.queue, *self._leases) for item in self._batches[batch_id].item_ids}
            left = [
                item
                for item, accepted_at in sorted(self._pending.items(), key=lambda pair: pair[1])
                if item not in carried
                and (accepted_at <= now - self.reconcile_after or accepted_at > now + timedelta(minutes=1))
            ]
            alone = [item for item in left if item in self._attempts]
            together = [item for item in left if item not in self._attempts]
            parts: list[tuple[str, ...]] = [(item,) for item in alone]
            parts += [tuple(together[at : at + self.batch_size]) for at in range(0, len(together), self.batch_size)]
            for part in parts:
                self._enqueue(codec.digest(now.isoformat(), *part), part)
            if left:
                self.count("items_requeued", len(left))
            return len(left)

    def note_end(self, batch_id: str, ending: str, at: datetime) -> None:
        """Remember how a worker ended that held a single item."""
        with self._changed:
            held = self._pending_of(batch_id)
            if len(held) == 1:
                self._ends.setdefault(held[0], []).append(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC: {ending}")

    def depth(self) -> QueueDepth:
        """How much work waits and runs."""
        return QueueDepth(
            pending=len(self._pending), queued=len(self.queue), running=len(self._leases), dead=len(self.dead)
        )

    def probe(self) -> None:
        """Raise StoreError where the store would not take something in now; nothing is changed."""

    def counters(self) -> Mapping[str, int]:
        """All counters, by name."""
        return dict(self._counters)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter."""
        self._counters[name] = self._counters.get(name, 0) + by

    def trim(self) -> Trimmed:
        """Nothing: what is announced here stays."""
        return Trimmed(entries=0, lost={})

    def lost(self) -> Mapping[str, int]:
        """What the test put into `losses`."""
        return dict(self.losses)

    def lag(self) -> Mapping[str, int]:
        """What the test put into `lags`."""
        return dict(self.lags)

    def watch_counts(self) -> Mapping[str, int]:
        """Entries that went to each watch."""
        return {keys.watch_count("matched", watch): len(entries) for watch, entries in self.watched.items()}

    def read(self, after: str, *, limit: int, wait_ms: int) -> tuple[StreamEntry, ...]:
        """Entries after a stream id, waiting if there are none."""
        with self._changed:
            start = int(after.partition("-")[0])
            if wait_ms:
                self._changed.wait_for(lambda: len(self.announced) > start, timeout=wait_ms / 1000)
            return tuple(self.announced[start : start + limit])

    def end(self) -> str:
        """Id of the newest entry, `0-0` where there is none."""
        return f"{len(self.announced)}-0"

    def length(self) -> int:
        """How many entries there are."""
        return len(self.announced)

    def stretches(self, first: str, last: str, *, newest_first: bool = False) -> Iterator[Stretch]:
        """Entries from one stream id to another, both included."""
        start, stop = (int(each.partition("-")[0]) for each in (first, last))
        entries = tuple(self.announced[max(start - 1, 0) : stop])
        if entries:
            yield Stretch(entries=entries[::-1] if newest_first else entries, unreadable=0)

    def carried_by(self, article_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Ids of the signals that articles carry now."""
        records = {article_id: self._carried[article_id] for article_id in article_ids if article_id in self._carried}
        return {name: frozenset(each.standing.signal_ids) for name, each in records.items() if each.standing}

    def articles(self) -> Iterator[Article]:
        """Stored articles."""
        yield from tuple(self._articles.values())

    def articles_of(self, article_ids: Sequence[str]) -> Iterator[Article]:
        """Those of the articles that are stored."""
        yield from [self._articles[article_id] for article_id in article_ids if article_id in self._articles]

    def take(self, lease_until: datetime) -> str | None:
        """The next batch's id, leased as to a worker; None where none waits."""
        with self._changed:
            if not self.queue:
                return None
            batch_id = self.queue.pop(0)
            self._leases[batch_id] = lease_until
            return batch_id

    def finish(self, batch_id: str) -> None:
        """End the lease on a batch, as a worker does that has gone through it."""
        self._leases.pop(batch_id, None)

    def _enqueue(self, batch_id: str, item_ids: tuple[str, ...]) -> None:
        self._batches[batch_id] = _Batch(item_ids=item_ids)
        self.queue.append(batch_id)

    def _pending_of(self, batch_id: str) -> tuple[str, ...]:
        known = self._batches.get(batch_id, _Batch(item_ids=()))
        return tuple(item_id for item_id in known.item_ids if item_id in self._pending)

    def _take_back(self, batch_id: str, now: datetime) -> None:
        left, batch = self._pending_of(batch_id), self._batches[batch_id]
        if not left:
            del self._batches[batch_id]
            return
        self.count("batches_reaped")
        if len(left) == 1:
            self._attempts[left[0]] = self._attempts.get(left[0], 0) + 1
            if (attempts := self._attempts[left[0]]) >= self.max_attempts:
                detail = self._account_of(left[0], attempts)
                self.bury(
                    DeadLetter(item_id=left[0], reason="killed_workers", detail=detail, attempts=attempts, at=now)
                )
            else:
                self.queue.append(batch_id)
            return
        batch.reaped += 1
        if batch.reaped < 2:
            self.queue.insert(0, batch_id)
            return
        for item_id in left:
            self._enqueue(codec.digest(batch_id, item_id), (item_id,))

    def _account_of(self, item_id: str, attempts: int) -> str:
        ends = self._ends.pop(item_id, [])
        if not ends:
            return "the workers that had it died or hung"
        unknown = attempts - len(ends)
        return "\n".join(ends + [f"how {unknown} of {attempts} attempts ended is not on record"] * (unknown > 0))

    def _end(self, item_id: str) -> None:
        del self._pending[item_id]
        self._attempts.pop(item_id, None)

    def _bury_unreadable(self, item_id: str, detail: str) -> None:
        letter = DeadLetter(item_id=item_id, reason="unreadable", detail=detail[:500], attempts=0, at=self.clock())
        self.bury(letter)


def _told_by(payload: bytes) -> tuple[str, str, str]:
    """Feed, link and title of an item; empty where its payload is gone or cannot be read."""
    try:
        item = orjson.loads(payload)
        return item["feed"]["id"], item["entry"]["link"] or "", item["entry"]["title"][:300]
    except (ValueError, KeyError, TypeError):
        return "", "", ""
