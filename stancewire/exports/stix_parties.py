"""The parties of a signal as STIX objects: locations, identities and events.

None is ever a threat actor. Who is named by words alone ("some officials") becomes no object; their state may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.knowledge.reference import DisarmTechnique
from stancewire.exports import stix_identifiers as ids
from stancewire.exports.stix_objects import OPENCTI, StixObject, common, new_type, properties
from stancewire.types import Entity

_CLASSES = {"person": "individual", "organisation": "organization", "media": "organization", "group": "organization"}
_YEAR = re.compile(r"\b(1[89]|2[01])\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is known of states and techniques beyond what a signal says."""

    #: Names by ISO 3166 alpha-2 code.
    countries: Mapping[str, str]
    #: By DISARM id.
    techniques: Mapping[str, DisarmTechnique]


def party(entity: Entity, known: Reference, *, year: int | None, at: str | None = None) -> Iterator[StixObject]:
    """The objects of one party; `year` is the article's, `at` the code of the state that an election is for."""
    match entity.type:
        case "state":
            if found := country(entity.country, known):
                yield found
            elif entity.id or entity.country:
                yield identity(entity, "organization")
        case "election":
            where = entity.country or at
            if entity.id or where:
                yield event(entity, known.countries.get(where or "", where), year)
            if found := country(where, known):
                yield found
        case "person" | "organisation" | "media" | "group" if _has_a_name(entity):
            yield identity(entity, _CLASSES[entity.type])
        case _:
            if found := country(entity.country, known):
                yield found


def country(code: str | None, known: Reference) -> StixObject | None:
    """A state; None for what is none, such as a union of states."""
    name = known.countries.get(code or "")
    if name is None:
        return None
    extension = properties(OPENCTI, type="Country", aliases=[code])
    return common("location", ids.country_id(name), name=name, country=code, extensions=extension)


def identity(entity: Entity, identity_class: str) -> StixObject:
    """A person or an organisation."""
    return common(
        "identity",
        ids.identity_id(entity.name, identity_class),
        name=entity.name,
        identity_class=identity_class,
        external_references=_wikidata(entity),
    )


def event(entity: Entity, place: str | None, year: int | None) -> StixObject:
    """An election; as OpenCTI knows events by name alone, one of no name of its own is told by place and year."""
    name = entity.name
    if not entity.id:
        has_place = place is not None and place.lower() in name.lower()
        more = [place if not has_place else None, None if _YEAR.search(name) or year is None else str(year)]
        added = ", ".join(each for each in more if each)
        name = f"{name} ({added})" if added else name
    return common(
        "event",
        ids.named_id("event", name),
        name=name,
        external_references=_wikidata(entity),
        extensions=new_type(),
    )


def channel(outlet: str) -> StixObject:
    """An outlet."""
    return common("channel", ids.named_id("channel", outlet), name=outlet, extensions=new_type())


def _has_a_name(entity: Entity) -> bool:
    """Whether it is one party wherever it is named so: under "its foreign ministry", OpenCTI would have one of all."""
    return bool(entity.id) or (entity.country is not None and not entity.name[:1].islower())


def _wikidata(entity: Entity) -> list[dict[str, str]] | None:
    if not entity.id:
        return None
    page = f"https://www.wikidata.org/wiki/{entity.id}"
    return [{"source_name": "Wikidata", "external_id": entity.id, "url": page}]
