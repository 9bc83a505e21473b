"""A user's own file of actors: it adds, replaces and removes, and what is wrong in it is told with file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.knowledge import Knowledge, load_knowledge
from stancewire.errors import ConfigurationError

OWN = """
[[organisation]]
name = "Harbour Watch of Lima"
country = "PE"
kind = "civil_society"
category = "civil_society"
names = ["Harbour Watch"]

[[state]]
name = "Peru"
code = "PE"
status = "un_member"
capital = "Lima"
adjectives = ["Peruvian", "Peruano"]

[[outlet]]
name = "RT"
remove = true
"""


def problems(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(ConfigurationError) as caught:
        load_knowledge(own=path)
    return [(Path(problem.where).name, problem.message) for problem in caught.value.problems]


def test_actors_are_added_replaced_and_removed(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, "utf-8")

    own = load_knowledge(own=path)

    by_name = {(actor.kind, actor.name): actor for actor in own.actors}
    assert by_name["organisation", "Harbour Watch of Lima"].country == "PE"
    assert ("adjective", "Peruano") in by_name["state", "Peru"].names
    assert ("outlet", "RT") not in by_name
    assert len(own.actors) == len(knowledge.actors)
    assert own.lists == knowledge.lists


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('[[state]]\nname = "Peru"\n', "state 'Peru': status"),
        ('[[outlet]]\nname = "The Unheard Gazette"\nremove = true\n', "outlet 'The Unheard Gazette': remove: nothing"),
        ('[[outlet]]\nname = "RT"\nremove = false\n', "outlet 'RT': remove: goes with `name` alone"),
        ('[[outlet]]\nname = "RT"\ncountry = "XX"\nownership = "public"\n', "outlet 'RT': country: no state has"),
        ("[outlet]\nname = 'RT'\n", "outlet is not a list of entries"),
        ("outlet = 5\n", "outlet is not a list of entries"),
        ("[[outlet\n", "line 1"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_entry(tmp_path: Path, entry: str, told: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(entry, "utf-8")

    ((where, message),) = problems(path)

    assert where == "own.toml"
    assert told in message


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.toml") == [("none.toml", "cannot be read: no such file or directory")]
