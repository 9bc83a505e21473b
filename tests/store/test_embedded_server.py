"""The embedded server: one to a folder, gone with its owner, and nothing lost when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_samples import acceptance, item

from services.embedded import EmbeddedServer, find_binary, socket_path
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.errors import ServerError

ROOT = Path(__file__).parents[2]
OWNER = """
import sys, time
from pathlib import Path
from services.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    sys.stdout.write(f"{server.pid}\\n")
    sys.stdout.flush()
    time.sleep(60)
"""


def test_a_second_one_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path), pytest.raises(ServerError) as raised:
        EmbeddedServer(tmp_path).start()

    assert raised.value.message == f"data folder {tmp_path} is in use by process {os.getpid()}"
    assert "STANCEWIRE_DATA_DIR" in raised.value.hint


def test_what_was_accepted_survives_that_the_server_is_killed(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        store = RedisStore(connect(server.url, purpose="check"), Limits())
        store.accept(acceptance(*(item(f"a{number}") for number in range(16))))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        time.sleep(0.1)
        with pytest.raises(ServerError, match="ended with status -9"):
            server.check()

    with EmbeddedServer(tmp_path) as server:
        store = RedisStore(connect(server.url, purpose="check"), Limits())

        assert store.depth().pending == 16
        assert store.depth().queued == 1
        assert len(store.batch("batch")) == 16


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_it_ends_with_its_owner_and_the_folder_is_free_again(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert owner.stdout is not None
    server_pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()

    with EmbeddedServer(tmp_path) as server:
        assert server.pid != server_pid


def test_a_folder_with_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)

    with EmbeddedServer(folder) as server:
        assert len(os.fsencode(server.socket_path)) <= 100
        assert server.socket_path == socket_path(folder)
        assert server.socket_path.parent.stat().st_mode & 0o777 == 0o700
        assert RedisStore(connect(server.url, purpose="check"), Limits()).depth().pending == 0


def test_the_socket_is_closed_to_others(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        assert server.socket_path.stat().st_mode & 0o777 == 0o700
        assert server.socket_path.parent == tmp_path


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ServerError, match="cannot be used"):
        EmbeddedServer(tmp_path / "file" / "data").start()


def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no-such-server cannot be started") as raised:
        EmbeddedServer(tmp_path, binary=tmp_path / "no-such-server").start()

    assert "STANCEWIRE_REDIS_URL" in raised.value.hint


def test_data_that_cannot_be_read_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path):
        pass
    (base,) = (tmp_path / "appendonlydir").glob("*.base.rdb")
    base.write_bytes(b"no such format")

    with pytest.raises(ServerError, match="ended with status 1") as raised:
        EmbeddedServer(tmp_path).start()

    assert "appendonly" in raised.value.hint
    base.unlink()


def test_a_slow_start_is_told_while_it_lasts(tmp_path: Path) -> None:
    program = tmp_path / "slow-server"
    program.write_text(f'#!/bin/sh\nsleep 0.8\nexec "{find_binary()}" "$@"\n')
    program.chmod(0o755)
    told: list[bool] = []
    server = EmbeddedServer(tmp_path / "data", binary=program)

    server.start(on_wait=lambda _, loading: told.append(loading))
    server.stop()

    assert set(told) == {False}


def test_a_start_that_fails_leaves_the_folder_free(tmp_path: Path) -> None:
    program = tmp_path / "mute-server"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    with pytest.raises(ServerError, match="no answer"):
        EmbeddedServer(tmp_path / "data", binary=program).start(timeout_s=0.2)

    with EmbeddedServer(tmp_path / "data") as server:
        assert server.pid is not None
