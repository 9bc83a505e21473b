"""Which poller leads, and what becomes of one that slept through the end of its lease."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.leadership import PollerLease
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import LeadershipLost
from stancewire.types import Acceptance, FeedState
from stancewire.wiring.outside import now
from stancewire.wiring.process_name import has_ended, own_name

PROGRAM = Path(__file__).with_name("poller_process.py")
LEASE_S, INTERVAL_S = 2, 2
FEEDS = 4


def lease(client: redis.Redis, holder: str, seconds: float = 20) -> PollerLease:
    return PollerLease(client, holder=holder, seconds=seconds, monotonic=time.monotonic)


def save(store: RedisStore, term: int, feed_id: str) -> None:
    acceptance = Acceptance(items=(), feed_state=FeedState(feed_id=feed_id), batch_id=feed_id, at=now())
    store.under(term).accept(acceptance)


def test_the_lease_is_held_by_one_until_it_gives_it_up(client: redis.Redis) -> None:
    one, other = lease(client, "one"), lease(client, "other")
    assert one.take()
    assert one.take()
    assert not other.take()
    other.give_up()
    assert not other.take()
    one.give_up()
    assert not one.is_held()
    assert other.take()
    assert other.is_held()
    assert 0 < client.pttl(keys.POLLER_LEASE) <= 20_000


def test_each_new_leadership_has_a_greater_term(client: redis.Redis) -> None:
    one, other = lease(client, "one"), lease(client, "other")
    assert [one.take(), one.take()] == [1, 1]
    one.give_up()
    assert other.take() == 2
    other.clear()
    assert one.take() == 3


def test_a_lease_that_ran_out_goes_on_where_nobody_led_in_between(client: redis.Redis) -> None:
    one = lease(client, "one", seconds=0.05)
    assert one.take() == 1
    time.sleep(0.1)
    assert not one.is_held()
    assert client.get(keys.POLLER_LEASE) is None
    assert one.take() == 1


def test_a_lease_is_not_waited_for_whose_holder_has_ended_on_this_machine(client: redis.Redis) -> None:
    ask = "from stancewire.wiring.process_name import own_name; print(own_name())"
    ended = subprocess.run(
        [sys.executable, "-c", ask], cwd=PROGRAM.parents[2], capture_output=True, text=True, check=True
    )
    alive, elsewhere = own_name(), own_name().replace(socket.gethostname(), "another-host")
    assert not has_ended(alive)
    assert not has_ended(elsewhere)
    assert not has_ended("a name of an earlier version")

    assert lease(client, ended.stdout.strip()).take() == 1
    assert not lease(client, "waits").take()
    follows = PollerLease(client, holder=alive, seconds=20, monotonic=time.monotonic, has_ended=has_ended)
    assert follows.take() == 2
    other = PollerLease(client, holder="other", seconds=20, monotonic=time.monotonic, has_ended=has_ended)
    assert not other.take()


def test_72_what_an_earlier_leader_brings_is_refused_and_changes_nothing(client: redis.Redis) -> None:
    store = RedisStore(client, Limits())
    one, other = lease(client, "one"), lease(client, "other")
    first = one.take()
    save(store, first, "before")
    one.clear()
    second = other.take()

    with pytest.raises(LeadershipLost, match="another poller leads now"):
        save(store, first, "after")
    save(store, second, "of-the-second")

    assert set(store.feed_states(["before", "after", "of-the-second"])) == {"before", "of-the-second"}


class Site:
    """A feed at each path; says when each was asked for, and can keep one answer back."""

    def __init__(self) -> None:
        self.asked: dict[str, list[float]] = {}
        self.held: str | None = None
        self.is_holding, self.let_go = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            path = connection.recv(65_536).split(b" ")[1].decode()
            if not path[1:].isdecimal():
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                return
            self.asked.setdefault(path, []).append(time.monotonic())
            if path == self.held:
                self.held = None
                self.is_holding.set()
                self.let_go.wait(30)
            body = (
                f"<rss version='2.0'><channel><title>W</title><item><title>Harbour opens</title>"
                f"<link>{self.base}{path}/harbour.html</link></item></channel></rss>"
            ).encode()
            head = f"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)

    def close(self) -> None:
        self._listener.close()

    def gaps(self) -> list[float]:
        """Seconds between two requests for the same feed."""
        return [later - earlier for times in self.asked.values() for earlier, later in itertools.pairwise(times)]


class PollerProcess:
    """A poller that a test starts, pauses and ends; its log is read as it comes."""

    def __init__(self, server: EmbeddedServer, site: Site) -> None:
        urls = [f"{site.base}/{number}" for number in range(FEEDS)]
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), server.url, str(LEASE_S), str(INTERVAL_S), *urls],
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROGRAM.parents[2],
            env={"PYTHONPATH": str(PROGRAM.parents[2]), "PATH": os.environ["PATH"]},
        )
        self.log: list[dict[str, object]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.log.append(json.loads(line))

    def said(self, event: str) -> int:
        return sum(line["event"] == event for line in self.log)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        return self.process.wait(15)


@contextmanager
def two_pollers(server: EmbeddedServer, site: Site) -> Iterator[tuple[PollerProcess, PollerProcess]]:
    """The one that leads and the one that stands by."""
    pollers = [PollerProcess(server, site), PollerProcess(server, site)]
    try:
        until(lambda: sum(each.said("leading") + each.said("standing by") for each in pollers) == 2)
        leader, other = sorted(pollers, key=lambda each: each.said("standing by"))
        yield leader, other
        assert [each.end() for each in pollers] == [0, 0]
    finally:
        for each in pollers:
            each.process.kill()
            each.process.wait()
        site.close()


def until(reached: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.02)


def test_72_of_two_pollers_one_polls_and_each_feed_is_asked_once_an_interval(
    client: redis.Redis, server: EmbeddedServer
) -> None:
    site = Site()
    with two_pollers(server, site) as (_, other):
        until(lambda: len(site.asked) == FEEDS and all(len(times) >= 2 for times in site.asked.values()))

        assert other.said("feed polled") == 0
        assert min(site.gaps()) > INTERVAL_S * 0.95
        assert client.get(keys.POLLER_TERM) == b"1"


def test_72_a_leader_that_is_paused_past_its_lease_asks_and_changes_nothing_when_it_goes_on(
    client: redis.Redis, server: EmbeddedServer
) -> None:
    site = Site()
    with two_pollers(server, site) as (leader, other):
        until(lambda: len(site.asked) == FEEDS)
        site.held = "/0"
        assert site.is_holding.wait(10)
        leader.send(signal.SIGSTOP)
        until(lambda: other.said("feed polled") >= 2 * FEEDS)
        before = leader.said("feed polled")
        site.let_go.set()
        leader.send(signal.SIGCONT)
        until(lambda: leader.said("standing by") == 1)
        until(lambda: other.said("feed polled") >= 3 * FEEDS)

        # It had the answer in its hands and nothing new in it: only the feed's state was to be saved, and was refused.
        refused = leader.said("polling ended")
        assert refused >= 1
        assert leader.said("feed polled") == before
        assert client.get(keys.POLLER_TERM) == b"2"
        # What was under way was asked for by both; but for that, each feed was asked once an interval.
        assert sorted(site.gaps())[refused] > INTERVAL_S * 0.95
