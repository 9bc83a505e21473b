import csv
from pathlib import Path

import pytest

from config.knowledge import load_knowledge
from config.knowledge.reference import disarm_techniques

FRAMEWORK = Path(__file__).parents[3] / "shared/data/disarm-1.7-red.csv"


def test_every_technique_that_a_signal_may_name_has_a_name() -> None:
    lists = load_knowledge().lists["english/interference"]
    named = {family["disarm"] for family in lists["family"] if "disarm" in family}
    techniques = disarm_techniques()

    assert set(techniques) == named
    assert {each.version for each in techniques.values()} == {lists["platforms"]["versions"]}


@pytest.mark.skipif(not FRAMEWORK.exists(), reason="the framework's list is not beside this checkout")
def test_names_and_ids_are_those_of_the_framework() -> None:
    with FRAMEWORK.open(encoding="utf-8", newline="") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines)}

    for technique in disarm_techniques().values():
        row = rows[technique.id]
        assert (technique.name, technique.stix, technique.misp or "") == (row["name"], row["stix_id"], row["misp_uuid"])
