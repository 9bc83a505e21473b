"""What is killed, where, and what becomes of it: real pollers, workers and servers, and SIGKILL."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import redis
from cli_programs import left_behind, started
from killed_worker import POINTS
from news_site import NewsSite, rss_of, send
from pydantic import SecretStr
from runs import TcpServer, await_that, client_of, each_once, found, is_done, many_stories, settings_of, stream_length
from store_samples import item

from config.loading import dump
from config.settings import Settings, WorkSettings
from seeds.lists import write_toml
from services.embedded import EmbeddedServer
from services.supervisor import Pace, Supervisor
from services.worker_handle import Command, WorkerLimits
from stancewire import keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.types import Acceptance, Feed, Item

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
STORIES = 24


@pytest.mark.slow
@pytest.mark.parametrize(
    "free",
    [
        pytest.param(0, id="64-after-fetching-before-anything-is-queued"),
        pytest.param(9, id="65-after-queueing-before-the-feeds-state-is-saved"),
    ],
)
def test_64_65_a_poller_that_is_killed_in_the_middle_of_a_poll_takes_it_up_again_and_queues_nothing_twice(
    tmp_path: Path, free: int
) -> None:
    stories = many_stories(STORIES)
    held = frozenset(story.path for story in stories[free:])
    with NewsSite(feeds={"/feed.xml": stories}, held=held) as site, TcpServer(tmp_path / "server") as server:
        settings = settings_of(tmp_path, site, STANCEWIRE_REDIS_URL=server.url, STANCEWIRE_WORK__BATCH_SIZE="4")
        client, expected = server.client, each_once(site)
        with started(tmp_path / "first", "poll", **settings) as poller:
            await_that(lambda: site.statuses("/feed.xml") == [200], "the feed is fetched", poller)
            await_that(lambda: (client.zcard(keys.PENDING) > 0) == (free > 0), "what can be is queued", poller)
            poller.process.kill()
            poller.process.wait(10)
        assert client.zcard(keys.PENDING) < STORIES
        site.let_through()
        with started(tmp_path / "second", "poll", **settings) as poller:
            await_that(lambda: client.zcard(keys.PENDING) == STORIES, "all is queued", poller)
            await_that(lambda: site.statuses("/feed.xml")[-1] == 304, "the poll is over", poller)
            assert poller.stop() == 0
        assert site.statuses("/feed.xml")[:2] == [200, 200], "the validators were saved before the entries"
        with started(tmp_path / "work", "work", **settings) as work:
            await_that(lambda: is_done(client, expected.total()), "all is published", work)
            assert work.stop() == 0
        assert found(client) == expected
        assert client.hget(keys.COUNTERS, "items_accepted") == str(STORIES).encode()


def telling(name: str) -> Item:
    """An item whose own words hold a stance, and nothing that was told before."""
    words = f"Russia condemned France on Monday, as the {name} of the spokesmen said."
    plain = item(name)
    entry = replace(plain.entry, title="A week of talks", summary=words)
    return replace(plain, entry=entry, page=None, fetched_at=datetime.now(UTC))


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
async def test_66_a_worker_that_is_killed_leaves_one_entry_for_each_signal_whatever_the_moment(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path, point: str
) -> None:
    store = RedisStore(client, Limits(stuck_after_s=1, reconcile_after_s=60))
    settings = Settings(redis_url=SecretStr(server.url), work=WorkSettings(lease_s=3))
    program = (sys.executable, str(Path(__file__).with_name("killed_worker.py")), point, str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    supervisor = Supervisor(
        Command(arguments=program, settings=dump(settings), environment=environment),
        processes=1,
        limits=WorkerLimits(job_timeout_s=60, max_memory_mb=1_500, grace_s=10),
        upkeep=store,
        clock=lambda: datetime.now(UTC),
        pace=Pace(check_s=0.1, reap_s=0.5, first_delay_s=0.05),
    )
    names = ("first", "second", "third")
    items = tuple(telling(name) for name in names)
    store.accept(Acceptance(items=items, feed_state=None, batch_id="batch", at=datetime.now(UTC)))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    try:
        await until_async(lambda: supervisor.workforce.restarts == 1)
        await until_async(lambda: supervisor.workforce.ready == 1)
        await until_async(lambda: store.depth().pending == store.depth().running == store.depth().queued == 0)
    finally:
        stop.set()
        await running

    entries = store.read("0", limit=100, wait_ms=0)
    assert Counter(entry.signal.article.id for entry in entries) == dict.fromkeys(names, 1)
    assert len({entry.signal.id for entry in entries}) == len(entries)
    assert store.counters()["items_published"] == 3
    assert store.depth().dead == 0


async def until_async(reached: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.05)


@pytest.mark.slow
def test_76_of_a_thousand_feeds_on_one_host_requests_come_an_interval_apart_and_another_host_does_not_wait(
    tmp_path: Path,
) -> None:
    interval, enough = 0.3, 12
    asked: list[float] = []

    def answer(request: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        asked.append(time.monotonic())
        send(request, 200, "application/rss+xml", rss_of("http://127.0.0.1", (), datetime.now(UTC)))

    paths = [f"/feed-{number}.xml" for number in range(1_000)]
    with (
        NewsSite(odd=dict.fromkeys(paths, answer), feeds={"/alone.xml": ()}) as site,
        TcpServer(tmp_path / "server") as server,
    ):
        more = {"STANCEWIRE_FETCH__HOST_INTERVAL_S": str(interval), "STANCEWIRE_REDIS_URL": server.url}
        settings = settings_of(tmp_path, site, "/alone.xml", **more)
        crowd = [Feed(id=path[1:-4], url=f"{site.base}{path}", outlet="The Crowd") for path in paths]
        alone = Feed(id="alone", url=f"{site.base.replace('127.0.0.1', 'localhost')}/alone.xml", outlet="The Other")
        Path(settings["STANCEWIRE_FEEDS"]).write_text(write_toml((*crowd, alone)))
        with started(tmp_path / "poll", "poll", **settings) as poller:
            await_that(lambda: len(asked) >= 1, "the first of the crowd is asked for", poller)
            await_that(lambda: site.statuses("/alone.xml"), "the other host is not held up", poller, seconds=5)
            await_that(lambda: len(asked) >= enough, "the next are asked for", poller)
            assert poller.stop() == 0

    # A request may be noted late, and the next one in time.
    assert asked[enough - 1] - asked[0] > (enough - 2) * interval


@pytest.mark.slow
@linux
def test_77_of_children_that_are_killed_nothing_is_left_and_no_child_inherits_a_socket(tmp_path: Path) -> None:
    with NewsSite(feeds={"/feed.xml": many_stories(6)}) as site:
        settings = settings_of(tmp_path, site)
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            await_that(lambda: is_done(client, 6 * 8), "all is published", house)
            open_before = len(files_of(house.process.pid))
            for mark in ("workers.process", "parser_child", "workers.process", "page_child", "workers.process"):
                for pid in marked(tmp_path, mark):
                    os.kill(pid, signal.SIGKILL)
                await_that(lambda: registered(client) & set(marked(tmp_path, "workers.process")), "it works", house)
            worker = marked(tmp_path, "workers.process")[0]

            assert sockets_of(worker).isdisjoint(sockets_of(house.process.pid))
            assert open_sockets_are_its_own(marked(tmp_path, "parser_child"), house.process.pid)
            await_that(lambda: not zombies_of(house.process.pid), "the killed are collected", house)
            await_that(lambda: len(files_of(house.process.pid)) <= open_before + 2, "what was theirs is closed", house)
            assert stream_length(client) == 6 * 8
            assert house.stop(signal.SIGTERM) == 0
            assert left_behind(tmp_path, within=5) == []


def marked(home: Path, words: str) -> list[int]:
    """Processes of the run with these words in their command line."""
    found_here = []
    for pid in left_behind(home):
        try:
            if words.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found_here.append(pid)
        except OSError:
            continue
    return found_here


def registered(client: redis.Redis) -> set[int]:
    """Process ids of the workers that take jobs."""
    names = client.smembers(keys.RQ_WORKERS)
    return {int(client.hget(name, "pid") or 0) for name in names}


def files_of(pid: int) -> list[str]:
    """What a process has open."""
    found_here = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found_here.append(str(entry.readlink()))
        except OSError:
            continue
    return found_here


def sockets_of(pid: int) -> set[str]:
    return {name for name in files_of(pid) if name.startswith("socket:")}


def open_sockets_are_its_own(pids: list[int], parent: int) -> bool:
    # Pipes to a child are sockets to asyncio, with an end of its own on each side.
    return all(sockets_of(pid).isdisjoint(sockets_of(parent)) for pid in pids)


def zombies_of(parent: int) -> list[int]:
    found_here = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, of, *_ = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            except OSError:
                continue
            if state == b"Z" and int(of) == parent:
                found_here.append(int(folder.name))
    return found_here


def test_77_a_server_is_started_again_and_again_by_a_process_full_of_busy_threads(tmp_path: Path) -> None:
    with busy_threads(8):
        server = EmbeddedServer(tmp_path / "data")
        for _ in range(5):
            server.start()
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            server.stop()


@contextmanager
def busy_threads(count: int) -> Iterator[None]:
    """Threads that hold the locks that a fork at a bad moment would leave held, of memory and of the log."""
    over = threading.Event()

    def be_busy() -> None:
        while not over.is_set():
            hashlib.sha256(os.urandom(1_000)).hexdigest()
            logging.getLogger("busy").debug("busy")
            bytearray(100_000)
            over.wait(0.0001)

    threads = [threading.Thread(target=be_busy) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
