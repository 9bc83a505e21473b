"""What the knowledge that comes along holds at least; `python -m bench.knowledge` prints the counts and the gaps."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources
from typing import Any

import pytest

from bench.knowledge import countries_of, gaps, known_until, main, terms_in, well_covered
from config.knowledge import Knowledge

#: Countries whose heads of state, heads of government and foreign ministers are known without a gap from 2014 on.
WHOLE = """
    AE AL AM AR AU AZ BA BD BE BG BH BR BY CA CD CH CL CM CN CO CR CU CY CZ DE DK DO DZ EE EG ES ET FI FR GB
    GE GH GR HR HU ID IE IL IN IQ IR IS IT JO JP KE KG KH KP KR KW KZ LK LT LU LV MA MK ML MN MT MX MY NG NL
    NO NP NZ OM PA PE PH PK PL PS PT PY QA RO RS RU RW SA SD SE SG SI SK SV SY TH TJ TM TN TR TW TZ UA UG US
    UY UZ VE VN XK YE ZA ZM ZW
""".split()

CONTESTED = {
    "Abkhazia",
    "Kosovo",
    "Northern Cyprus",
    "Somaliland",
    "South Ossetia",
    "Taiwan",
    "Transnistria",
    "Western Sahara",
}

#: Seats of power and the country they stand for.
SEATS = {
    "Kremlin": "RU",
    "Bankova": "UA",
    "White House": "US",
    "Foggy Bottom": "US",
    "Pentagon": "US",
    "Capitol Hill": "US",
    "Élysée": "FR",
    "Elysée": "FR",
    "Elysee": "FR",
    "Quai d'Orsay": "FR",
    "Matignon": "FR",
    "Downing Street": "GB",
    "Whitehall": "GB",
    "Chancellery": "DE",
    "Palazzo Chigi": "IT",
    "Farnesina": "IT",
    "Moncloa": "ES",
    "Binnenhof": "NL",
    "Ballhausplatz": "AT",
    "Prague Castle": "CZ",
    "Rosenbad": "SE",
    "Maximos Mansion": "GR",
    "Akorda": "KZ",
    "Ak Orda": "KZ",
    "Zhongnanhai": "CN",
    "Blue House": "KR",
    "Kantei": "JP",
    "Nagatacho": "JP",
    "Malacañang": "PH",
    "Malacanang": "PH",
    "Istana": "SG",
    "South Block": "IN",
    "Rashtrapati Bhavan": "IN",
    "Raisina Hill": "IN",
    "Beştepe": "TR",
    "Ittihadiya": "EG",
    "Aso Rock": "NG",
    "Union Buildings": "ZA",
    "Casa Rosada": "AR",
    "Planalto": "BR",
    "Itamaraty": "BR",
    "La Moneda": "CL",
    "Casa de Nariño": "CO",
    "Torre Tagle": "PE",
    "Miraflores": "VE",
    "Los Pinos": "MX",
    "Parliament Hill": "CA",
    "Beehive": "NZ",
    "Berlaymont": "EU",
}

INTERNATIONAL = (
    "European Union",
    "NATO",
    "United Nations",
    "African Union",
    "OSCE",
    "Council of Europe",
    "ASEAN",
    "Arab League",
    "ECOWAS",
    "CSTO",
    "International Criminal Court",
    "International Atomic Energy Agency",
    "World Health Organization",
    "G7",
    "BRICS",
)


def rows(file: str, table: str) -> list[dict[str, Any]]:
    """The entries of a table as they are written."""
    found: list[dict[str, Any]] = tomllib.loads(resources.files("config.knowledge").joinpath(file).read_text("utf-8"))[
        table
    ]
    return found


def test_every_state_is_there_with_its_capital_and_demonym(knowledge: Knowledge) -> None:
    states = [actor for actor in knowledge.actors if actor.kind == "state"]
    kinds = Counter(actor.subkind for actor in states)

    assert (kinds["un_member"], kinds["un_observer"]) == (193, 2)
    assert {actor.name for actor in states if actor.subkind == "contested"} >= CONTESTED
    for actor in states:
        if actor.subkind in {"un_member", "un_observer", "contested"}:
            forms = {form for form, _ in actor.names}
            assert "capital" in forms, actor.name
            assert forms & {"adjective", "people"}, actor.name
            assert {language for language, _, _ in actor.foreign} == {"ru", "fr"}, actor.name


@pytest.mark.parametrize(("seat", "country"), SEATS.items())
def test_a_seat_of_power_stands_for_its_state(knowledge: Knowledge, seat: str, country: str) -> None:
    assert {
        actor.country
        for actor in knowledge.actors
        for _, name in actor.names
        if name == seat and actor.kind in {"state", "organisation"}
    } == {country}


def test_naypyidaw_is_known_as_a_capital(knowledge: Knowledge) -> None:
    assert any((form, name) == ("capital", "Naypyidaw") for actor in knowledge.actors for form, name in actor.names)


def test_offices_of_many_countries_are_known_without_a_gap(knowledge: Knowledge) -> None:
    assert list(gaps(knowledge, WHOLE, known_until())) == []
    assert len(WHOLE) > 100


def test_the_gaps_of_all_countries_and_the_counts_are_printed(
    knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["LB"])

    printed = capsys.readouterr().out
    everywhere = countries_of(knowledge, "un_member", "un_observer", "contested")
    whole = set(everywhere) - {gap.country for gap in gaps(knowledge, everywhere, known_until())}
    assert len(whole) >= 130
    assert f"to {known_until()}: {len(whole)}" in printed
    assert "gap: LB head_of_state 2014-05-25 2016-10-31" in printed
    assert "gap: AD" not in printed


def test_bodies_of_many_countries_are_known(knowledge: Knowledge) -> None:
    assert len(well_covered(knowledge)) >= 100
    assert len(terms_in(knowledge, "spokesperson")) >= 38


@pytest.mark.parametrize("name", INTERNATIONAL)
def test_unions_and_alliances_are_known(knowledge: Knowledge, name: str) -> None:
    assert any(name in {known for _, known in actor.names} for actor in knowledge.actors)


def test_outlets_that_a_state_runs_or_leads_have_a_country(knowledge: Knowledge) -> None:
    outlets = [actor for actor in knowledge.actors if actor.kind == "outlet" and actor.subkind.startswith("state_")]

    assert len(outlets) > 220
    assert [actor.name for actor in outlets if actor.country is None] == []
    assert len({actor.country for actor in outlets}) >= 60


def test_operations_name_who_attributed_them_and_in_which_report() -> None:
    operations = rows("operations.toml", "operation")

    assert len(operations) > 200
    assert [row["name"] for row in operations if not row.get("source")] == []
    assert [row["name"] for row in operations if row.get("country") and not row.get("attributed_by")] == []
    assert len([row for row in operations if row.get("country")]) > 180
