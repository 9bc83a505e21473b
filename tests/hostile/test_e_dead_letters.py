"""Articles that end the process of every worker that has them: given up, and the others go through."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from cli_programs import run_here

from config.loading import dump
from config.settings import Settings
from services.embedded import EmbeddedServer
from services.supervisor import Pace, Supervisor
from services.worker_handle import Command, WorkerLimits
from stancewire.adapters.limits import limits_of
from stancewire.adapters.store import RedisStore
from stancewire.types import Acceptance, Entry, Feed, Item, Page
from stancewire.wiring.stores import Server, on_server

PROGRAM = Path(__file__).with_name("deadly_worker.py")
ROOT = PROGRAM.parents[2]
QUICK = Pace(check_s=0.1, reap_s=0.1, reconcile_s=1, first_delay_s=0.05, longest_delay_s=0.1)
SETTINGS = Settings.model_validate({"work": {"lease_s": 3}})
LIMITS = WorkerLimits(job_timeout_s=60, max_memory_mb=400, grace_s=5)
#: How the worker of each deadly article ends, as its letter says it.
ENDINGS = {
    "exit": "the worker ended: status 9",
    "segfault": "the worker ended: signal Segmentation fault",
    "killed": "the worker ended: signal Killed, as the system does where memory runs out",
    "grows": "the worker ended: signal Killed: by its supervisor, since it holds ",
}
WORDS = "Russia condemned Turkey on Tuesday. The harbour was closed for a day, and nobody was hurt."


def item(title: str) -> Item:
    now, name = datetime.now(UTC), title.replace(" ", "-")
    address = f"https://gazette.example/{name}"
    page = f"<html lang=en><title>{title}</title><article><h1>{title}</h1><p>{WORDS}</p></article></html>"
    return Item(
        id=f"{name}-1",
        article_id=name,
        fingerprint="1",
        revision=1,
        feed=Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette"),
        entry=Entry(
            guid=name,
            link=address,
            title=title,
            summary=WORDS,
            content="",
            authors=(),
            published_at=now,
            updated_at=None,
            time_confidence="stated",
            language="en",
        ),
        page=Page(url=address, content_type="text/html", body=page.encode()),
        page_error=None,
        fetched_at=now,
    )


def accept(store: RedisStore, *titles: str) -> None:
    items = tuple(item(title) for title in titles)
    store.accept(Acceptance(items=items, feed_state=None, batch_id=items[0].id, at=datetime.now(UTC)))


@pytest.fixture
def store(client: redis.Redis) -> RedisStore:
    return RedisStore(client, limits_of(SETTINGS))


@asynccontextmanager
async def supervised(server: EmbeddedServer, store: RedisStore) -> AsyncIterator[Supervisor]:
    """Three workers of stancewire under their supervisor."""
    settings = on_server(SETTINGS, Server(url=server.url, socket=server.socket_path))
    command = Command(
        arguments=(sys.executable, str(PROGRAM)),
        settings=dump(settings),
        environment={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    made = Supervisor(command, processes=3, limits=LIMITS, upkeep=store, clock=lambda: datetime.now(UTC), pace=QUICK)
    stop = asyncio.Event()
    running = asyncio.create_task(made.run(stop))
    try:
        yield made
    finally:
        stop.set()
        await asyncio.wait_for(running, 30)


async def until(reached: Callable[[], bool], seconds: float = 200) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.1)


def read_articles(store: RedisStore) -> set[str]:
    return {entry.signal.article.title for entry in store.read("0", limit=1_000, wait_ms=0)}


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_67_articles_that_end_three_workers_are_dead_letters_and_the_others_flow(
    server: EmbeddedServer, store: RedisStore
) -> None:
    accept(store, "first", "deadly exit", "second")
    for how in ("segfault", "killed", "grows"):
        accept(store, f"deadly {how}")
    accept(store, "last")

    async with supervised(server, store):
        await until(lambda: store.depth().pending == 0)

    assert read_articles(store) == {"first", "second", "last"}
    entries = {entry.title: entry for entry in store.letters()}
    assert entries.keys() == {f"deadly {how}" for how in ENDINGS}
    for how, ending in ENDINGS.items():
        entry = entries[f"deadly {how}"]
        assert (entry.letter.item_id, entry.letter.reason) == (f"deadly-{how}-1", "killed_workers")
        assert (entry.letter.attempts, entry.feed_id) == (3, "gazette")
        ends = [line.partition(" UTC: ")[2] for line in entry.letter.detail.splitlines()]
        assert len(ends) == 3
        assert all(each.startswith(ending) for each in ends), ends
    assert store.depth().queued == store.depth().running == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_67_a_dead_letter_is_shown_retried_and_dropped(
    server: EmbeddedServer, store: RedisStore, tmp_path: Path
) -> None:
    def dead(*arguments: str) -> str:
        ended = run_here(tmp_path, "dead", *arguments, STANCEWIRE_REDIS_URL=server.url)
        assert ended.status == 0, ended.err
        return ended.out

    accept(store, "deadly exit")
    async with supervised(server, store):
        await until(lambda: store.depth().dead == 1)
        (first,) = store.letters()

        shown = dead("show", "deadly-exit-1")
        assert "killed workers: " in shown
        assert shown.count("the worker ended: status 9") == 3
        assert "https://gazette.example/deadly-exit" in shown
        dead("show", "deadly-exit-1", "--page", str(tmp_path / "page.html"))
        assert b"The harbour was closed" in (tmp_path / "page.html").read_bytes()

        assert dead("retry", "deadly-exit-1") == "1 tried once more\n"
        assert store.depth().dead == 0
        await until(lambda: store.depth().dead == 1)

    (again,) = store.letters()
    assert again.stream_id != first.stream_id
    assert (again.letter.attempts, len(again.letter.detail.splitlines())) == (3, 3)
    assert dead("drop", "deadly-exit-1") == "1 dropped\n"
    assert store.input_of("deadly-exit-1").payload is None
    assert dead("list") == ""
