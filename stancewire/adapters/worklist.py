"""A worker's side of the store: the items of its batch, and the step that ends each of them.

It does not analyse anything and counts no attempt by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import redis
from redis.client import Pipeline

from stancewire import codec, keys, schemas
from stancewire.adapters.carried import decode_carried
from stancewire.adapters.connection import checked
from stancewire.adapters.limits import Limits
from stancewire.adapters.lua import Argument, Script
from stancewire.errors import CodecError
from stancewire.types import (
    Announcement,
    Carried,
    DeadLetter,
    Entity,
    Item,
    Publication,
    Published,
    Revision,
    Signal,
    Stance,
)

#: Ids read of one batch, more than any has; and the bytes of pages after which no more of its items are read.
MAX_BATCH, MAX_BATCH_BYTES = 1_000, 64 * 1024 * 1024


class RedisWorklist:
    """`stancewire.ports.Worklist` on a Redis server."""

    def __init__(self, client: redis.Redis, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._publish = Script(client, "publish")
        self._bury = Script(client, "bury")
        self._fail = Script(client, "fail")

    def batch(self, batch_id: str) -> tuple[Item, ...]:
        """Items of a batch that are still pending, in the order accepted.

        An item whose payload cannot be read goes to the dead letters. What a batch holds past its bounds stays pending,
        and is queued again when the batch is done.
        """
        with checked(self._client):
            rows: Any = self._client.lrange(keys.batch(batch_id), 0, MAX_BATCH - 1)
            listed = [row.decode(errors="replace") for row in rows]
            if not listed:
                return ()
            asking = self._client.pipeline(transaction=False)
            asking.zmscore(keys.PENDING, listed)
            for item_id in listed:
                asking.strlen(keys.item(item_id))
            scores, *lengths = _answers(asking)
            if isinstance(scores, Exception):
                raise scores
        pending = {
            item_id: length if isinstance(length, int) else 0
            for item_id, score, length in zip(listed, scores, lengths, strict=True)
            if score is not None
        }
        items: list[Item] = []
        size = 0
        for portion in portions(pending):
            for item_id, payload in zip(portion, self._payloads(portion), strict=True):
                item = self._item(item_id, payload)
                if item is not None:
                    items.append(item)
                    size += len(item.page.body) if item.page else 0
                if size >= MAX_BATCH_BYTES:
                    return tuple(items)
        return tuple(items)

    def carried(self, article_id: str) -> Carried:
        """What is on record of the signals that an article carries; a record that cannot be read counts as none."""
        with checked(self._client):
            record: Any = self._client.get(keys.carried(article_id))
        turn, standing = decode_carried(record)
        return Carried(turn=turn, standing=standing, signals=self._signals(standing.signal_ids if standing else ()))

    def _signals(self, signal_ids: Sequence[str]) -> tuple[Signal, ...]:
        """Those that are still kept and can be read."""
        if not signal_ids:
            return ()
        with checked(self._client):
            records: Any = self._client.mget([keys.signal(signal_id) for signal_id in signal_ids])
        signals = []
        for record in records:
            try:
                signals.append(codec.signals.decode(record or b""))
            except CodecError:
                continue
        return tuple(signals)

    def publish(self, publication: Publication, at: datetime) -> Published:
        """Store the article and its signals, append each to the stream, announce it, and end the item: one atomic step.

        What watches ask for goes to their streams and channels in the same step. A signal id that is on record is not
        appended again. Signals without a time of detection get `at`. Where what the article carries is not what
        `publication` follows from, nothing is done.
        """
        article, revision = publication.article, publication.revision
        announced: list[Announcement] = [
            each if each.detected_at else replace(each, detected_at=at)
            for each in (*publication.signals, *((revision,) if revision is not None else ()))
        ]
        watches = sorted({watch for each in announced for watch in publication.watched.get(each.id, ())})
        names = [
            keys.PENDING,
            keys.item(publication.item_id),
            keys.ATTEMPTS,
            keys.article(article.id),
            keys.SIGNALS_STREAM,
            keys.COUNTERS,
            keys.page_tallies(at.astimezone(UTC).date()),
            keys.carried(article.id),
            keys.WATCH_COUNTS,
            *(keys.signal(each.id) for each in announced),
            *map(keys.watch_stream, watches),
        ]
        arguments: list[Argument] = [
            publication.item_id,
            keys.SIGNALS_CHANNEL,
            b"" if publication.is_late else codec.articles.encode(article),
            self._limits.retention_s,
            article.feed_id or "",
            publication.page.pages,
            publication.page.poor,
            publication.page.words,
            keys.PAGE_TALLY_SECONDS,
            publication.follows,
            codec.standings.encode(publication.standing) if publication.standing is not None else b"",
            revision.id if revision is not None else "",
            len(announced),
        ]
        for each in announced:
            places = ",".join(str(watches.index(watch) + 1) for watch in publication.watched.get(each.id, ()))
            arguments += (keys.signals_channel(each.kind, each.language), places, *entry_fields(each).values())
        arguments += (keys.watch_count("matched", watch) for watch in watches)
        with checked(self._client):
            state, *found = self._publish(names, arguments)
        ids = tuple(each.decode() for each in found)
        return Published(
            first=state == 1,
            is_outdated=state == 2,
            signal_ids=tuple(each for each in ids if revision is None or each != revision.id),
        )

    def bury(self, letter: DeadLetter) -> None:
        """End an item as a dead letter; its payload is kept for a retry. An item that is not pending stays ended."""
        names = [keys.PENDING, keys.item(letter.item_id), keys.ATTEMPTS, keys.DEAD_STREAM, keys.COUNTERS]
        arguments: list[Argument] = [
            letter.item_id,
            letter.reason,
            codec.dead_letters.encode(letter),
            keys.DEAD_STREAM_LENGTH,
            keys.DEAD_ITEM_SECONDS,
        ]
        with checked(self._client):
            self._bury(names, arguments)

    def fail(self, item_id: str) -> int:
        """Count a failed attempt on an item and return how many there were; 0 for an item that is not pending."""
        with checked(self._client):
            return int(self._fail([keys.PENDING, keys.ATTEMPTS, keys.COUNTERS], [item_id]))

    def _payloads(self, item_ids: Sequence[str]) -> Sequence[bytes]:
        """Those of some items, none further than an item may be long: what stands there may be anything."""
        with checked(self._client):
            asking = self._client.pipeline(transaction=False)
            for item_id in item_ids:
                asking.getrange(keys.item(item_id), 0, codec.MAX_ITEM_BYTES)
            return [found if isinstance(found, bytes) else b"" for found in _answers(asking)]

    def _item(self, item_id: str, payload: bytes) -> Item | None:
        if not payload:
            self._bury_unreadable(item_id, "the payload is gone")
            return None
        try:
            return codec.decode_item(payload)
        except CodecError as error:
            self._bury_unreadable(item_id, error.message)
            return None

    def _bury_unreadable(self, item_id: str, detail: str) -> None:
        with checked(self._client):
            seconds, microseconds = self._client.time()
        at = datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)
        self.bury(DeadLetter(item_id=item_id, reason="unreadable", detail=detail[:500], attempts=0, at=at))


def _answers(asked: Pipeline) -> list[Any]:
    """What each command of a pipeline gives; the error for a name that holds something of another kind."""
    answers = asked.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception) and not str(answer).startswith("WRONGTYPE"):
            raise answer
    return answers


def portions(lengths: Mapping[str, int]) -> Iterator[list[str]]:
    """Items that are read together, in their order: together no longer than a batch may be, or one alone."""
    portion: list[str] = []
    size = 0
    for item_id, length in lengths.items():
        read = min(length, codec.MAX_ITEM_BYTES)
        if portion and size + read > MAX_BATCH_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(item_id)
        size += read
    if portion:
        yield portion


def entry_fields(announced: Announcement) -> Mapping[str, str | bytes]:
    """The fields of a stream entry, in the order of `publish.lua`: attributes of CloudEvents 1.0, `lang` and `data`."""
    match announced:
        case Stance():
            subject = f"{_party(announced.holder)}->{_party(announced.target)}"
        case Revision():
            subject = announced.article.id
        case _:
            subject = f"{_party(announced.actor)}->{_party(announced.target or announced.event)}"
    article = announced.article
    return {
        "specversion": "1.0",
        "id": announced.id,
        "type": f"org.stancewire.{announced.kind}.v1",
        "source": article.url or f"urn:stancewire:article:{article.id}",
        "time": announced.detected_at.isoformat() if announced.detected_at else "",
        "subject": subject,
        "datacontenttype": "application/json",
        "dataschema": schemas.url(announced.kind),
        "lang": announced.language or keys.UNDETERMINED,
        "data": codec.announcements.encode(announced),
    }


def _party(entity: Entity | None) -> str:
    return (entity.country or entity.name) if entity else ""
