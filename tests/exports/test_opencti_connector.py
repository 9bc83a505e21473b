"""The connector for OpenCTI in `deploy/opencti`: from a real stream to a small OpenCTI on loopback.

With OpenCTI's own client where STANCEWIRE_PYCTI_PYTHON names an interpreter that has it, as it does not go with the
dependencies of this project; else with its two calls made here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from cli_programs import ROOT
from fake_opencti import FakeOpenCTI, opencti
from stix_samples import complaints, gone, report, revision, stance

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.types import Announcement

CONNECTOR = ROOT / "deploy" / "opencti"
ID = "a1b2c3d4-0000-4000-8000-000000000001"
PYTHON = os.environ.get("STANCEWIRE_PYCTI_PYTHON")
needs_pycti = pytest.mark.skipif(PYTHON is None, reason="STANCEWIRE_PYCTI_PYTHON names no interpreter with pycti")

spec = importlib.util.spec_from_file_location("forwarding", CONNECTOR / "forwarding.py")
assert spec is not None
assert spec.loader is not None
forwarding = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forwarding)


class Posting:
    """The place and the push as pycti asks OpenCTI for them."""

    def __init__(self, platform: FakeOpenCTI) -> None:
        self._platform = platform

    def place(self) -> str | None:
        return json.loads(self._platform.state)["after"] if self._platform.state else None

    def send(self, text: str, upto: str) -> None:
        self._ask("mutation { stixBundlePush }", connectorId=ID, bundle=text, work_id=upto)

    def keep(self, upto: str) -> None:
        self._ask("mutation { pingConnector }", id=ID, state=json.dumps({"after": upto}))

    def _ask(self, query: str, **variables: str) -> None:
        token = {"Authorization": f"Bearer {self._platform.token}"}
        body = {"query": query, "variables": variables}
        answer = httpx.post(self._platform.url, headers=token, json=body, trust_env=False).json()
        if "errors" in answer:
            raise ValueError(answer["errors"])


@pytest.fixture
def platform() -> Iterator[FakeOpenCTI]:
    with opencti() as running:
        yield running


def publish(client: redis.Redis, *entries: Announcement) -> None:
    for each in entries:
        client.xadd(keys.SIGNALS_STREAM, {"id": each.id, "data": codec.announcements.encode(each)})


def forward(client: redis.Redis, platform: FakeOpenCTI, kinds: str = "stance interference") -> int:
    """A run of a connector that was started anew."""
    connector = forwarding.Forwarder(client, Posting(platform), kinds=frozenset(kinds.split()))
    sent: int = connector.forward()
    return sent


def versions(platform: FakeOpenCTI, kind: str) -> list[bool]:
    return [each.get("revoked", False) for each in platform.objects.values() if each["type"] == kind]


def test_all_that_stands_on_the_stream_is_sent_once_as_valid_bundles(
    client: redis.Redis, platform: FakeOpenCTI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "BATCH", 2)
    publish(client, report("one"), report("two"), stance())

    assert (forward(client, platform), forward(client, platform)) == (3, 0)
    assert len(platform.bundles) == 2
    assert (versions(platform, "report"), versions(platform, "note")) == ([False, False], [False])
    for bundle in platform.bundles:
        assert complaints(json.dumps(bundle)) == []
        assert "extension-definition" not in {each["type"] for each in bundle["objects"]}


def test_what_is_sent_again_updates_and_doubles_nothing(client: redis.Redis, platform: FakeOpenCTI) -> None:
    publish(client, report(), stance())
    forward(client, platform)
    before = dict(platform.objects)
    platform.state = None

    forward(client, platform)

    assert len(platform.bundles) == 2
    assert platform.objects == before


def test_what_could_not_be_sent_is_sent_the_next_time(client: redis.Redis, platform: FakeOpenCTI) -> None:
    publish(client, report())
    platform.refusing = 1

    with pytest.raises(ValueError, match="the queue is away"):
        forward(client, platform)
    assert platform.state is None

    assert forward(client, platform) == 1
    assert versions(platform, "report") == [False]


def test_what_was_sent_by_a_connector_that_ended_is_revoked_by_the_next(
    client: redis.Redis, platform: FakeOpenCTI
) -> None:
    publish(client, report(), stance())
    forward(client, platform)
    publish(client, revision(gone=[gone(report()), gone(stance())]))

    forward(client, platform)

    assert [versions(platform, kind) for kind in ("report", "opinion", "note")] == [[True]] * 3


def test_kinds_that_are_not_asked_for_are_passed_over(client: redis.Redis, platform: FakeOpenCTI) -> None:
    publish(client, stance("first"), report())
    client.xadd(keys.SIGNALS_STREAM, {"data": "not a signal"})
    publish(client, stance("last"))

    assert forward(client, platform, kinds="interference") == 4
    assert (versions(platform, "note"), versions(platform, "report")) == ([], [False])
    assert forward(client, platform, kinds="interference") == 0


def start(server: EmbeddedServer, platform: FakeOpenCTI) -> str:
    """The connector as its image starts it, for one run; what it logged."""
    assert PYTHON is not None
    settings = {
        "OPENCTI_URL": platform.url,
        "OPENCTI_TOKEN": platform.token,
        "CONNECTOR_ID": ID,
        "CONNECTOR_NAME": "stancewire",
        "CONNECTOR_TYPE": "EXTERNAL_IMPORT",
        "CONNECTOR_SCOPE": "stancewire",
        "CONNECTOR_QUEUE_PROTOCOL": "api",
        "CONNECTOR_RUN_AND_TERMINATE": "true",
        "STANCEWIRE_REDIS_URL": server.url,
    }
    program = [PYTHON, str(CONNECTOR / "connector.py")]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@needs_pycti
def test_the_connector_registers_sends_and_goes_on_where_it_was(
    server: EmbeddedServer, client: redis.Redis, platform: FakeOpenCTI
) -> None:
    publish(client, report(), stance())
    start(server, platform)
    first = len(platform.bundles)
    publish(client, revision(gone=[gone(report())]))
    start(server, platform)

    assert platform.asked.count("registerConnector") == 2
    assert (first, len(platform.bundles)) == (1, 2)
    assert platform.works == {"work-0": True, "work-1": True}
    assert (versions(platform, "report"), versions(platform, "note")) == ([True], [False])


@needs_pycti
def test_a_connector_whose_bundle_is_refused_says_so_and_sends_it_the_next_time(
    server: EmbeddedServer, client: redis.Redis, platform: FakeOpenCTI
) -> None:
    publish(client, report())
    platform.refusing = 1

    assert "the queue is away" in start(server, platform)
    assert platform.bundles == []
    start(server, platform)

    assert versions(platform, "report") == [False]


@needs_pycti
def test_the_client_of_opencti_takes_every_object_of_a_bundle(
    client: redis.Redis, platform: FakeOpenCTI, tmp_path: Path
) -> None:
    publish(client, report(), stance())
    forward(client, platform)
    assert PYTHON is not None
    program = (
        "import json, sys; from pycti import OpenCTIStix2Splitter as Splitter\n"
        "_, refused, pieces = Splitter().split_bundle_with_expectations(sys.stdin.read())\n"
        "print(json.dumps([refused, [each['id'] for piece in pieces for each in json.loads(piece)['objects']]]))"
    )
    bundle = json.dumps(platform.bundles[0])
    done = subprocess.run([PYTHON, "-c", program], input=bundle, capture_output=True, text=True, timeout=60, check=True)

    refused: list[Any]
    refused, taken = json.loads(done.stdout)
    assert refused == []
    assert sorted(taken) == sorted(each["id"] for each in platform.bundles[0]["objects"])
