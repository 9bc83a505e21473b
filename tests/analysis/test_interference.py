"""Reports of interference told in other ways: over several sentences, by circumstances, in headlines, and not at all.

All sentences were written for these tests; nobody in them said what they tell.
"""

from __future__ import annotations

import pytest

from bench.parts.passages import article
from stancewire.types import Interference
from workers.pipeline import Pipeline


def found(pipeline: Pipeline, text: str, title: str = "") -> list[Interference]:
    signals = pipeline.analyse(article(text, title=title, language="en")).signals
    return [signal for signal in signals if isinstance(signal, Interference)]


def only(pipeline: Pipeline, text: str, title: str = "") -> Interference:
    signals = found(pipeline, text, title)
    assert len(signals) == 1, [(s.actor.name, s.target and s.target.name, s.rule) for s in signals]
    return signals[0]


def countries(signal: Interference) -> tuple[str | None, str | None]:
    return signal.actor.country, signal.target.country if signal.target is not None else None


def test_the_doer_may_be_named_by_the_sentence_after_the_deed(pipeline: Pipeline) -> None:
    signal = only(
        pipeline,
        "Forged letters about the harbour were sent to voters in Lisbon in May. "
        "Portuguese intelligence traced the letters to officers in Ankara.",
    )

    assert countries(signal) == ("TR", "PT")
    assert signal.status == "assessed"


def test_an_admission_confirms_what_was_told_before(pipeline: Pipeline) -> None:
    signal = only(
        pipeline,
        "Peru accused Chile of running fake accounts against its election. "
        "A Chilean official acknowledged the campaign on Friday.",
    )

    assert countries(signal) == ("CL", "PE")
    assert signal.status == "confirmed"


def test_a_denial_by_the_embassy_is_the_accuseds(pipeline: Pipeline) -> None:
    signal = only(
        pipeline, "Kenya accused Oman of meddling in its election. The embassy called the allegation baseless."
    )

    assert [denial.country for denial in signal.denied_by] == ["OM"]


def test_whom_a_victims_agency_clears_is_refuted_and_not_denied(pipeline: Pipeline) -> None:
    signal = only(pipeline, "Norway's cyber agency cleared Poland of the theft of e-mails from the Labour party.")

    assert countries(signal) == ("PL", "NO")
    assert (signal.status, signal.denied_by) == ("refuted", ())


def test_a_rumour_that_others_reject_is_refuted(pipeline: Pipeline) -> None:
    signal = only(pipeline, "Claims that Ghana had meddled in the Kenyan election were rejected by Kenya's court.")

    assert countries(signal) == ("GH", "KE")
    assert signal.status == "refuted"


def test_a_claim_called_disinformation_turns_on_its_maker(pipeline: Pipeline) -> None:
    signals = found(
        pipeline,
        "Serbia's intelligence chief claimed that Croatia had tried to sway the Serbian election. "
        "Zagreb described the claim as disinformation and meddling.",
    )

    assert {countries(signal) for signal in signals} == {("HR", "RS"), ("RS", "HR")}


def test_what_a_platform_removes_is_laid_to_where_it_came_from(pipeline: Pipeline) -> None:
    signals = found(pipeline, "Facebook removed fake accounts from Egypt that posted in Togo, Mali and Niger.")

    assert {signal.actor.country for signal in signals} == {"EG"}
    assert {claimant.category for signal in signals for claimant in signal.claimants} == {"technology_company"}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Poland accused Belarus of hiring teenagers to plant bombs at a party office.", "proxies"),
        ("Germany accused Vietnam of threatening relatives of exiles in Berlin.", "intimidation"),
        ("Greece accused Albania of stealing e-mails from its election commission.", "cyber_intrusion"),
        ("Finland accused Latvia of cloning the websites of its ministries.", "impersonation"),
        ("Jordan accused Qatar of handing cash to candidates in its election.", "illicit_funding"),
        ("Sweden accused Iraq of swamping the website of its parliament with traffic.", "ddos"),
        ("Malta accused Libya of falsifying the count in its election.", "vote_tampering"),
    ],
)
def test_a_means_is_named_by_an_act_and_its_object(pipeline: Pipeline, text: str, family: str) -> None:
    assert family in {technique.family for technique in only(pipeline, text).techniques}


def test_a_headline_names_its_source_before_the_colon(pipeline: Pipeline) -> None:
    signal = only(pipeline, "", title="Microsoft: Cyberattacks Linked To Iran Target Danish Election")

    assert countries(signal) == ("IR", "DK")
    assert [claimant.name for claimant in signal.claimants] == ["Microsoft"]


def test_a_power_left_unnamed_is_named_as_such(pipeline: Pipeline) -> None:
    signal = only(pipeline, "Chile's electoral court warned that foreign actors were spreading disinformation.")

    assert (signal.actor.type, signal.actor.country) == ("group", None)


def test_those_whom_accounts_imitate_are_not_the_doers(pipeline: Pipeline) -> None:
    signals = found(pipeline, "Fake accounts posing as Spanish students were run from Iran to sway the Spanish vote.")

    assert {signal.actor.country for signal in signals} == {"IR"}


@pytest.mark.parametrize(
    "text",
    [
        "A zoo in Japan may close after the intrusion of two Americans.",
        "Peru's minister called the reports from Chile a lie and fake news.",
        "Two Brazilian nationals were charged in Canada with kidnapping a baker.",
        "Foreign agents sell flats in Malta to buyers from Norway and Qatar.",
        "There is a steady high-profile exchange between Ghana and Togo.",
    ],
)
def test_crime_quarrels_and_trade_are_no_interference(pipeline: Pipeline, text: str) -> None:
    assert not found(pipeline, text)
