"""The supervisor with real processes that end, hang, grow and do not listen."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.supervisor import Pace, Supervisor
from services.worker_handle import Command, WorkerHandle, WorkerLimits
from stancewire.errors import StoreUnavailable, WorkerError
from stancewire.testing import FakeStore
from stancewire.types import Acceptance, Entry, Feed, Item

PROGRAMS = Path(__file__).with_name("worker_programs.py")
QUICK = Pace(check_s=0.05, reap_s=0.05, reconcile_s=0.05, first_delay_s=0.05, longest_delay_s=0.4, stable_s=30)
PATIENT = WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=5)


def command(program: str, argument: object = "") -> Command:
    return Command(arguments=(sys.executable, str(PROGRAMS), program, str(argument)), settings=b'{"a": 1}')


def supervisor(
    program: str,
    argument: object = "",
    *,
    processes: int = 1,
    limits: WorkerLimits = PATIENT,
    upkeep: FakeStore | None = None,
    pace: Pace = QUICK,
    first: WorkerHandle | None = None,
) -> Supervisor:
    return Supervisor(
        command(program, argument),
        processes=processes,
        limits=limits,
        upkeep=upkeep or FakeStore(),
        clock=lambda: datetime.now(UTC),
        pace=pace,
        first=first,
    )


def deadly(now: datetime) -> Item:
    """An item, of which the programs know nothing."""
    entry = Entry(
        guid="deadly",
        link=None,
        title="deadly",
        summary="",
        content="",
        authors=(),
        published_at=None,
        updated_at=None,
        time_confidence="observed",
        language=None,
    )
    feed = Feed(id="gazette", url="https://gazette.example/feed", outlet="The Gazette")
    return Item(
        id="deadly-1",
        article_id="deadly",
        fingerprint="1",
        revision=1,
        feed=feed,
        entry=entry,
        page=None,
        page_error=None,
        fetched_at=now,
    )


@contextlib.asynccontextmanager
async def running(made: Supervisor) -> AsyncIterator[Supervisor]:
    stop = asyncio.Event()
    task = asyncio.create_task(made.run(stop))
    try:
        yield made
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def test_all_workers_run_and_say_that_they_are_ready() -> None:
    async with running(supervisor("well_behaved", processes=2)) as made:
        await until(lambda: made.workforce.ready == 2)
        pids = made.pids

        assert len(pids) == 2
        assert made.workforce.restarts == 0

    assert made.pids == ()
    assert not any(is_alive(pid) for pid in pids)
    assert made.workforce.ready == 0


@pytest.mark.parametrize("status", [0, 1])
async def test_a_worker_that_ends_is_started_again_whatever_its_status(status: int) -> None:
    with capture_logs() as logs:
        async with running(supervisor("ends_at_once", status)) as made:
            await until(lambda: made.workforce.restarts >= 3)

    waits = [log["wait_s"] for log in logs if log["event"] == "worker ended"]
    assert waits[:3] == [0.05, 0.1, 0.2]
    assert f"status {status}" in {log.get("ending") for log in logs}


async def test_a_worker_that_did_a_job_before_its_end_is_replaced_at_once() -> None:
    with capture_logs() as logs:
        async with running(supervisor("ends_after_a_job")) as made:
            await until(lambda: made.workforce.restarts >= 3)

    assert {log["wait_s"] for log in logs if log["event"] == "worker ended"} == {0.0}


async def test_a_worker_that_was_killed_is_started_again() -> None:
    async with running(supervisor("well_behaved")) as made:
        await until(lambda: made.workforce.ready == 1)
        (first,) = made.pids
        os.kill(first, signal.SIGKILL)
        await until(lambda: made.workforce.ready == 1 and made.pids != (first,))


@pytest.mark.parametrize(
    ("program", "limits", "ending"),
    [
        ("dies_in_a_job", PATIENT, "status 7"),
        (
            "hangs_in_a_job",
            replace(PATIENT, job_timeout_s=0.1, overtime_s=0.1),
            "signal Killed: by its supervisor, since its job took longer than 0.2 seconds",
        ),
    ],
)
async def test_how_workers_ended_is_told_by_the_letter_of_the_article_that_they_had(
    program: str, limits: WorkerLimits, ending: str
) -> None:
    store = FakeStore()
    now = datetime.now(UTC)
    store.accept(Acceptance(items=(deadly(now),), feed_state=None, batch_id="batch-1", at=now))

    async with running(supervisor(program, 7, limits=limits, upkeep=store)) as made:
        for _ in range(3):
            before = made.workforce.restarts
            await until(functools.partial(lambda before: made.workforce.restarts > before, before))
            store.take(lease_until=now)
            await until(lambda: not store.depth().running)

    (letter,) = store.dead
    lines = letter.detail.splitlines()
    assert len(lines) >= 3
    assert {line.partition(" UTC: ")[2] for line in lines} == {f"the worker ended: {ending}"}


async def test_a_server_that_is_away_does_not_keep_a_worker_from_being_started_again() -> None:
    class Away(FakeStore):
        def note_end(self, batch_id: str, ending: str, at: datetime) -> None:
            raise StoreUnavailable("no answer")

    with capture_logs() as logs:
        async with running(supervisor("dies_in_a_job", 7, upkeep=Away())) as made:
            await until(lambda: made.workforce.restarts >= 2)

    assert "end of a worker not noted" in {log["event"] for log in logs}


async def test_the_others_are_started_when_the_first_is_ready(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    pace = replace(QUICK, first_alone_s=60)
    async with running(supervisor("notes_its_start", notes, processes=2, pace=pace)) as made:
        await until(lambda: made.workforce.ready == 2)

    assert notes.read_text().splitlines() == ["started", 'ready with {"a": 1}'] * 2


async def test_the_others_do_not_wait_long_for_a_first_one_that_does_not_get_ready() -> None:
    async with running(supervisor("never_ready", processes=2, pace=replace(QUICK, first_alone_s=0.3))) as made:
        await until(lambda: len(made.pids) == 1)
        await until(lambda: len(made.pids) == 2)


async def test_the_others_do_not_wait_for_a_first_one_that_has_ended() -> None:
    pace = replace(QUICK, first_alone_s=60)
    with pytest.raises(WorkerError, match="no worker process can start"):
        await asyncio.wait_for(supervisor("cannot", "nothing", processes=2, pace=pace).run(asyncio.Event()), 20)


async def test_a_worker_that_was_prepared_is_the_first_and_gets_its_settings_then(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    prepared = await WorkerHandle.prepare(command("notes_its_start", notes))
    await until(notes.exists)
    await asyncio.sleep(0.7)
    assert notes.read_text() == "started\n"

    async with running(supervisor("notes_its_start", notes, first=prepared)) as made:
        await until(lambda: made.workforce.ready == 1)
        assert made.pids == (prepared.pid,)

    assert notes.read_text().splitlines() == ["started", 'ready with {"a": 1}']


async def test_where_no_worker_can_start_the_supervisor_ends_with_the_cause() -> None:
    made = supervisor("cannot", "the model is missing", processes=2)

    with pytest.raises(WorkerError, match="no worker process can start: status 1: the model is missing"):
        await asyncio.wait_for(made.run(asyncio.Event()), 20)

    assert made.pids == ()


async def test_where_the_program_cannot_be_started_the_supervisor_ends_with_the_cause() -> None:
    made = Supervisor(
        Command(arguments=("/nowhere/python",)),
        processes=1,
        limits=PATIENT,
        upkeep=FakeStore(),
        clock=lambda: datetime.now(UTC),
        pace=QUICK,
    )

    with pytest.raises(WorkerError, match=r"no worker process can start: not started: .*/nowhere/python"):
        await asyncio.wait_for(made.run(asyncio.Event()), 20)


@pytest.mark.parametrize("program", ["lacks_its_server", "can_once"])
async def test_workers_that_may_work_yet_are_started_again_and_again(program: str, tmp_path: Path) -> None:
    async with running(supervisor(program, tmp_path)) as made:
        await until(lambda: made.workforce.restarts >= 5)


async def test_workers_that_keep_ending_are_told_of_with_the_cause() -> None:
    with capture_logs() as logs:
        async with running(supervisor("lacks_its_server")) as made:
            await until(lambda: made.workforce.restarts >= 5)
            workforce = made.workforce

    cause = "status 1: no connection to the server at redis:6379"
    assert (workforce.failing, workforce.last_end) == (1, cause)
    assert [log["ending"] for log in logs if log["event"] == "worker keeps ending"] == [cause]


async def test_a_worker_that_works_again_is_no_longer_told_of(tmp_path: Path) -> None:
    async with running(supervisor("fails_thrice", tmp_path)) as made:
        await until(lambda: made.workforce.failing == 1)
        await until(lambda: made.workforce.ready == 1)

        assert made.workforce.failing == 0


async def test_a_worker_whose_job_hangs_is_killed_and_replaced() -> None:
    limits = WorkerLimits(job_timeout_s=0.2, overtime_s=0.2, max_memory_mb=1_000, grace_s=5)
    with capture_logs() as logs:
        async with running(supervisor("hangs_in_a_job", limits=limits)) as made:
            await until(lambda: made.workforce.kills >= 1)
            await until(lambda: made.workforce.restarts >= 1)

    killed = next(log for log in logs if log["event"] == "worker killed")
    assert killed["batch"] == "batch-1"
    assert killed["reason"] == "its job took longer than 0.4 seconds"


async def test_a_worker_that_is_never_ready_is_killed() -> None:
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=5, start_timeout_s=0.3)
    async with running(supervisor("never_ready", limits=limits)) as made:
        await until(lambda: made.workforce.kills >= 1)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
async def test_a_worker_that_grew_too_large_is_asked_to_end_and_replaced() -> None:
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=100, grace_s=5)
    with capture_logs() as logs:
        async with running(supervisor("grows", 120, limits=limits)) as made:
            await until(lambda: made.workforce.restarts >= 1)

    assert made.workforce.kills == 0
    assert "worker replaced" in {log["event"] for log in logs}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
async def test_a_worker_far_too_large_is_killed_at_once() -> None:
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=50, grace_s=5)
    async with running(supervisor("grows", 200, limits=limits)) as made:
        await until(lambda: made.workforce.kills >= 1)


async def test_on_stop_a_running_job_may_end(tmp_path: Path) -> None:
    async with running(supervisor("finishes_its_job", tmp_path)) as made:
        await until(lambda: made.workforce.ready == 1)

    assert (tmp_path / "finished").exists()


async def test_on_stop_a_worker_that_does_not_listen_is_killed_after_the_grace() -> None:
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=0.5)
    async with running(supervisor("deaf", processes=2, limits=limits)) as made:
        await until(lambda: made.workforce.ready == 2)
        pids = made.pids
        started = time.monotonic()

    assert 0.5 <= time.monotonic() - started < 3
    assert not any(is_alive(pid) for pid in pids)


async def test_on_stop_what_a_worker_did_not_finish_within_the_grace_is_handed_back() -> None:
    store = Handed()
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=0.3)
    async with running(supervisor("hangs_in_a_job", limits=limits, upkeep=store)) as made:
        await until(lambda: made.batches == ("batch-1",))

    assert store.handed == ["batch-1"]


async def test_a_job_that_overran_on_stop_is_not_handed_back_as_if_nothing_were_wrong_with_it() -> None:
    store = Handed()
    limits = WorkerLimits(job_timeout_s=0.2, overtime_s=0.4, max_memory_mb=1_000, grace_s=5)
    async with running(supervisor("hangs_in_a_job", limits=limits, upkeep=store)) as made:
        await until(lambda: made.batches == ("batch-1",))

    assert store.handed == []


async def test_on_stop_a_worker_without_a_job_is_not_given_the_time_of_one() -> None:
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=30, idle_grace_s=0.3)
    async with running(supervisor("deaf", limits=limits)) as made:
        await until(lambda: made.workforce.ready == 1)
        started = time.monotonic()

    assert time.monotonic() - started < 3


async def test_what_a_worker_started_is_killed_with_it(tmp_path: Path) -> None:
    limits = WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=0.2)
    async with running(supervisor("has_a_child", tmp_path, limits=limits)) as made:
        await until(lambda: made.workforce.ready == 1)
        await until((tmp_path / "child").exists)

    grandchild = int((tmp_path / "child").read_text())
    await until(lambda: not is_alive(grandchild), 5)


async def test_no_worker_outlives_a_supervisor_that_is_cancelled() -> None:
    made = supervisor("deaf")
    task = asyncio.create_task(made.run(asyncio.Event()))
    await until(lambda: made.workforce.ready == 1)
    pids = made.pids

    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    assert not any(is_alive(pid) for pid in pids)


def test_no_worker_outlives_a_supervisor_that_is_killed() -> None:
    program = Path(__file__).with_name("orphan_program.py")
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.kill()

    deadline = time.monotonic() + 5
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(is_alive(pid) for pid in pids)


async def test_a_worker_gets_its_settings_on_a_pipe_and_a_session_of_its_own(tmp_path: Path) -> None:
    async with running(supervisor("keeps_its_settings", tmp_path)) as made:
        await until(lambda: made.workforce.ready == 1)

    assert (tmp_path / "settings").read_text() == '{"a": 1}\n'
    pid, session = (tmp_path / "session").read_text().split()
    assert pid == session


async def test_settings_are_not_shown_by_a_command() -> None:
    assert "hush" not in repr(Command(arguments=("python",), settings=b"hush"))


async def test_what_is_no_report_is_passed_over() -> None:
    async with running(supervisor("chatters")) as made:
        await until(lambda: made.workforce.ready == 1)


class Handed(FakeStore):
    """A store that writes down what is handed back."""

    def __init__(self) -> None:
        super().__init__()
        self.handed: list[str] = []

    def hand_back(self, batch_ids: Sequence[str], now: datetime) -> int:
        self.handed += batch_ids
        return super().hand_back(batch_ids, now)


class Away(FakeStore):
    """A store whose server can be away."""

    is_away = True
    reaped = reconciled = 0

    def probe(self) -> None:
        if self.is_away:
            raise StoreUnavailable("no connection", "start it")

    def reap(self, now: datetime) -> int:
        self.reaped += 1
        self.probe()
        return super().reap(now)

    def reconcile(self, now: datetime) -> int:
        self.reconciled += 1
        return super().reconcile(now)


async def test_upkeep_goes_on_while_the_server_is_away_with_one_line_a_change() -> None:
    store = Away()
    with capture_logs() as logs:
        async with running(supervisor("well_behaved", upkeep=store)) as made:
            await until(lambda: store.reaped >= 4 and store.reconciled >= 2)
            assert made.workforce.processes == 1
            store.is_away = False
            await until(lambda: any(log["event"] == "server back" for log in logs))
            await until(lambda: made.workforce.ready == 1)

    told = [log for log in logs if log["event"].startswith("server")]
    assert [log["event"] for log in told] == ["server away", "server back"]
    assert told[0]["cause"] == "no connection"
    assert told[1]["seconds"] >= 0


async def test_no_worker_is_started_that_would_find_no_server() -> None:
    store = Away()
    async with running(supervisor("well_behaved", upkeep=store)) as made:
        await until(lambda: store.reaped >= 1)
        earlier = made.pids
        await until(lambda: store.reaped >= 5)
        for pid in earlier:
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not made.pids)
        await asyncio.sleep(0.5)
        assert made.pids == ()
        store.is_away = False
        await until(lambda: made.workforce.ready == 1)
