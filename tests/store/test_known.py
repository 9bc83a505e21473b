"""What is known of articles, in the buckets of a real server: as in a store that never forgets, packed, and swept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import NAMES, NOON, SHORT, WORDS, acceptance, item

from bench.parts.grown_store import fill, known
from bench.parts.polling import poll_all
from stancewire import keys
from stancewire.adapters.intake import mark_of_item
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.codec import digest
from stancewire.errors import CodecError
from stancewire.marks import article_led_to, decode_mark, encode_mark, lead_to, packed_name
from stancewire.testing import FakeStore
from stancewire.types import SHARED, Acceptance, Feed, Mark, Name, Sighting, Wording

numbers_16 = st.integers(0, 0xFFFF)
marks = st.builds(
    Mark,
    article_id=st.sampled_from(NAMES),
    story_id=st.sampled_from(NAMES),
    wording=st.builds(
        Wording,
        fingerprint=st.sampled_from(WORDS),
        title=st.sampled_from(("", *SHORT)),
        text=st.sampled_from(("", *SHORT)),
        note=st.sampled_from(("", "correction", "retraction")),
        title_words=st.lists(numbers_16, max_size=8).map(tuple),
        opening=st.lists(numbers_16, max_size=12).map(lambda numbers: tuple(sorted(numbers))),
    ),
    revision=st.integers(0, 50),
    outlet=st.sampled_from(("", *SHORT)),
    feed=st.sampled_from(("", *SHORT)),
    met_at=st.none() | st.integers(1, 2**32 - 1).map(lambda second: datetime.fromtimestamp(second, UTC)),
    former=st.lists(st.sampled_from((*SHORT, "odd")), max_size=4).map(tuple),
    returns=st.integers(0, 300),
    link_is_shared=st.booleans(),
)
names = st.lists(
    st.builds(Name, id=st.sampled_from(NAMES), by=st.just("title"), days=st.sampled_from((3, 14, 30, 90))), max_size=4
).map(tuple)
sightings = st.builds(Sighting, mark=st.just(SHARED) | marks, names=names)


@given(marks)
def test_a_mark_is_read_as_it_was_written(mark: Mark) -> None:
    assert decode_mark(encode_mark(mark), mark.article_id) == mark


@given(marks, st.integers(1, 200))
def test_a_mark_that_is_cut_off_is_another_or_refused(mark: Mark, length: int) -> None:
    try:
        assert decode_mark(encode_mark(mark)[:-length], mark.article_id) is not None
    except CodecError:
        return


@given(st.sampled_from((*NAMES, "")))
def test_what_leads_to_an_article_is_read_as_it_was_written(name: str) -> None:
    assert article_led_to(lead_to(name)) == name
    assert len(packed_name(name)) == 16


class OneNameEach:
    """The layout before, in memory: a mark, or the article's id, under each name, written when all is decided."""

    def __init__(self) -> None:
        self._held: dict[str, Mark | str] = {}

    def accept(self, given: Acceptance) -> tuple[str, ...]:
        """Ids of the items taken in."""
        marks = {(each.mark.article_id, each.mark.wording.fingerprint): each.mark for each in given.sightings}
        taken: dict[str, Mark] = {}
        accepted = []
        for each in given.items:
            known = taken.get(each.article_id) or self._own(each.article_id)
            if known is None or known.wording.fingerprint != each.fingerprint:
                taken[each.article_id] = marks.get((each.article_id, each.fingerprint)) or mark_of_item(each)
                accepted.append(each.id)
        offered = {(each.article_id, each.fingerprint) for each in given.items}
        written: dict[str, Mark | str] = dict(taken)
        for (article_id, fingerprint), mark in marks.items():
            known = taken.get(article_id) or self._own(article_id)
            is_same = known is None or known.wording.fingerprint == fingerprint
            if article_id and is_same and (article_id, fingerprint) not in offered:
                written[article_id] = mark
        for sighting in given.sightings:
            for name in sighting.names:
                is_free = name.id not in taken and self._own(name.id) is None
                if is_free and name.id != sighting.mark.article_id:
                    written[name.id] = sighting.mark.article_id
        self._held |= written
        return tuple(accepted)

    def marks(self, names: Sequence[str]) -> dict[str, Mark]:
        """As the store tells them."""
        found = {name: self._mark_of(name) for name in names}
        return {name: mark for name, mark in found.items() if mark is not None}

    def _own(self, name: str) -> Mark | None:
        held = self._held.get(name)
        return held if isinstance(held, Mark) else None

    def _mark_of(self, name: str) -> Mark | None:
        held = self._held.get(name)
        return (self._own(held) if held else SHARED) if isinstance(held, str) else held


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(sightings, max_size=3), st.booleans()), max_size=8), st.booleans())
def test_what_was_accepted_is_known_as_it_was_in_the_layout_before(
    client: redis.Redis, steps: list[tuple[list[Sighting], bool]], is_grown: bool
) -> None:
    client.flushall()
    if is_grown:
        client.set(keys.KNOWN, 11)
    store, before = RedisStore(client, Limits()), OneNameEach()
    for number, (seen, as_items) in enumerate(steps):
        brought = [each.mark for each in seen if as_items and each.mark.article_id]
        items = tuple(
            item(mark.article_id, fingerprint=mark.wording.fingerprint, revision=mark.revision) for mark in brought
        )
        each = acceptance(*items, sightings=tuple(seen), batch_id=f"batch-{number}")
        assert store.accept(each).item_ids == before.accept(each)
        assert store.marks(NAMES) == before.marks(NAMES)


def documents(choices: list[tuple[int, int, int]]) -> Iterator[tuple[datetime, bytes]]:
    """Documents of a feed, each of some stories in some version, in link, id and words."""
    for number, (first, edits, ids) in enumerate(choices):
        entries = "".join(
            f"<item><title>Ministers {story} meet over grain, part {edits >> story & 1}</title>"
            f"<link>https://news.example/2026/05/{story}{'-moved' * (ids >> story & 1)}-of-the-day.html</link>"
            f"<guid isPermaLink='false'>story-{story}-{(ids >> story + 3) & 1}</guid>"
            f"<description>{'The envoys of the two states left after hours of talks about the corridor. ' * 3}"
            f"Number {story}, {edits >> story + 3 & 1}.</description></item>"
            for story in range(first, first + 3)
        )
        at = NOON + number * timedelta(hours=7)
        yield at, f"<rss version='2.0'><channel><title>N</title>{entries}</channel></rss>".encode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1023), st.integers(0, 1023)), min_size=2, max_size=8))
def test_the_same_polls_are_decided_as_by_a_store_that_never_forgets(
    client: redis.Redis, choices: list[tuple[int, int, int]]
) -> None:
    client.flushall()
    real, fake = RedisStore(client, Limits()), FakeStore()
    of = Feed(id="news", url="https://news.example/feed", outlet="News")

    assert poll_all(of, documents(choices), real) == poll_all(of, documents(choices), fake)

    assert {(row["article_id"], row["fingerprint"], row["revision"]) for row in waiting(client)} == {
        (row["article_id"], row["fingerprint"], row["revision"]) for row in map(orjson.loads, fake.payloads.values())
    }


def waiting(client: redis.Redis) -> Iterator[dict[str, Any]]:
    batches: Any = client.lrange(keys.RQ_QUEUE, 0, -1)
    for batch_id in batches:
        items: Any = client.lrange(keys.batch(batch_id.decode()), 0, -1)
        for item_id in items:
            yield orjson.loads(client.get(keys.item(item_id.decode())) or b"{}")


class TestBuckets:
    def test_grow_in_number_with_what_is_known_and_stay_packed(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        held = many(store, 3_000)
        buckets = int(client.get(keys.KNOWN) or 0)

        sizes = [client.hlen(keys.known(number)) for number in range(buckets)]
        encodings = {client.object("encoding", keys.known(number)) for number in range(buckets)}

        assert sum(sizes) == len(held)
        assert sum(sizes) / buckets >= 30
        assert max(sizes) <= 128
        assert encodings == {b"listpack"}
        assert not client.exists(keys.known(buckets))
        assert set(store.marks(held)) == set(held)
        assert store.marks([digest("unknown", str(number)) for number in range(500)]) == {}

    def test_of_a_small_newsroom_are_one(self, client: redis.Redis) -> None:
        many(RedisStore(client, Limits()), 90)

        assert list(client.scan_iter(f"{keys.KNOWN}:*")) == [keys.known(0).encode()]

    def test_are_swept_of_what_is_forgotten_when_they_are_written_to(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        held = many(store, 50)
        forget(client, held[:20])
        assert set(store.marks(held)) == set(held[20:])
        assert client.hlen(keys.known(0)) == 50

        client.expire(keys.known(0), 97 * keys.DAY)
        many(store, 1, of="later")

        assert client.hlen(keys.known(0)) == 31
        assert client.ttl(keys.known(0)) > 99 * keys.DAY

    def test_lose_what_is_forgotten_when_they_are_split(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        held = many(store, 90)
        forget(client, held[:60])

        further = many(store, 60, of="later")

        assert set(store.marks([*held, *further])) == {*held[60:], *further}
        buckets = range(int(client.get(keys.KNOWN) or 0))
        assert sum(client.hlen(keys.known(number)) for number in buckets) == 90

    def test_live_longer_than_anything_that_they_hold(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        many(store, 1)
        client.expire(keys.known(0), 98 * keys.DAY + 3_600)

        many(store, 1, of="later")

        (_, _, days), (_, _, more) = known(client)
        assert (days, more) == (keys.SEEN_DAYS, keys.SEEN_DAYS)
        assert client.ttl(keys.known(0)) > (keys.SEEN_DAYS + 1) * keys.DAY

    def test_of_one_size_more_tell_the_same(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        store.accept(acceptance(item("a"), item(NAMES[0], fingerprint=WORDS[0])))

        fill(client, [row for row in known(client) if len(row[1]) > 20], 100)

        assert int(client.get(keys.KNOWN) or 0) > 1
        assert set(store.marks(["a", NAMES[0]])) == {"a", NAMES[0]}


def many(store: RedisStore, count: int, of: str = "article") -> list[str]:
    """Let a store know so many articles, and give their names."""
    held = [digest(of, str(number)) for number in range(count)]
    wording = Wording(fingerprint=WORDS[0], title_words=tuple(range(1, 9)), opening=tuple(range(0, 12_000, 1_000)))
    for start in range(0, count, 100):
        seen = tuple(
            Sighting(mark=Mark(article_id=name, story_id=name, wording=wording, revision=1, outlet=SHORT[0]))
            for name in held[start : start + 100]
        )
        store.accept(acceptance(sightings=seen, batch_id=f"{of}-{start}"))
    return held


def forget(client: redis.Redis, names: list[str]) -> None:
    """Let it be the day on which names are forgotten."""
    today = int(client.time()[0]) // keys.DAY
    for name in names:
        field = packed_name(name)[:8]
        for number in range(int(client.get(keys.KNOWN) or 1)):
            value: Any = client.hget(keys.known(number), field)
            if value is not None:
                client.hset(keys.known(number), field, today.to_bytes(2, "big") + value[2:])


def test_an_article_whose_source_is_gone_is_known_by_its_words(client: redis.Redis) -> None:
    store = RedisStore(client, Limits())
    (name,) = many(store, 1)
    client.delete(keys.KNOWN_SOURCES)

    known_as = store.marks([name])[name]

    assert (known_as.outlet, known_as.feed, known_as.wording.fingerprint) == ("", "", WORDS[0])
