"""Interference that no precise rule finds is found where enough speaks for it, and not where it only looks like it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from itertools import permutations

import pytest

from bench.parts.passages import article
from config.knowledge import Knowledge
from stancewire.types import Interference
from workers.interference.weighing import odds, read_weights
from workers.pipeline import Pipeline

BAKERS = (
    "Two bakers in {B} who had put up posters for the mayor lost their flour from {A}. The {a} consul had "
    "threatened them with it before the vote, the anti-corruption commission in {B} ruled on Friday. "
    "{A} denies it."
)
FLOUR = (
    "Two bakers in Ljubljana who had put up posters for the mayor lost their flour from Zagreb. A Croatian consul had "
    "threatened them with it before the vote, Slovenia's anti-corruption commission ruled on Friday. Zagreb speaks of "
    "a fairy tale."
)
CAPITALS = (("Tallinn", "Estonian"), ("Riga", "Latvian"), ("Moscow", "Russian"), ("Paris", "French"))
#: Texts about two countries with words of interference and none reported.
NEAR_MISSES = (
    "For months a ballad by a Polish singer had played on every bus in Vilnius. A studio in Gdansk recorded it, and a "
    "critic of the Lithuanian radio called it the song of the year.",
    "The embassies of Sweden and Finland sent observers to the vote in Vilnius. Their reports praised the count, said "
    "a spokesman of the Lithuanian election commission.",
    "Two bakers in Ljubljana were warned that their flour from Zagreb was damp. A Croatian miller had stored it under "
    "an open roof, the Slovenian food inspectors ruled on Friday.",
    "A missile hit a barracks near Vilnius overnight, Lithuanian officials said, and blamed the army of Poland. "
    "Warsaw denied that its troops had launched it.",
    "The voice on the telephone told pensioners in Porto that their tram stop had moved. It came from a room in "
    "Seville, rented by the firm that runs the trams, said the mayor. Madrid sent flowers.",
    "Envelopes with banknotes lay under the plates at a dinner for choirs in Moldova. A Romanian brewery had paid for "
    "the meal a week before the contest, the organisers in Chisinau said. Bucharest lent the hall.",
)


def interference(pipeline: Pipeline, text: str) -> list[Interference]:
    signals = pipeline.analyse(article(text, language="en")).signals
    return [signal for signal in signals if isinstance(signal, Interference)]


@pytest.mark.parametrize(
    ("text", "actor", "target"),
    [(BAKERS.format(A="Tallinn", a="Estonian", B="Riga"), "EE", "LV"), (FLOUR, "HR", "SI")],
    ids=["in one town", "in another"],
)
def test_a_report_told_in_unusual_words_is_found_by_what_speaks_for_it(
    pipeline: Pipeline, text: str, actor: str, target: str
) -> None:
    (signal,) = interference(pipeline, text)

    assert (signal.actor.country, signal.target and signal.target.country) == (actor, target)
    assert signal.rule.startswith("interference.weighed.")


def test_the_claim_is_a_word_of_the_evidence(pipeline: Pipeline) -> None:
    (signal,) = interference(pipeline, BAKERS.format(A="Tallinn", a="Estonian", B="Riga"))

    assert signal.claim.text == "threatened"
    assert signal.claim.text in signal.evidence.text


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_report_is_not_found(pipeline: Pipeline, text: str) -> None:
    assert not interference(pipeline, text)


@pytest.mark.parametrize(
    ("first", "second"),
    tuple(permutations(CAPITALS, 2)),
)
def test_the_same_words_about_other_countries_weigh_the_same(
    pipeline: Pipeline, first: tuple[str, str], second: tuple[str, str]
) -> None:
    (usual,) = interference(pipeline, BAKERS.format(A="Tallinn", a="Estonian", B="Riga"))
    (signal,) = interference(pipeline, BAKERS.format(A=first[0], a=first[1], B=second[0]))

    assert (signal.rule, signal.status, signal.claim.text) == (usual.rule, usual.status, usual.claim.text)
    assert signal.actor.mention.text == first[0]


def test_no_fact_names_a_country(knowledge: Knowledge) -> None:
    weights = knowledge.lists["english/weighing"]
    names = {name for actor in knowledge.actors if actor.kind == "state" for _, name in actor.names}

    facts = {word for table in ("actor", "target", "report") for fact in weights[table] for word in fact.split()}

    assert not facts & names


def test_facts_without_a_weight_count_nothing() -> None:
    assert odds({"denies", "unheard of"}, {"any": -1.0, "denies": 0.5}) == -0.5


def test_weights_are_read_as_they_stand() -> None:
    data = tomllib.loads('[actor]\nany = -1.0\n[target]\n[report]\n"deed act" = 0.5\n[least]\nchance = 0.4')

    weights = read_weights(data)

    assert weights.report == {"deed act": 0.5}
    assert replace(weights, least=0.5).least > weights.least
