"""What the command line imports before it does anything, which every command pays for."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Each takes a tenth of a second or more, and belongs to commands that need it.
HEAVY = {"pydantic", "redis", "httpx", "structlog", "starlette", "uvicorn", "prometheus_client", "spacy", "numpy"}
PROGRAM = """import sys
from stancewire.cli.edge import run
print(run(sys.argv[1:]), file=sys.stderr)
print(*sys.modules, file=sys.stderr)"""


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_to_say_what_there_is_nothing_heavy_is_imported(argument: str) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM, argument], capture_output=True, text=True, check=True)
    status, modules = run.stderr.splitlines()

    assert status == "0"
    assert not HEAVY.intersection(modules.split())
