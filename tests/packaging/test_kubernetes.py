"""What the manifests for Kubernetes promise: as `compose.yaml`, and that workers come and go by what waits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import FetchSettings, PollSettings, WorkSettings
from stancewire import keys

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))


def documents() -> Iterator[dict[str, Any]]:
    for name in KUSTOMIZATION["resources"]:
        yield from yaml.safe_load_all((FOLDER / name).read_text("utf-8"))


OBJECTS = {(each["kind"], each["metadata"]["name"]): each for each in documents()}
OURS = {name: OBJECTS["Deployment", name]["spec"] for name in ("poller", "workers")}
PODS = {
    each["metadata"]["name"]: each["spec"]["template"]
    for each in OBJECTS.values()
    if "template" in each.get("spec", ())
}


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["spec"]["containers"]
    return dict(only)


def environment(name: str) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container(name)["env"]}


def test_every_manifest_is_applied_and_each_object_is_there_once() -> None:
    files = {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}

    assert files == set(KUSTOMIZATION["resources"])
    assert len(list(documents())) == len(OBJECTS)
    assert set(PODS) == {"poller", "workers", "valkey"}


@pytest.mark.parametrize("name", PODS)
class TestAPod:
    def test_is_not_root_has_no_rights_and_gets_none(self, name: str) -> None:
        pod, own = PODS[name]["spec"], container(name)["securityContext"]

        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert own == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["automountServiceAccountToken"] is False

    def test_shares_nothing_with_its_host_and_has_no_port_there(self, name: str) -> None:
        assert not {"hostNetwork", "hostPID", "hostIPC"} & PODS[name]["spec"].keys()
        assert not any("hostPort" in port for port in container(name)["ports"])
        assert all({"secret", "emptyDir"} & volume.keys() for volume in PODS[name]["spec"].get("volumes", ()))

    def test_knows_its_password_from_a_file_alone(self, name: str) -> None:
        (secret,) = (volume for volume in PODS[name]["spec"]["volumes"] if "secret" in volume)
        mounts = {mount["name"]: mount for mount in container(name)["volumeMounts"]}

        assert mounts[secret["name"]]["readOnly"] is True
        # A number in JSON: octal 440, for the group that the pod has.
        assert secret["secret"]["defaultMode"] == 0o440
        assert "fsGroup" in PODS[name]["spec"]["securityContext"]
        for variable in container(name).get("env", ()):
            assert "valueFrom" not in variable
            assert variable["name"] != "STANCEWIRE_REDIS_URL"

    def test_has_room_and_a_limit_on_memory(self, name: str) -> None:
        resources = container(name)["resources"]

        assert set(resources["requests"]) == {"cpu", "memory"}
        assert "memory" in resources["limits"]

    def test_is_found_by_its_own_labels(self, name: str) -> None:
        (owner,) = (each for (_, own), each in OBJECTS.items() if own == name and "template" in each.get("spec", ()))

        assert owner["spec"]["selector"]["matchLabels"].items() <= PODS[name]["metadata"]["labels"].items()


@pytest.mark.parametrize("name", OURS)
class TestOneOfOurs:
    def test_has_a_secret_of_its_own_where_the_setting_looks_for_it(self, name: str) -> None:
        secrets = {volume["secret"]["secretName"] for volume in PODS[name]["spec"]["volumes"] if "secret" in volume}
        (mount,) = (mount for mount in container(name)["volumeMounts"] if mount["name"] == "secret")

        assert secrets == {name.removesuffix("s")}
        assert environment(name)["STANCEWIRE_REDIS_URL_FILE"] == f"{mount['mountPath']}/redis_url"
        assert f"secret generic {name.removesuffix('s')} --from-file=redis_url=" in (
            FOLDER / "kustomization.yaml"
        ).read_text("utf-8")

    def test_is_asked_whether_it_lives_and_whether_it_can_work(self, name: str) -> None:
        probes = {kind: container(name)[f"{kind}Probe"]["httpGet"] for kind in ("liveness", "readiness")}

        assert probes == {
            "liveness": {"path": "/livez", "port": "health"},
            "readiness": {"path": "/readyz", "port": "health"},
        }
        (port,) = container(name)["ports"]
        image = (ROOT / "Dockerfile").read_text("utf-8")
        assert f"STANCEWIRE_HEALTH__PORT={port['containerPort']}" in image

    def test_runs_as_the_image_and_writes_where_the_image_does(self, name: str) -> None:
        image = (ROOT / "Dockerfile").read_text("utf-8")
        user = PODS[name]["spec"]["securityContext"]

        assert f"USER {user['runAsUser']}:{user['runAsGroup']}" in image
        assert {mount["mountPath"] for mount in container(name)["volumeMounts"]} >= {"/tmp", "/data"}

    def test_has_an_init_for_the_children_of_what_was_killed(self, name: str) -> None:
        assert PODS[name]["spec"]["shareProcessNamespace"] is True

    def test_is_of_this_version(self, name: str) -> None:
        compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
        tags = {image["name"]: image["newTag"] for image in KUSTOMIZATION["images"]}

        assert f"{container(name)['image']}:{tags[container(name)['image']]}" == compose["services"]["work"]["image"]


def test_one_poller_stands_by_and_is_not_taken_away_with_the_other() -> None:
    assert OURS["poller"]["replicas"] == 2
    assert OBJECTS["PodDisruptionBudget", "poller"]["spec"]["minAvailable"] == 1
    grace_s = PODS["poller"]["spec"]["terminationGracePeriodSeconds"]
    assert grace_s > FetchSettings().total_timeout_s


def test_workers_are_given_longer_to_stop_than_a_job_may_take() -> None:
    grace_s = float(environment("workers")["STANCEWIRE_WORK__GRACE_S"])

    assert grace_s > WorkSettings().job_timeout_s
    assert PODS["workers"]["spec"]["terminationGracePeriodSeconds"] >= grace_s + 15


def test_workers_have_a_core_and_their_memory_each() -> None:
    processes = int(environment("workers")["STANCEWIRE_WORK__PROCESSES"])
    resources = container("workers")["resources"]

    assert float(resources["requests"]["cpu"]) >= processes
    limit = float(resources["limits"]["memory"].removesuffix("Gi")) * 1024
    assert limit >= processes * WorkSettings().max_memory_mb


def test_workers_come_and_go_by_what_waits_and_by_nothing_else() -> None:
    scaled = OBJECTS["ScaledObject", "workers"]["spec"]
    (trigger,) = scaled["triggers"]

    assert "replicas" not in OURS["workers"]
    assert scaled["scaleTargetRef"] == {"name": "workers"}
    assert trigger["metadata"]["listName"] == keys.PENDING
    assert scaled["minReplicaCount"] >= 1
    # More never waits, so more pods would never be asked for.
    assert scaled["maxReplicaCount"] * int(trigger["metadata"]["listLength"]) <= PollSettings().max_pending


def test_the_scaler_reads_with_a_user_of_its_own() -> None:
    trigger = OBJECTS["ScaledObject", "workers"]["spec"]["triggers"][0]
    login = OBJECTS["TriggerAuthentication", trigger["authenticationRef"]["name"]]["spec"]["secretTargetRef"]
    service, _, port = trigger["metadata"]["address"].partition(":")

    assert [each["parameter"] for each in login] == ["password"]
    assert f"user {trigger['metadata']['username']} on >" in (ROOT / "deploy/valkey/users.acl.in").read_text("utf-8")
    assert service == f"valkey.{KUSTOMIZATION['namespace']}.svc"
    assert int(port) == OBJECTS["Service", "valkey"]["spec"]["ports"][0]["port"]


def test_the_server_is_started_as_in_the_compose_file() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["valkey"]
    theirs = re.sub(r"/run/secrets/\S+", "USERS", compose["command"]).replace('""', "").split()
    ours = re.sub(r"/run/secrets/\S+", "USERS", " ".join(container("valkey")["args"])).replace("--dir /data ", "")

    assert [*container("valkey")["command"], *ours.split()] == theirs
    assert container("valkey")["image"] == compose["image"]


def test_the_server_hears_its_own_alone_and_workers_reach_nothing_else() -> None:
    policies = {name: each["spec"] for (kind, name), each in OBJECTS.items() if kind == "NetworkPolicy"}
    heard = [each for rule in policies["valkey"]["ingress"] for each in rule["from"]]
    reached = [each for rule in policies["workers"]["egress"] for each in rule["to"]]

    assert policies["valkey"]["egress"] == []
    assert {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "stancewire"}}} in heard
    assert {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "valkey"}}} in reached
    # Nobody and nothing by address, which would be the world.
    assert not any("ipBlock" in each for each in (*heard, *reached))


def test_nothing_is_published() -> None:
    kinds = {kind for kind, _ in OBJECTS}
    (service,) = (each["spec"] for (kind, _), each in OBJECTS.items() if kind == "Service")

    assert not {"Ingress", "Gateway", "HTTPRoute"} & kinds
    assert service["clusterIP"] == "None"
    assert not {"type", "externalIPs", "loadBalancerIP"} & service.keys()


def test_no_secret_is_written_down() -> None:
    assert "Secret" not in {kind for kind, _ in OBJECTS}
    assert "secretGenerator" not in KUSTOMIZATION
