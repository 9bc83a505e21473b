"""What the demo newsroom's English articles give."""

from __future__ import annotations

from importlib import resources

import pytest

from bench.parts.passages import article
from services.newsroom.material import Story, load_material
from workers.pipeline import Pipeline

MATERIAL = load_material(resources.files("seeds") / "newsroom")
LANGUAGES = {outlet.id: outlet.language for outlet in MATERIAL.outlets}
ENGLISH = [story for story in MATERIAL.stories if LANGUAGES[story.outlet] == "en"]


@pytest.mark.parametrize("story", ENGLISH, ids=lambda story: story.id)
def test_an_article_of_the_newsroom_gives_signals_unless_it_is_about_sport_or_weather(
    pipeline: Pipeline, story: Story
) -> None:
    analysis = pipeline.analyse(article("\n".join(story.paragraphs), title=story.title, language="en"))

    assert bool(analysis.signals) == (story.kind != "no_signal")
