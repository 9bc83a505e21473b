"""The poller's side of the store: what is known of feeds and articles, and the step that takes new ones in.

It does not decide what is new; it only sees to it that nothing is taken in twice or by half.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import redis

from stancewire import codec, keys
from stancewire.adapters.connection import checked
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument, Script
from stancewire.adapters.queue import job_fields
from stancewire.errors import CodecError
from stancewire.types import Acceptance, Accepted, FeedState, Mark

T = TypeVar("T")

#: What RQ takes as the id of a job.
_BATCH_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class RedisIntake:
    """`stancewire.ports.Intake` on a Redis server."""

    def __init__(self, client: redis.Redis, limits: Limits, term: int | None = None) -> None:
        """`term` is that of the leading poller; without one whatever is offered is taken in."""
        self._client = client
        self._limits = limits
        self._term = term
        self._accept = Script(client, "accept")

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

    def marks(self, article_ids: Sequence[str]) -> Mapping[str, Mark]:
        """Marks of those articles that were accepted before; a mark that cannot be read counts as none."""
        if not article_ids:
            return {}
        with checked(self._client):
            found: Any = self._client.mget([keys.seen(article_id) for article_id in article_ids])
        return _decoded(codec.marks, article_ids, found)

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Mark seen, keep the payload, queue one batch and save the feed's state, in one atomic step.

        An item whose fingerprint is already marked is left out. Raises StoreError and has then done nothing, or has
        done all of it where the answer was lost: the same acceptance may be given again. LeadershipLost: another leads.
        """
        if not _BATCH_ID.fullmatch(acceptance.batch_id):
            raise ValueError(f"a batch id has letters, digits, _ and - only: {acceptance.batch_id!r}")
        # Most polls find nothing new, and making a job is a good part of what this call takes.
        fields = (
            job_fields(self._client, timeout_s=self._limits.job_timeout_s, at=acceptance.at) if acceptance.items else ()
        )
        state = acceptance.feed_state
        names = [
            keys.PENDING,
            keys.FEED_STATES,
            keys.COUNTERS,
            keys.batch(acceptance.batch_id),
            keys.rq_job(acceptance.batch_id),
            keys.RQ_QUEUE,
            keys.RQ_QUEUES,
        ]
        arguments: list[Argument] = [
            milliseconds(acceptance.at),
            acceptance.batch_id,
            keys.SEEN_SECONDS,
            keys.BATCH_SECONDS,
            state.feed_id if state else "",
            codec.feed_states.encode(state) if state else "",
            len(fields),
            *fields,
        ]
        for item in acceptance.items:
            mark = codec.marks.encode(Mark(fingerprint=item.fingerprint, revision=item.revision))
            names += [keys.seen(item.article_id), keys.item(item.id)]
            arguments += [item.id, item.fingerprint, mark, codec.encode_item(item)]
        with checked(self._client):
            accepted: Sequence[bytes] = self._accept([*names, keys.POLLER_TERM], [*arguments, self._term or ""])
        return Accepted(item_ids=tuple(item_id.decode() for item_id in accepted))


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
