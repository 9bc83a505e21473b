"""What looks like a stance or a report of interference and is none, each beside a twin that is one."""

from __future__ import annotations

import pytest

from bench.parts.passages import article
from workers.pipeline import Pipeline

#: (what it shows, a sentence without a stance of its first country, a twin with one).
STANCES = {
    "a possibility": ("Kenya could abandon the treaty.", "Kenya abandoned the treaty."),
    "a forecast": ("Kenya is expected to approve the treaty.", "Kenya approved the treaty."),
    "a denied report": (
        "Kenya denied a report claiming that Uganda had rejected the treaty.",
        "Kenya said that Uganda had rejected the treaty.",
    ),
    "a use": ("Kenya used its radar to support fishing.", "Kenya pledged to support the treaty."),
    "a routine plan": ("Kenya plans to send a delegation to Uganda.", "Kenya offered to send a delegation to Uganda."),
    "a feeling stirred": ("Kenya sparked outrage over the treaty.", "Kenya voiced outrage over the treaty."),
    "an evil to be ended": ("Kenya pledged to end the war in Sudan.", "Kenya pledged to end the treaty with Sudan."),
    "a target cut short": ("It rained. Kenya rejected the trea", "It rained. Kenya rejected the treaty."),
}
#: The same for reports of interference.
REPORTS = {
    "the word of the accused": (
        "Iran had never hacked the ballot in Albania, its foreign minister said.",
        "Iran had hacked the ballot in Albania, the Albanian foreign minister said.",
    ),
    "an admonition": (
        "Kenya should not interfere in the election in Uganda, a Ugandan minister said.",
        "Kenya did interfere in the election in Uganda, a Ugandan minister said.",
    ),
    "open war": (
        "Kenya or its proxies sent the drone that set a depot on fire in Uganda, the Ugandan army said.",
        "Kenya sent saboteurs that set a depot on fire in Uganda, the Ugandan intelligence service said.",
    ),
    "a means that nobody tells of": (
        "The bribe went from Kenya to Uganda.",
        "Kenya paid bribes to lawmakers in Uganda, Ugandan prosecutors said.",
    ),
    "theft by computer": (
        "Kenyan hackers stole cryptocurrency from an exchange in Uganda, Ugandan police said.",
        "Kenyan hackers stole e-mails from the election commission in Uganda, Ugandan police said.",
    ),
    "sanctions in the open": (
        "Uganda condemned Kenyan sanctions targeting lawmakers in Kampala.",
        "Uganda condemned Kenyan spies targeting lawmakers in Kampala.",
    ),
    "what a state does to its own people": (
        "Kenya ran a disinformation campaign to silence critics, Amnesty International said.",
        "Kenya ran a disinformation campaign to sway the vote in Uganda, Amnesty International said.",
    ),
    "a vote at an embassy": (
        "Kenyans living in Uganda can vote at the embassy in Kampala, an official of the election commission said.",
        "Kenya paid people in Uganda at the embassy in Kampala to vote for the opposition, a Ugandan official said.",
    ),
    "whoever is convicted at home": (
        "A court in Kampala convicted a Ugandan of spying on dissidents in Gulu.",
        "A court in Kampala convicted a Ugandan of spying on dissidents for Kenya.",
    ),
}


def kinds(pipeline: Pipeline, text: str) -> set[str]:
    return {signal.kind for signal in pipeline.analyse(article(text, language="en")).signals}


@pytest.mark.parametrize("case", STANCES)
def test_what_is_nobodys_position_gives_no_stance_and_its_twin_does(pipeline: Pipeline, case: str) -> None:
    without, with_one = STANCES[case]

    assert "stance" not in kinds(pipeline, without)
    assert "stance" in kinds(pipeline, with_one)


@pytest.mark.parametrize("case", REPORTS)
def test_what_is_no_report_gives_no_interference_and_its_twin_does(pipeline: Pipeline, case: str) -> None:
    without, with_one = REPORTS[case]

    assert "interference" not in kinds(pipeline, without)
    assert "interference" in kinds(pipeline, with_one)
