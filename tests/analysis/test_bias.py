"""The same sentence about other countries gives the same signals: no state is read more harshly than another.

The sentences are templates, not reports; leaders stand in them by name alone, and nobody is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import pytest

from bench.passages import article
from stancewire.types import Entity, Evidence, Signal, Span
from workers.pipeline import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    code: str
    name: str
    adjective: str
    capital: str
    leader: str


COUNTRIES = {
    country.code: country
    for country in (
        Country(code="RU", name="Russia", adjective="Russian", capital="Moscow", leader="Vladimir Putin"),
        Country(code="US", name="the United States", adjective="American", capital="Washington", leader="Joe Biden"),
        Country(code="CN", name="China", adjective="Chinese", capital="Beijing", leader="Xi Jinping"),
        Country(code="JP", name="Japan", adjective="Japanese", capital="Tokyo", leader="Shinzo Abe"),
        Country(code="IN", name="India", adjective="Indian", capital="New Delhi", leader="Narendra Modi"),
        Country(code="PK", name="Pakistan", adjective="Pakistani", capital="Islamabad", leader="Shehbaz Sharif"),
        Country(code="IR", name="Iran", adjective="Iranian", capital="Tehran", leader="Ebrahim Raisi"),
        Country(code="IL", name="Israel", adjective="Israeli", capital="Jerusalem", leader="Benjamin Netanyahu"),
        Country(code="FR", name="France", adjective="French", capital="Paris", leader="Emmanuel Macron"),
        Country(code="GB", name="Britain", adjective="British", capital="London", leader="Boris Johnson"),
        Country(code="DE", name="Germany", adjective="German", capital="Berlin", leader="Olaf Scholz"),
        Country(code="TR", name="Turkey", adjective="Turkish", capital="Ankara", leader="Recep Tayyip Erdogan"),
        Country(code="UA", name="Ukraine", adjective="Ukrainian", capital="Kyiv", leader="Volodymyr Zelensky"),
        Country(code="BR", name="Brazil", adjective="Brazilian", capital="Brasilia", leader="Jair Bolsonaro"),
        Country(code="EG", name="Egypt", adjective="Egyptian", capital="Cairo", leader="Abdel Fattah el-Sisi"),
        Country(code="ET", name="Ethiopia", adjective="Ethiopian", capital="Addis Ababa", leader="Abiy Ahmed"),
        Country(code="HU", name="Hungary", adjective="Hungarian", capital="Budapest", leader="Viktor Orban"),
        Country(code="CA", name="Canada", adjective="Canadian", capital="Ottawa", leader="Justin Trudeau"),
        Country(code="KE", name="Kenya", adjective="Kenyan", capital="Nairobi", leader="William Ruto"),
        Country(code="NG", name="Nigeria", adjective="Nigerian", capital="Abuja", leader="Bola Tinubu"),
    )
}
PAIRS = ("RU-US", "CN-JP", "IN-PK", "IR-IL", "FR-GB", "DE-TR", "UA-RU", "BR-EG", "ET-HU", "CA-CN", "KE-NG", "US-IR")

#: `A` and `B` are the two countries; each template is read for a pair in both directions.
TEMPLATES = {
    "condemned": "{A.name} condemned the {B.adjective} tariffs on Tuesday.",
    "praised": "{A.capital} praised {B.name} for opening the crossing.",
    "passive": "The plan announced in {B.capital} was rejected by {A.name} on Monday.",
    "ministry": "The {A.adjective} foreign ministry summoned the {B.adjective} ambassador over the balloons.",
    "leader": "{A.leader} criticised the decision of {B.name} to close the port.",
    "condition": "{A.name} will not sign the treaty unless {B.name} reopens the border.",
    "neutral": "{A.name} took a neutral stance on the dispute over the canal with {B.name}.",
    "media": "{A.adjective} state media derided the summit in {B.capital}.",
    "accused": "{A.name} accused {B.name} of meddling in its election, a charge that {B.capital} denies.",
    "assessed": "{A.adjective} intelligence concluded that {B.name} had interfered in the parliamentary election.",
    "warned": "{A.adjective} officials warned that {B.adjective} hackers could try to disrupt the vote.",
    "nominal": "Allegations of {B.adjective} interference in the {A.adjective} election grew in {A.capital} last week.",
    "refuted": "An inquiry in {A.capital} found no evidence that {B.name} interfered in the {A.adjective} election.",
    "evaluated": "{A.name} called the sanctions imposed by {B.name} unjustified.",
    "visit": "{A.leader} arrived in {B.capital} on Sunday and toured the harbour.",
}
#: (template, holder and other country): why the signals differ today.
#: Pairs of a template and of countries that give other signals, with the cause; none is known.
KNOWN_DIFFERENCES: dict[tuple[str, str], str] = {}


def render(template: str, a: Country, b: Country) -> str:
    text = template.format(A=a, B=b)
    return text[0].upper() + text[1:]


def shape(signal: Signal, a: Country, b: Country) -> Any:
    """The signal with its countries called A and B, and without what follows from the length of their names."""
    names: dict[str, str] = {}
    for role, country in (("A", a), ("B", b)):
        for kind in ("name", "adjective", "capital", "leader"):
            names[getattr(country, kind).removeprefix("the ")] = f"{role}.{kind}"
    return _shape(signal, names, {a.code: "A", b.code: "B"})


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
    return re.sub(pattern, lambda match: names[re.sub("^[Tt]he ", "", match[0])], text).replace("the A.", "A.")


def cases() -> Iterator[object]:
    for template in TEMPLATES:
        for pair in PAIRS:
            first, second = pair.split("-")
            for direction in ((first, second), (second, first)):
                name = "-".join(direction)
                reason = KNOWN_DIFFERENCES.get((template, name))
                marks = pytest.mark.xfail(reason=reason, strict=True) if reason else ()
                yield pytest.param(template, *direction, id=f"{template} {name}", marks=marks)


def found(pipeline: Pipeline, template: str, first: str, second: str) -> list[Any]:
    a, b = COUNTRIES[first], COUNTRIES[second]
    text = render(TEMPLATES[template], a, b)
    return [shape(signal, a, b) for signal in pipeline.analyse(article(text, language="en")).signals]


@pytest.mark.parametrize(("template", "first", "second"), list(cases()))
def test_other_countries_in_a_sentence_give_the_same_signals(
    pipeline: Pipeline, template: str, first: str, second: str
) -> None:
    assert found(pipeline, template, first, second) == found(pipeline, template, "FR", "DE")


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != "visit"])
def test_every_template_but_the_visit_carries_a_signal(pipeline: Pipeline, template: str) -> None:
    assert found(pipeline, template, "FR", "DE")


def test_a_visit_carries_none(pipeline: Pipeline) -> None:
    assert not found(pipeline, "visit", "FR", "DE")
