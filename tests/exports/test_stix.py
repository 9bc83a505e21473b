"""What becomes of signals in STIX: who says what is kept, a denial is an opinion, and nothing is attributed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stix_samples import SENTENCE, named, objects, of_type, report, stance

from stancewire.exports.stix_objects import ATTACK, OPENCTI_OBSERVABLES, STANCEWIRE
from stancewire.types import Denial, Interference, Stance

EUROPE = named("European Union", country="EU", item="Q458")
ATTRIBUTING = {"threat-actor", "intrusion-set", "campaign", "incident", "malware", "indicator", "sighting"}


def test_nothing_is_attributed_to_anybody() -> None:
    found = objects(report(), stance(), report(actor=EUROPE, target=EUROPE, event=None))

    assert not ATTRIBUTING & {each["type"] for each in found}
    assert {each["relationship_type"] for each in of_type(found, "relationship")} == {"publishes"}


def test_an_article_is_media_content_that_its_channel_publishes() -> None:
    found = objects(report())
    (media,), (channel,), (published,) = (of_type(found, kind) for kind in ("media-content", "channel", "relationship"))

    assert (media["url"], media["title"]) == ("https://gazette.example/story", "Lawmakers accuse Moscow")
    assert media["publication_date"] == "2026-01-31T08:00:00.000Z"
    assert media["extensions"] == {OPENCTI_OBSERVABLES: {"extension_type": "new-sco"}}
    assert channel["name"] == "The Gazette"
    assert (published["source_ref"], published["target_ref"]) == (channel["id"], media["id"])


def test_a_report_is_about_the_article_the_parties_the_event_the_narrative_and_the_techniques() -> None:
    found = objects(report())
    names = {each["id"]: each.get("name", each["type"]) for each in found}
    (made,) = of_type(found, "report")

    assert [names[each] for each in made["object_refs"]] == [
        "media-content",
        "The Gazette",
        "relationship",
        "Russia",
        "Moldova",
        "referendum (Moldova, 2026)",
        "Parliament of Moldova",
        "Claimed interference: Russia – Moldova",
        "Pay for Physical Action",
    ]
    assert {each["type"] for each in found if each.get("name") in {"Russia", "Moldova"}} == {"location"}


def test_who_is_named_by_words_alone_stands_in_the_text_and_is_no_object() -> None:
    found = objects(report())

    assert "some officials" not in {each.get("name") for each in found}
    assert "some officials" in of_type(found, "report")[0]["description"]


def test_of_who_has_no_name_of_its_own_the_state_alone_is_an_object() -> None:
    ministry = named("its foreign ministry", "organisation", "GE")

    found = objects(report(target=ministry, event=None))

    assert "its foreign ministry" not in {each.get("name") for each in found}
    assert "Georgia" in {each["name"] for each in of_type(found, "location")}


def test_a_report_says_who_says_so_how_sure_and_who_denies_it() -> None:
    (made,) = of_type(objects(report()), "report")

    assert made["name"] == "Reported interference: Russia – Moldova (5e1f00c9)"
    assert made["confidence"] == 91
    assert {"status:alleged", "denied", "actor-link:proxy", "technique:vote_tampering"} < set(made["labels"])
    for said in (
        "Status: alleged: somebody says so.",
        "Said by: Parliament of Moldova (government), some officials.",
        "Denied by: Russia.",
        "The Gazette (GB, public broadcaster)",
        "vote buying (DISARM T0057.001, 1.7), vote tampering",
        SENTENCE,
        "interference.deed.pay",
        "not that what it says is so",
    ):
        assert said in made["description"]
    assert made["external_references"] == [{"source_name": "The Gazette", "url": "https://gazette.example/story"}]


@pytest.mark.parametrize("signal", [report(), stance()], ids=lambda each: each.kind)
def test_the_signal_is_carried_along_as_it_was_published(signal: Interference | Stance) -> None:
    (made,) = of_type(objects(signal), "report" if signal.kind == "interference" else "note")
    carried = made["extensions"][STANCEWIRE]["signal"]

    assert (carried["id"], carried["confidence"], carried["rule"]) == (signal.id, signal.confidence, signal.rule)
    assert carried["extractor"] == {"name": "test", "version": "1"}
    if isinstance(signal, Interference):
        assert [each.get("category") for each in carried["claimants"]] == ["government", None]
        assert carried["denied_by"][0]["span"]["text"] == "denies"


def test_a_denial_is_an_opinion_that_strongly_disagrees_with_the_report() -> None:
    found = objects(report())
    (made,), (denial,) = of_type(found, "report"), of_type(found, "opinion")

    assert denial["opinion"] == "strongly-disagree"
    assert denial["authors"] == ["Russia"]
    assert denial["object_refs"] == [made["id"]]
    assert "Russia denies it (“denies”), as The Gazette" in denial["explanation"]


def test_an_allegation_that_nobody_denies_has_no_opinion() -> None:
    assert of_type(objects(report(denied_by=())), "opinion") == []


def test_denials_of_one_moment_are_opinions_of_their_own() -> None:
    first = report().denied_by[0]
    both = (first, replace(first, name="Belarus", country="BY", id="Q184"))

    denials = of_type(objects(report(denied_by=both), report("another", denied_by=both)), "opinion")

    assert len({each["id"] for each in denials}) == len({each["created"] for each in denials}) == 4


def test_who_denies_it_twice_denies_it_once() -> None:
    denial: Denial = report().denied_by[0]

    assert len(of_type(objects(report(denied_by=(denial, denial))), "opinion")) == 1


def test_a_technique_has_its_disarm_id_and_version() -> None:
    (made,) = of_type(objects(report()), "attack-pattern")

    assert made["name"] == "Pay for Physical Action"
    (reference,) = made["external_references"]
    assert (reference["source_name"], reference["external_id"]) == ("DISARM", "T0057.001")
    assert reference["description"] == "DISARM Red framework 1.7"
    assert made["extensions"][ATTACK]["id"] == "T0057.001"
    assert made["extensions"][STANCEWIRE]["disarm_version"] == "1.7"


def test_a_technique_that_is_not_known_is_named_by_its_family() -> None:
    other = replace(report().techniques[0], disarm="T9999", disarm_version="2.0")

    (made,) = of_type(objects(report(techniques=(other,))), "attack-pattern")

    assert (made["name"], made["external_references"][0]["external_id"]) == ("vote buying", "T9999")


def test_a_stance_is_a_note_on_the_article_and_the_parties() -> None:
    found = objects(stance())
    (note,) = of_type(found, "note")
    names = {each["id"]: each.get("name", each["type"]) for each in found}

    assert note["content"].startswith("Moldova takes an adverse stance toward Russia, as The Gazette (GB")
    assert "Said by: Maria Example." in note["content"]
    assert note["authors"] == ["Maria Example"]
    assert {"polarity:adverse", "line:official"} < set(note["labels"])
    assert {names[each] for each in note["object_refs"]} >= {"media-content", "Moldova", "Russia", "Maria Example"}


def test_elections_of_no_name_of_their_own_are_told_by_state_and_year() -> None:
    def event_of(entity_name: str, country: str | None = None, item: str | None = None) -> str:
        entity = named(entity_name, "election", country, item)
        return str(of_type(objects(report(event=entity)), "event")[0]["name"])

    assert event_of("election") == "election (Moldova, 2026)"
    assert event_of("elections in Georgia", "GE") == "elections in Georgia (2026)"
    assert event_of("2024 elections", "GE") == "2024 elections (Georgia)"
    assert event_of("Moldovan presidential election", None, "Q1") == "Moldovan presidential election"
    assert event_of("vote", "EU") == "vote (EU, 2026)"


def test_an_election_of_which_nobody_knows_where_is_no_event() -> None:
    assert of_type(objects(report(target=None, event=named("election", "election"))), "event") == []
