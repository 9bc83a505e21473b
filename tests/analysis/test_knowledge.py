"""Knowledge files: what comes along is sound, and what is wrong is told all at once, each with its file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from config.knowledge import Knowledge, load_knowledge
from stancewire.errors import ConfigurationError

PROVENANCE = """
[provenance]
source = "a gazetteer"
date = "2026-11-26"
"""
GOOD = """
[[state]]
name = "Arendia"
code = "AD"
status = "un_member"
adjectives = ["Arendian"]
capital = "Arend"
"""


def problems(folder: Path) -> list[tuple[str, str]]:
    """(file, message) of all that is wrong in a folder."""
    with pytest.raises(ConfigurationError) as caught:
        load_knowledge(folder)
    return [(Path(problem.where).name, problem.message) for problem in caught.value.problems]


def test_a_file_is_read_into_actors(tmp_path: Path) -> None:
    (tmp_path / "states.toml").write_text(PROVENANCE + GOOD, "utf-8")

    (actor,) = load_knowledge(tmp_path).actors

    assert (actor.kind, actor.country) == ("state", "AD")
    assert ("capital", "Arend") in actor.names


def test_word_lists_are_kept_by_their_place(tmp_path: Path) -> None:
    (tmp_path / "english").mkdir()
    (tmp_path / "english" / "stance.toml").write_text('words = ["a"]' + PROVENANCE, "utf-8")

    assert load_knowledge(tmp_path).lists["english/stance"]["words"] == ["a"]


def test_all_problems_are_told_at_once_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[[state]\n", "utf-8")
    (tmp_path / "b.toml").write_text(PROVENANCE + '[[planet]]\nname = "Mars"\n', "utf-8")
    (tmp_path / "c.toml").write_text(
        PROVENANCE
        + GOOD
        + '[[state]]\nname = "Bad code"\ncode = "Arend"\nstatus = "un_member"\n'
        + '[[state]]\nname = "Bad status"\nstatus = "kingdom"\n'
        + '[[state]]\nname = "Unknown key"\nstatus = "un_member"\nflag = "blue"\n'
        + '[[person]]\nname = "Without office"\n',
        "utf-8",
    )
    (tmp_path / "d.toml").write_bytes(b'name = "\xff"')

    found = problems(tmp_path)

    assert [where for where, _ in found] == ["a.toml", "b.toml", "c.toml", "c.toml", "c.toml", "c.toml", "d.toml"]
    told = [message for _, message in found]
    assert "planet" in told[1]
    for message, word in zip(told[2:6], ("Bad code", "Bad status", "Unknown key", "Without office"), strict=True):
        assert word in message


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ('[[state]]\nname = ""\nstatus = "un_member"\n', "name"),
        ('[[state]]\nname = "A"\nstatus = "un_member"\nwikidata = "17"\n', "wikidata"),
        ('[[outlet]]\nname = "A"\nownership = "royal"\n', "ownership"),
        ('[[operation]]\nname = "A"\nkind = "front"\nfamilies = ["magic"]\n', "families"),
        ('[[person]]\nname = "A"\ngender = "x"\n[[person.office]]\noffice = "other"\n', "gender"),
        ('[[person]]\nname = "A"\n[[person.office]]\noffice = "baker"\n', "office"),
        ('[[organisation]]\nname = "A"\n', "kind"),
    ],
)
def test_a_value_that_is_not_allowed_is_told_with_its_key(tmp_path: Path, entry: str, key: str) -> None:
    (tmp_path / "entries.toml").write_text(PROVENANCE + entry, "utf-8")

    ((where, message),) = problems(tmp_path)

    assert where == "entries.toml"
    assert key in message


@pytest.mark.parametrize(
    ("provenance", "told"),
    [
        ("", "no [provenance]"),
        ('[provenance]\ndate = "2026-11-26"\n', "provenance.source"),
        ('[provenance]\nsource = ""\ndate = "2026-11-26"\n', "provenance.source"),
        ('[provenance]\nsource = "a gazetteer"\n', "provenance.date"),
        ('[provenance]\nsource = "a gazetteer"\ndate = "last week"\n', "provenance.date"),
        ('[provenance]\nsource = "a gazetteer"\ndate = "2026-11-26"\nauthor = "x"\n', "provenance.author"),
    ],
)
@pytest.mark.parametrize("folder", [".", "english"])
def test_a_file_must_say_where_it_is_from_and_of_when(tmp_path: Path, folder: str, provenance: str, told: str) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "words.toml").write_text(provenance, "utf-8")

    ((where, message),) = problems(tmp_path)

    assert where == "words.toml"
    assert told in message


def test_what_comes_along_names_each_actor_once(knowledge: Knowledge) -> None:
    states = Counter(actor.country for actor in knowledge.actors if actor.kind == "state" and actor.country)
    actors = Counter((actor.kind, actor.name) for actor in knowledge.actors)

    assert [name for name, times in actors.items() if times > 1] == []
    assert states["RU"] == 1
    assert len(states) > 190


def test_offices_end_after_they_begin(knowledge: Knowledge) -> None:
    wrong = [
        (actor.name, office.office)
        for actor in knowledge.actors
        for office in actor.offices
        if office.start is not None and office.end is not None and office.end < office.start
    ]

    assert not wrong


def test_every_country_of_an_actor_is_a_known_state(knowledge: Knowledge) -> None:
    states = {actor.country for actor in knowledge.actors if actor.kind == "state"}

    assert {actor.country for actor in knowledge.actors if actor.country} <= states
