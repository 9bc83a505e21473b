"""Stored articles analysed once more: what is new is published once, and what is on record is not."""

from __future__ import annotations

from datetime import UTC, datetime

import redis

from config.settings import Settings
from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.limits import limits_of
from stancewire.adapters.replaying import RedisReplay
from stancewire.types import Outcome
from stancewire.wiring.desk import article_from_text
from stancewire.wiring.replay import Choice, chosen_articles, replay
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
    assert chosen_articles(settings, place, Choice(feed_id="another")) == ()
    assert chosen_articles(settings, place, Choice(since=datetime(2026, 3, 5, tzinfo=UTC))) == ()
    chosen = chosen_articles(settings, place, Choice(article="sto"))
    assert chosen == (article,)

    analyse = load().analyse
    [first] = replay(chosen, settings, place, analyse)
    [second] = replay(chosen, settings, place, analyse)
    assert first.found == second.found == len(first.published) > 0
    assert second.published == ()
    assert client.xlen(keys.SIGNALS_STREAM) == first.found
    assert open_store(settings, place, purpose="check").depth().pending == 0
