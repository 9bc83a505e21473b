"""Cases 60 to 63 and 74: the server is away, slow, loading, full, read-only, without disk, restarted, failed over.

Polling pauses, nothing that was taken in is lost or comes twice, all goes on by itself, and each change is one line.
"""

from __future__ import annotations

import json
import re
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
import redis
from cli_programs import Running, run_here, started
from failing_servers import PASSWORD, SERVICE, FailingServer, FailoverGroup, free_port
from news_site import Answer, NewsSite, Story, page_of, send
from runs import PER_STORY, await_that, client_of, each_once, found, is_done, lines_with, many_stories, settings_of

from stancewire import keys
from stancewire.errors import StoreError
from stancewire.server_state import BACK, EVENTS
from stancewire.wiring.stores import Server, accept_server

#: Under load a worker takes long until it is ready.
SECONDS = 90
FREE = 10


def site_of(stories: tuple[Story, ...], free: int = FREE) -> NewsSite:
    """A site whose pages after the first ones wait until the test lets them through, so that a poll stays under way."""
    return NewsSite(feeds={"/feed.xml": stories}, held=frozenset(story.path for story in stories[free:]))


def settings_for(folder: Path, site: NewsSite, **more: str) -> dict[str, str]:
    """Those of a run in which pages that are held back are waited for."""
    patient = {"STANCEWIRE_FETCH__TOTAL_TIMEOUT_S": "500", "STANCEWIRE_FETCH__CONNECT_TIMEOUT_S": "60"}
    return settings_of(folder, site, STANCEWIRE_WORK__BATCH_SIZE="4", **patient, **more)


def told(run: Running) -> list[dict[str, object]]:
    """What a process has said of its server so far, changes only."""
    run.read_now()
    lines = [json.loads(line) for line in run.err if line.startswith("{")]
    return [line for line in lines if line["event"] in {*EVENTS.values(), BACK}]


def events(run: Running, *, of_worker: bool = False) -> list[object]:
    return [line["event"] for line in told(run) if ("worker" in line) == of_worker]


def await_event(run: Running, event: str, times: int = 1, *, of_worker: bool = False) -> None:
    await_that(
        lambda: events(run, of_worker=of_worker).count(event) >= times, f"it says {event!r}", run, seconds=SECONDS
    )


def address_of_health(run: Running) -> str:
    line = run.wait_for('"event":"health served"', stream="err", seconds=SECONDS)
    return str(json.loads(line)["url"])


def asked(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=20)


def store_at_readyz(health: str) -> tuple[int, dict[str, object]]:
    answer = asked(f"{health}/readyz")
    return answer.status_code, answer.json()["checks"]["store"]


def troubles(health: str) -> list[str]:
    """What the metrics say is wrong with the server."""
    return re.findall(r'^stancewire_server_trouble\{trouble="(\w+)"\} 1\.0$', asked(f"{health}/metrics").text, re.M)


def trouble_at_start(url: str) -> str:
    """For what trouble a program that starts now would wait; `doctor` says the same."""
    with pytest.raises(StoreError) as raised:
        accept_server(Server(url=url, socket=None))
    assert raised.value.hint
    return raised.value.trouble


def published(client: redis.Redis) -> int:
    """Stories whose signals are on the stream; -1 while the server does not answer."""
    try:
        return int(client.xlen(keys.SIGNALS_STREAM)) // PER_STORY
    except redis.RedisError:
        return -1


def taken_in(client: redis.Redis) -> int:
    """Items accepted so far; -1 while the server does not answer."""
    try:
        return int(client.hget(keys.COUNTERS, "items_accepted") or 0)
    except redis.RedisError:
        return -1


@contextmanager
def both(folder: Path, settings: Mapping[str, str]) -> Iterator[tuple[Running, Running]]:
    """A poller and a supervisor with one worker."""
    with (
        started(folder / "poller", "poll", **settings) as poller,
        started(folder / "worker", "work", **settings) as work,
    ):
        yield poller, work


def outage_is_noticed(*runs: Running, times: int) -> None:
    for run in runs:
        await_event(run, "server away", times)


def end_is_noticed(*runs: Running, times: int) -> None:
    for run in runs:
        await_event(run, BACK, times)


def gated(stories: tuple[Story, ...], gate: threading.Event) -> dict[str, Answer]:
    """Answers for pages that wait for the gate."""

    def answer_with(page: bytes) -> Answer:
        def answer(request: BaseHTTPRequestHandler, closing: threading.Event) -> None:
            while not (gate.wait(0.05) or closing.is_set()):
                continue
            send(request, 200, "text/html; charset=utf-8", page)

        return answer

    return {story.path: answer_with(page_of(story)) for story in stories}


class TestDown:
    @pytest.mark.slow
    @pytest.mark.parametrize("command", ["poll", "work"])
    def test_60_a_server_that_is_down_at_the_start_is_waited_for_and_readyz_says_so(
        self, command: str, tmp_path: Path
    ) -> None:
        with site_of(many_stories(1)) as site:
            server = FailingServer(tmp_path / "server")
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
            with started(tmp_path / "home", command, **settings) as daemon:
                health = address_of_health(daemon)
                await_event(daemon, "server away")
                status, store = store_at_readyz(health)
                assert (status, store["ok"]) == (503, False)
                assert f"127.0.0.1:{server.port}" in str(store["detail"])
                assert store["fix"]
                assert asked(f"{health}/livez").status_code == 200
                assert troubles(health) == ["away"]
                assert "stancewire_store_up 0.0" in asked(f"{health}/metrics").text
                # Several attempts, and one line.
                time.sleep(4)
                assert events(daemon) == ["server away"]
                with server:
                    await_event(daemon, BACK)
                    await_that(lambda: store_at_readyz(health)[1]["ok"], "it is ready", daemon, seconds=SECONDS)
                    assert troubles(health) == []
                    [_, back] = told(daemon)
                    assert back["before"] == "server away"
                    assert float(str(back["seconds"])) >= 4
                    assert daemon.stop() == 0

    @pytest.mark.slow
    def test_61_a_poller_that_stands_by_says_too_that_its_server_is_away(self, tmp_path: Path) -> None:
        with site_of(many_stories(1)) as site, FailingServer(tmp_path / "server") as server:
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
            with started(tmp_path / "leader", "poll", **settings) as leader:
                leader.wait_for('"event":"leading"', stream="err", seconds=SECONDS)
                with started(tmp_path / "standby", "poll", **settings) as standby:
                    health = address_of_health(standby)
                    standby.wait_for('"event":"standing by"', stream="err", seconds=SECONDS)
                    server.stop(kill=True)
                    await_event(standby, "server away")
                    assert troubles(health) == ["away"]
                    server.start()
                    await_event(standby, BACK)

    @pytest.mark.slow
    @pytest.mark.parametrize("server", ["nothing listens there", "did not answer in time"])
    def test_60_doctor_waits_for_no_server_and_ends_with_status_1(self, server: str, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1] if server == "did not answer in time" else free_port()
            began = time.monotonic()
            ended = run_here(tmp_path, "doctor", STANCEWIRE_REDIS_URL=f"redis://127.0.0.1:{port}")
            took = time.monotonic() - began

        assert ended.status == 1
        assert f"127.0.0.1:{port}" in ended.out
        assert server in ended.out
        assert took < SECONDS


Breaking = Callable[[FailingServer], None]


def make_replica(server: FailingServer) -> None:
    server.client.replicaof("127.0.0.1", "1")


def make_primary(server: FailingServer) -> None:
    server.client.replicaof("NO", "ONE")


def want_password(server: FailingServer) -> None:
    server.client.config_set("requirepass", "wanted")
    server.client.client_kill_filter(_type="normal", skipme=True)


def want_no_password(server: FailingServer) -> None:
    server.client.auth("wanted")
    server.client.config_set("requirepass", "")


def change_password(server: FailingServer) -> None:
    server.client.config_set("requirepass", "another")
    server.client.client_kill_filter(_type="normal", skipme=True)


def change_password_back(server: FailingServer) -> None:
    server.client.auth("another")
    server.client.config_set("requirepass", PASSWORD)


def fill_memory(server: FailingServer) -> None:
    server.client.config_set("maxmemory", 1)


def make_room(server: FailingServer) -> None:
    server.client.config_set("maxmemory", 0)


def fill_disk(server: FailingServer) -> None:
    server.fill_disk()
    with pytest.raises(redis.ResponseError, match="MISCONF"):  # noqa: PT012 - it notices when it writes the first one
        for _ in range(50):
            server.client.set("filling", "x" * 100)
            time.sleep(0.1)


def empty_disk(server: FailingServer) -> None:
    server.empty_disk()
    await_that(lambda: _takes(server), "the server writes again")
    server.client.delete("filling")


def _takes(server: FailingServer) -> bool:
    try:
        return bool(server.client.set("filling", "x"))
    except redis.RedisError:
        return False


def break_snapshots(server: FailingServer) -> None:
    server.client.config_set("save", "3600 1")
    (server.folder / "taken").mkdir()
    server.client.bgsave()
    await_that(lambda: server.client.info("persistence")["rdb_last_bgsave_status"] == "err", "the snapshot fails")


def mend_snapshots(server: FailingServer) -> None:
    (server.folder / "taken").rmdir()
    server.client.bgsave()
    await_that(lambda: server.client.info("persistence")["rdb_last_bgsave_status"] == "ok", "the snapshot is there")


def hang(server: FailingServer) -> None:
    server.pause()


def is_outlasted(
    folder: Path, event: str, harm: Breaking, mend: Breaking, *, password: str = "", **set_to: str
) -> None:
    """A poller meets the trouble in the midst of a poll: it pauses, takes nothing in, says so once, and goes on."""
    stories = many_stories(30)
    kind = next(kind for kind, words in EVENTS.items() if words == event)
    with site_of(stories) as site, FailingServer(folder / "server", password=password, **set_to) as server:
        settings = settings_for(folder, site, STANCEWIRE_REDIS_URL=server.url)
        with started(folder / "home", "poll", **settings) as poller:
            health = address_of_health(poller)
            await_that(lambda: 0 < taken_in(server.client) < FREE, "a poll is under way", poller, seconds=SECONDS)
            harm(server)
            await_event(poller, event)
            status, store = store_at_readyz(health)
            assert (status, store["ok"], bool(store["fix"])) == (503, False, True)
            assert troubles(health) == [kind]
            assert trouble_at_start(server.url) == kind
            before, asked_for = taken_in(server.client), len(site.asked)
            site.let_through()
            # Longer than the feed's interval, and than all waits for another attempt together.
            time.sleep(4)
            assert taken_in(server.client) == before
            # The portion of pages that was under way, and no more: neither further pages nor the feed again.
            assert len(site.asked) <= asked_for + 8
            assert site.statuses("/feed.xml") == [200]
            assert events(poller) == [event]
            mend(server)
            await_event(poller, BACK)
            await_that(lambda: taken_in(server.client) == len(stories), "all is taken in", poller, seconds=SECONDS)
            await_that(lambda: site.statuses("/feed.xml")[-1] == 304, "the poll was complete", poller, seconds=SECONDS)
            assert server.client.zcard(keys.PENDING) == len(stories)
            assert events(poller) == [event, BACK]
            assert store_at_readyz(health)[1]["ok"]
            assert poller.stop() == 0
            assert lines_with(poller.err, "Traceback") == []


@pytest.mark.slow
class TestOutlasted:
    def test_61_a_server_that_became_a_read_only_replica(self, tmp_path: Path) -> None:
        is_outlasted(tmp_path, "server is a read-only replica", make_replica, make_primary)

    def test_61_a_server_that_wants_a_password_of_a_sudden(self, tmp_path: Path) -> None:
        is_outlasted(tmp_path, "server denies access", want_password, want_no_password)

    def test_61_a_server_whose_password_was_changed(self, tmp_path: Path) -> None:
        is_outlasted(tmp_path, "server denies access", change_password, change_password_back, password=PASSWORD)

    def test_62_a_server_whose_memory_is_full(self, tmp_path: Path) -> None:
        is_outlasted(tmp_path, "server full", fill_memory, make_room)

    def test_74_a_server_whose_disk_is_full(self, tmp_path: Path) -> None:
        is_outlasted(tmp_path, "server cannot write to its disk", fill_disk, empty_disk, appendfsync="everysec")

    def test_74_a_server_that_cannot_write_its_snapshots(self, tmp_path: Path) -> None:
        is_outlasted(tmp_path, "server cannot write to its disk", break_snapshots, mend_snapshots, dbfilename="taken")

    def test_61_a_server_that_hangs(self, tmp_path: Path) -> None:
        # Longer than any client waits for an answer.
        is_outlasted(tmp_path, "server away", hang, FailingServer.resume)

    def test_61_a_server_that_was_killed_and_reads_its_data_for_long(self, tmp_path: Path) -> None:
        stories = many_stories(30)
        with site_of(stories) as site, FailingServer(tmp_path / "server") as server:
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
            with started(tmp_path / "home", "poll", **settings) as poller:
                health = address_of_health(poller)
                await_that(lambda: 0 < taken_in(server.client) < FREE, "a poll is under way", poller, seconds=SECONDS)
                # Ten seconds of reading, in which it answers that it reads.
                server.client.mset({f"ballast:{number}": "x" * 1_000 for number in range(500)})
                server.client.bgrewriteaof()
                await_that(lambda: not server.client.info("persistence")["aof_rewrite_in_progress"], "it is rewritten")
                before = taken_in(server.client)
                server.stop(kill=True)
                await_event(poller, "server away")
                server.start(wait=False, key_load_delay="20000", loading_process_events_interval_bytes="1024")
                await_event(poller, "server loading")
                status, store = store_at_readyz(health)
                assert (status, store["ok"]) == (503, False)
                assert "still loading" in str(store["detail"])
                assert troubles(health) == ["loading"]
                assert trouble_at_start(server.url) == "loading"
                site.let_through()
                await_event(poller, BACK)
                assert taken_in(server.client) >= before
                await_that(lambda: taken_in(server.client) == len(stories), "all is taken in", poller, seconds=SECONDS)
                assert events(poller) == ["server away", "server loading", BACK]
                assert poller.stop() == 0


@pytest.mark.slow
class TestWhole:
    """Pollers and workers together; what is on the stream in the end is what the site had, each once."""

    def test_61_a_server_that_is_killed_stopped_and_hung_under_a_poller_and_a_worker(self, tmp_path: Path) -> None:
        stories = many_stories(40)
        with site_of(stories, free=20) as site, FailingServer(tmp_path / "server") as server:
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
            client, expected = server.client, each_once(site)
            with both(tmp_path, settings) as (poller, worker):
                await_that(lambda: published(client) >= 2, "signals are published", poller, worker, seconds=SECONDS)
                server.stop(kill=True)
                outage_is_noticed(poller, worker, times=1)
                server.start()
                end_is_noticed(poller, worker, times=1)
                # How much of it was published before the kill, chance decides; now all that was taken in is.
                await_that(
                    lambda: published(client) == taken_in(client) > 2,
                    "the worker goes on",
                    poller,
                    worker,
                    seconds=SECONDS,
                )
                server.pause()
                outage_is_noticed(poller, worker, times=2)
                server.resume()
                end_is_noticed(poller, worker, times=2)
                site.let_through()
                await_that(lambda: taken_in(client) > 20, "the poller goes on", poller, worker, seconds=SECONDS)
                server.stop()
                outage_is_noticed(poller, worker, times=3)
                server.start()
                await_that(
                    lambda: is_done(client, expected.total()), "all is published", poller, worker, seconds=2 * SECONDS
                )
                assert found(client) == expected
                assert client.xlen(keys.DEAD_STREAM) == 0
                end_is_noticed(poller, worker, times=3)
                for run in (poller, worker):
                    assert events(run) == ["server away", BACK] * 3
                # The worker itself notices what outlasts its patience, and what it was doing.
                noticed = events(worker, of_worker=True)
                assert noticed == ["server away", BACK] * (len(noticed) // 2)
                assert lines_with((*poller.err, *worker.err), "Traceback") == []

    def test_62_a_server_whose_memory_is_full_loses_no_work(self, tmp_path: Path) -> None:
        stories = many_stories(30)
        with site_of(stories, free=20) as site, FailingServer(tmp_path / "server") as server:
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
            client, expected = server.client, each_once(site)
            with both(tmp_path, settings) as (poller, worker):
                await_that(lambda: published(client) >= 2, "signals are published", poller, worker, seconds=SECONDS)
                fill_memory(server)
                for run in (poller, worker):
                    await_event(run, "server full")
                await_event(worker, "server full", of_worker=True)
                site.let_through()
                before = (taken_in(client), published(client), client.zcard(keys.PENDING))
                time.sleep(4)
                assert (taken_in(client), published(client), client.zcard(keys.PENDING)) == before
                make_room(server)
                await_that(
                    lambda: is_done(client, expected.total()), "all is published", poller, worker, seconds=2 * SECONDS
                )
                assert found(client) == expected
                assert client.xlen(keys.DEAD_STREAM) == 0
                assert events(poller) == events(worker) == ["server full", BACK]

    def test_63_what_a_server_forgot_is_fetched_again_and_nothing_comes_twice(self, tmp_path: Path) -> None:
        stories = many_stories(30)
        with (
            site_of(stories, free=17) as site,
            FailingServer(tmp_path / "server", appendfsync="everysec", auto_aof_rewrite_percentage="0") as server,
        ):
            gate = threading.Event()
            site.odd = gated(stories[5:17], gate)
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
            client, expected = server.client, each_once(site)
            with both(tmp_path, settings) as (poller, worker):
                await_that(lambda: taken_in(client) == 5, "a poll is under way", poller, worker, seconds=SECONDS)
                on_disk = server.size_of_file()
                gate.set()
                await_that(lambda: taken_in(client) == 17, "more is taken in", poller, worker, seconds=SECONDS)
                await_that(lambda: published(client) >= 6, "signals are published", poller, worker, seconds=SECONDS)
                announced = published(client)
                server.stop(kill=True)
                server.start()
                # A killed process has handed its writes to the kernel: nothing is lost.
                assert taken_in(client) == 17
                assert published(client) >= announced
                server.stop(kill=True)
                # As when the power fails before they are on the disk.
                server.cut_file(on_disk)
                server.start()
                assert taken_in(client) == 5
                site.let_through()
                await_that(
                    lambda: is_done(client, expected.total()), "all is published", poller, worker, seconds=2 * SECONDS
                )
                assert found(client) == expected
                assert client.xlen(keys.DEAD_STREAM) == 0
                assert "server forgot what it had taken in" in events(poller)

    def test_74_an_embedded_server_that_ends_for_want_of_disk_is_started_until_there_is_room(
        self, tmp_path: Path
    ) -> None:
        stories = many_stories(20)
        with site_of(stories) as site:
            settings = settings_for(tmp_path, site)
            expected = each_once(site)
            with client_of(settings) as client, started(tmp_path / "home", "up", **settings) as house:
                await_that(lambda: published(client) >= 1, "signals are published", house, seconds=SECONDS)
                limit_files(house, server_of(tmp_path / "data"), size=4_096)
                house.wait_for('"event":"embedded server ended"', stream="err", seconds=SECONDS)
                site.let_through()
                await_event(house, "server away")
                time.sleep(4)
                limit_files(house, server_of(tmp_path / "data"), size=resource.RLIM_INFINITY)
                await_that(lambda: is_done(client, expected.total()), "all is published", house, seconds=2 * SECONDS)
                assert found(client) == expected
                assert client.xlen(keys.DEAD_STREAM) == 0
                assert house.stop() == 0


@pytest.mark.slow
class TestFailover:
    def test_61_what_was_taken_in_outlasts_two_failovers_and_is_published_once(self, tmp_path: Path) -> None:
        stories = many_stories(40)
        with site_of(stories, free=20) as site, FailoverGroup(tmp_path / "group") as group:
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=group.url)
            expected = each_once(site)
            first, second = group.primary, group.replica
            with both(tmp_path, settings) as (poller, worker):
                await_that(
                    lambda: published(first.client) >= 2, "signals are published", poller, worker, seconds=SECONDS
                )
                first.client.wait(1, 5_000)
                replicated = taken_in(first.client)
                first.stop(kill=True)
                await_that(lambda: group.primary_port() == second.port, "the replica takes over", seconds=SECONDS)
                outage_is_noticed(poller, worker, times=1)
                end_is_noticed(poller, worker, times=1)
                assert taken_in(second.client) >= replicated
                await_that(lambda: published(second.client) >= 4, "the worker goes on", poller, worker, seconds=SECONDS)
                first.start()
                await_that(lambda: follows(first, second), "the former primary follows", seconds=SECONDS)
                site.let_through()
                await_that(lambda: taken_in(second.client) > 20, "the poller goes on", poller, worker, seconds=SECONDS)
                # This time by order: the primary becomes a replica under its clients.
                await_that(lambda: is_failed_over(group, first.port), "it takes over again", seconds=SECONDS)
                await_that(
                    lambda: is_done(first.client, expected.total()),
                    "all is published",
                    poller,
                    worker,
                    seconds=2 * SECONDS,
                )
                assert found(first.client) == expected
                assert first.client.xlen(keys.DEAD_STREAM) == 0
                # Both went on by themselves.
                assert poller.process.poll() is worker.process.poll() is None
                assert lines_with((*poller.err, *worker.err), "Traceback") == []

    def test_60_doctor_says_which_sentinels_are_missing_and_whether_anything_could_take_over(
        self, tmp_path: Path
    ) -> None:
        with FailoverGroup(tmp_path / "group") as group:
            settings = {"STANCEWIRE_REDIS_URL": group.url, "STANCEWIRE_DATA_DIR": str(tmp_path / "data")}
            good = run_here(tmp_path, "doctor", **settings)
            group.stop_sentinels(2)
            bad = run_here(tmp_path, "doctor", **settings)

        assert good.status == 0
        assert "1 replica follows the primary; 3 of 3 sentinels answer" in good.out
        assert bad.status == 1
        assert "1 of 3 sentinels answer" in bad.out
        assert f"127.0.0.1:{group.ports[-1]}" in bad.out

    def test_63_what_the_replica_had_not_got_is_fetched_again(self, tmp_path: Path) -> None:
        stories = many_stories(30)
        with site_of(stories, free=17) as site, FailoverGroup(tmp_path / "group", sentinels=1) as group:
            gate = threading.Event()
            site.odd = gated(stories[5:17], gate)
            settings = settings_for(tmp_path, site, STANCEWIRE_REDIS_URL=group.url)
            expected = each_once(site)
            first, second = group.primary, group.replica
            with both(tmp_path, settings) as (poller, worker):
                await_that(lambda: taken_in(first.client) == 5, "a poll is under way", poller, worker, seconds=SECONDS)
                await_that(lambda: taken_in(second.client) == 5, "it is replicated", seconds=SECONDS)
                group.cut_link()
                gate.set()
                await_that(lambda: taken_in(first.client) == 17, "more is taken in", poller, worker, seconds=SECONDS)
                first.stop(kill=True)
                await_that(lambda: group.primary_port() == second.port, "the replica takes over", seconds=SECONDS)
                assert taken_in(second.client) == 5
                end_is_noticed(poller, worker, times=1)
                site.let_through()
                await_that(
                    lambda: is_done(second.client, expected.total()),
                    "all is published",
                    poller,
                    worker,
                    seconds=2 * SECONDS,
                )
                assert found(second.client) == expected
                assert second.client.xlen(keys.DEAD_STREAM) == 0
                assert "server forgot what it had taken in" in events(poller)


def follows(server: FailingServer, primary: FailingServer) -> bool:
    try:
        told = server.client.info("replication")
    except redis.RedisError:
        return False
    return (told.get("master_port"), told.get("master_link_status")) == (primary.port, "up")


def is_failed_over(group: FailoverGroup, port: int) -> bool:
    """Whether that is the primary's port; order a failover where it is not and none is under way."""
    if group.primary_port() == port:
        return True
    with suppress(redis.ResponseError):
        group.ask("FAILOVER", SERVICE)
    return False


def server_of(folder: Path) -> int:
    """Process id of the embedded server of a data folder; 0 while there is none."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "cwd").readlink() == folder:
                return int(process.name)
        except OSError:
            continue
    return 0


def limit_files(house: Running, server: int, *, size: int) -> None:
    """Let no file grow beyond `size` that a house or its server, present or next, writes to."""
    for pid in (house.process.pid, server):
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
