"""The learned opinion: what it is asked, that it answers the same each time, and what happens where it is absent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.opinion import data
from stancewire.errors import ConfigurationError
from workers.opinion.marking import WINDOW, Span, marked
from workers.opinion.model import NETWORK, NO_OPINION, Opinion, OpinionModel, Question, load

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "workers" / "opinion" / "weights"

CONDEMNED = "The ministry of Vastland sharply condemned Nordmark for closing the strait."
VASTLAND, NORDMARK = (Span(at := CONDEMNED.index(name), at + len(name)) for name in ("Vastland", "Nordmark"))
PRAISED = "The Harbour League warmly praised the Port Union and thanked it for its help."
LEAGUE, UNION = (Span(at := PRAISED.index(name), at + len(name)) for name in ("The Harbour League", "the Port Union"))
QUESTIONS = (
    Question(CONDEMNED, NORDMARK, VASTLAND),
    Question(PRAISED, UNION, LEAGUE),
    Question(PRAISED, UNION),
    Question("Nordmark met Vastland.", Span(0, 8)),
)


@pytest.fixture(scope="module")
def model() -> OpinionModel:
    loaded = load()
    assert loaded is not None
    return loaded


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with the weights, to spoil."""
    return Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))


def test_a_sentence_is_written_with_its_names_between_markers() -> None:
    sentence = "Vastland thanked Nordmark."

    assert marked(sentence, Span(17, 25)) == "Vastland thanked  [unused1] Nordmark [unused2] ."
    assert marked(sentence, Span(17, 25), Span(0, 8), masked=True) == (
        " [unused4] [unused6] [unused5]  thanked  [unused1] [unused3] [unused2] ."
    )


def test_of_a_long_sentence_what_surrounds_the_names_is_read() -> None:
    sentence = "word " * 400 + "Nordmark" + " word" * 400
    start = sentence.index("Nordmark")

    found = marked(sentence, Span(start, start + 8))

    assert "[unused1] Nordmark [unused2]" in found
    assert len(found) < WINDOW + 30


def test_text_that_reads_like_a_marker_is_none(model: OpinionModel) -> None:
    sentence = "Vastland [unused1] thanked [UNUSED1] Nordmark."

    assert marked(sentence, Span(37, 45)).count("[unused1]") == 1
    assert len(model.ask([Question(sentence, Span(37, 45))])) == 1


def test_who_condemns_is_told_from_who_is_condemned(model: OpinionModel) -> None:
    toward, back = model.ask([Question(CONDEMNED, NORDMARK, VASTLAND), Question(CONDEMNED, VASTLAND, NORDMARK)])

    assert max(toward) == toward.adverse
    assert back.adverse < toward.adverse


def test_who_praises_is_told_from_who_is_praised(model: OpinionModel) -> None:
    toward, back = model.ask([Question(PRAISED, UNION, LEAGUE), Question(PRAISED, LEAGUE, UNION)])

    assert max(toward) == toward.favourable
    assert back.favourable < toward.favourable


def test_without_a_holder_the_sentence_itself_is_asked(model: OpinionModel) -> None:
    (opinion,) = model.ask([Question(CONDEMNED, NORDMARK)])

    assert max(opinion) == opinion.adverse


def test_a_masked_name_cannot_matter(model: OpinionModel) -> None:
    def about(name: str, *, masked: bool) -> Opinion:
        (opinion,) = model.ask([Question(f"{name} was asked about it.", Span(0, len(name)))], masked=masked)
        return opinion

    assert about("Nordmark", masked=True) == about("The dreadful murderer", masked=True)
    assert about("Nordmark", masked=False) != about("The dreadful murderer", masked=False)


def test_an_answer_does_not_depend_on_what_else_is_asked(model: OpinionModel) -> None:
    alone = [model.ask([question])[0] for question in QUESTIONS]

    assert list(model.ask(QUESTIONS)) == alone
    assert list(model.ask(reversed(QUESTIONS))) == alone[::-1]


def test_probabilities_add_up(model: OpinionModel) -> None:
    for opinion in model.ask(QUESTIONS):
        assert sum(opinion) == pytest.approx(1, abs=0.002)
        assert min(opinion) >= 0


def test_names_too_far_apart_give_no_opinion(model: OpinionModel) -> None:
    sentence = f"Vastland {'and others there ' * 80}condemned Nordmark."
    at = sentence.index("Nordmark")

    assert model.ask([Question(sentence, Span(at, at + 8), Span(0, 8))]) == (NO_OPINION,)


def test_two_processes_give_the_same_bytes() -> None:
    program = "\n".join(
        (
            "from tests.analysis.test_opinion import QUESTIONS",
            "from workers.opinion.model import load",
            "import json; print(json.dumps(load().ask(QUESTIONS)))",
        )
    )
    outputs = [
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
        for _ in range(2)
    ]

    assert outputs[0] == outputs[1]
    assert len(json.loads(outputs[0])) == len(QUESTIONS)


@pytest.mark.parametrize("name", [NETWORK, "tokenizer.json"])
def test_a_file_that_was_changed_is_refused(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)

    with pytest.raises(ConfigurationError, match=rf"{name}: is not the file that was measured") as refused:
        load(copied)

    assert "install stancewire again" in str(refused.value)


@pytest.mark.parametrize("name", [NETWORK, "tokenizer.json", "pins.toml"])
def test_without_its_files_there_is_no_model(copied: Path, name: str) -> None:
    (copied / name).unlink()

    assert load(copied) is None


def test_without_the_runtime_there_is_no_model() -> None:
    program = "\n".join(
        (
            "import sys; sys.modules['onnxruntime'] = None",
            "from workers.opinion.model import load",
            "print(load())",
        )
    )

    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, timeout=60)

    assert said.stdout.strip() == b"None"


def test_all_targets_of_a_sentence_fall_into_one_part() -> None:
    sentence = "The “Port Union” was praised."
    copy = 'the "Port Union"  was praised'

    assert data.is_held_out(sentence) == data.is_held_out(copy)
    assert data.is_for_choosing(sentence) == data.is_for_choosing(copy)


def test_the_held_out_tenth_is_about_a_tenth_and_is_not_trained_on() -> None:
    if not data.NEWSMTSC.exists():
        pytest.skip(f"{data.NEWSMTSC.name} lies beside the repository, where it is there")

    parts = data.split(data.newsmtsc())
    seen = {data.letters(item.sentence) for item in (*parts.train, *parts.choose)}

    assert not [item for item in parts.held_out if data.letters(item.sentence) in seen]
    assert 0.08 < len(parts.held_out) / sum(map(len, (parts.train, parts.choose, parts.held_out))) < 0.12
