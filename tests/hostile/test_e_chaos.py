"""A short run of `bench.chaos`: whatever is killed, each article comes out once, but for the deadly one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
