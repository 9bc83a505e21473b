"""Asks whether anything in a lock file has a known vulnerability: `python -m scripts.audit LOCK ...`.

0: nothing is known, or no service could be asked, which is said; 1: something is known, or not all could be asked
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Where vulnerabilities are on record, in the order in which they are asked.
SERVICES = ("pypi", "osv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of asking; each line is for people."""

    exit_code: int
    lines: tuple[str, ...]


def verdict(report: Mapping[str, Any] | None) -> Verdict | None:
    """What a report of pip-audit means; None where its service could not be asked."""
    packages: Sequence[Mapping[str, Any]] = report["dependencies"] if report else ()
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        return None
    found = [
        f"{package['name']} {package['version']}: {known['id']}, fixed in {' or '.join(known['fix_versions']) or '-'}"
        for package in asked
        for known in package["vulns"]
    ]
    missed = [f"{package['name']} is not on record there" for package in packages if "skip_reason" in package]
    summary = f"{len(asked)} packages asked about, {len(found)} known vulnerabilities"
    return Verdict(exit_code=int(bool(found or missed)), lines=(*found, *missed, summary))


def ask(lock: str, service: str) -> Mapping[str, Any] | None:
    """The report of pip-audit on a lock file; None where there is none."""
    options = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json", "--timeout", "15")
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--vulnerability-service", service, *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - a program of the lock
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        return None


def main() -> int:
    """Ask about each lock file; returns the exit status."""
    status = 0
    for lock in sys.argv[1:]:
        told = next(filter(None, (verdict(ask(lock, service)) for service in SERVICES)), None)
        if told is None:
            told = Verdict(exit_code=0, lines=("NOT AUDITED: neither PyPI nor OSV could be asked from here",))
        for line in told.lines:
            sys.stdout.write(f"{lock}: {line}\n")
        status = max(status, told.exit_code)
    return status


if __name__ == "__main__":
    sys.exit(main())
