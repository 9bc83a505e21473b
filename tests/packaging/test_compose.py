"""What the compose file, the image and the unit promise: no open port, no rights that are not needed, time to stop."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import WorkSettings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("poll", "work")
#: Seconds that a process is given beyond what it gives its own parts.
SPARE_S = 15


def dockerfile() -> list[str]:
    return (ROOT / "Dockerfile").read_text("utf-8").splitlines()


def seconds(written: str) -> float:
    return float(written.removesuffix("s"))


@pytest.mark.parametrize("name", SERVICES)
class TestAService:
    def test_publishes_no_port_and_shares_no_network_with_the_host(self, name: str) -> None:
        service = SERVICES[name]

        assert "ports" not in service
        assert "network_mode" not in service
        assert service["networks"]

    def test_writes_nothing_but_what_it_is_given(self, name: str) -> None:
        assert SERVICES[name]["read_only"] is True
        assert all(volume.partition(":")[0] in COMPOSE["volumes"] for volume in SERVICES[name].get("volumes", ()))

    def test_has_no_rights_and_gets_none(self, name: str) -> None:
        service = SERVICES[name]

        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"} & service.keys()

    def test_is_not_root(self, name: str) -> None:
        users = [SERVICES[name].get("user"), *(line.split()[1] for line in dockerfile() if line.startswith("USER "))]
        user = users[0] or users[-1]

        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", str(user))

    def test_is_started_again_whatever_its_status(self, name: str) -> None:
        assert SERVICES[name]["restart"] == "unless-stopped"

    def test_knows_its_password_from_a_file_alone(self, name: str) -> None:
        assert SERVICES[name]["secrets"]
        environment = SERVICES[name].get("environment", {})
        assert "STANCEWIRE_REDIS_URL" not in environment
        assert not any("PASSWORD" in variable for variable in environment)


def test_each_part_has_a_user_of_its_own() -> None:
    sources = {name: SERVICES[name]["secrets"][0]["source"] for name in OURS}

    assert sources == {"poll": "poller_url", "work": "worker_url"}
    assert {SERVICES[name]["secrets"][0]["target"] for name in OURS} == {"redis_url"}
    assert {secret: Path(named["file"]).parent for secret, named in COMPOSE["secrets"].items()} == dict.fromkeys(
        ("poller_url", "worker_url", "valkey_acl"), Path("deploy/secrets")
    )


def test_the_store_and_the_workers_reach_nothing_outside() -> None:
    assert COMPOSE["networks"]["store"] == {"internal": True}
    assert SERVICES["valkey"]["networks"] == SERVICES["work"]["networks"] == ["store"]


def test_the_server_drops_nothing_and_writes_everything() -> None:
    command = SERVICES["valkey"]["command"].split()

    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert (options["--maxmemory-policy"], options["--appendonly"], options["--appendfsync"]) == (
        "noeviction",
        "yes",
        "always",
    )


def test_workers_are_given_longer_to_stop_than_a_job_may_take() -> None:
    grace_s = float(SERVICES["work"]["environment"]["STANCEWIRE_WORK__GRACE_S"])

    assert grace_s > WorkSettings().job_timeout_s
    assert seconds(SERVICES["work"]["stop_grace_period"]) >= grace_s + SPARE_S
    assert all(SERVICES[name]["init"] for name in OURS)


def test_the_unit_is_given_longer_to_stop_than_workers_and_server_together() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((ROOT / "deploy/stancewire.service").read_text("utf-8"))
    service = unit["Service"]

    server_s = 30
    assert float(service["TimeoutStopSec"]) >= WorkSettings().grace_s + server_s + SPARE_S
    # Only the supervisor is told: it is the one that lets jobs end first.
    assert service["KillMode"] == "mixed"
    assert service["User"] == "stancewire"
    assert service["NoNewPrivileges"] == service["ProtectHome"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_the_image_stops_by_sigterm_and_holds_no_secret() -> None:
    lines = dockerfile()

    assert "STOPSIGNAL SIGTERM" in lines
    assert not [line for line in lines if re.search(r"(?i)\b(password|secret|token)\b", line)]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    assert not [line for line in ignored if line.startswith("!deploy")]
