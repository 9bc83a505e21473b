"""Stored articles analysed once more: what is new is published once, and what is on record is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import redis

from config.settings import Settings
from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.limits import limits_of
from stancewire.adapters.replaying import RedisReplay
from stancewire.types import Analysis, Article, Outcome
from stancewire.wiring.desk import article_from_text
from stancewire.wiring.replay import Choice, Chosen, NotReplayed, Replayed, choose, replay
from stancewire.wiring.stores import Server, open_store
from workers.pipeline import load
from workers.publishing import publish

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_replay_publishes_what_was_not_found_before_and_only_once(
    server: EmbeddedServer, client: redis.Redis
) -> None:
    settings, place = Settings(), Server(url=server.url, socket=server.socket_path)
    article = article_from_text("Russia condemned Turkey on Tuesday.", name="story", published_at=NOON)
    publish(RedisReplay(client, limits_of(settings)), Outcome(item_id="first", article=article, signals=()), NOON)
    store = open_store(settings, place, purpose="check")
    chosen = tuple(store.articles_of(("story",)))
    assert chosen == (article,)

    analyse = load().analyse
    [first] = replay(chosen, settings, place, analyse)
    [second] = replay(chosen, settings, place, analyse)
    assert isinstance(first, Replayed)
    assert isinstance(second, Replayed)
    assert first.found == second.found == len(first.published) > 0
    assert second.published == ()
    assert client.xlen(keys.SIGNALS_STREAM) == first.found
    assert store.depth().pending == 0


def keep(client: redis.Redis, name: str, published_at: datetime | None, *, feed: str = "gazette") -> Article:
    """An article put into the store as it is."""
    made = article_from_text("Russia condemned Turkey on Tuesday.", name=name, published_at=published_at)
    url = f"https://gazette.example/{name}"
    article = replace(made, feed_id=feed, url=url, published_at=published_at)
    client.set(keys.article(name), codec.articles.encode(article), ex=60)
    return article


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(), ["old", "noon", "new", "undated"]),
        (Choice(since=NOON), ["noon", "new", "undated"]),
        (Choice(until=NOON), ["old", "undated"]),
        (Choice(since=NOON, until=NOON + timedelta(hours=1)), ["noon", "undated"]),
        (Choice(feed_id="herald"), ["new"]),
        (Choice(article="no"), ["noon"]),
        (Choice(article="https://gazette.example/old"), ["old"]),
        (Choice(article="https://gazette.example/ol"), []),
        (Choice(feed_id="herald", until=NOON), []),
    ],
    ids=["all", "since", "until", "range", "feed", "id", "address", "other address", "both"],
)
def test_articles_are_chosen_by_time_feed_and_name_and_come_in_the_order_of_time(
    server: EmbeddedServer, client: redis.Redis, choice: Choice, names: list[str]
) -> None:
    keep(client, "new", NOON + timedelta(hours=1), feed="herald")
    keep(client, "undated", None)
    keep(client, "noon", NOON)
    keep(client, "old", NOON - timedelta(hours=1))
    store = open_store(Settings(), Server(url=server.url, socket=server.socket_path), purpose="check")
    told: list[int] = []

    assert choose(store, choice, told.append) == Chosen(article_ids=tuple(names), unreadable=())

    assert told == [1, 2, 3, 4]


def test_an_article_that_cannot_be_read_is_told_and_the_others_are_replayed(
    server: EmbeddedServer, client: redis.Redis
) -> None:
    settings, place = Settings(), Server(url=server.url, socket=server.socket_path)
    good = keep(client, "good", NOON)
    client.set(keys.article("bad"), b'{"id": "bad"', ex=60)
    store = open_store(settings, place, purpose="check")

    chosen = choose(store, Choice(), lambda _: None)
    replayed = list(replay(store.articles_of(("good", "bad", "gone")), settings, place, load().analyse))

    assert chosen.article_ids == ("good",)
    assert [each.article_id for each in chosen.unreadable] == ["bad"]
    assert choose(store, Choice(article="good"), lambda _: None).unreadable == ()
    assert [type(each) for each in replayed] == [Replayed, NotReplayed]
    assert isinstance(replayed[0], Replayed)
    assert replayed[0].article == good


def test_an_article_whose_analysis_fails_is_told_and_the_others_are_replayed(
    server: EmbeddedServer, client: redis.Redis
) -> None:
    def analyse(article: Article) -> Analysis:
        if article.id == "bad":
            raise ValueError("no such rule")
        return true_analyse(article)

    true_analyse = load().analyse
    settings, place = Settings(), Server(url=server.url, socket=server.socket_path)
    articles = (keep(client, "bad", NOON), keep(client, "good", NOON))

    first, second = replay(articles, settings, place, analyse)

    assert first == NotReplayed(article_id="bad", reason="ValueError: no such rule")
    assert isinstance(second, Replayed)
    assert second.published
