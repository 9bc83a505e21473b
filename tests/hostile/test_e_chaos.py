"""A short run of `bench.chaos`: whatever is killed, each article comes out once, but for the deadly one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.parts.chaos_news import Planned, telling
from bench.parts.chaos_oracle import Found, judge

ROOT = Path(__file__).parents[2]
#: Another one tries other moments; `make chaos` takes one by chance.
SEED = os.environ.get("STANCEWIRE_CHAOS_SEED", "7")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform != "linux", reason="each feed has an address of the loopback of its own")
@pytest.mark.parametrize("fsync", ["always", "everysec"])
def test_nothing_is_lost_or_doubled_while_poller_workers_and_server_are_killed(tmp_path: Path, fsync: str) -> None:
    chosen = ["--articles", "60", "--seconds", "10", "--seed", SEED, "--fsync", fsync, "--keep", str(tmp_path)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "bench.chaos", *chosen]

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, f"seed {SEED}:\n{ended.stdout}\n{ended.stderr}"


PLANNED = (
    Planned(number=1, feed=0, appears_s=1),
    Planned(number=2, feed=0, appears_s=2, revised_s=8),
    Planned(number=3, feed=1, appears_s=3, copy_of=1),
    Planned(number=4, feed=0, appears_s=4, is_deadly=True),
)
PLAIN, REVISED, COPY, DEADLY = PLANNED
DEAD = [DEADLY.path]


def signal(each: Planned, *, revised: bool = False, at: float = 10.0) -> Found:
    words = telling(each.number if each.copy_of is None else each.copy_of, revised=revised)
    name = f"{each.number}-{revised}"
    return Found(at=at, signal_id=name, article_id=str(each.number), revision=name, path=each.path, words=words)


GOOD = (signal(PLAIN), signal(REVISED), signal(REVISED, revised=True))


def test_a_run_is_good_in_which_each_article_came_out_once_in_its_last_version() -> None:
    verdict = judge(PLANNED, 0.0, GOOD, DEAD)

    assert verdict.is_good
    assert (verdict.served, verdict.published, verdict.longest_wait_s) == (2, 2, 9.0)
    assert judge(PLANNED, 0.0, (*GOOD, signal(COPY)), DEAD).is_good
    assert judge(PLANNED, 0.0, (*GOOD[1:], signal(COPY)), DEAD).is_good


def test_what_is_lost_doubled_or_wrongly_given_up_is_seen() -> None:
    assert judge(PLANNED, 0.0, GOOD[1:], DEAD).lost == (PLAIN.path,)
    assert judge(PLANNED, 0.0, GOOD[:2], DEAD).lost == (REVISED.path,)
    assert judge(PLANNED, 0.0, (*GOOD, GOOD[0]), DEAD).repeated == (PLAIN.path,)
    anew = replace(GOOD[2], signal_id="another")
    assert judge(PLANNED, 0.0, (*GOOD, anew), DEAD).repeated == (REVISED.path,)
    as_another = replace(GOOD[0], signal_id="another", article_id="another", revision="another")
    assert judge(PLANNED, 0.0, (*GOOD, as_another), DEAD).repeated == (PLAIN.path,)
    assert judge(PLANNED, 0.0, GOOD, []).not_dead == (DEADLY.path,)
    assert judge(PLANNED, 0.0, GOOD[1:], [*DEAD, PLAIN.path]).wrongly_dead == (PLAIN.path,)
