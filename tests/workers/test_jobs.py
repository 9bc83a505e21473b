"""A batch job on the store in memory: what becomes of each item, and of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from stancewire.errors import AnalysisError, StoreUnavailable
from stancewire.testing import FakeStore
from stancewire.types import (
    Acceptance,
    Analysis,
    Article,
    ArticleReference,
    Entity,
    Entry,
    Evidence,
    Extractor,
    Feed,
    Item,
    Publication,
    Published,
    Span,
    Stance,
)
from workers.jobs import BatchJob

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 12, 5, tzinfo=UTC)


class TimeIsUp(BaseException):
    """As the queue raises it inside a job."""


def item(name: str) -> Item:
    entry = Entry(
        guid=name,
        link=None,
        title=name,
        summary="Russia thanks France.",
        content="",
        authors=(),
        published_at=NOON,
        updated_at=None,
        time_confidence="stated",
        language="en",
    )
    return Item(
        id=f"item-{name}",
        article_id=name,
        fingerprint="f",
        revision=1,
        feed=Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette"),
        entry=entry,
        page=None,
        page_error=None,
        fetched_at=NOON,
    )


def read(read_item: Item) -> Article:
    if read_item.article_id == "unreadable":
        raise ValueError("no text in it")
    return Article(
        id=read_item.article_id,
        revision="r1",
        url=None,
        title=read_item.entry.title,
        text=read_item.entry.summary,
        outlet=None,
        outlet_country=None,
        ownership=None,
        feed_id="gazette",
        authors=(),
        published_at=NOON,
        time_confidence="stated",
        language="en",
        quality="feed",
    )


def analyse(article: Article) -> Analysis:
    if article.id == "broken":
        raise AnalysisError("the parser gave up")
    if article.id == "endless":
        raise TimeIsUp("120 seconds")
    reference = ArticleReference(
        id=article.id, url=None, title=article.title, outlet=None, published_at=NOON, revision="r1"
    )
    russia, france = (
        Entity(name=name, type="state", country=code, id=None, mention=Span(text=name, start=at, end=at + 6))
        for name, code, at in (("Russia", "RU", 0), ("France", "FR", 14))
    )
    stance = Stance(
        id=f"signal-{article.id}",
        article=reference,
        language="en",
        evidence=Evidence(field="text", text=article.text, start=0, end=len(article.text)),
        confidence=0.9,
        rule="thank",
        extractor=Extractor(name="stancewire", version="0"),
        detected_at=None,
        holder=russia,
        speaker=None,
        target=france,
        polarity="favourable",
        condition=None,
        voice="narrated",
        line="official",
        act=None,
        cue=Span(text="thanks", start=7, end=13),
    )
    left_out = 7 if article.id == "long" else 0
    return Analysis(article=reference, language="en", coverage="analysed", signals=(stance,), left_out=left_out)


def analyse_together(articles: Sequence[Article]) -> list[Analysis]:
    return [analyse(article) for article in articles]


def store_with(*names: str) -> FakeStore:
    store = FakeStore()
    store.accept(Acceptance(items=tuple(item(name) for name in names), feed_state=None, batch_id="batch", at=NOON))
    return store


def job(store: FakeStore, *, max_attempts: int = 3, together: int = 1) -> BatchJob:
    return BatchJob(
        worklist=store,
        read=read,
        analyse=analyse_together,
        clock=lambda: LATER,
        max_attempts=max_attempts,
        together=together,
    )


def published(store: FakeStore) -> list[str]:
    return [entry.signal.article.id for entry in store.announced]


def test_every_item_is_published_with_the_time_of_detection() -> None:
    store = store_with("one", "two")

    job(store)("batch")

    assert published(store) == ["one", "two"]
    assert {entry.signal.detected_at for entry in store.announced} == {LATER}
    assert store.depth().pending == 0


def test_one_line_tells_what_became_of_a_batch() -> None:
    with capture_logs() as logs:
        job(store_with("one", "broken", "two"))("batch")

    (line,) = (log for log in logs if log["event"] == "batch done")
    assert line["batch"] == "batch"
    assert {name: line[name] for name in ("items", "published", "signals", "repeated", "failed", "buried")} == {
        "items": 3,
        "published": 2,
        "signals": 2,
        "repeated": 0,
        "failed": 1,
        "buried": 0,
    }
    assert line["seconds"] == 0.0


def test_an_item_whose_end_was_left_out_is_logged_and_counted() -> None:
    with capture_logs() as logs:
        job(store_with("one", "long"))("batch")

    assert [(log["item"], log["left_out"]) for log in logs if "left_out" in log] == [("item-long", 7)]
    assert next(log for log in logs if log["event"] == "batch done")["cut"] == 1


@pytest.mark.parametrize("bad", ["broken", "unreadable"])
def test_an_item_that_fails_stays_pending_and_the_others_are_published(bad: str) -> None:
    store = store_with("one", bad, "two")

    job(store)("batch")

    assert published(store) == ["one", "two"]
    assert store.depth().pending == 1
    assert store.dead == ()


def test_the_last_attempt_makes_a_dead_letter_that_says_why() -> None:
    store = store_with("broken", "one")

    for _ in range(3):
        job(store)("batch")

    (letter,) = store.dead
    assert (letter.item_id, letter.reason, letter.attempts, letter.at) == ("item-broken", "failed", 3, LATER)
    assert "in analyse" in letter.detail
    assert letter.detail.rstrip().endswith("AnalysisError: the parser gave up")
    assert store.depth().pending == 0


def test_a_batch_that_runs_twice_publishes_nothing_twice() -> None:
    store = store_with("one", "two")

    job(store)("batch")
    job(store)("batch")

    assert published(store) == ["one", "two"]


def test_an_item_that_another_worker_published_meanwhile_is_counted_as_repeated() -> None:
    class Racing(FakeStore):
        def publish(self, publication: Publication, at: datetime) -> Published:
            super().publish(publication, at)
            return super().publish(publication, at)

    store = Racing()
    store.accept(Acceptance(items=(item("one"),), feed_state=None, batch_id="batch", at=NOON))

    with capture_logs() as logs:
        job(store)("batch")

    assert logs[-1]["repeated"] == 1
    assert published(store) == ["one"]


def test_articles_analysed_together_are_published_each_and_one_that_breaks_ends_alone() -> None:
    store = store_with("one", "broken", "unreadable", "two")

    with capture_logs() as logs:
        job(store, together=1_000_000)("batch")

    assert published(store) == ["one", "two"]
    assert sorted(entry["item"] for entry in logs if entry["event"] == "item failed") == [
        "item-broken",
        "item-unreadable",
    ]


def test_a_time_out_ends_the_job_and_is_no_attempt_of_the_items_after_it() -> None:
    store = store_with("one", "endless", "two")

    with capture_logs() as logs, pytest.raises(TimeIsUp):
        job(store)("batch")

    assert published(store) == ["one"]
    assert store.depth().pending == 2
    assert "attempts_failed" not in store.counters()
    assert logs[-1]["event"] == "batch stopped"


def test_an_article_that_others_revise_all_the_time_costs_an_attempt_and_does_not_hold_up_the_others() -> None:
    class Crowded(FakeStore):
        def publish(self, publication: Publication, at: datetime) -> Published:
            if publication.article.id == "one":
                return Published(first=False, is_outdated=True)
            return super().publish(publication, at)

    store = Crowded()
    store.accept(Acceptance(items=(item("one"), item("two")), feed_state=None, batch_id="batch", at=NOON))

    job(store)("batch")

    assert published(store) == ["two"]
    assert store.counters()["attempts_failed"] == 1


def test_a_store_that_is_away_is_not_the_fault_of_the_item() -> None:
    class Away(FakeStore):
        def publish(self, publication: Publication, at: datetime) -> Published:
            raise StoreUnavailable("no connection", "start it")

    store = Away()
    store.accept(Acceptance(items=(item("one"),), feed_state=None, batch_id="batch", at=NOON))

    with pytest.raises(StoreUnavailable):
        job(store)("batch")

    assert "attempts_failed" not in store.counters()
    assert store.dead == ()


def test_an_unknown_batch_is_empty() -> None:
    with capture_logs() as logs:
        job(FakeStore())("none")

    assert logs[-1]["items"] == 0
