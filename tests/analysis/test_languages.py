"""Russian and French: floors under their passages, the scheme they are brought into, and what is left alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.util import find_spec

import pytest

from analysis.samples import encoded, spans
from bench.parts.passages import article
from bench.parts.scoring import score
from bench.quality import FOREIGN_SETS, analyse_set, find_drops, floor_of, read_floors
from stancewire.types import Interference, Stance
from workers.languages import EXTRAS
from workers.pipeline import Pipeline

NEEDED = {extra.code: extra.module for extra in EXTRAS}
INSTALLED = [code for code, module in NEEDED.items() if find_spec(module) is not None]
needs_russian = pytest.mark.skipif("ru" not in INSTALLED, reason="the extra russian is not installed")
needs_french = pytest.mark.skipif("fr" not in INSTALLED, reason="the extra french is not installed")
HINT = "python -m bench.quality --errors says what changed, --update pins it"


@pytest.mark.parametrize("name", FOREIGN_SETS)
def test_no_score_is_below_its_floor(pipeline: Pipeline, name: str) -> None:
    path, languages = FOREIGN_SETS[name]
    if not path.exists() or not set(languages) <= set(INSTALLED):
        pytest.skip("the set or a package of its languages is not here")
    floor = read_floors()[name]
    if hashlib.sha256(path.read_bytes()).hexdigest() != floor.sha256:
        assert name.startswith("dev"), HINT
        pytest.skip("the development set beside the repository is another than the floors were pinned on")

    result = score(analyse_set(pipeline, path, languages))

    assert not find_drops(floor, floor_of(path, result)), HINT
    assert result.bad_evidence == 0


def stances(pipeline: Pipeline, text: str, language: str) -> list[tuple[str, str, str]]:
    signals = pipeline.analyse(article(text, language=language)).signals
    return [(s.holder.name, s.target.name, s.polarity) for s in signals if isinstance(s, Stance)]


def reports(pipeline: Pipeline, text: str, language: str) -> list[tuple[str, str | None, list[str]]]:
    signals = pipeline.analyse(article(text, language=language)).signals
    return [
        (s.actor.name, s.target.name if s.target is not None else None, [denial.name for denial in s.denied_by])
        for s in signals
        if isinstance(s, Interference)
    ]


@needs_russian
def test_an_instrumental_agent_holds_what_a_passive_says(pipeline: Pipeline) -> None:
    assert stances(pipeline, "Предложение было отвергнуто Данией.", "ru") == [("Denmark", "Предложение", "adverse")]


@needs_russian
def test_a_preposition_belongs_to_its_verb(pipeline: Pipeline) -> None:
    assert stances(pipeline, "Дания выступила против предложения.", "ru") == [("Denmark", "предложения", "adverse")]
    assert stances(pipeline, "Дания выступила после предложения.", "ru") == []


@needs_russian
def test_who_is_in_a_capital_speaks_for_it(pipeline: Pipeline) -> None:
    assert stances(pipeline, "В Копенгагене отвергли предложение.", "ru") == [("Denmark", "предложение", "adverse")]
    assert stances(pipeline, "В Копенгагене прошли переговоры о предложении.", "ru") == []


@needs_russian
def test_a_name_is_known_in_every_case(pipeline: Pipeline) -> None:
    text = "Эстония обвинила Данию во вмешательстве в выборы. В Дании обвинения опровергли."

    assert reports(pipeline, text, "ru") == [("Denmark", "Estonia", ["Denmark"])]


@needs_french
def test_a_french_negation_of_two_words_is_one(pipeline: Pipeline) -> None:
    assert stances(pipeline, "Le Danemark soutient l’accord.", "fr") == [("Denmark", "accord", "favourable")]
    assert stances(pipeline, "Le Danemark ne soutient pas l’accord.", "fr") == [("Denmark", "accord", "adverse")]


@needs_french
def test_quotation_marks_with_hard_spaces_stay_in_their_place(pipeline: Pipeline) -> None:
    text = "«\u00a0Cet accord est inacceptable\u00a0», a déclaré le gouvernement danois."

    signals = pipeline.analyse(article(text, language="fr")).signals

    assert [s.holder.name for s in signals if isinstance(s, Stance)] == ["Denmark"]
    assert all(text[span.start : span.end] == span.text for signal in signals for span in spans(signal))


@pytest.mark.parametrize("code", INSTALLED)
def test_the_same_article_gives_the_same_bytes(pipeline: Pipeline, code: str) -> None:
    path, languages = FOREIGN_SETS[f"passages-{code}"]
    texts = [replace(passage.article, language=code) for passage, _ in analyse_set(pipeline, path, languages)]

    first = [encoded(pipeline.analyse(text)) for text in texts]
    again = [encoded(pipeline.analyse(text)) for text in reversed(texts)]

    assert first == again[::-1]


@pytest.mark.parametrize("code", INSTALLED)
def test_the_gate_loses_nothing(pipeline: Pipeline, code: str) -> None:
    path, languages = FOREIGN_SETS[f"passages-{code}"]
    for passage, signals in analyse_set(pipeline, path, languages):
        text = replace(passage.article, language=code)
        assert pipeline.analyse(text, exhaustive=True).signals == signals, passage.id


@pytest.mark.parametrize(
    "text",
    [
        "Україна засудила обстріл порту в Одесі і назвала його грубим порушенням права.",
        "Deutschland verurteilte am Dienstag den Beschuss des Hafens von Odessa.",
    ],
)
def test_other_languages_are_kept_and_not_guessed(pipeline: Pipeline, text: str) -> None:
    analysis = pipeline.analyse(article(text))

    assert analysis.coverage == "unsupported"
    assert analysis.language in {"uk", "de"}
    assert analysis.signals == ()
