"""Wall clocks that jump: feeds are asked as before, and batches are neither taken from the living nor held for ever.

A library written for these tests shifts the wall clock of whole programs, while the monotonic one goes on.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import redis
from cli_programs import ROOT, left_behind, started
from news_site import NewsSite
from runs import TcpServer, await_that, many_stories, settings_of
from store_bench import RealBench
from store_samples import acceptance, item

from stancewire import keys
from stancewire.adapters.common_clock import CommonUpkeep
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import StoreUnavailable

SOURCE = Path(__file__).with_name("shifted_clock.c")
SLOWED = Path(__file__).with_name("slowed")
HOUR = 3_600
JUMPS = [HOUR, -HOUR]

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="needs Linux and a C compiler"),
]


@dataclass
class Clock:
    """The wall clock of the programs that are started with its settings."""

    file: Path
    library: Path

    def set_to(self, shift_s: int) -> None:
        """By so many seconds ahead of the true one, from now on; in one step, for programs read it all the time."""
        draft = self.file.with_suffix(".new")
        draft.write_text(str(shift_s))
        draft.replace(self.file)

    @property
    def settings(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "SHIFT_FILE": str(self.file)}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clock") / "shifted_clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", made, SOURCE, "-ldl"], check=True)
    return made


@pytest.fixture
def clock(library: Path, tmp_path: Path) -> Clock:
    made = Clock(file=tmp_path / "shift", library=library)
    made.set_to(0)
    return made


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def polls_of(site: NewsSite, count: int) -> list[float]:
    """Monotonic times of so many further polls of the feed."""
    times: list[float] = []
    seen = len(site.statuses("/feed.xml"))
    end = time.monotonic() + 60
    while len(times) < count:
        assert time.monotonic() < end, f"{len(times)} of {count} polls within a minute"
        now = len(site.statuses("/feed.xml"))
        times += [time.monotonic()] * (now - seen)
        seen = now
        time.sleep(0.02)
    return times


INTERVAL_S = 2


def quick(folder: Path, site: NewsSite, server: TcpServer, clock: Clock) -> dict[str, str]:
    return settings_of(
        folder,
        site,
        "/feed.xml",
        STANCEWIRE_REDIS_URL=server.url,
        STANCEWIRE_POLL__INTERVAL_S=str(INTERVAL_S),
        STANCEWIRE_POLL__MIN_INTERVAL_S=str(INTERVAL_S),
        STANCEWIRE_POLL__MAX_INTERVAL_S=str(INTERVAL_S),
        STANCEWIRE_POLL__PAGES="false",
        **clock.settings,
    )


@pytest.mark.slow
@pytest.mark.parametrize("jump", JUMPS)
def test_73_a_jump_of_the_clock_changes_nothing_in_when_feeds_are_asked(
    tmp_path: Path, clock: Clock, jump: int
) -> None:
    with NewsSite(feeds={"/feed.xml": many_stories(2)}) as site, TcpServer(tmp_path / "server") as server:
        with started(tmp_path / "poll", "poll", **quick(tmp_path, site, server, clock)) as poller:
            poller.wait_for("feed polled", stream="err", seconds=90)
            polls_of(site, 1)
            clock.set_to(jump)
            after = polls_of(site, 4)
            clock.set_to(0)
            back = polls_of(site, 4)
            assert poller.stop() == 0
        between = gaps(after) + gaps(back)
        assert min(between) > 0.9 * INTERVAL_S, "it hammers"
        assert max(between) < 2.5 * INTERVAL_S, "it sleeps"
        assert RedisStore(server.client, Limits()).counters()["items_accepted"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("jump", JUMPS)
def test_73_a_poller_that_starts_after_a_jump_asks_within_the_interval(tmp_path: Path, clock: Clock, jump: int) -> None:
    with NewsSite(feeds={"/feed.xml": many_stories(2)}) as site, TcpServer(tmp_path / "server") as server:
        settings = quick(tmp_path, site, server, clock)
        with started(tmp_path / "first", "poll", **settings) as poller:
            poller.wait_for('"outcome":"unchanged"', stream="err", seconds=90)
            assert poller.stop() == 0
        clock.set_to(jump)
        with started(tmp_path / "second", "poll", **settings) as poller:
            poller.wait_for('"event":"leading"', stream="err", seconds=90)
            begun = time.monotonic()
            times = polls_of(site, 3)
            assert poller.stop() == 0
        assert times[0] - begun < 2.5 * INTERVAL_S
        assert min(gaps(times)) > 0.9 * INTERVAL_S


@pytest.mark.slow
@pytest.mark.parametrize(
    "switch", [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)], ids=["spring", "autumn"]
)
def test_73_daylight_saving_begins_and_ends_without_notice(tmp_path: Path, clock: Clock, switch: datetime) -> None:
    with NewsSite(feeds={"/feed.xml": many_stories(1)}) as site, TcpServer(tmp_path / "server") as server:
        settings = {**quick(tmp_path, site, server, clock), "TZ": "Europe/Berlin"}
        with started(tmp_path / "poll", "poll", **settings) as poller:
            poller.wait_for("feed polled", stream="err", seconds=90)
            # Four seconds before it.
            clock.set_to(round((switch - timedelta(seconds=4) - datetime.now(UTC)).total_seconds()))
            polls_of(site, 1)
            times = polls_of(site, 4)
            assert poller.stop() == 0
        assert 0.9 * INTERVAL_S < min(gaps(times)) <= max(gaps(times)) < 2.5 * INTERVAL_S


@pytest.mark.slow
@pytest.mark.parametrize("jump", JUMPS)
def test_73_a_host_that_asked_for_a_minute_is_given_it_and_no_hour(tmp_path: Path, clock: Clock, jump: int) -> None:
    asked: list[float] = []

    def later(request: BaseHTTPRequestHandler, _: object) -> None:
        asked.append(time.monotonic())
        request.send_response(503)
        request.send_header("Retry-After", "60")
        request.send_header("Content-Length", "0")
        request.end_headers()

    stories = {"/feed.xml": many_stories(1)}
    with (
        NewsSite(feeds=stories, odd={"/feed.xml": later}) as site,
        TcpServer(tmp_path / "server") as server,
        started(tmp_path / "poll", "poll", **quick(tmp_path, site, server, clock)) as poller,
    ):
        poller.wait_for('"outcome":"failed"', stream="err", seconds=90)
        clock.set_to(jump)
        await_that(lambda: len(asked) >= 2, "it is asked again", poller, seconds=80)
        assert poller.stop() == 0
    assert 59 <= asked[1] - asked[0] < 75


def accept(client: redis.Redis, *names: str) -> RedisStore:
    store = RedisStore(client, Limits())
    store.accept(acceptance(*(replace(item(name), page=None) for name in names), at=datetime.now(UTC)))
    return store


def slow_work(url: str, clock: Clock, seconds: float) -> dict[str, str]:
    return {
        "STANCEWIRE_REDIS_URL": url,
        "STANCEWIRE_WORK__LEASE_S": "3",
        "SLOWED_S": str(seconds),
        "PYTHONPATH": f"{SLOWED}:{ROOT}",
        **clock.settings,
    }


@pytest.mark.slow
@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_73_a_worker_whose_clock_is_wrong_keeps_its_lease_and_does_its_batch_once(
    tmp_path: Path, clock: Clock, jump: int, when: str
) -> None:
    with TcpServer(tmp_path / "server") as server:
        client = server.client
        store = accept(client, "a")
        other_host = CommonUpkeep(client, Limits(), lease_s=3, monotonic=time.monotonic)
        if when == "before":
            clock.set_to(jump)
        with started(tmp_path / "work", "work", **slow_work(server.url, clock, 8)) as working:
            working.wait_for("slow analysis begins", stream="err", seconds=90)
            if when == "meanwhile":
                clock.set_to(jump)
            while client.zcard(keys.PENDING):
                assert other_host.reap(datetime.now(UTC)) == 0
                time.sleep(0.2)
            assert working.stop() == 0
            assert sum("slow analysis begins" in line for line in working.err) == 1
        assert "batches_reaped" not in store.counters()
        assert store.counters()["items_published"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("jump", JUMPS)
def test_73_the_batch_of_a_worker_that_dies_after_a_jump_is_taken_back_within_its_lease(
    tmp_path: Path, clock: Clock, jump: int
) -> None:
    with TcpServer(tmp_path / "server") as server:
        store = accept(server.client, "a", "b")
        with started(tmp_path / "work", "work", **slow_work(server.url, clock, 10)) as working:
            working.wait_for("slow analysis begins", stream="err", seconds=90)
            clock.set_to(jump)
            [worker] = [pid for pid in left_behind(tmp_path / "work") if is_worker(pid)]
            os.kill(worker, signal.SIGKILL)
            await_that(lambda: store.counters().get("batches_reaped") == 1, "it is taken back", working, seconds=15)
            await_that(lambda: not server.client.zcard(keys.PENDING), "it is done", working, seconds=90)
            assert working.stop() == 0
        assert store.counters()["items_published"] == 2


def is_worker(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0-m\0workers.process\0")


@pytest.mark.parametrize("jump", JUMPS)
def test_73_when_the_servers_own_clock_is_set_the_living_keep_their_leases_and_the_dead_do_not(
    client: redis.Redis, jump: int
) -> None:
    behind = [0]
    upkeep = CommonUpkeep(client, Limits(), lease_s=1, monotonic=lambda: time.monotonic() - behind[0])
    for name in ("living", "dead"):
        RedisStore(client, Limits()).accept(acceptance(item(name), batch_id=name, at=datetime.now(UTC)))
    client.delete(keys.RQ_QUEUE)
    assert upkeep.reap(datetime.now(UTC)) == 0

    # To the server's clock of now, leases end where the former clock had them end; and no time has passed.
    now = time.time()
    client.zadd(keys.RQ_LEASES, {"living:1": now - jump + 10, "dead:1": now - jump + 10})
    behind[0] = jump
    assert upkeep.reap(datetime.now(UTC)) == 0
    client.zadd(keys.RQ_LEASES, {"living:1": now + 60})
    time.sleep(1.1)

    assert upkeep.reap(datetime.now(UTC)) == 1
    assert client.lrange(keys.RQ_QUEUE, 0, -1) == [b"dead"]


def test_after_an_outage_the_living_get_the_time_to_prolong_their_leases(client: redis.Redis) -> None:
    class Away(CommonUpkeep):
        is_away = False

        def _server_time(self) -> datetime:
            if self.is_away:
                raise StoreUnavailable("away")
            return super()._server_time()

    upkeep = Away(client, Limits(), lease_s=1, monotonic=time.monotonic)
    store = RedisStore(client, Limits())
    store.accept(acceptance(item("a"), at=datetime.now(UTC)))
    RealBench(client).take(datetime.now(UTC) - timedelta(seconds=5))
    upkeep.is_away = True
    with pytest.raises(StoreUnavailable):
        upkeep.reap(datetime.now(UTC))
    upkeep.is_away = False

    assert upkeep.reap(datetime.now(UTC)) == 0
    time.sleep(1.1)
    assert upkeep.reap(datetime.now(UTC)) == 1
