"""The bill of materials says what the lock says, and an audit says plainly what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.output.json import JsonV1Dot6

from scripts.audit import Verdict, verdict
from scripts.locked import read_lock
from scripts.sbom import bill

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-all.lock"])
def test_a_bill_has_every_package_of_its_lock_with_its_hashes_and_licence(tmp_path: Path, name: str) -> None:
    target = tmp_path / "sbom.cdx.json"
    subprocess.run([sys.executable, "-m", "scripts.sbom", name, str(target)], cwd=ROOT, check=True)
    made = json.loads(target.read_bytes())

    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    lock = read_lock(ROOT / name)
    stated = {
        (part["name"], part["version"]): [file["content"] for file in part["externalReferences"][0]["hashes"]]
        for part in made["components"]
    }
    assert {key: sorted(hashes) for key, hashes in stated.items()} == {
        (each.name, each.version): sorted(each.hashes) for each in lock
    }
    running = {each.name for each in read_lock(ROOT / "requirements.lock") if each.is_for_here}
    assert running <= {part["name"] for part in made["components"] if part.get("licenses")}
    assert all(part["purl"].startswith("pkg:pypi/") for part in made["components"])
    needed = next(each["dependsOn"] for each in made["dependencies"] if each["ref"] == "stancewire")
    assert {"httpx==0.28.1", "feedparser==6.0.14"} <= set(needed)


def test_the_same_lock_makes_the_same_bill() -> None:
    lock = read_lock(ROOT / "requirements.lock")
    one, two = (JsonV1Dot6(bill(lock, PROJECT, AT)).output_as_string() for _ in range(2))

    assert one == two


def package(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": "1", **({"vulns": []} if "skip_reason" not in more else {}), **more}


KNOWN = {"id": "PYSEC-2026-1", "fix_versions": ["2"], "aliases": [], "description": ""}
MISSING = "Dependency not found on PyPI and could not be audited: b (1)"


@pytest.mark.parametrize(
    ("packages", "told"),
    [
        (
            [package("a"), package("b")],
            Verdict(exit_code=0, lines=("2 packages asked about, 0 known vulnerabilities",)),
        ),
        (
            [package("a", vulns=[KNOWN])],
            Verdict(
                exit_code=1,
                lines=("a 1: PYSEC-2026-1, fixed in 2", "1 packages asked about, 1 known vulnerabilities"),
            ),
        ),
        (
            [package("a"), package("b", skip_reason=MISSING)],
            Verdict(
                exit_code=1,
                lines=("b is not on record there", "1 packages asked about, 0 known vulnerabilities"),
            ),
        ),
        # A mirror of the index answers for the packages and knows nothing of what is wrong with them.
        ([package("a", skip_reason=MISSING), package("b", skip_reason=MISSING)], None),
        ([], None),
    ],
)
def test_an_audit_tells_what_is_known_and_what_could_not_be_asked(
    packages: list[dict[str, Any]], told: Verdict | None
) -> None:
    assert verdict({"dependencies": packages, "fixes": []}) == told


def test_without_a_report_nothing_is_known() -> None:
    assert verdict(None) is None
