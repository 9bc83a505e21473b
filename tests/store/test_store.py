"""What every store does, the one in memory and the one on a server alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from threading import Timer

import pytest
import redis
from store_bench import Bench, FakeBench, RealBench
from store_samples import NOON, acceptance, article, item, publication, revision, stance

from stancewire import keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import StoreUnavailable
from stancewire.marks import packed_name
from stancewire.testing import FakeStore
from stancewire.types import (
    SHARED,
    Alarm,
    Carried,
    DeadLetter,
    FeedState,
    Item,
    Ledger,
    LedgerUpdate,
    Listed,
    Listing,
    Mark,
    Name,
    PageTally,
    QueueDepth,
    Sighting,
    Standing,
    Wording,
)

Store = FakeStore | RedisStore
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def bench(store: Store, request: pytest.FixtureRequest) -> Bench:
    """The worker's place at `store`."""
    if isinstance(store, FakeStore):
        return FakeBench(store)
    return RealBench(request.getfixturevalue("client"))


def accept(store: Store, *names: str, batch_id: str = "batch") -> tuple[Item, ...]:
    items = tuple(item(name) for name in names)
    store.accept(acceptance(*items, batch_id=batch_id))
    return items


def mark(name: str, fingerprint: str = "first", *, revision: int = 1) -> Mark:
    """The mark of an item of which nothing else is remembered."""
    return Mark(article_id=name, story_id=name, wording=Wording(fingerprint=fingerprint), revision=revision)


def drain(store: Store, bench: Bench) -> list[list[str]]:
    """Articles of each batch that waits, all taken for good."""
    batches = []
    while (batch_id := bench.take(LATER + timedelta(days=1))) is not None:
        batches.append([found.article_id for found in store.batch(batch_id)])
    return batches


class TestAccepting:
    def test_marks_queues_and_saves_the_feed_in_one(self, store: Store) -> None:
        state = FeedState(feed_id="gazette", last_success_at=NOON)

        accepted = store.accept(acceptance(item("a"), item("b"), feed_state=state))

        assert accepted.item_ids == ("a-first", "b-first")
        assert store.marks(["a", "b", "c"]) == {
            "a": mark("a"),
            "b": mark("b"),
        }
        assert store.feed_states(["gazette", "other"]) == {"gazette": state}
        assert store.depth() == QueueDepth(pending=2, queued=1, running=0, dead=0)

    def test_leaves_out_what_is_marked_with_the_same_fingerprint(self, store: Store) -> None:
        accept(store, "a")

        accepted = store.accept(acceptance(item("a"), item("b"), batch_id="second"))

        assert accepted.item_ids == ("b-first",)
        assert store.depth().pending == 2

    def test_takes_in_a_new_fingerprint(self, store: Store) -> None:
        accept(store, "a")

        accepted = store.accept(acceptance(item("a", fingerprint="second", revision=2), batch_id="second"))

        assert accepted.item_ids == ("a-second",)
        assert store.marks(["a"]) == {"a": mark("a", "second", revision=2)}

    def test_takes_in_an_entry_once_that_a_feed_lists_twice(self, store: Store) -> None:
        assert store.accept(acceptance(item("a"), item("a"))).item_ids == ("a-first",)

    def test_gives_the_same_answer_to_a_repeated_attempt_and_does_nothing(self, store: Store) -> None:
        first = store.accept(acceptance(item("a"), item("b")))

        again = store.accept(acceptance(item("a"), item("b")))

        assert again == first
        assert store.depth() == QueueDepth(pending=2, queued=1, running=0, dead=0)
        assert store.counters() == {"items_accepted": 2}

    def test_saves_the_state_of_a_feed_without_news(self, store: Store) -> None:
        state = FeedState(feed_id="gazette", failures=2, last_error="no answer")

        assert store.accept(acceptance(feed_state=state)).item_ids == ()

        assert store.feed_states(["gazette"]) == {"gazette": state}
        assert store.depth().queued == 0

    def test_keeps_the_page_byte_for_byte(self, store: Store, bench: Bench) -> None:
        accepted = item("a", page=bytes(range(256)) * 500)
        store.accept(acceptance(accepted))

        assert bench.take(LATER) == "batch"
        assert store.batch("batch") == (accepted,)

    def test_of_nothing_asks_for_nothing(self, store: Store) -> None:
        assert store.feed_states([]) == {}
        assert store.marks([]) == {}


class TestRemembering:
    FULL = Mark(
        article_id="a",
        story_id="story",
        wording=Wording(
            fingerprint="first",
            title="01234567",
            text="89abcdef",
            note="correction",
            title_words=(1, 2, 65_535),
            opening=tuple(range(12)),
        ),
        revision=3,
        outlet="00ff00ff",
        feed="ff00ff00",
        met_at=NOON,
        former=("aaaa", "bbbb"),
        returns=1,
        link_is_shared=True,
    )

    def test_keeps_all_of_a_mark_and_finds_it_by_each_of_its_names(self, store: Store) -> None:
        names = (Name(id="link", by="link", days=90), Name(id="guid", by="id", days=90))

        store.accept(acceptance(item("a"), sightings=(Sighting(mark=self.FULL, names=names),)))

        assert store.marks(["a", "link", "guid", "other"]) == {"a": self.FULL, "link": self.FULL, "guid": self.FULL}

    def test_keeps_the_mark_of_an_article_that_brings_no_item(self, store: Store) -> None:
        store.accept(acceptance(sightings=(Sighting(mark=mark("copy")),)))

        assert store.marks(["copy"]) == {"copy": mark("copy")}
        assert store.depth().pending == 0

    def test_never_changes_the_words_on_record_by_a_sighting(self, store: Store) -> None:
        accept(store, "a")

        store.accept(acceptance(sightings=(Sighting(mark=mark("a", "other")),), batch_id="second"))

        assert store.marks(["a"]) == {"a": mark("a")}

    def test_knows_that_a_name_is_shared_but_never_covers_an_articles_own_mark(self, store: Store) -> None:
        accept(store, "a")
        names = (Name(id="a", by="link", days=90), Name(id="blog", by="link", days=90))

        store.accept(acceptance(sightings=(Sighting(mark=SHARED, names=names),), batch_id="second"))

        assert store.marks(["a", "blog"]) == {"a": mark("a"), "blog": SHARED}

    def test_lets_a_name_lead_to_the_latest_article(self, store: Store) -> None:
        title = (Name(id="title", by="title", days=14),)

        for article_id in ("a", "b"):
            sighting = Sighting(mark=mark(article_id), names=title)
            store.accept(acceptance(item(article_id), sightings=(sighting,), batch_id=article_id))

        assert store.marks(["title"]) == {"title": mark("b")}

    def test_keeps_what_a_feed_holds_and_counts_what_came_and_went(self, store: Store) -> None:
        listing = Listing(feed_id="gazette", listed=(Listed(article_id="a", fingerprint="first"),), gone=("b",))
        assert store.listing("gazette") == Listing(feed_id="gazette")

        store.accept(replace(acceptance(), listing=listing, reappeared=("a",), vanished=("b", "c")))

        assert store.listing("gazette") == listing
        assert store.counters() == {"articles_reappeared": 1, "articles_vanished": 2}

    def test_keeps_the_feeds_ledger_and_counts_its_gaps_and_cuts(self, store: Store) -> None:
        alarm = Alarm(kind="gap", since=NOON, reason="none of its 3 entries was listed before")
        ledger = Ledger(feed_id="gazette", heard_at=NOON, gaps=1, alarms=(alarm,))

        store.accept(replace(acceptance(), ledger=LedgerUpdate(ledger=ledger, has_gap=True, is_truncated=True)))
        store.accept(replace(acceptance(batch_id="second"), ledger=LedgerUpdate(ledger=ledger)))

        assert store.ledgers(["gazette", "other"]) == {"gazette": ledger}
        assert store.counters() == {"feed_gaps": 1, "polls_truncated": 1}

    def test_counts_what_became_of_the_pages_of_a_feed_by_the_day_they_were_read(self, store: Store) -> None:
        (first, second, third) = accept(store, "a", "b", "c")
        tomorrow = NOON + timedelta(days=1)

        store.publish(replace(publication(first), page=PageTally(pages=1, words=300)), NOON)
        store.publish(replace(publication(first), page=PageTally(pages=1, words=300)), NOON)
        store.publish(replace(publication(second), page=PageTally(pages=1, poor=1)), NOON)
        store.publish(publication(third), tomorrow)

        days = [tomorrow.date(), NOON.date()]
        assert store.page_tallies("gazette", days) == (PageTally(), PageTally(pages=2, poor=1, words=300))
        assert store.page_tallies("other", days) == (PageTally(), PageTally())


class TestABatch:
    def test_holds_its_pending_items_in_the_order_accepted(self, store: Store) -> None:
        items = accept(store, "c", "a", "b")
        store.publish(publication(items[1]), NOON)

        assert [found.article_id for found in store.batch("batch")] == ["c", "b"]

    def test_that_nobody_knows_is_empty(self, store: Store) -> None:
        assert store.batch("unheard-of") == ()

    @pytest.mark.parametrize(
        "payload", [b"not json", b"{}", b'{"page": 7}', None], ids=["noise", "empty", "odd", "gone"]
    )
    def test_sends_an_unreadable_item_to_the_dead_letters(
        self, store: Store, bench: Bench, payload: bytes | None
    ) -> None:
        accept(store, "a", "b")
        bench.spoil("a-first", payload)

        assert [found.article_id for found in store.batch("batch")] == ["b"]

        (letter,) = bench.letters()
        assert (letter.item_id, letter.reason) == ("a-first", "unreadable")
        assert store.depth().pending == 1


class TestPublishing:
    def test_appends_each_signal_and_ends_the_item(self, store: Store) -> None:
        (accepted,) = accept(store, "a")

        published = store.publish(publication(accepted, stance("s1"), stance("s2")), NOON)

        assert published.first
        assert published.signal_ids == ("s1", "s2")
        assert [entry.signal.id for entry in store.read("0", limit=10, wait_ms=0)] == ["s1", "s2"]
        assert list(store.articles()) == [article("a")]
        assert store.depth().pending == 0
        assert store.counters() == {"items_accepted": 1, "items_published": 1, "signals_published": 2}

    def test_of_an_item_a_second_time_does_nothing(self, store: Store) -> None:
        (accepted,) = accept(store, "a")
        store.publish(publication(accepted, stance("s1")), NOON)

        again = store.publish(publication(accepted, stance("s1"), stance("s2")), NOON)

        assert (again.first, again.signal_ids) == (False, ())
        assert len(store.read("0", limit=10, wait_ms=0)) == 1

    def test_of_a_signal_on_record_does_not_append_it_again(self, store: Store) -> None:
        one, two = accept(store, "a", "b")
        store.publish(publication(one, stance("s1")), NOON)

        published = store.publish(publication(two, stance("s1"), stance("s2")), NOON)

        assert published.first
        assert published.signal_ids == ("s2",)
        assert [entry.signal.id for entry in store.read("0", limit=10, wait_ms=0)] == ["s1", "s2"]

    def test_stamps_a_signal_that_has_no_time_of_detection(self, store: Store) -> None:
        (accepted,) = accept(store, "a")
        earlier = NOON - timedelta(hours=1)

        store.publish(publication(accepted, stance("s1"), stance("s2", detected_at=earlier)), NOON)

        entries = store.read("0", limit=10, wait_ms=0)
        assert [entry.signal.detected_at for entry in entries] == [NOON, earlier]
        assert replace(entries[0].signal, detected_at=None) == stance("s1")

    def test_of_an_article_without_signals_keeps_the_article(self, store: Store) -> None:
        (accepted,) = accept(store, "a")

        assert store.publish(publication(accepted), NOON).first

        assert store.read("0", limit=10, wait_ms=0) == ()
        assert len(list(store.articles())) == 1


class TestWhatAnArticleCarries:
    def test_is_nothing_before_anything_was_published(self, store: Store) -> None:
        assert store.carried("a") == Carried()

    def test_is_what_the_last_publication_left_it_with(self, store: Store) -> None:
        first, second = accept(store, "a", "b")
        carrying = Standing(number=1, revision="r1", quality="full", language="en", signal_ids=("s1",))

        store.publish(replace(publication(first, stance("s1")), standing=carrying), NOON)
        store.publish(publication(second), NOON)

        carried = store.carried("a")
        assert (carried.turn, carried.standing) == (1, carrying)
        assert [signal.id for signal in carried.signals] == ["s1"]
        assert store.carried("b") == Carried()

    def test_a_publication_that_follows_from_another_turn_does_nothing(self, store: Store) -> None:
        first, second = accept(store, "a", "b")
        carrying = Standing(number=1, revision="r1", quality="full", language="en", signal_ids=())
        later = replace(publication(second, stance("s1")), article=article("a"))
        store.publish(replace(publication(first), standing=carrying), NOON)

        outdated = store.publish(later, NOON)

        assert outdated.is_outdated
        assert not outdated.first
        assert store.depth().pending == 1
        assert store.read("0", limit=10, wait_ms=0) == ()
        assert store.publish(replace(later, follows=1), NOON).first

    def test_a_revision_stands_on_the_stream_behind_its_signals_and_is_counted_apart(self, store: Store) -> None:
        (accepted,) = accept(store, "a")

        published = store.publish(replace(publication(accepted, stance("s1")), revision=revision("v1")), NOON)

        assert published.signal_ids == ("s1",)
        entries = store.read("0", limit=10, wait_ms=0)
        assert [(entry.signal.kind, entry.signal.id) for entry in entries] == [("stance", "s1"), ("revision", "v1")]
        assert entries[1].signal.detected_at == NOON
        assert store.counters()["signals_published"] == store.counters()["revisions_published"] == 1

    def test_a_late_publication_leaves_the_later_article_in_its_place(self, store: Store) -> None:
        first, second = accept(store, "a", "b")
        later = replace(article("a"), title="the later words")
        store.publish(replace(publication(first), article=later), NOON)

        store.publish(replace(publication(second), article=article("a"), is_late=True), NOON)

        assert list(store.articles()) == [later]


class TestReading:
    def test_goes_on_after_an_entry(self, store: Store) -> None:
        (accepted,) = accept(store, "a")
        store.publish(publication(accepted, *(stance(f"s{number}") for number in range(5))), NOON)

        first = store.read("0", limit=2, wait_ms=0)
        rest = store.read(first[-1].stream_id, limit=10, wait_ms=0)

        assert [entry.signal.id for entry in (*first, *rest)] == ["s0", "s1", "s2", "s3", "s4"]

    def test_waits_for_what_is_yet_to_come(self, store: Store) -> None:
        (accepted,) = accept(store, "a")
        timer = Timer(0.1, store.publish, (publication(accepted, stance("s1")), NOON))
        timer.start()

        entries = store.read(store.end(), limit=10, wait_ms=3_000)

        timer.join()
        assert [entry.signal.id for entry in entries] == ["s1"]

    def test_after_the_end_gives_only_what_is_new(self, store: Store) -> None:
        one, two = accept(store, "a", "b")
        assert store.end() == "0-0"
        store.publish(publication(one, stance("s1")), NOON)
        end = store.end()

        assert store.read(end, limit=10, wait_ms=0) == ()
        store.publish(publication(two, stance("s2")), NOON)
        assert [entry.signal.id for entry in store.read(end, limit=10, wait_ms=0)] == ["s2"]

    def test_from_one_id_to_another_goes_either_way(self, store: Store) -> None:
        for number, accepted in enumerate(accept(store, "a", "b", "c", "d")):
            store.publish(publication(accepted, stance(f"s{number}")), NOON)
        all_ids = [entry.stream_id for entry in store.read("0", limit=10, wait_ms=0)]

        def ids(**how: bool) -> list[str]:
            return [each.signal.id for some in store.stretches(all_ids[1], all_ids[2], **how) for each in some.entries]

        assert store.length() == 4
        assert ids() == ["s1", "s2"]
        assert ids(newest_first=True) == ["s2", "s1"]
        assert list(store.stretches("0-0", "0-0")) == []

    def test_tells_which_signals_articles_carry_now(self, store: Store) -> None:
        (accepted, _) = accept(store, "a", "b")
        standing = Standing(number=1, revision="r1", quality="full", language="en", signal_ids=("s1", "s2"))
        store.publish(replace(publication(accepted, stance("s1"), stance("s2")), standing=standing), NOON)

        assert store.carried_by(["b", "a", "unknown"]) == {"a": {"s1", "s2"}}
        assert store.carried_by([]) == {}


class TestLag:
    def test_is_what_each_group_has_not_read(self, client: redis.Redis) -> None:
        store = RedisStore(client, Limits())
        assert store.lag() == {}
        (accepted,) = accept(store, "a")
        client.xgroup_create(keys.SIGNALS_STREAM, "desk", "0", mkstream=True)
        store.publish(publication(accepted, *(stance(f"s{number}") for number in range(3))), NOON)

        client.xreadgroup("desk", "one", {keys.SIGNALS_STREAM: ">"}, count=1)

        assert store.lag() == {"desk": 2}


class TestForgetting:
    def test_a_store_that_lost_what_a_poll_brought_does_not_take_the_poll_for_complete(
        self, client: redis.Redis
    ) -> None:
        store = RedisStore(client, Limits())
        store.accept(acceptance(item("a"), batch_id="first"))
        store.accept(acceptance(item("b"), batch_id="second"))
        client.hdel(keys.known(0), packed_name("b")[:8])
        client.delete(keys.item("b-first"), keys.batch("second"))
        client.zrem(keys.PENDING, "b-first")
        state = FeedState(feed_id="gazette", last_success_at=NOON)
        last = replace(acceptance(item("c"), feed_state=state, batch_id="third"), brought=("a", "b"))

        with pytest.raises(StoreUnavailable, match="has forgotten what this poll had brought") as raised:
            store.accept(last)

        assert raised.value.trouble == "forgetful"
        assert store.marks(["c"]) == {}
        assert store.feed_states(["gazette"]) == {}

    def test_what_a_poll_brought_and_is_there_is_no_hindrance(self, store: Store) -> None:
        store.accept(acceptance(item("a"), batch_id="first"))
        state = FeedState(feed_id="gazette", last_success_at=NOON)

        store.accept(replace(acceptance(item("b"), feed_state=state, batch_id="second"), brought=("a",)))

        assert store.feed_states(["gazette"]) == {"gazette": state}

    def test_the_store_in_memory_forgets_nothing_unnoticed_either(self) -> None:
        with pytest.raises(StoreUnavailable):
            FakeStore().accept(replace(acceptance(item("b")), brought=("a",)))


class TestProbing:
    def test_changes_nothing(self, store: Store, request: pytest.FixtureRequest) -> None:
        store.probe()

        assert request.getfixturevalue("client").keys() == []


class TestGivingUp:
    def test_buries_an_item_once(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        letter = DeadLetter(item_id="a-first", reason="failed", detail="no text", attempts=3, at=NOON)

        store.bury(letter)
        store.bury(letter)

        assert bench.letters() == [letter]
        assert store.depth() == QueueDepth(pending=0, queued=1, running=0, dead=1)
        assert store.counters()["items_dead"] == 1

    def test_counts_failed_attempts_on_what_is_pending(self, store: Store) -> None:
        (accepted,) = accept(store, "a")

        assert [store.fail("a-first"), store.fail("a-first")] == [1, 2]

        store.publish(publication(accepted), NOON)
        assert store.fail("a-first") == 0
        assert store.counters()["attempts_failed"] == 2


class TestReaping:
    def test_leaves_a_batch_alone_whose_lease_runs(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        bench.take(LATER)

        assert store.reap(NOON) == 0
        assert store.depth() == QueueDepth(pending=1, queued=0, running=1, dead=0)
        bench.finish("batch")

    def test_queues_a_batch_again_whose_lease_ran_out(self, store: Store, bench: Bench) -> None:
        items = accept(store, "a", "b", "c")
        bench.take(NOON)
        store.publish(publication(items[0]), NOON)

        assert store.reap(LATER) == 1

        assert store.depth() == QueueDepth(pending=2, queued=1, running=0, dead=0)
        assert drain(store, bench) == [["b", "c"]]

    def test_puts_it_before_what_waits(self, store: Store, bench: Bench) -> None:
        accept(store, "a", "b")
        bench.take(NOON)
        accept(store, "c", batch_id="second")

        store.reap(LATER)

        assert drain(store, bench) == [["a", "b"], ["c"]]

    def test_forgets_a_batch_that_was_all_published(self, store: Store, bench: Bench) -> None:
        (accepted,) = accept(store, "a")
        bench.take(NOON)
        store.publish(publication(accepted), NOON)

        assert store.reap(LATER) == 0
        assert store.depth() == QueueDepth(pending=0, queued=0, running=0, dead=0)

    def test_splits_a_batch_the_second_time(self, store: Store, bench: Bench) -> None:
        accept(store, "a", "b", "c")
        for _ in range(2):
            bench.take(NOON)
            store.reap(LATER)

        assert drain(store, bench) == [["a"], ["b"], ["c"]]

    def test_gives_up_an_item_that_kills_its_workers_alone(self, store: Store, bench: Bench) -> None:
        accept(store, "killer")

        reaped = []
        for _ in range(3):
            bench.take(NOON)
            reaped.append(store.reap(LATER))

        assert reaped == [1, 1, 0]
        (letter,) = bench.letters()
        assert (letter.item_id, letter.reason, letter.attempts) == ("killer-first", "killed_workers", 3)
        assert letter.at.astimezone(UTC) == LATER
        assert store.depth() == QueueDepth(pending=0, queued=0, running=0, dead=1)

    def test_loses_no_attempt_that_failed_before(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        store.fail("a-first")
        store.fail("a-first")
        bench.take(NOON)

        assert store.reap(LATER) == 0
        assert bench.letters()[0].attempts == 3

    def test_takes_back_a_lease_that_ends_later_than_any_can(self, store: Store, bench: Bench) -> None:
        accept(store, "a", "b")
        bench.take(NOON + timedelta(hours=1))

        assert store.reap(NOON) == 1

    def test_of_a_batch_that_is_handed_back_costs_no_attempt_however_often(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        accept(store, "b", batch_id="second")

        for _ in range(5):
            assert bench.take(LATER) == "batch"
            assert store.hand_back(["batch"], NOON) == 1

        assert store.depth() == QueueDepth(pending=2, queued=2, running=0, dead=0)
        assert "batches_reaped" not in store.counters()
        assert drain(store, bench) == [["a"], ["b"]]

    def test_of_a_batch_that_nobody_holds_does_nothing(self, store: Store, bench: Bench) -> None:
        accept(store, "a")

        assert store.hand_back(["batch", "unknown"], NOON) == 0
        assert store.depth() == QueueDepth(pending=1, queued=1, running=0, dead=0)


class TestReconciling:
    def test_queues_what_no_batch_carries_any_more(self, store: Store, bench: Bench) -> None:
        accept(store, *(f"a{number:02}" for number in range(20)))
        bench.lose_queue()

        assert store.reconcile(LATER) == 20

        assert [len(batch) for batch in drain(store, bench)] == [16, 4]
        assert store.reconcile(LATER) == 0
        assert store.counters()["items_requeued"] == 20

    def test_leaves_alone_what_was_accepted_just_now(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        bench.lose_queue()

        assert store.reconcile(NOON + timedelta(seconds=5)) == 0

    def test_queues_what_was_accepted_by_a_clock_that_was_ahead(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        bench.lose_queue()

        assert store.reconcile(NOON - timedelta(hours=1)) == 1

    def test_leaves_alone_what_waits_or_runs(self, store: Store, bench: Bench) -> None:
        accept(store, "a")
        bench.take(LATER)
        accept(store, "b", batch_id="second")

        assert store.reconcile(LATER) == 0

    def test_queues_an_item_by_itself_that_failed_before(self, store: Store, bench: Bench) -> None:
        accept(store, "a", "b", "c")
        bench.take(LATER)
        store.fail("b-first")
        bench.finish("batch")

        assert store.reconcile(LATER) == 3

        assert sorted(drain(store, bench)) == [["a", "c"], ["b"]]


def test_counters_add_up(store: Store) -> None:
    store.count("polls")
    store.count("polls", 2)

    assert store.counters() == {"polls": 3}
