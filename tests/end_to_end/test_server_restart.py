"""The server goes away under a poller and a worker and comes back: both go on by themselves, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from cli_programs import Running, started
from news_site import NewsSite
from runs import (
    PER_STORY,
    TcpServer,
    await_that,
    each_once,
    found,
    is_done,
    lines_with,
    many_stories,
    settings_of,
    stream_length,
)

from stancewire import keys

COUNT = 60
FREE = 30


def await_waits(worker: Running, count: int) -> None:
    """Wait until the worker has begun to wait for the server for the so-manieth time."""

    def has_begun() -> bool:
        worker.read_now()
        return len(lines_with(worker.err, '"event":"server away"', '"worker":')) >= count

    await_that(has_begun, "the worker waits for the server", worker)


def test_poller_and_worker_outlive_their_server_twice_and_lose_nothing(tmp_path: Path) -> None:
    stories = many_stories(COUNT)
    held = frozenset(story.path for story in stories[FREE:])
    with NewsSite(feeds={"/feed.xml": stories}, held=held) as site, TcpServer(tmp_path / "server") as server:
        settings = settings_of(tmp_path, site, STANCEWIRE_REDIS_URL=server.url, STANCEWIRE_WORK__BATCH_SIZE="4")
        client, expected = server.client, each_once(site)
        with (
            started(tmp_path / "poller", "poll", **settings) as poller,
            started(tmp_path / "worker", "work", **settings) as worker,
        ):
            await_that(lambda: stream_length(client) >= 2 * PER_STORY, "signals are published", poller, worker)
            server.stop(kill=True)
            poller.wait_for('"event":"server away"', stream="err")
            await_waits(worker, 1)
            server.start()
            await_that(lambda: is_done(client, 3 * PER_STORY), "the worker goes on", poller, worker)
            before = stream_length(client)
            site.let_through()
            await_that(lambda: stream_length(client) > before, "the poller goes on", poller, worker)
            server.stop()
            await_waits(worker, 2)
            server.start()
            await_that(
                lambda: is_done(client, expected.total()), "every signal is on the stream", poller, worker, seconds=60
            )
            assert found(client) == expected
            assert client.xlen(keys.DEAD_STREAM) == 0
            assert poller.process.poll() is None
            assert worker.process.poll() is None
            assert poller.stop() == worker.stop() == 0
            assert lines_with((*poller.err, *worker.err), "Traceback") == []
