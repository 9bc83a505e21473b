"""What the README shows is what happens: its sample, its consumer and its commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import redis
from typer.testing import CliRunner

from services.embedded import EmbeddedServer
from stancewire.cli.application import application

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def block(name: str) -> str:
    """The code block behind the marker `name`."""
    found = re.search(rf"<!-- {name} -->\n```[a-z]*\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def stancewire(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from stancewire.cli import main; main()", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "COLUMNS": "200", "LC_ALL": "C.UTF-8"},
    )


def test_the_sample_shows_what_the_program_prints() -> None:
    printed = stancewire("analyse", "-", stdin=block("sample text")).stdout

    assert block("sample output").strip() == printed.strip(), "put the new output into README.md"


def test_every_command_and_option_in_the_readme_exists() -> None:
    rows = [line.rpartition(" | ") for line in README.splitlines() if line.startswith("| `stancewire ")]
    options = {
        command: set(re.findall(r"--[a-z-]+", meaning))
        for left, _, meaning in rows
        for command in re.findall(r"`stancewire ([a-z]+)", left)
    }

    helps = {
        command: CliRunner().invoke(application, [command, "--help"], env={"COLUMNS": "200"}).stdout
        for command in options
    }

    assert options
    assert not [
        f"{command} {option}" for command in options for option in options[command] if option not in helps[command]
    ]


def test_the_consumer_reads_what_is_on_the_stream(server: EmbeddedServer, client: redis.Redis, tmp_path: Path) -> None:
    program = tmp_path / "follow.py"
    program.write_text(block("consumer"), "utf-8")
    answer = json.loads(stancewire("analyse", "-", "--json", stdin="Poland backs Moldova.").stdout)
    client.xadd("stancewire:signals:v1", {"data": json.dumps(answer["signals"][0])})

    with subprocess.Popen([sys.executable, program, server.url], stdout=subprocess.PIPE, text=True) as consumer:
        assert consumer.stdout is not None
        line = consumer.stdout.readline()
        consumer.kill()

    assert line == "Poland favourable Moldova | Poland backs Moldova.\n"
