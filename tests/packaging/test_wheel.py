"""The wheel holds all that the program reads, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis
from store_samples import stance

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.worklist import entry_fields

ROOT = Path(__file__).parents[2]
PACKAGES = ("stancewire", "services", "workers", "config", "seeds")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=100)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert held == wanted


def test_the_program_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "import sys, stancewire; from stancewire.cli import main;"
        "assert stancewire.__file__.startswith(sys.argv.pop()), stancewire.__file__; main()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, "analyse", "-", "--json", str(tmp_path)],
        input="Poland backs Moldova.",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path), "PATH": ""},
    )

    assert '"favourable"' in ended.stdout, ended.stderr


@pytest.fixture(scope="module")
def contract_alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and `redis`, as an installation without extras has them."""
    site = tmp_path_factory.mktemp("contract")
    zipfile.ZipFile(wheel).extractall(site)
    for name in ("redis", "async_timeout"):
        # The second is what redis needs before Python 3.11.3.
        if (found := find_spec(name)) is not None and found.origin is not None:
            shutil.copytree(Path(found.origin).parent, site / name)
    return site


def run_alone(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # -S: nothing that is installed here is seen.
    command = [sys.executable, "-S", "-c", *arguments]
    environment = {"PYTHONPATH": str(site), "PATH": ""}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=site, env=environment)


def test_the_client_reads_with_nothing_but_redis(
    contract_alone: Path, server: EmbeddedServer, client: redis.Redis
) -> None:
    client.xadd(keys.SIGNALS_STREAM, dict(entry_fields(stance("s"))))  # type: ignore[arg-type]
    program = (
        "import sys, redis, stancewire.client.asyncio; from stancewire.client import signals;"
        "print(*(each.holder.name for each in signals(redis.Redis.from_url(sys.argv[1]), group='g', follow=False)))"
    )

    ran = run_alone(contract_alone, program, server.url)

    assert (ran.stdout, ran.stderr) == ("Russia\n", "")


def test_the_program_says_what_to_install_where_only_the_contract_is(contract_alone: Path) -> None:
    ran = run_alone(contract_alone, "from stancewire.cli import main; main()", "up")

    assert ran.returncode == 2
    assert "pip install 'stancewire[service]'" in ran.stderr
    assert "Traceback" not in ran.stderr
