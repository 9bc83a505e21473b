"""`stancewire up` as a person or an operator starts it: real processes, the whole way, and nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from cli_programs import environment, left_behind, run, run_here, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def test_the_demo_shows_its_steps_and_a_signal_and_leaves_no_process_behind(tmp_path: Path) -> None:
    with started(tmp_path, "up", "--demo") as demo:
        demo.wait_for("✓ server")
        demo.wait_for("✓ newsroom")
        demo.wait_for("▸", seconds=40)
        assert demo.stop(signal.SIGINT) == 0
        assert left_behind(tmp_path, within=5) == []
    assert demo.err == []
    shown = "\n".join(demo.out)
    assert "\x1b[" not in shown
    folder = tmp_path / ".local/share/stancewire/demo"
    events = [json.loads(line)["event"] for line in (folder / "stancewire.log").read_text().splitlines()]
    assert "feed polled" in events
    assert "batch done" in events
    assert events.index("stopping") < len(events) - 1 - events[::-1].index("worker done")


def test_what_the_demo_says_about_consuming_works_when_it_is_copied(tmp_path: Path) -> None:
    with started(tmp_path, "up", "--demo") as demo:
        demo.wait_for("▸", seconds=40)
        start = demo.out.index("from redis import Redis")
        consumer = "\n".join(demo.out[start : demo.out.index("-- and")])
        pasted = subprocess.Popen(
            [sys.executable, "-P", "-u", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)
        )
        assert pasted.stdin is not None
        assert pasted.stdout is not None
        pasted.stdin.write(consumer.encode())
        pasted.stdin.close()
        assert len(pasted.stdout.readline().split()) >= 3
        pasted.kill()
        pasted.wait()
        pasted.stdout.close()

        tailed = run(tmp_path, "tail", "--no-follow", "--text")
        assert tailed.status == 0
        assert "▸" in tailed.out
        as_json = run_here(tmp_path, "tail", "--no-follow", "--json", "--kind", "stance", "--since", "1h")
        assert {json.loads(line)["kind"] for line in as_json.out.splitlines()} == {"stance"}
        assert run_here(tmp_path, "tail", "--no-follow", "--since", "2100-01-01").out == ""

        address = demo.wait_for("/readyz").split()[-1]
        with urllib.request.urlopen(address) as answer:
            assert json.load(answer)["ready"] is True

        replayed = run_here(tmp_path, "replay", "--since", "1d")
        assert replayed.status == 0
        assert " 0 new signals" in replayed.out

        doctor = run_here(tmp_path, "doctor")
        assert doctor.status == 0, doctor.out
        assert "append only" in doctor.out

        again = run_here(tmp_path, "up", "--demo")
        assert again.status == 1
        assert "a demo already runs" in again.err


def test_a_second_start_on_a_kept_folder_repeats_nothing_and_says_so(tmp_path: Path) -> None:
    kept = {"STANCEWIRE_DATA_DIR": str(tmp_path / "kept")}
    with started(tmp_path, "up", "--demo", **kept) as first:
        first.wait_for("▸", seconds=40)
        first.wait_for("✓ first poll")
        time.sleep(5)
        first.stop(signal.SIGTERM)
    known = {line for line in first.out if "▸" in line}
    with started(tmp_path, "up", "--demo", **kept) as second:
        second.wait_for("Nothing new so far")
        time.sleep(1.5)
        second.stop(signal.SIGTERM)
    repeated = [line for line in second.out if "▸" in line and line in known]
    assert known
    assert not repeated
    assert sum("Nothing new so far" in line for line in second.out) == 1


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    with started(tmp_path, "up", "--demo") as demo:
        demo.wait_for("✓ first poll")
        demo.process.send_signal(signal.SIGTERM)
        demo.process.send_signal(signal.SIGTERM)
        demo.process.wait(10)
        assert left_behind(tmp_path, within=5) == []


def test_as_a_daemon_it_logs_json_on_standard_error_and_waits_for_its_server(tmp_path: Path) -> None:
    with started(tmp_path, "up", STANCEWIRE_REDIS_URL="redis://127.0.0.1:1") as daemon:
        line = daemon.wait_for("server away", stream="err")
        event = json.loads(line)
        assert "127.0.0.1:1" in event["cause"]
        assert event["hint"]
        assert daemon.stop(signal.SIGTERM) == 0
    assert daemon.out == []
    assert all(json.loads(line) for line in daemon.err)


def test_poll_and_work_say_how_to_start_a_server_where_none_runs(tmp_path: Path) -> None:
    for command in ("poll", "work"):
        ended = run(tmp_path, command)
        assert ended.status == 1
        assert "stancewire up" in ended.err
        assert "Traceback" not in ended.err


def test_a_bad_setting_is_told_with_its_place_and_status_2(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[poll]\n\ninterval_s = 'soon'\n")
    ended = run(tmp_path, "up", "--config", str(file))
    assert ended.status == 2
    assert f"{file}:3" in ended.err
    assert "Traceback" not in ended.err


def test_a_feed_list_that_is_wrong_is_told_before_anything_starts(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nid = "Bad Id"\nurl = "ftp://example.org/"\noutlet = "X"\n')
    ended = run(tmp_path, "up", STANCEWIRE_FEEDS=str(feeds))
    assert ended.status == 2
    assert f"{feeds}:2" in ended.err
    assert f"{feeds}:3" in ended.err
    assert not (tmp_path / ".local").exists()
