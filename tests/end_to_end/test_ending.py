"""Runs that are ended in the middle of their work, in order and at once: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
import redis
from cli_programs import Running, left_behind, started
from news_site import NewsSite
from runs import (
    PER_STORY,
    await_that,
    client_of,
    each_once,
    found,
    is_done,
    lines_with,
    many_stories,
    settings_of,
    stream_length,
)

from stancewire import keys

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux ends orphans")
COUNT = 60
#: The pages after these wait until the test lets them through, so that it always ends a poll in its middle.
FREE = 35


def site_with_many_stories() -> NewsSite:
    stories = many_stories(COUNT)
    return NewsSite(feeds={"/feed.xml": stories}, held=frozenset(story.path for story in stories[FREE:]))


def await_more(house: Running, client: redis.Redis) -> None:
    """Wait until more is published than was before."""
    enough = stream_length(client) + 3 * PER_STORY
    await_that(lambda: stream_length(client) >= enough, "signals are published", house)


def finish_and_check(folder: Path, site: NewsSite, settings: dict[str, str]) -> None:
    """A second start takes up the rest, and a third one repeats nothing."""
    expected = each_once(site)
    with client_of(settings) as client, started(folder, "up", **settings) as house:
        await_that(lambda: is_done(client, expected.total()), "every signal is on the stream", house, seconds=60)
        assert found(client) == expected
        assert client.xlen(keys.DEAD_STREAM) == 0
        assert house.stop(signal.SIGTERM) == 0

    before = len(site.asked)
    with client_of(settings) as client, started(folder, "up", **settings) as house:
        house.wait_for('"outcome":"unchanged"', stream="err")
        assert stream_length(client) == expected.total()
        assert client.zcard(keys.PENDING) == 0
        assert house.stop(signal.SIGTERM) == 0
        assert lines_with(house.err, "batch done") == []
    later = [asked for asked in site.asked[before:] if asked.path != "/robots.txt"]
    assert later
    assert {(asked.path, asked.status) for asked in later} == {("/feed.xml", 304)}


def test_a_worker_and_a_server_that_are_killed_are_replaced_and_nothing_is_lost_or_repeated(tmp_path: Path) -> None:
    with site_with_many_stories() as site:
        settings = settings_of(tmp_path, site, STANCEWIRE_WORK__BATCH_SIZE="4")
        expected = each_once(site)
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            await_more(house, client)
            kill(tmp_path, "workers.process")
            house.wait_for('"event":"worker ended"', stream="err")
            site.let_through()
            await_more(house, client)
            kill(tmp_path, "valkey-server")
            house.wait_for('"event":"embedded server started again"', stream="err")
            await_that(lambda: is_done(client, expected.total()), "every signal is on the stream", house, seconds=60)
            assert found(client) == expected
            assert client.xlen(keys.DEAD_STREAM) == 0
            assert house.stop(signal.SIGTERM) == 0
            assert left_behind(tmp_path, within=5) == []


def kill(home: Path, words: str) -> None:
    """End a process of the run at once."""
    [pid] = [pid for pid in left_behind(home) if words.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(pid, signal.SIGKILL)


def test_what_sigterm_interrupts_is_finished_by_the_next_start_and_not_repeated_by_the_third(tmp_path: Path) -> None:
    with site_with_many_stories() as site:
        settings = settings_of(tmp_path, site, STANCEWIRE_WORK__BATCH_SIZE="4")
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            await_more(house, client)
            house.process.send_signal(signal.SIGTERM)
            house.wait_for('"event":"stopping"', stream="err")
            site.let_through()
            assert house.process.wait(30) == 0
            assert left_behind(tmp_path, within=5) == []
        assert site.statuses("/feed.xml") == [200]
        assert len(site.asked) < 1 + COUNT
        finish_and_check(tmp_path, site, settings)


def test_what_sigkill_interrupts_is_finished_by_the_next_start_and_its_children_die_with_it(tmp_path: Path) -> None:
    with site_with_many_stories() as site:
        settings = settings_of(tmp_path, site, STANCEWIRE_WORK__BATCH_SIZE="4")
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            await_more(house, client)
            survives = stream_length(client)
            house.process.kill()
            house.process.wait(10)
            assert left_behind(tmp_path, within=10) == []
        site.let_through()
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            house.wait_for('"event":"running"', stream="err")
            assert stream_length(client) >= survives
            house.process.kill()
            house.process.wait(10)
            assert left_behind(tmp_path, within=10) == []
        finish_and_check(tmp_path, site, settings)
