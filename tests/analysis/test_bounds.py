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
    "a guest": (
        "Kenya welcomed Ugandan President Yoweri Museveni with a parade.",
        "Kenya welcomed the treaty with Uganda.",
    ),
    "a raid of one's own": ("Kenya suspended its air strikes in Somalia.", "Kenya suspended its treaty with Somalia."),
    "what ought to be": ("Kenya should be open to a treaty with Uganda.", "Kenya is open to a treaty with Uganda."),
    "what an aid is for": (
        "Kenya renewed an offer of aid to ease the sanctions on Sudan.",
        "Kenya renewed an offer to ease the sanctions on Sudan.",
    ),
    "a feast": ("Kenya will not attend the wedding in Uganda.", "Kenya will not attend the summit in Uganda."),
    "witnesses": ("Kenya renewed its appeal for witnesses.", "Kenya renewed its appeal for sanctions."),
    "a reversal": (
        "Kenya's reversal on calling for sanctions is expected today.",
        "Kenya's foreign minister insisted on calling for sanctions today.",
    ),
    "what publishing programs add": (
        "It rained.\nThe post Kenya rejects treaty with Uganda appeared first on Nairobi Notes.",
        "It rained.\nKenya rejects treaty with Uganda, Nairobi Notes reported.",
    ),
    "what supports one's own": (
        "Kenya opened a depot in support of its operations.",
        "Kenya came out in support of the treaty.",
    ),
    "a mission named by its town": (
        "The Kampala embassy rejected the treaty with Sudan.",
        "The Ugandan embassy rejected the treaty with Sudan.",
    ),
    "what others are told in a headline": (
        "Kenya urged to stop supporting Uganda",
        "Kenya agrees to stop supporting Uganda",
    ),
    "the name of an operation": (
        "Kenya launched Operation Silent Fury against the rebels of Uganda.",
        "Kenya voiced its fury against the rebels of Uganda.",
    ),
    "a crime that is recognised as one": ("Kenya protested its innocence.", "Kenya recognised the raid as a crime."),
    "a pronoun that may mean either": (
        "Kenya met Uganda as it denounced the treaty.",
        "Kenya met Uganda as Sudan denounced the treaty.",
    ),
    "a verb with nothing done to anything": (
        "Kenya said it would not allow.",
        "Kenya said it would not allow the raid.",
    ),
    "nouns side by side": ("Kenya sanctions violations in Uganda rise", "Kenya thanks Uganda for aid"),
    "a wish for others": ("Kenya urged members to restore the office.", "Kenya urged the release of the prisoners."),
    "a club": (
        "Nairobi wants support for the Premier League.",
        "Nairobi wants support for the treaty.",
    ),
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
    "people forced from their homes": (
        "Lebanon said 4,000 people had been forced from their homes by Israeli shelling.",
        "Lebanon accused Israel of trying to force the government in Beirut to call off the election.",
    ),
    "a strike by proxies": (
        "The UAE blames Iran or its proxies for a strike near a power plant.",
        "The UAE blames Iran or its proxies for hacking the election commission in Abu Dhabi.",
    ),
    "agents of the law": (
        "Prosecutors in Texas charged a US customs enforcement agent with an assault on a Venezuelan migrant.",
        "Prosecutors in Texas charged a Venezuelan agent with spying on exiles in the United States.",
    ),
    "a question": (
        "Could US influence operations sway the election in Peru?",
        "US influence operations could sway the election in Peru, the foreign ministry in Lima warned.",
    ),
    "a deed that is denied, beside somebody accused of another": (
        "Russia, which denies any interference in the vote, accused Norway of lying.",
        "Russia accused Norway of interference in the vote.",
    ),
    "a denial in answer to a charge": (
        "Russia denied interfering in the election and said that Britain was behind the noise.",
        "Russia denied interfering in the election in Moldova.",
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
