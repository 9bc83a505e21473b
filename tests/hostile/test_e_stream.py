"""Case 70: a consumer stalls while the stream goes on; what it loses is counted under its name and said."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cli_programs import run_here, started

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.connection import connect

LONGEST = 1_000
BEYOND = 40


@pytest.mark.slow
def test_70_what_a_stalled_consumer_loses_is_counted_logged_and_told_by_doctor(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    settings = {
        "STANCEWIRE_DATA_DIR": str(data_dir),
        "STANCEWIRE_PUBLISH__MAX_STREAM_LENGTH": str(LONGEST),
        "STANCEWIRE_PUBLISH__MAX_UNREAD_LENGTH": str(LONGEST),
    }
    with EmbeddedServer(data_dir) as server, connect(server.url, purpose="check") as client:
        for group in ("stalled", "reading"):
            client.xgroup_create(keys.SIGNALS_STREAM, group, "0", mkstream=True)
        for number in range(LONGEST + BEYOND):
            client.xadd(keys.SIGNALS_STREAM, {"data": str(number)})
        rows: Any = client.xreadgroup("reading", "one", {keys.SIGNALS_STREAM: ">"}, count=LONGEST, noack=True)
        assert rows

        with started(tmp_path, "work", STANCEWIRE_REDIS_URL=server.url, **settings) as worker:
            said = worker.wait_for("entries lost to a consumer group", stream="err", seconds=40)
            health = worker.wait_for("health", stream="err")
            metrics = urllib.request.urlopen(f"{re.search(r'http://[0-9.:]+', health)[0]}/metrics").read().decode()  # type: ignore[index]
            doctor = run_here(tmp_path, "doctor", STANCEWIRE_REDIS_URL=server.url, **settings)
            assert worker.stop() == 0

        assert '"group":"stalled"' in said
        assert f'"count":{BEYOND}' in said
        assert f'stancewire_stream_entries_lost_total{{group="stalled"}} {BEYOND:.1f}' in metrics
        assert 'group="reading"' not in metrics.split("stancewire_stream_entries_lost_total", 1)[1]
        assert client.xlen(keys.SIGNALS_STREAM) == LONGEST
        [consumers] = [line for line in doctor.out.splitlines() if "consumers" in line]
        assert f"stalled {BEYOND}" in consumers
