"""The ledger from feed to store: documents polled one after the other, and what is then on record and in the log."""

from __future__ import annotations

from datetime import datetime, timedelta

from feed_samples import NOW, feed

from bench.parts.polling import poll_all
from services.poller.report import PollReport
from stancewire.adapters.store import RedisStore
from stancewire.testing import FakeStore
from stancewire.types import Article, Feed, Item, Ledger, Outcome, PageTally
from workers.publishing import publish

Store = FakeStore | RedisStore


def rss(*numbers: int, at: datetime | None = None, host: str = "news.example") -> bytes:
    """A document with an entry for each number, all of the same time."""
    date = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if at else ""
    items = "".join(
        f"<item><title>Report number {number} of the harbour</title><link>https://{host}/news/{number}.html</link>"
        f"{date}</item>"
        for number in numbers
    )
    return f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'.encode()


def poll(store: Store, *documents: bytes, of: Feed | None = None, start: int = 0) -> tuple[PollReport, ...]:
    """Poll documents ten minutes apart."""
    times = (NOW + (start + number) * timedelta(minutes=10) for number in range(len(documents)))
    return poll_all(of or feed(), zip(times, documents, strict=True), store)


def ledger_of(store: Store, of: Feed | None = None) -> Ledger:
    feed_id = (of or feed()).id
    return store.ledgers([feed_id])[feed_id]


def changes(report: PollReport) -> list[tuple[str, bool]]:
    return [(change.alarm.kind, change.is_raised) for change in report.alarms]


def test_entries_lost_between_two_polls_are_a_gap_on_record(store: Store) -> None:
    reports = poll(store, rss(1, 2, 3), rss(4, 1, 2), rss(9, 8, 7), rss(10, 9, 8))

    assert [changes(report) for report in reports] == [[], [], [("gap", True)], [("gap", False)]]
    ledger = ledger_of(store)
    assert (ledger.compared, ledger.gaps, ledger.entries, ledger.alarms) == (3, 1, 3, ())
    (window,) = ledger.windows
    assert (window.after, window.before) == (NOW + timedelta(minutes=10), NOW + timedelta(minutes=20))
    assert store.counters()["feed_gaps"] == 1


def test_a_gap_is_seen_over_a_restart(store: Store) -> None:
    poll(store, rss(1, 2, 3))
    (after,) = poll(store, rss(7, 8, 9), start=1)

    assert changes(after) == [("gap", True)]


def test_a_document_cut_to_a_thousand_entries_says_so(store: Store) -> None:
    (cut, whole) = poll(store, rss(*range(1_200)), rss(*range(900)))

    assert changes(cut) == [("truncated", True)]
    assert cut.alarms[0].alarm.reason == "it lists 1200 entries; 200 beyond the limit are not looked at"
    assert changes(whole) == [("truncated", False)]
    assert store.counters()["polls_truncated"] == 1


def test_it_is_kept_how_late_entries_were_seen_but_not_of_the_first_document(store: Store) -> None:
    before = NOW - timedelta(hours=2)
    poll(store, rss(1, 2, at=before), rss(3, 1, 2, at=before))

    ledger = ledger_of(store)
    assert (ledger.delays, ledger.lags) == ((2 * 3_600 + 600,), (2 * 3_600,))
    assert ledger.new_at == NOW + timedelta(minutes=10)


def test_what_another_outlet_had_first_is_new_to_this_feed_too(store: Store) -> None:
    gazette = feed("gazette", outlet="The Gazette", url="https://gazette.example/feed")
    poll(store, rss(5))
    (_, second) = poll(store, rss(1, host="gazette.example"), rss(5, 1, host="gazette.example"), of=gazette, start=1)

    assert second.state is not None
    assert ledger_of(store, gazette).new_at == NOW + timedelta(minutes=20)


def test_a_feeds_broken_entries_are_told_with_the_reason(store: Store) -> None:
    spoilt = rss(1, 2).replace(b"<title>Report number 2 of the harbour</title>", b"<title></title>")
    poll(store, spoilt)

    ledger = ledger_of(store)
    assert (ledger.entries, ledger.unusable) == (1, 1)
    assert ledger.unusable_reason


def read(item: Item, page: PageTally) -> Outcome:
    """What a worker makes of an item whose page came out so."""
    article = Article(
        id=item.article_id,
        revision="r1",
        url=item.entry.link,
        title=item.entry.title,
        text="",
        outlet=item.feed.outlet,
        outlet_country=None,
        ownership=None,
        feed_id=item.feed.id,
        authors=(),
        published_at=None,
        time_confidence=None,
        language=None,
        quality="thin",
    )
    return Outcome(item_id=item.id, article=article, signals=(), page=page)


def test_pages_that_suddenly_read_worse_are_an_alarm_of_their_feed() -> None:
    store = FakeStore()
    poll(store, rss(*range(60)))
    waiting = [item for batch_id in store.queue for item in store.batch(batch_id)]
    for item in waiting[:40]:
        publish(store, read(item, PageTally(pages=1, words=400)), NOW - timedelta(days=1))
    for item in waiting[40:]:
        publish(store, read(item, PageTally(pages=1, poor=1)), NOW)

    (report,) = poll(store, rss(*range(60)), start=7)

    assert changes(report) == [("reads worse", True)]
    assert report.alarms[0].alarm.reason == "20 of 20 pages cannot be read as articles; it was 0 of 40"
