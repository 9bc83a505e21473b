"""The worker that is started before all else, and ends where it does not come to a supervisor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stancewire.errors import StoreUnavailable
from stancewire.wiring.early_worker import starting


def test_it_runs_while_the_rest_comes_up_and_ends_with_what_went_wrong() -> None:
    pids = []

    def find_no_server() -> None:
        with starting(works=True) as start:
            assert start.worker is not None
            pids.append(start.worker.pid)
            assert b"workers.process" in Path(f"/proc/{start.worker.pid}/cmdline").read_bytes()
            raise StoreUnavailable("no server", "start one")

    with pytest.raises(StoreUnavailable):
        find_no_server()

    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_poller_has_none() -> None:
    with starting(works=False) as start:
        assert start.worker is None
