"""One article from a site through `stancewire up` to the stream, held against what `stancewire analyse` says of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_programs import run, started
from news_site import NewsSite, Story
from runs import article_of, await_that, client_of, is_done, settings_of, signals_of

from stancewire import codec
from stancewire.types import Article, Signal

SHARED = Path(__file__).parents[3] / "shared"
FILLER = (
    "The meeting lasted for two days and ended late on Tuesday evening, after the delegations had gone through the "
    "draft line by line and had agreed on nothing but the date of the next one, which is to be in early May."
)
OURS = (
    FILLER,
    "Russia condemned Turkey on Tuesday – at “the worst of times”, as the paper said.",
    "The European Union accused Russia of spreading disinformation on Telegram to sway the vote in Moldova, an "
    "allegation the Kremlin has denied.",
    "Hungary opposes new sanctions, while Poland backs Moldova.",
)
EXPECTED = {
    ("Russia", "adverse", "Turkey", OURS[1]),
    ("European Union", "adverse", "Russia", OURS[2]),
    ("Russia", "alleged", "vote in Moldova", OURS[2]),
    ("Hungary", "adverse", "new sanctions", OURS[3]),
    ("Poland", "favourable", "Moldova", OURS[3]),
}


def published(folder: Path, story: Story) -> tuple[Article, tuple[Signal, ...]]:
    """The article as stored and its signals as published, after a run of everything on a site that has only it."""
    with NewsSite(feeds={"/feed.xml": (story,)}) as site:
        settings = settings_of(folder, site)
        with client_of(settings) as client, started(folder, "up", **settings) as house:
            house.wait_for('"event":"batch done"', stream="err")
            await_that(lambda: is_done(client, 1), "the signals are on the stream", house)
            signals = signals_of(client)
            [article_id] = {signal.article.id for signal in signals}
            article = article_of(client, article_id)
            assert house.stop() == 0
            assert house.out == []
    return article, signals


def analysed(folder: Path, article: Article) -> list[dict[str, Any]]:
    """What `stancewire analyse --jsonl` finds in the text as it was read."""
    record = {"id": article.id, "text": article.text, "title": article.title, "lang": article.language}
    ended = run(folder, "analyse", "--jsonl", given=json.dumps(record).encode())
    assert ended.status == 0, ended.err
    return list(json.loads(ended.out)["signals"])


def comparable(signal: dict[str, Any]) -> dict[str, Any]:
    """A signal without what depends on where and when the article was found."""
    return {name: value for name, value in signal.items() if name not in {"id", "article", "detected_at"}}


def spans(value: object) -> Iterator[dict[str, Any]]:
    """Every span in a signal's JSON."""
    if isinstance(value, dict):
        if {"text", "start", "end"} <= value.keys():
            yield value
        for part in value.values():
            yield from spans(part)
    elif isinstance(value, list):
        for part in value:
            yield from spans(part)


def check_offsets(article: Article, signals: list[dict[str, Any]]) -> None:
    for signal in signals:
        field = {"text": article.text, "title": article.title}[signal["evidence"]["field"]]
        for span in spans(signal):
            assert field[span["start"] : span["end"]] == span["text"]


def test_an_article_of_our_own_arrives_with_the_signals_that_it_holds(tmp_path: Path) -> None:
    story = Story(path="/talks.html", title="Morning report", paragraphs=OURS, summary="Ships & talks.")
    article, signals = published(tmp_path, story)
    assert article.text == "\n".join(OURS)
    assert article.quality == "full"
    as_json = [codec.signals.to_dict(signal) for signal in signals]
    assert {
        (
            (signal.get("holder") or signal["actor"])["name"],
            signal.get("polarity") or signal["status"],
            signal["target"]["name"],
            signal["evidence"]["text"],
        )
        for signal in as_json
    } == EXPECTED
    [interference] = [signal for signal in as_json if signal["kind"] == "interference"]
    assert [denial["country"] for denial in interference["denied_by"]] == ["RU"]
    check_offsets(article, as_json)
    assert [comparable(signal) for signal in as_json] == [comparable(s) for s in analysed(tmp_path, article)]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared material is not beside the repository")
def test_the_seed_article_arrives_with_the_signals_that_analyse_finds_and_scores_as_it_should(tmp_path: Path) -> None:
    seed = (SHARED / "gold" / "seed.txt").read_text("utf-8").strip()
    story = Story(path="/seed.html", title="Morning report", paragraphs=tuple(seed.splitlines()))
    article, signals = published(tmp_path, story)
    as_json = [codec.signals.to_dict(signal) for signal in signals]
    check_offsets(article, as_json)
    assert [comparable(signal) for signal in as_json] == [comparable(s) for s in analysed(tmp_path, article)]
    assert scored(tmp_path, article, as_json)["overall"]["f1"] >= 0.75


def scored(folder: Path, article: Article, signals: list[dict[str, Any]]) -> dict[str, Any]:
    gold = SHARED / "gold" / "seed.jsonl"
    text = json.loads(gold.read_text("utf-8"))["text"]
    if not text.startswith(article.text):
        for signal in signals:
            evidence = signal["evidence"]
            evidence["start"] = text.index(evidence["text"])
            evidence["end"] = evidence["start"] + len(evidence["text"])
    predicted = folder / "predicted.jsonl"
    predicted.write_text(json.dumps({"id": "seed", "signals": signals}), "utf-8")
    program = [sys.executable, str(SHARED / "tools" / "score.py"), str(gold), str(predicted), "--json"]
    result = dict(json.loads(subprocess.run(program, check=True, capture_output=True, timeout=60).stdout))
    assert result["missing"] == result["bad_evidence"] == 0
    return result
