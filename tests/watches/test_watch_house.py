"""Watches as a real run has them: from a feed to the stream of a watch and to its webhook, whatever is killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
import redis
from cli_programs import run_here, started
from hook_site import HookSite
from news_site import NewsSite
from runs import PER_STORY, await_that, client_of, each_once, is_done, many_stories, settings_of

from stancewire import keys

WATCHES = """
[[watch]]
name = "russia"
by = "RU"
{webhook}
[[watch]]
name = "nobody"
toward = ["MD"]
"""
COUNT = 30


def on_stream(client: redis.Redis, watch: str) -> list[str]:
    rows: Any = client.xrange(keys.watch_stream(watch))
    return [fields[b"id"].decode() for _, fields in rows]


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the workers of a process that is killed")
def test_what_a_watch_asks_for_reaches_its_webhook_also_when_everything_is_killed_in_the_middle(tmp_path: Path) -> None:
    stories = many_stories(COUNT)
    held = frozenset(story.path for story in stories[COUNT // 2 :])
    with NewsSite(feeds={"/feed.xml": stories}, held=held) as site, HookSite(slow=0.1) as hook:
        settings = settings_of(tmp_path, site, **hook.watching(tmp_path, WATCHES), STANCEWIRE_WORK__BATCH_SIZE="4")
        expected = each_once(site)
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            await_that(lambda: len(hook.delivered) >= 5, "the webhook is called", house, seconds=60)
            os.kill(house.process.pid, signal.SIGKILL)
            house.process.wait(30)
        site.let_through()
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            await_that(lambda: is_done(client, expected.total()), "all is published", house, seconds=90)
            wanted = on_stream(client, "russia")
            await_that(lambda: set(hook.names) == set(wanted), "all is delivered", house, seconds=30)
            assert client.xlen(keys.watch_stream("nobody")) == 0

            listed = run_here(tmp_path, "watch", "list", "--json", **settings)
            doctor = run_here(tmp_path, "doctor", **settings)
            tail = run_here(tmp_path, "tail", "--watch", "russia", "--no-follow", "--json", **settings)
            tried = run_here(tmp_path, "watch", "test", "--all", "--since", "1h", "--json", **settings)
            assert house.stop(signal.SIGTERM) == 0

    # Exactly once on the stream; to the webhook at least once, and in its order.
    assert len(wanted) == len(set(wanted)) == COUNT * expected.total() // (COUNT * PER_STORY)
    assert list(dict.fromkeys(hook.names)) == wanted
    assert len(hook.names) <= len(wanted) + 1
    assert hook.refused == []
    assert {each.event["subject"].partition("->")[0] for each in hook.delivered} == {"RU"}

    russia, nobody = map(orjson.loads, listed.out.splitlines())
    assert (russia["name"], russia["matched"], russia["entries"]) == ("russia", len(wanted), len(wanted))
    assert (russia["webhook"]["ok"], russia["webhook"]["waiting"]) == (True, 0)
    assert (nobody["matched"], nobody["webhook"]) == (0, None)
    assert doctor.status == 0, doctor.out
    assert "russia: 30 entries" in doctor.out
    assert [orjson.loads(line)["id"] for line in tail.out.splitlines()] == wanted
    lines = [orjson.loads(line) for line in tried.out.splitlines()]
    assert [line["signal"]["id"] for line in lines] == wanted
    assert {tuple(line["watches"]) for line in lines} == {("russia",)}
    assert f"russia: {len(wanted)} of {expected.total()} signals" in tried.err


def test_a_key_that_is_missing_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with HookSite() as hook:
        settings = hook.watching(tmp_path, WATCHES)
    (tmp_path / "hook.secret").unlink()

    ended = run_here(tmp_path, "up", STANCEWIRE_DATA_DIR=str(tmp_path / "data"), **settings)

    assert ended.status == 2
    assert "the key of watch russia cannot be read: no such file" in " ".join(ended.err.split())
    assert "openssl rand -base64 32" in ended.err
    assert not (tmp_path / "data").exists()
