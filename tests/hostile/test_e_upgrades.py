"""What an earlier version left on its server is gone on with: nothing is lost, and nothing comes twice.

`states/` holds what real earlier versions left, and the program that wrote it down.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from cli_programs import left_behind, run, started
from runs import await_that

from config.settings import PollSettings, Settings
from services.embedded import EmbeddedServer
from services.poller.loop import Poller
from stancewire import keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore, claim_layout
from stancewire.client import signals
from stancewire.types import Feed, Fetched, FetchRequest, FetchResult, NotModified, Signal, Validators
from stancewire.wiring.outside import parsing

STATES = sorted(Path(__file__).with_name("states").glob("*.jsonl"))
FEED_ID = "feed-xml"
NEWS = (
    "<item><title>Morning report 7</title><link>{base}/7.html</link><pubDate>{date}</pubDate>"
    "<description>Serbia condemned Kosovo on day 7 of the talks.</description></item>\n</channel>"
)


@dataclass(kw_only=True)
class LeftBehind:
    """A state that was written down, and the feed that it came from."""

    rows: list[dict[str, Any]]
    url: str
    body: str
    at: datetime

    @classmethod
    def read(cls, path: Path) -> LeftBehind:
        first, *rows = map(json.loads, path.read_text("utf-8").splitlines())
        return cls(rows=rows, url=first["url"], body=first["body"], at=datetime.fromisoformat(first["at"]))

    def put_on(self, client: redis.Redis) -> None:
        for row in self.rows:
            name, value = row["name"], as_stored(row["value"])
            match row["type"]:
                case "string":
                    client.set(name, value)
                case "list":
                    client.rpush(name, *value)
                case "set":
                    client.sadd(name, *value)
                case "zset":
                    client.zadd(name, dict(value))
                case "hash":
                    client.hset(name, mapping=self.still_known(dict(value)) if ":known:" in name else dict(value))
                case "stream":
                    for stream_id, fields in value:
                        client.xadd(name, dict(fields), id=stream_id)
            if row["ttl_ms"] > 0:
                client.pexpire(name, row["ttl_ms"])

    def still_known(self, bucket: dict[Any, str | bytes]) -> dict[Any, bytes]:
        """What is known of articles, forgotten as many days from now as it would have been then."""
        since = (datetime.now(UTC).date() - self.at.date()).days
        values = {name: value.encode() if isinstance(value, str) else value for name, value in bucket.items()}
        days = {name: int.from_bytes(value[:2], "big") + since for name, value in values.items()}
        return {name: days[name].to_bytes(2, "big") + value[2:] for name, value in values.items()}

    def with_news(self) -> str:
        base = self.url.rpartition("/")[0]
        date = self.body.partition("<pubDate>")[2].partition("</pubDate>")[0]
        return self.body.replace("</channel>", NEWS.format(base=base, date=date))


def as_stored(value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return [as_stored(part) for part in value] if isinstance(value, list) else value


@dataclass
class Wire:
    """A feed's server as the poller sees it, at the address that the state knows."""

    body: str
    etag: str | None
    asked: list[FetchRequest] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request)
        is_same = self.etag is not None and request.validators.etag == self.etag
        self.answers.append("unchanged" if is_same else "document")
        if is_same:
            return NotModified(url=request.url, validators=request.validators)
        return Fetched(
            url=request.url,
            status=200,
            headers=(("content-type", "application/rss+xml"),),
            body=self.body.encode(),
            validators=Validators(etag=self.etag),
        )

    def hold(self, url: str, until: datetime) -> None:
        """Nobody asks for that here."""

    def held_until(self, url: str) -> datetime | None:
        return None


async def poll(left: LeftBehind, wire: Wire, store: RedisStore, enough: Callable[[], bool]) -> None:
    """Poll until there was enough of it, an hour after the state was written down."""
    begun = time.monotonic()
    settings = Settings(poll=PollSettings(interval_s=1, min_interval_s=1, max_interval_s=1, pages=False))
    async with parsing(settings) as parser:
        poller = Poller(
            feeds=(Feed(id=FEED_ID, url=left.url, outlet="The Harbour Post", country="IE"),),
            fetcher=wire,
            parser=parser,
            intake=store,
            depth=store.depth,
            settings=settings,
            workers=1,
            clock=lambda: left.at + timedelta(hours=1, seconds=time.monotonic() - begun),
            monotonic=time.monotonic,
            random=random.random,
            new_id=lambda: uuid.uuid4().hex,
        )
        running = asyncio.create_task(poller.run())
        async with asyncio.timeout(60):
            while not enough():  # noqa: ASYNC110 - a poll tells nobody
                await asyncio.sleep(0.05)
        poller.stop()
        await running


def test_there_is_a_state_of_every_layout_that_is_gone_on_with() -> None:
    layouts = {row["value"] for path in STATES for row in LeftBehind.read(path).rows if row["name"] == keys.LAYOUT}

    assert layouts == {keys.LAYOUT_VERSION, *keys.FORMER_LAYOUTS}


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("path", STATES, ids=lambda path: path.stem)
async def test_the_state_of_an_earlier_version_is_gone_on_with_without_loss_or_repetition(
    path: Path, tmp_path: Path, server: EmbeddedServer, client: redis.Redis
) -> None:
    left = LeftBehind.read(path)
    left.put_on(client)
    store = RedisStore(client, Limits())
    accepted, waiting = store.counters()["items_accepted"], store.depth().pending
    assert (accepted, waiting, client.xlen(keys.SIGNALS_STREAM)) == (7, 3, 4)

    claim_layout(client)

    assert client.get(keys.LAYOUT) == keys.LAYOUT_VERSION.encode()
    known = store.feed_states([FEED_ID])[FEED_ID]
    assert known.validators.etag is not None
    wire = Wire(body=left.body, etag=known.validators.etag)
    await poll(left, wire, store, lambda: len(wire.answers) >= 2)
    assert wire.asked[0].validators == known.validators
    assert set(wire.answers) == {"unchanged"}

    # The feed's server has forgotten its tags, so that all that was ever taken in is offered once more.
    wire = Wire(body=left.body, etag=None)
    await poll(left, wire, store, lambda: len(wire.answers) >= 3)
    assert (store.counters()["items_accepted"], store.depth().pending) == (accepted, waiting)

    wire = Wire(body=left.with_news(), etag='"news"')
    await poll(left, wire, store, lambda: len(wire.answers) >= 2)
    assert (store.counters()["items_accepted"], store.depth().pending) == (accepted + 1, waiting + 1)
    assert wire.answers[0] == "document"
    assert not store.counters().get("articles_vanished")

    await asyncio.to_thread(work, tmp_path, server, client)
    told = list(signals(client, group="desk", follow=False))
    assert Counter(what_is_told(each) for each in told if each.kind != "revision") == Counter(
        {
            ("1.html", "Russia", "adverse"): 1,
            ("2.html", "Iran", "adverse"): 1,
            ("2.html", "Iran", "favourable"): 1,
            ("3.html", "France", "adverse"): 1,
            ("4.html", "China", "adverse"): 1,
            ("5.html", "Poland", "adverse"): 1,
            ("6.html", "India", "adverse"): 1,
            ("7.html", "Serbia", "adverse"): 1,
        }
    )
    assert client.xlen(keys.DEAD_STREAM) == 0
    assert not store.counters().get("jobs_refused")
    assert store.reconcile(datetime.now(UTC) + timedelta(days=1)) == 0


def work(folder: Path, server: EmbeddedServer, client: redis.Redis) -> None:
    """Let real workers take what is in the queue."""
    with started(folder / "work", "work", STANCEWIRE_REDIS_URL=server.url) as working:
        await_that(lambda: not client.zcard(keys.PENDING), "the queue is worked off", working, seconds=90)
        assert working.stop() == 0
    for worker in client.smembers(keys.RQ_WORKERS):
        with suppress(redis.ResponseError):
            client.expire(worker, 60)


def what_is_told(signal: Signal) -> tuple[str, str, str]:
    assert signal.kind == "stance"
    return (signal.article.url or "").rpartition("/")[2], signal.holder.name, signal.polarity


@pytest.mark.slow
@pytest.mark.parametrize("command", ["up", "poll", "work"])
def test_a_state_of_a_newer_version_is_refused_with_one_line_and_left_as_it_is(
    command: str, tmp_path: Path, server: EmbeddedServer, client: redis.Redis
) -> None:
    client.set(keys.LAYOUT, "99")
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nid = "a"\nurl = "https://gazette.example/feed"\noutlet = "The Gazette"\n')

    ended = run(tmp_path, command, STANCEWIRE_REDIS_URL=server.url, STANCEWIRE_FEEDS=str(feeds))

    assert ended.status == 1
    said = " ".join(ended.err.split())
    assert f"is of layout '99', this program knows layout {keys.LAYOUT_VERSION}" in said
    assert "run the newer stancewire that wrote it" in said
    assert "Traceback" not in ended.err
    assert list(client.scan_iter()) == [keys.LAYOUT.encode()]
    assert client.get(keys.LAYOUT) == b"99"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_worker_that_is_started_again_on_a_newer_state_says_so(
    tmp_path: Path, server: EmbeddedServer, client: redis.Redis
) -> None:
    with started(tmp_path / "work", "work", STANCEWIRE_REDIS_URL=server.url) as working:
        await_that(lambda: client.scard(keys.RQ_WORKERS), "the worker is ready", working, seconds=90)
        client.set(keys.LAYOUT, "99")
        [worker] = [pid for pid in left_behind(tmp_path / "work") if b"workers.process" in command_line(pid)]
        os.kill(worker, signal.SIGKILL)
        told = working.wait_for("layout '99'", stream="err", seconds=60)
        assert working.stop() == 0
    assert "this program knows layout" in told


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
