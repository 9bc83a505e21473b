"""The schemas that are committed are those of the types, and what is published is valid under them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from store_samples import NOON, article, interference, revision, stance

from stancewire import codec, decoding, schemas
from stancewire.types import DeadLetter

ROOT = Path(__file__).parents[2]
#: One file for each kind and version: what was published by a program of that version, and must be read for ever.
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*/*.json"))
_NAMES: tuple[schemas.SchemaName, ...] = get_args(schemas.SchemaName)
_REGISTRY: Registry[Any] = Registry().with_resources(
    (schemas.url(name), Resource.from_contents(json.loads(schemas.text(name)))) for name in _NAMES
)


def validator(name: schemas.SchemaName) -> Draft202012Validator:
    formats = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(json.loads(schemas.text(name)), registry=_REGISTRY, format_checker=formats)


def objections(name: schemas.SchemaName, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]


def test_what_is_committed_is_what_the_types_say() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "scripts.contract"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", _NAMES)
def test_a_schema_is_one_and_has_its_address(name: schemas.SchemaName) -> None:
    schema = json.loads(schemas.text(name))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == schemas.url(name) == f"https://stancewire.org/schema/v1/{name}.json"


@pytest.mark.parametrize("name", [name for name in _NAMES if name != "signal"])
def test_every_field_is_described(name: schemas.SchemaName) -> None:
    schema = json.loads(schemas.text(name))
    parts: Mapping[str, Any] = {name: schema, **schema.get("$defs", {})}
    # Its fields are named as those of the article are, and the type says what stands in them.
    parts = {part: about for part, about in parts.items() if part != "Provenance"}
    assert [
        (part, field)
        for part, about in parts.items()
        for field, said in about["properties"].items()
        if not said.get("description")
    ] == []


def published() -> Iterator[tuple[schemas.SchemaName, Any]]:
    whole = replace(stance("s", detected_at=NOON), speaker=stance("s").holder, condition=stance("s").cue, act="PRAISE")
    for signal in (stance("s"), whole, interference("i")):
        yield signal.kind, codec.announcements.to_dict(signal)
        yield "signal", codec.signals.to_dict(signal)
    yield "revision", codec.announcements.to_dict(revision("r"))
    yield "article", codec.articles.to_dict(article("a"))
    letter = DeadLetter(item_id="i", reason="failed", detail="a traceback", attempts=3, at=NOON)
    yield "dead", codec.dead_letters.to_dict(letter)


@pytest.mark.parametrize(("name", "value"), list(published()), ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_published_is_valid(name: schemas.SchemaName, value: Any) -> None:
    assert objections(name, value) == []


@pytest.mark.parametrize(("name", "value"), list(published()), ids=lambda each: each if isinstance(each, str) else "")
def test_a_missing_or_spoiled_field_is_not(name: schemas.SchemaName, value: Any) -> None:
    if name == "signal":
        assert objections(name, {**value, "kind": "rumour"})
        return
    for field in json.loads(schemas.text(name))["required"]:
        assert objections(name, {key: each for key, each in value.items() if key != field}), field
        assert objections(name, {**value, field: {"not": ["this"]}}), field


@pytest.mark.parametrize(("name", "value"), list(published()), ids=lambda each: each if isinstance(each, str) else "")
def test_a_field_that_a_later_version_adds_is_valid_under_the_older_schema(
    name: schemas.SchemaName, value: Any
) -> None:
    assert objections(name, {**value, "mood": "new"}) == []


def test_there_is_an_example_of_each_kind() -> None:
    assert {path.stem for path in GOLDEN if path.parent.name == schemas.VERSION} == {*_NAMES} - {"signal"}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_is_valid_and_reads_and_writes_as_ever(path: Path) -> None:
    name: schemas.SchemaName = path.stem  # type: ignore[assignment]
    example = json.loads(path.read_text("utf-8"))
    assert objections(name, example) == []
    reader = {"article": codec.articles, "dead": codec.dead_letters}.get(name, codec.announcements)
    value = reader.decode(json.dumps(example))  # type: ignore[attr-defined]
    again = json.loads(reader.encode(value))  # type: ignore[attr-defined]
    # Fields that came later have their default; nothing that the example says is lost or changed.
    assert {key: again[key] for key in example} == example
    if reader is codec.announcements:
        assert decoding.announcement_from(example) == value


def test_what_analyse_prints_is_valid_and_so_is_what_stands_in_it(tmp_path: Path) -> None:
    line = json.dumps(
        {
            "id": "x",
            "title": "Ruritania condemns Graustark",
            "text": "The European Union accused Russia of spreading disinformation on Telegram to sway the vote "
            "in Moldova, an allegation the Kremlin has denied. Hungary opposes new sanctions.",
            "outlet": "The Gazette",
            "outlet_country": "GB",
            "ownership": "independent",
            "published_at": "2026-11-01T08:00:00Z",
        }
    )
    ran = subprocess.run(
        [sys.executable, "-c", "from stancewire.cli import main; main()", "analyse", "-", "--jsonl"],
        input=line,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    signals = json.loads(ran.stdout)["signals"]
    assert {each["kind"] for each in signals} == {"stance", "interference"}
    for each in signals:
        assert objections(each["kind"], each) == []
        assert (each["article"]["outlet_country"], each["article"]["ownership"]) == ("GB", "independent")
