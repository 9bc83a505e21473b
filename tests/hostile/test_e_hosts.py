"""A short run of `bench.hosts`: whichever host is cut off, and comes back, each article comes out once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from runs import await_that

from bench.hosts import CUTS, shared_out
from bench.parts.chaos_oracle import judge
from bench.parts.hosts_network import why_not
from bench.parts.hosts_result import Result

ROOT = Path(__file__).parents[2]
REASON = why_not()


def command(folder: Path, *chosen: str) -> tuple[list[str], dict[str, str]]:
    """A run whose logs stay in the folder, and its environment."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return [sys.executable, "-P", "-m", "bench.hosts", "--keep", str(folder), *chosen], environment


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(REASON), reason=REASON)
@pytest.mark.parametrize("host", sorted(CUTS))
def test_nothing_is_lost_or_doubled_while_a_host_is_cut_off(tmp_path: Path, host: str) -> None:
    chosen = ("--articles", "60", "--seconds", "12", "--repeats", "0", "--cut", "18", "--only", host)
    words, environment = command(tmp_path, *chosen)

    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    assert f"| {host} | 18 | 60 | 60 | 0 | 0 | 0 |" in ended.stdout


@pytest.fixture
def interrupted(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in which everything has been started."""
    words, environment = command(tmp_path, "--articles", "60", "--workers", "1", "--repeats", "1")
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        try:
            await_that(lambda: hosts_of(run.pid) and (tmp_path / "rate-1-0/poller.log").exists(), "it runs", seconds=60)
            yield run
        finally:
            run.send_signal(signal.SIGINT)


def hosts_of(pid: int) -> list[str]:
    listed = subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines() if line.startswith(f"stancewire-{pid}-")]


def processes_on(host: str) -> list[int]:
    words = ("ip", "netns", "pids", host)
    return [int(pid) for pid in subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.skipif(bool(REASON), reason=REASON)
def test_nothing_is_left_of_the_hosts_after_ctrl_c(interrupted: subprocess.Popen[str]) -> None:
    hosts = hosts_of(interrupted.pid)
    processes = [pid for host in hosts for pid in processes_on(host)]
    assert len(hosts) == 4
    assert len(processes) >= 3

    interrupted.send_signal(signal.SIGINT)
    interrupted.wait(60)

    assert hosts_of(interrupted.pid) == []
    assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]


def test_where_there_can_be_no_hosts_it_says_why_and_what_to_do(tmp_path: Path) -> None:
    words, environment = command(tmp_path)
    path = tmp_path / "bin"
    path.mkdir()

    ended = subprocess.run(words, env={**environment, "PATH": str(path)}, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert any(step in ended.stderr for step in ("as root", "apt-get install iproute2", "Linux")), ended.stderr


def test_processes_are_shared_out_evenly() -> None:
    assert [shared_out(count) for count in (1, 2, 3, 4)] == [(1, 0), (1, 1), (2, 1), (2, 2)]


def test_rates_and_silences_are_those_of_the_moments_of_signals() -> None:
    verdict = judge((), 0.0, (), ())
    moments = [*range(100), 130, 131, 132]
    result = Result(verdict=verdict, published_at=moments, cut_at=99.5, back_at=120)

    assert (result.longest_silence_s, result.next_signal_s) == (31, 10)
    assert Result(verdict=verdict, published_at=range(101)).rate == pytest.approx(1.0, rel=0.02)
    assert Result(verdict=verdict, published_at=(1.0,), back_at=2.0).next_signal_s is None
