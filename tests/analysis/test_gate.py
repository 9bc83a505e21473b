"""The gate keeps every sentence that tells something, and leaves out most of those that do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.parts.judging import QUESTIONS, table
from bench.parts.passages import article, read_passages
from bench.quality import SETS
from config.knowledge import load_knowledge
from workers.fields import Field, opened
from workers.languages import load_english
from workers.pipeline import Pipeline

DULL = (
    "The harbour of Oslo was calm on Tuesday. An attack on the outpost in Mali was reported on Monday. "
    "The museum in Peru has a second floor. Sanctions against Iran were in force during the demands of the season."
)


def body(pipeline: Pipeline, text: str) -> Field:
    english = load_english(load_knowledge(), pipeline.parser)
    return next(field for field in opened(article(text), english, {}, exhaustive=False) if field.name == "text")


@pytest.mark.parametrize("name", SETS)
def test_the_fast_path_finds_what_the_exhaustive_mode_finds(pipeline: Pipeline, name: str) -> None:
    if not SETS[name].exists():
        pytest.skip("the development data is not beside the repository")
    passages = [passage for passage in read_passages(SETS[name]) if passage.language == "en"]

    lost = {
        passage.id: signal.rule
        for passage in passages
        for signal in pipeline.analyse(passage.article, exhaustive=True).signals
        if signal not in pipeline.analyse(passage.article).signals
        # Weighed evidence is of the sentences that were parsed, so more of them may tip it.
        and not signal.rule.startswith("interference.weighed")
    }

    assert not lost


def test_nouns_that_could_be_verbs_do_not_open_the_gate(pipeline: Pipeline) -> None:
    field = body(pipeline, DULL)

    assert [field.pieces[choice.place].text for choice in field.chosen] == []


def test_a_pronoun_brings_along_the_sentences_that_it_may_reach(pipeline: Pipeline) -> None:
    text = "Kenya held talks. The rain went on. It condemned the closure of the canal."

    field = body(pipeline, text)

    assert [(choice.place, choice.first) for choice in field.chosen] == [(2, 0)]


def test_a_table_of_judgements_counts_what_is_right_and_quotes_nobody(tmp_path: Path) -> None:
    right = dict.fromkeys(QUESTIONS, True)
    row = {
        "item": "1", "outlet": "Example", "date": "2026-05-01", "title": "SECRET", "description": "SECRET",
        "holder": "Kenya (KE)", "target": 'the long and secret words of an item as "SECRET"', "value": "adverse",
        "evidence": "SECRET", "note": "",
    }  # fmt: skip
    rows = [{**row, **right}, {**row, **right, "target_right": False, "item": "2", "note": "another | target"}]

    text = table(json.loads(json.dumps(judged)) for judged in rows)

    assert "1 of 2 right in holder, target and value: 0.500." in text
    assert "| 2 | Example | 2026-05-01 | Kenya (KE) ▸ adverse ▸ a thing | wrong: target | another \\| target |" in text
    assert "SECRET" not in text
