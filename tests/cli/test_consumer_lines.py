"""The lines with which somebody begins to read the signals, for each form of a server's address."""

from __future__ import annotations

from pathlib import Path

import pytest

from stancewire.cli.screen import python_lines, redis_cli_line
from stancewire.wiring.stores import Server

READ = "XREAD BLOCK 0 STREAMS stancewire:signals:v1 0"


@pytest.mark.parametrize(
    ("server", "shell", "imported", "made"),
    [
        (
            Server(url="unix:///run/valkey.sock", socket=Path("/run/valkey.sock")),
            f"redis-cli -s /run/valkey.sock {READ}",
            "from redis import Redis",
            'redis = Redis.from_url("unix:///run/valkey.sock")',
        ),
        (
            Server(url="redis://:secret@store:6379", socket=None),
            f"redis-cli -u redis://:***@store:6379 {READ}",
            "from redis import Redis",
            'redis = Redis.from_url("redis://:***@store:6379")',
        ),
        (
            Server(url="redis+sentinel://:secret@one:26379,two/news?sentinel_password=secret", socket=None),
            "redis-cli -u redis://$(redis-cli -h one -p 26379 SENTINEL GET-MASTER-ADDR-BY-NAME news | paste -sd: -) "
            + READ,
            "from redis.sentinel import Sentinel",
            "redis = Sentinel([('one', 26379), ('two', 26379)]).master_for(\"news\")",
        ),
    ],
    ids=["embedded", "named", "by sentinels"],
)
def test_they_name_the_server_and_no_password(server: Server, shell: str, imported: str, made: str) -> None:
    lines = python_lines(server)

    assert redis_cli_line(server) == shell
    assert lines[0] == imported
    assert made in lines
    compile("\n".join(lines), "pasted", "exec")
