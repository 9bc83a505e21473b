"""Which known actor a name means, and when it is left open; for whom leaders, bodies and metonyms speak."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench.parts.passages import article
from config.knowledge import Knowledge
from config.knowledge.actors import speaks_for_state
from stancewire.types import Entity, Stance
from workers.pipeline import Pipeline
from workers.text.fold import fold
from workers.text.names import Chooser, Name, NameFinder

Resolve = Callable[[str], list[tuple[str, str]]]
Names = Callable[[str, date | None], list[Name]]
CASES = [json.loads(line) for line in Path(__file__).with_name("names.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def names(knowledge: Knowledge) -> Names:
    """The names that are resolved in a text of some day."""
    ambiguity = knowledge.lists["english/ambiguity"]
    finder, chooser = NameFinder(knowledge.actors, ambiguity["others"]["phrases"]), Chooser(ambiguity)

    def resolved(text: str, day: date | None = None) -> list[Name]:
        plain = fold(text)
        return list(chooser.choose(plain, finder.find(plain), day))

    return resolved


@pytest.fixture(scope="module")
def resolve(names: Names) -> Resolve:
    """(words, actor) for each name that is resolved in a text."""
    return lambda text: [(name.text, name.actor.name) for name in names(text, None)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_name_is_told_by_its_context_or_left_open(names: Names, case: dict[str, str | None]) -> None:
    text, name = case["text"], case["name"]
    assert text is not None
    assert name is not None
    start = [word.start() for word in re.finditer(rf"\b{re.escape(name)}\b", text)][-1]

    found = [n.actor.country for n in names(text, None) if n.start < start + len(name) and n.end > start]

    assert found == ([] if case["country"] is None else [case["country"]]), case["why"]


def test_the_cases_are_many_and_balanced() -> None:
    left_open = [case for case in CASES if case["country"] is None]

    assert len(CASES) >= 70
    assert len(left_open) >= 35
    assert len(CASES) - len(left_open) >= 30


def test_an_official_of_the_union_spoke_for_the_home_country_before(names: Names) -> None:
    text = "António Costa spoke."

    assert [n.actor.country for n in names(text, date(2019, 6, 1))] == ["PT"]
    assert [n.actor.country for n in names(text, date(2025, 6, 1))] == ["EU"]
    assert [n.actor.country for n in names(text, None)] == ["EU"]


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("South Korea and North Korea", ["South Korea", "North Korea"]),
        ("Papua New Guinea and Equatorial Guinea", ["Papua New Guinea", "Equatorial Guinea"]),
        ("the Democratic Republic of the Congo", ["Democratic Republic of the Congo"]),
        ("Sudan and South Sudan", ["Sudan", "South Sudan"]),
        ("Dominica and the Dominican Republic", ["Dominica", "Dominican Republic"]),
        ("Ireland and Northern Ireland", ["Ireland", "Northern Ireland"]),
        ("the United Nations Security Council", ["United Nations Security Council"]),
        ("Bosnia and Herzegovina", ["Bosnia and Herzegovina"]),
    ],
)
def test_the_longest_name_wins(resolve: Resolve, text: str, actors: list[str]) -> None:
    assert [actor for _, actor in resolve(text)] == actors


@pytest.mark.parametrize("text", ["Indianapolis", "Chinatown", "Russification", "Omanhene", "Maliki", "Francesca"])
def test_a_name_within_a_word_is_none(resolve: Resolve, text: str) -> None:
    assert resolve(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Romania", [("Romania", "Romania")]),
        ("pro-Russian", [("Russian", "Russia")]),
        ("anti-China", [("China", "China")]),
        ("Brazil’s", [("Brazil", "Brazil")]),
        ("(Kenya)", [("Kenya", "Kenya")]),
        ("“Kenya”", [("Kenya", "Kenya")]),
        ("Côte d’Ivoire", [("Côte d'Ivoire", "Ivory Coast")]),
        ("Sao Tome", [("Sao Tome", "Sao Tome and Principe")]),
    ],
)
def test_a_name_between_marks_is_found(resolve: Resolve, text: str, found: list[tuple[str, str]]) -> None:
    assert resolve(text) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The US told us.", ["US"]),
        ("The WHO knows who it was.", ["WHO"]),
        ("Turkey exports turkey.", ["Turkey"]),
        ("They polish the Polish boots.", ["Polish"]),
        ("The china came from China.", ["China"]),
        ("RUSSIA AND CHINA", ["RUSSIA", "CHINA"]),
        ("mali", []),
    ],
)
def test_capitals_tell_names_from_words(resolve: Resolve, text: str, words: list[str]) -> None:
    assert [found for found, _ in resolve(text)] == words


@pytest.mark.parametrize(
    "text",
    [
        "Georgia voters queued in Atlanta.",
        "Michael Jordan scored.",
        "George Washington crossed the river.",
        "Congo was named in the report.",
        "Korea was named in the report.",
        "Johnson left the room.",
        "Li left the room.",
        "Sputnik circled the earth.",
        "The Niger Delta flooded.",
        "Chad Michaels sang.",
    ],
)
def test_a_name_that_may_mean_others_is_left_open(resolve: Resolve, text: str) -> None:
    assert resolve(text) == []


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Georgia met Russia for talks in Tbilisi.", "Georgia"),
        ("Jordan met Egypt.", "Jordan"),
        ("Congo closed the road to Kinshasa.", "Democratic Republic of the Congo"),
        ("RT opened a studio in Russia.", "RT"),
        ("Brussels met Poland.", "European Union"),
        ("Brussels is the capital of Belgium.", "Belgium"),
    ],
)
def test_the_rest_of_the_text_tells_which_is_meant(resolve: Resolve, text: str, actor: str) -> None:
    assert actor in {found for _, found in resolve(text)}


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        pytest.param("The governor of New Mexico spoke.", "Mexico", id="New Mexico is not Mexico"),
        pytest.param("American Samoa voted.", "Samoa", id="American Samoa is not Samoa"),
    ],
)
def test_a_place_named_after_a_state_is_not_the_state(resolve: Resolve, text: str, actor: str) -> None:
    assert actor not in {found for _, found in resolve(text)}


def test_a_state_is_found_beside_its_namesake(resolve: Resolve) -> None:
    assert [actor for _, actor in resolve("Guinea-Bissau and Guinea")] == ["Guinea-Bissau", "Guinea"]


#: Who held an office that speaks for a state, on which day; from the public record.
OFFICES = [
    ("Angela Merkel", date(2015, 6, 1), True),
    ("Angela Merkel", date(2023, 6, 1), False),
    ("Olaf Scholz", date(2023, 6, 1), True),
    ("Olaf Scholz", date(2025, 9, 1), False),
    ("Barack Obama", date(2012, 6, 1), True),
    ("Barack Obama", date(2020, 6, 1), False),
    ("Boris Johnson", date(2020, 6, 1), True),
    ("Boris Johnson", date(2023, 6, 1), False),
    ("Jair Bolsonaro", date(2021, 6, 1), True),
    ("Jair Bolsonaro", date(2024, 6, 1), False),
    ("Petro Poroshenko", date(2016, 6, 1), True),
    ("Petro Poroshenko", date(2021, 6, 1), False),
    ("Shinzo Abe", date(2018, 6, 1), True),
    ("Shinzo Abe", date(2021, 6, 1), False),
    ("Justin Trudeau", date(2016, 6, 1), True),
    ("Justin Trudeau", date(2014, 6, 1), False),
]


@pytest.mark.parametrize(("name", "day", "speaks"), OFFICES)
def test_a_leader_speaks_for_the_state_while_in_office(
    knowledge: Knowledge, name: str, day: date, speaks: bool
) -> None:
    person = next(actor for actor in knowledge.actors if actor.kind == "person" and actor.name == name)

    assert speaks_for_state(person, day) is speaks


def holder(pipeline: Pipeline, text: str, day: date | None = None) -> Entity:
    """Who holds the only stance of a text."""
    published_at = datetime(day.year, day.month, day.day, tzinfo=UTC) if day is not None else None
    (signal,) = pipeline.analyse(replace(article(text, language="en"), published_at=published_at)).signals
    assert isinstance(signal, Stance)
    return signal.holder


@pytest.mark.parametrize(("name", "day", "speaks"), OFFICES)
def test_the_day_of_the_article_decides_whose_stance_it_is(
    pipeline: Pipeline, name: str, day: date, speaks: bool
) -> None:
    found = holder(pipeline, f"{name} welcomed the ceasefire in Yemen.", day)

    assert found.type == ("state" if speaks else "person")


def test_a_former_leader_speaks_for_himself_in_an_article_without_date(pipeline: Pipeline) -> None:
    assert holder(pipeline, "Former president Barack Obama welcomed the ceasefire in Yemen.").type == "person"


@pytest.mark.parametrize(
    ("phrase", "country"),
    [
        ("Beijing", "CN"),
        ("New Delhi", "IN"),
        ("The Kremlin", "RU"),
        ("Downing Street", "GB"),
        ("The White House", "US"),
        ("The Pentagon", "US"),
        ("The Élysée", "FR"),
        ("The Quai d’Orsay", "FR"),
        ("Brussels", "EU"),
        ("Poland’s foreign ministry", "PL"),
        ("The Egyptian foreign ministry", "EG"),
        ("The foreign ministry of Peru", "PE"),
        ("The State Department", "US"),
        ("The Kenyan government", "KE"),
        ("The government in Nairobi", "KE"),
        ("Officials in Oslo", "NO"),
        ("Norwegian officials", "NO"),
        ("A spokesman for the Turkish presidency", "TR"),
        ("A spokeswoman for Japan’s embassy", "JP"),
        ("The Chilean ambassador", "CL"),
        ("Finland’s prime minister", "FI"),
        ("The Vietnamese military", "VN"),
    ],
)
def test_those_who_speak_for_a_state_give_it_their_stance(pipeline: Pipeline, phrase: str, country: str) -> None:
    found = holder(pipeline, f"{phrase} condemned the closure of the canal.")

    assert (found.type, found.country) == ("state", country)


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("Opposition lawmakers in Japan", "organisation"),
        ("The Kenyan parliament", "organisation"),
        ("A Chilean trade union", "organisation"),
        ("Russian state television", "media"),
        ("Chinese state media", "media"),
        ("Amnesty International", "organisation"),
    ],
)
def test_those_who_do_not_speak_for_a_state_keep_their_own(pipeline: Pipeline, phrase: str, kind: str) -> None:
    assert holder(pipeline, f"{phrase} condemned the closure of the canal.").type == kind
