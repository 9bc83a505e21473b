"""The poller's side of the store: what is known of feeds and articles, and the step that takes new ones in.

It does not decide what is new; it only sees to it that nothing is taken in twice or by half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import redis

from stancewire import codec, keys
from stancewire.adapters.connection import checked
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument, Script
from stancewire.adapters.queue import BATCH_ID, job_fields
from stancewire.errors import CodecError
from stancewire.marks import article_led_to, decode_mark, encode_mark, lead_to, packed_name
from stancewire.types import SHARED, Acceptance, Accepted, FeedState, Item, Ledger, Listing, Mark, PageTally, Wording

T = TypeVar("T")

#: The names that `known.lua` works with, before those of each script.
KNOWN = (keys.KNOWN, keys.KNOWN_SOURCES, keys.SEEN_FORMERLY)


class RedisIntake:
    """`stancewire.ports.Intake` on a Redis server."""

    def __init__(self, client: redis.Redis, limits: Limits, term: int | None = None) -> None:
        """`term` is that of the leading poller; without one whatever is offered is taken in."""
        self._client = client
        self._limits = limits
        self._term = term
        self._accept = Script(client, "accept")
        self._recall = Script(client, "recall")

    def under(self, term: int) -> RedisIntake:
        """The same, taking in only what is offered while `term` is the last leadership's."""
        return RedisIntake(self._client, self._limits, term)

    def feed_states(self, feed_ids: Sequence[str]) -> Mapping[str, FeedState]:
        """States of those feeds that have one; a state that cannot be read counts as none."""
        if not feed_ids:
            return {}
        with checked(self._client):
            found: Any = self._client.hmget(keys.FEED_STATES, list(feed_ids))
        return _decoded(codec.feed_states, feed_ids, found)

    def ledgers(self, feed_ids: Sequence[str]) -> Mapping[str, Ledger]:
        """Ledgers of those feeds that have one; a ledger that cannot be read counts as none."""
        if not feed_ids:
            return {}
        with checked(self._client):
            found: Any = self._client.hmget(keys.FEED_LEDGERS, list(feed_ids))
        return _decoded(codec.ledgers, feed_ids, found)

    def page_tallies(self, feed_id: str, days: Sequence[date]) -> tuple[PageTally, ...]:
        """What became of the pages of a feed's articles that were read on each of some days (UTC)."""
        fields = [f"{name}:{feed_id}" for name in ("pages", "poor", "words")]
        with checked(self._client):
            asking = self._client.pipeline(transaction=False)
            for day in days:
                asking.hmget(keys.page_tallies(day), fields)
            found: Any = asking.execute()
        counts = ((int(count or 0) for count in row) for row in found)
        return tuple(PageTally(pages=pages, poor=poor, words=words) for pages, poor, words in counts)

    def marks(self, names: Sequence[str]) -> Mapping[str, Mark]:
        """Marks of the articles that names lead to, by name; a mark that cannot be read counts as none."""
        if not names:
            return {}
        with checked(self._client):
            found: Sequence[bytes | None] = self._recall(KNOWN, [packed_name(name) for name in names])
        marks: dict[str, Mark | None] = {"": SHARED}
        known: dict[str, Mark] = {}
        for name, lead, data in zip(names, found[::2], found[1::2], strict=True):
            article_id = article_led_to(lead) if lead else name
            if article_id not in marks:
                marks[article_id] = _mark_of(article_id, data)
            if (mark := marks[article_id]) is not None:
                known[name] = mark
        return known

    def listing(self, feed_id: str) -> Listing:
        """What a feed held at its last complete poll; nothing where that is not known or cannot be read."""
        with checked(self._client):
            found: Any = self._client.get(keys.listing(feed_id))
        return _decoded(codec.listings, (feed_id,), (found,)).get(feed_id, Listing(feed_id=feed_id))

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Mark seen, keep the payload, queue one batch, and save the feed's state, listing and ledger: one atomic step.

        An item whose fingerprint is already marked is left out. Raises StoreError and has then done nothing, or has
        done all of it where the answer was lost: the same acceptance may be given again. LeadershipLost: another leads.
        StoreUnavailable also where an article that the poll brought before is no longer on record.
        """
        if not BATCH_ID.fullmatch(acceptance.batch_id):
            raise ValueError(f"a batch id has letters, digits, _ and - only: {acceptance.batch_id!r}")
        with checked(self._client):
            accepted: Sequence[bytes] = self._accept(*self._call_of(acceptance))
        return Accepted(item_ids=tuple(item_id.decode() for item_id in accepted))

    def _call_of(self, acceptance: Acceptance) -> tuple[list[str], list[Argument]]:
        """Keys and arguments of the script."""
        # Most polls find nothing new, and making a job is a good part of what this call takes.
        fields = (
            job_fields(self._client, timeout_s=self._limits.job_timeout_s, at=acceptance.at) if acceptance.items else ()
        )
        state, listing, update = acceptance.feed_state, acceptance.listing, acceptance.ledger
        marks = {(each.mark.article_id, each.mark.wording.fingerprint): each.mark for each in acceptance.sightings}
        taken = {(item.article_id, item.fingerprint) for item in acceptance.items}
        others = [mark for named, mark in marks.items() if mark.article_id and named not in taken]
        further = [(each.mark.article_id, name) for each in acceptance.sightings for name in each.names]
        further = [(article_id, name) for article_id, name in further if article_id != name.id]
        names = [
            *KNOWN,
            keys.PENDING,
            keys.FEED_STATES,
            keys.COUNTERS,
            keys.batch(acceptance.batch_id),
            keys.rq_job(acceptance.batch_id),
            keys.RQ_QUEUE,
            keys.RQ_QUEUES,
            keys.listing(listing.feed_id if listing else ""),
            keys.FEED_LEDGERS,
        ]
        arguments: list[Argument] = [
            milliseconds(acceptance.at),
            acceptance.batch_id,
            keys.SEEN_DAYS,
            keys.BATCH_SECONDS,
            state.feed_id if state else "",
            codec.feed_states.encode(state) if state else "",
            codec.listings.encode(listing) if listing else "",
            len(acceptance.reappeared),
            len(acceptance.vanished),
            update.ledger.feed_id if update else "",
            codec.ledgers.encode(update.ledger) if update else "",
            int(update is not None and update.has_gap),
            int(update is not None and update.is_truncated),
            len(acceptance.items),
            len(others),
            len(further),
            len(fields),
            *fields,
        ]
        for item in acceptance.items:
            mark = marks.get((item.article_id, item.fingerprint)) or mark_of_item(item)
            names.append(keys.item(item.id))
            arguments += [item.id, packed_name(item.article_id), encode_mark(mark), codec.encode_item(item)]
        for mark in others:
            arguments += [packed_name(mark.article_id), encode_mark(mark)]
        for article_id, name in further:
            arguments += [packed_name(name.id), lead_to(article_id), name.days]
        arguments += [packed_name(article_id) for article_id in acceptance.brought]
        return [*names, keys.POLLER_TERM], [*arguments, self._term or ""]


def mark_of_item(item: Item) -> Mark:
    """The mark of an item of which nothing more is to be remembered."""
    wording = Wording(fingerprint=item.fingerprint)
    return Mark(article_id=item.article_id, story_id=item.article_id, wording=wording, revision=item.revision)


def _mark_of(article_id: str, data: bytes | None) -> Mark | None:
    if data is None:
        return None
    try:
        return decode_mark(data, article_id)
    except CodecError:
        return None


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return round(at.timestamp() * 1000)


def _decoded(reader: codec.Codec[T], names: Sequence[str], found: Sequence[bytes | None]) -> dict[str, T]:
    values = {}
    for name, data in zip(names, found, strict=True):
        if data is None:
            continue
        try:
            values[name] = reader.decode(data)
        except CodecError:
            continue
    return values
