"""The consumer that others use: at least once, in order, with a place of its own for each group."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import redis

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.client import signals
from stancewire.types import ArticleReference, Entity, Evidence, Extractor, Span, Stance

TEXT = "Russia condemned Turkey."


def stance(signal_id: str) -> Stance:
    def entity(name: str, start: int) -> Entity:
        span = Span(text=name, start=start, end=start + len(name))
        return Entity(name=name, type="state", country=None, id=None, mention=span)

    return Stance(
        id=signal_id,
        article=ArticleReference(id="a", url=None, title="", outlet=None, published_at=None, revision="r"),
        language="en",
        evidence=Evidence(field="text", text=TEXT, start=0, end=len(TEXT)),
        confidence=0.8,
        rule="stance.verb.condemn",
        extractor=Extractor(name="test", version="1"),
        detected_at=None,
        holder=entity("Russia", 0),
        speaker=None,
        target=entity("Turkey", 17),
        polarity="adverse",
        condition=None,
        voice="narrated",
        line="official",
        act=None,
        cue=Span(text="condemned", start=7, end=16),
    )


@pytest.fixture
def published(client: redis.Redis) -> list[str]:
    ids = ["first", "second", "third"]
    for signal_id in ids:
        client.xadd(keys.SIGNALS_STREAM, {"id": signal_id, "data": codec.signals.encode(stance(signal_id))})
    client.xadd(keys.SIGNALS_STREAM, {"data": "not a signal"})
    return ids


@pytest.mark.parametrize("decode", [False, True], ids=["bytes", "text"])
def test_a_consumer_that_ended_in_the_middle_is_given_the_signal_again(
    server: EmbeddedServer, published: list[str], decode: bool
) -> None:
    with redis.Redis.from_url(server.url, decode_responses=decode) as reader:
        interrupted = signals(reader, group="desk", consumer="a")
        assert next(interrupted).id == "first"
        assert next(interrupted).id == "second"
        assert isinstance(interrupted, Generator)
        interrupted.close()
        again = [signal.id for signal in signals(reader, group="desk", consumer="a", follow=False)]
        assert again == ["second", "third"]
        assert list(signals(reader, group="desk", consumer="b", follow=False)) == []


def test_a_group_begins_where_it_says(server: EmbeddedServer, published: list[str]) -> None:
    with redis.Redis.from_url(server.url) as reader:
        assert [signal.id for signal in signals(reader, group="all", follow=False)] == published
        assert list(signals(reader, group="to come", start="$", follow=False)) == []


def test_an_error_of_the_client_is_not_hidden(client: redis.Redis) -> None:
    client.set(keys.SIGNALS_STREAM, "no stream")
    with pytest.raises(redis.ResponseError):
        next(signals(client, group="desk"))
