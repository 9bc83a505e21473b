"""The forms of a stance: one sentence where each holds, beside sentences that look like it and hold none.

The sentences are invented; who is found in them, and which way the stance points, is all that is asked.
"""

from __future__ import annotations

import pytest

from bench.parts.passages import article
from stancewire.types import Stance
from workers.pipeline import Pipeline

#: Sentences with their stances: holder, sign (`c` behind it: under a condition), target.
FORMS = {
    "Japan has no intention of recognising the Taliban government.": {"Japan - Taliban"},
    "India sees no reason to join the sanctions on Russia.": {"India - sanctions on Russia"},
    "Norway is in no hurry to sign the fisheries pact.": {"Norway - pact"},
    "Kenya poured cold water on the plan for an African single currency.": {
        "Kenya - plan for an African single currency"
    },
    "Seoul threw its weight behind the Japanese proposal.": {"South Korea + Japanese proposal"},
    "Peru was taken to task by Chile for the border closure.": {"Chile - Peru"},
    "Slovakia distanced itself on Friday from the Czech finding.": {"Slovakia - Czech finding"},
    "Wary of China, India stayed away from the fleet review.": {"India - China"},
    "Latvia was alarmed by the Russian drills.": {"Latvia - Russian drills"},
    "Malaysia is opposed to the deployment of American missiles.": {"Malaysia - deployment of American missiles"},
    "Egypt urged Ethiopia to reject the dam agreement.": {"Egypt - dam agreement"},
    "Kuwait opposes lifting the sanctions on Syria.": {"Kuwait - lifting the sanctions on Syria"},
    "Poland condemned what it called an act of aggression by Belarus.": {"Poland - act of aggression"},
    "Cuba voted against the draft and Vietnam abstained.": {"Cuba - draft", "Vietnam 0 draft"},
    "Ukraine, but not Moldova, backed the resolution.": {"Ukraine + resolution"},
    "Turkey joined Qatar in condemning the strike on Doha.": {"Turkey - strike on Doha", "Qatar - strike on Doha"},
    "Fiji condemned the seizure of the island, as did Tonga.": {
        "Fiji - seizure of the island",
        "Tonga - seizure of the island",
    },
    "Norway imposed sanctions on the general; Iceland followed suit.": {"Norway - general", "Iceland - general"},
    "Estonia supports the visa as a sign of trust, and Malta opposes it as demeaning.": {
        "Estonia + visa",
        "Malta - visa",
    },
    "Egypt, a fierce critic of the dam, stayed away from the talks.": {"Egypt - dam"},
    "Kenya said the tariffs violated the trade agreement.": {"Kenya - tariffs"},
    "Greece has dropped its objection to the talks, leaving Bulgaria as the only member still against.": {
        "Greece + talks",
        "Bulgaria - talks",
    },
    "Oman refused to say which side was responsible.": {"Oman 0 side"},
    "Peru thanks Chile for flood aid": {"Peru + Chile"},
    "KENYA BLASTS UGANDA OVER FUEL LEVY": {"Kenya - Uganda"},
    "Lebanon refused to condemn the strike on the port.": {"Lebanon 0 strike on the port"},
    "Chile walked back its support for the mining treaty.": {"Chile - mining treaty"},
    "Oman would back the resolution only after the wording on Yemen was changed.": {"Oman +c resolution"},
    "Poland cannot support a deal without security guarantees for Ukraine.": {"Poland -c deal"},
    "Ghana will not sign the treaty before the talks on fisheries are over.": {"Ghana -c treaty"},
    "Hungary's support for the package depends on the release of frozen funds.": {"Hungary +c package"},
    "The dam met with dismay in Lima.": set(),
    "The plan was met with dismay in Lima.": {"Peru - plan"},
    "The plan got a cool reception in Lima.": {"Peru - plan"},
    "Peru views the dam with alarm.": {"Peru - dam"},
    "Zambia won Kenyan support for the debt plan.": {"Kenya + debt plan"},
    "Nepal would like to see the dam dismantled.": {"Nepal - dam"},
    "Latvia urged the EU to tighten the sanctions on Belarus.": {"Latvia - Belarus"},
    "Algeria laid the blame for the crisis squarely on Morocco.": {"Algeria - Morocco"},
    "Libya is fed up with Malta's refusal.": {"Libya - Malta's refusal"},
    "Peru rushed to Chile's defence.": {"Peru + Chile"},
    "Rwanda pleaded the generals' case.": {"Rwanda + generals"},
    "Peru holds Chile responsible for the spill.": {"Peru - Chile"},
    "Peru can live with the pact.": {"Peru + pact"},
    "Peru regretted that Chile had left the pact.": {"Peru - left the pact"},
    "Kenya issued a statement condemning the raid.": {"Kenya - raid"},
    "Kenya stopped recognising the government of Sudan.": {"Kenya - government of Sudan"},
    "Peru no longer recognises Kosovo.": {"Peru - Kosovo"},
    "Uganda compared the loan to slavery.": {"Uganda - loan"},
    "The UAE is an active partner in the aggression, Iran's foreign minister said.": {"Iran - United Arab Emirates"},
    "Ghana will not allow any of the raids to go unpunished.": {"Ghana - raids"},
    "Ghana urged Togo to open the port after accusing Mali of piracy.": {"Ghana - Mali"},
    "Oman called for an accord between Peru and Chile.": {"Oman + accord between Peru and Chile"},
    "Peru will back the pact once Chile has ratified it.": {"Peru +c pact"},
    "Spain would support the corridor. That, its minister said, would require guarantees from Morocco.": {
        "Spain +c corridor"
    },
}
#: Sentences in which nobody takes a stance.
OTHERS = (
    "Bolivia and Chile signed on for another week of talks in Lima about the timetable of the next round.",
    "Will Portugal accept the Spanish offer?",
    "The Danish economy defied forecasts, and exports to Sweden backed up at the port.",
    "A Finnish court charged two men over a theft in Turku.",
    "Ireland cheered as their striker blasted the ball past the French goalkeeper.",
    "The Belgian team will defend its title in Oslo.",
    "The demand for Norwegian salmon in Japan grew by a tenth.",
    "Argentine prosecutors deny that they accused Chile of backing the strike.",
)


def stances(pipeline: Pipeline, text: str) -> set[str]:
    """The stances found in a text, a line each."""
    signs = {"favourable": "+", "adverse": "-", "neutral": "0"}
    return {
        f"{s.holder.name} {signs[s.polarity]}{'c' if s.condition else ''} {s.target.name}"
        for s in pipeline.analyse(article(text, language="en")).signals
        if isinstance(s, Stance)
    }


@pytest.mark.parametrize("text", FORMS)
def test_a_form_of_stance_is_read(pipeline: Pipeline, text: str) -> None:
    assert stances(pipeline, text) == FORMS[text]


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_a_stance_is_left_alone(pipeline: Pipeline, text: str) -> None:
    assert stances(pipeline, text) == set()
