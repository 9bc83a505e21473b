"""The same sentence about other countries gives the same signals: no state is read more harshly than another.

The sentences are templates, not reports; leaders stand in them by name alone, and nobody is quoted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench.parts.passages import article
from stancewire.types import Entity, Evidence, Signal, Span
from workers.pipeline import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    code: str
    name: str
    adjective: str
    capital: str
    leader: str


DATA = tomllib.loads((Path(__file__).parent / "bias.toml").read_text("utf-8"))
COUNTRIES = {
    code: Country(code=code, name=name, adjective=adjective, capital=capital, leader=leader)
    for code, name, adjective, capital, leader in DATA["countries"]
}
PAIRS = [tuple(pair.split("-")) for pair in DATA["pairs"]]
TEMPLATES: dict[str, str] = DATA["templates"]
#: Templates that carry no signal.
SILENT = frozenset({"visit", "weather"})
#: Pairs of a template and of countries that give other signals.
KNOWN_DIFFERENCES: frozenset[tuple[str, str]] = frozenset()


def render(template: str, a: Country, b: Country) -> str:
    text = template.format(A=a, B=b)
    return text[0].upper() + text[1:]


def shape(signal: Signal, a: Country, b: Country) -> Any:
    """The signal with its countries called A and B, and without what follows from the length of their names."""
    names = {
        _bare(name): role
        for role, country in (("A", a), ("B", b))
        for name in (country.name, country.adjective, country.capital, country.leader)
    }
    return _shape(signal, names, {a.code: "A", b.code: "B"})


def _bare(name: str) -> str:
    return re.sub("^[Tt]he ", "", name)


def _shape(value: Any, names: Mapping[str, str], codes: Mapping[str, str]) -> Any:
    if isinstance(value, Span | Evidence):
        return _plain(value.text, names)
    if isinstance(value, Entity):
        country = codes.get(value.country or "", value.country)
        return (type(value).__name__, value.type, country, _plain(value.mention.text, names))
    if isinstance(value, tuple):
        return tuple(_shape(item, names, codes) for item in value)
    if is_dataclass(value):
        left_out = {"id", "article", "extractor"}
        return {
            field.name: _shape(getattr(value, field.name), names, codes)
            for field in fields(value)
            if field.name not in left_out
        }
    return value


def _plain(text: str, names: Mapping[str, str]) -> str:
    pattern = "|".join(rf"(?:[Tt]he )?\b{re.escape(name)}\b" for name in sorted(names, key=len, reverse=True))
    return re.sub(pattern, lambda match: names[_bare(match[0])], text).replace("the A", "A")


@cache
def _reference(pipeline: Pipeline, template: str) -> list[Any]:
    return found(pipeline, template, "FR", "DE")


def found(pipeline: Pipeline, template: str, first: str, second: str) -> list[Any]:
    a, b = COUNTRIES[first], COUNTRIES[second]
    text = render(TEMPLATES[template], a, b)
    return [shape(signal, a, b) for signal in pipeline.analyse(article(text, language="en")).signals]


def test_there_are_forty_templates_and_twenty_pairs() -> None:
    assert len(TEMPLATES) >= 40
    assert len(PAIRS) >= 20


@pytest.mark.parametrize("template", TEMPLATES)
def test_other_countries_in_a_sentence_give_the_same_signals(pipeline: Pipeline, template: str) -> None:
    directions = [*PAIRS, *((second, first) for first, second in PAIRS)]

    different = {
        f"{first}-{second}"
        for first, second in directions
        if found(pipeline, template, first, second) != _reference(pipeline, template)
    }

    assert different == {pair for known, pair in KNOWN_DIFFERENCES if known == template}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_carries_a_signal_unless_it_is_said_to_carry_none(pipeline: Pipeline, template: str) -> None:
    assert bool(_reference(pipeline, template)) == (template not in SILENT)
