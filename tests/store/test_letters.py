"""Dead letters as an operator meets them, in the store in memory and in the one on a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import redis
from store_bench import Bench, FakeBench, RealBench
from store_samples import NOON, acceptance, item, publication

from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import StoreRefused
from stancewire.testing import FakeStore
from stancewire.types import DeadEntry, DeadLetter, Item, QueueDepth

Store = FakeStore | RedisStore
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def bench(store: Store, request: pytest.FixtureRequest) -> Bench:
    """The worker's place at `store`."""
    if isinstance(store, FakeStore):
        return FakeBench(store)
    return RealBench(request.getfixturevalue("client"))


def letter(name: str) -> DeadLetter:
    return DeadLetter(item_id=f"{name}-first", reason="failed", detail="Traceback: no text", attempts=3, at=NOON)


def bury(store: Store, *names: str, batch_id: str = "batch") -> tuple[Item, ...]:
    """Items accepted and given up, each with a letter."""
    items = tuple(item(name) for name in names)
    store.accept(acceptance(*items, batch_id=batch_id))
    for name in names:
        store.bury(letter(name))
    return items


def ids(store: Store) -> list[str]:
    return [entry.stream_id for entry in store.letters()]


class TestALetter:
    def test_says_what_its_item_was(self, store: Store) -> None:
        bury(store, "a", "b")

        first, second = store.letters()

        assert first == DeadEntry(
            stream_id=first.stream_id,
            letter=letter("a"),
            feed_id="gazette",
            link="https://gazette.example/a",
            title="a",
        )
        assert second.letter == letter("b")

    def test_still_says_so_when_the_payload_is_gone(self, store: Store, bench: Bench) -> None:
        bury(store, "a")
        bench.spoil("a-first", None)

        (entry,) = store.letters()

        assert (entry.feed_id, entry.link, entry.title) == ("gazette", "https://gazette.example/a", "a")
        assert store.input_of("a-first").payload is None

    def test_of_an_item_that_cannot_be_read_names_nothing(self, store: Store, bench: Bench) -> None:
        store.accept(acceptance(item("a")))
        bench.spoil("a-first", b'{"feed": 7, "entry": "\xff"')

        assert store.batch("batch") == ()

        (entry,) = store.letters()
        assert (entry.letter.reason, entry.feed_id, entry.link, entry.title) == ("unreadable", "", "", "")
        assert store.input_of("a-first").payload == b'{"feed": 7, "entry": "\xff"'

    def test_holds_the_beginning_of_a_long_title(self, store: Store) -> None:
        long = item("a")
        store.accept(acceptance(replace(long, entry=replace(long.entry, title="й" * 100_000))))
        store.bury(letter("a"))

        (entry,) = store.letters()

        assert set(entry.title) == {"й"}
        assert 100 < len(entry.title) <= 300

    def test_tells_how_each_worker_ended_that_had_the_item(self, store: Store, bench: Bench) -> None:
        store.accept(acceptance(item("killer")))
        for ending in ("signal Segmentation fault", "status 9", None):
            bench.take(NOON)
            if ending is not None:
                store.note_end("batch", ending, NOON)
            store.reap(LATER)

        (entry,) = store.letters()

        assert entry.letter.reason == "killed_workers"
        assert entry.letter.detail.splitlines() == [
            "2026-11-03 12:00:00 UTC: signal Segmentation fault",
            "2026-11-03 12:00:00 UTC: status 9",
            "how 1 of 3 attempts ended is not on record",
        ]
        assert (entry.feed_id, entry.title) == ("gazette", "killer")

    def test_tells_of_no_end_with_a_batch_of_several(self, store: Store, bench: Bench) -> None:
        store.accept(acceptance(item("a"), item("b")))
        store.note_end("batch", "status 9", NOON)
        store.note_end("unheard-of", "status 9", NOON)
        store.publish(publication(item("b")), NOON)

        for _ in range(3):
            bench.take(NOON)
            store.reap(LATER)

        (entry,) = store.letters()
        assert entry.letter.detail == "the workers that had it died or hung"

    def test_that_falls_off_is_counted(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keys, "DEAD_STREAM_LENGTH", 2)

        bury(store, "a", "b", "c")

        assert [entry.title for entry in store.letters()] == ["b", "c"]
        assert store.depth().dead == 2
        assert store.counters()["letters_evicted"] == 1

    def test_is_one_of_as_many_as_there_are(self, store: Store) -> None:
        names = [f"a{number:04}" for number in range(1_200)]
        bury(store, *names)

        assert [entry.title for entry in store.letters()] == names


class TestTheInput:
    def test_is_the_payload_as_it_was_accepted(self, store: Store) -> None:
        (accepted,) = bury(store, "a")

        found = store.input_of("a-first")

        assert not found.pending
        assert codec.decode_item(found.payload or b"") == accepted

    def test_is_kept_for_its_time_and_no_longer(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        bury(store, "a")

        left = store.input_of("a-first").seconds_left

        assert left is not None
        assert keys.DEAD_ITEM_SECONDS - 60 < left <= keys.DEAD_ITEM_SECONDS

    def test_of_a_letter_that_fell_off_is_kept_for_its_time_too(
        self, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keys, "DEAD_STREAM_LENGTH", 1)
        store = RedisStore(client, Limits())
        bury(store, "a", "b")

        left = store.input_of("a-first").seconds_left

        assert left is not None
        assert left <= keys.DEAD_ITEM_SECONDS


class TestRetrying:
    def test_makes_the_item_pending_and_queues_it_with_its_attempts_forgotten(self, store: Store, bench: Bench) -> None:
        store.accept(acceptance(item("a"), item("b")))
        bench.take(LATER)
        bench.finish("batch")
        for name in ("a", "b"):
            store.fail(f"{name}-first")
            store.bury(letter(name))

        assert store.retry(ids(store), LATER) == ("done", "done")

        assert store.depth() == QueueDepth(pending=2, queued=2, running=0, dead=0)
        batches = [bench.take(LATER), bench.take(LATER)]
        assert [[found.article_id for found in store.batch(batch or "")] for batch in batches] == [["a"], ["b"]]
        assert store.fail("a-first") == 1
        assert store.counters()["items_retried"] == 2

    def test_keeps_the_payload_as_long_as_the_item_is_pending(self, store: Store) -> None:
        bury(store, "a")

        store.retry(ids(store), LATER)

        found = store.input_of("a-first")
        assert (found.payload is not None, found.seconds_left, found.pending) == (True, None, True)

    def test_lets_the_item_be_published(self, store: Store, bench: Bench) -> None:
        (accepted,) = bury(store, "a")
        store.retry(ids(store), LATER)

        assert store.publish(publication(accepted), LATER).first

        assert store.depth().pending == 0

    def test_of_an_item_that_dies_again_gives_a_letter_again(self, store: Store, bench: Bench) -> None:
        store.accept(acceptance(item("killer")))
        for _ in range(2):
            for ending in range(3):
                store.note_end(bench.take(NOON) or "", f"status {ending}", NOON)
                store.reap(LATER)
            (entry,) = store.letters()
            assert entry.letter.attempts == 3
            assert len(entry.letter.detail.splitlines()) == 3
            store.retry([entry.stream_id], LATER)
        assert store.depth().pending == 1

    def test_twice_does_it_once(self, store: Store) -> None:
        bury(store, "a")
        (stream_id,) = ids(store)

        assert store.retry([stream_id, stream_id], LATER) == ("done", "letter_gone")
        assert store.retry([stream_id], LATER) == ("letter_gone",)
        assert store.depth().queued == 2

    def test_is_refused_without_a_payload_and_leaves_the_letter(self, store: Store, bench: Bench) -> None:
        bury(store, "a", "b")
        bench.spoil("a-first", None)

        assert store.retry(ids(store), LATER) == ("payload_gone", "done")

        assert [entry.title for entry in store.letters()] == ["a"]
        assert store.depth().pending == 1

    def test_is_refused_for_an_item_that_is_pending_again(self, store: Store) -> None:
        bury(store, "a")
        (former,) = ids(store)
        store.accept(acceptance(item("a", fingerprint="other"), batch_id="second"))
        store.accept(acceptance(item("a"), batch_id="third"))

        assert store.retry([former], LATER) == ("pending",)

        assert store.depth().dead == 1


class TestDropping:
    def test_takes_letter_and_payload_at_once(self, store: Store) -> None:
        bury(store, "a", "b")
        first, _ = ids(store)

        assert store.drop([first, first]) == ("done", "letter_gone")

        assert store.input_of("a-first").payload is None
        assert store.input_of("b-first").payload is not None
        assert [entry.title for entry in store.letters()] == ["b"]
        assert store.counters()["items_dropped"] == 1

    def test_leaves_the_payload_of_an_item_that_is_pending_again(self, store: Store, bench: Bench) -> None:
        bury(store, "a")
        store.accept(acceptance(item("a", fingerprint="other"), batch_id="second"))
        store.accept(acceptance(item("a"), batch_id="third"))

        assert store.drop(ids(store)) == ("done",)

        assert [found.id for found in store.batch("third")] == ["a-first"]

    def test_makes_room_where_memory_is_full(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        bury(store, "a")
        client.config_set("maxmemory", 1)
        try:
            with pytest.raises(StoreRefused):
                store.retry(ids(store), LATER)
            assert store.drop(ids(store)) == ("done",)
        finally:
            client.config_set("maxmemory", 0)
        assert store.input_of("a-first").payload is None


@pytest.mark.parametrize("name", [keys.PENDING, keys.ATTEMPTS, keys.COUNTERS, keys.RQ_QUEUE, keys.RQ_QUEUES])
def test_a_retry_does_nothing_where_a_name_that_it_needs_holds_something_else(client: redis.Redis, name: str) -> None:
    store = RedisStore(client, Limits())
    bury(store, "a")
    held = client.dump(name) if client.exists(name) else None
    client.set(name, "something else")

    with pytest.raises(StoreRefused):
        store.retry(ids(store), LATER)

    client.delete(name)
    if held is not None:
        client.restore(name, 0, held)
    assert store.depth() == QueueDepth(pending=0, queued=1, running=0, dead=1)
    assert store.retry(ids(store), LATER) == ("done",)
