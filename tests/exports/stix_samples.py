"""Signals of invented articles, and the validator of OASIS as tests of STIX ask it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from stix2validator import ValidationOptions, validate_string

from config.knowledge.reference import country_names, disarm_techniques
from stancewire.exports.stix import Exporter
from stancewire.exports.stix_bundles import bundle
from stancewire.exports.stix_parties import Reference
from stancewire.types import (
    Announcement,
    ArticleReference,
    Claimant,
    Denial,
    Entity,
    EntityType,
    Evidence,
    Extractor,
    Gone,
    Interference,
    Replacement,
    Revision,
    Span,
    Stance,
    Technique,
)

KNOWN = Reference(countries=country_names(), techniques=disarm_techniques())
PUBLISHED = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)
DETECTED = PUBLISHED + timedelta(minutes=4)
SENTENCE = "Lawmakers in Chisinau accuse Moscow of paying voters, which it denies."
EXTRACTOR = Extractor(name="test", version="1")


def span(words: str) -> Span:
    start = max(SENTENCE.find(words), 0)
    return Span(text=words, start=start, end=start + len(words))


def named(name: str, kind: EntityType = "state", country: str | None = None, item: str | None = None) -> Entity:
    return Entity(name=name, type=kind, country=country, id=item, mention=span(name))


RUSSIA = named("Russia", country="RU", item="Q159")
MOLDOVA = named("Moldova", country="MD", item="Q217")


def article(**changes: Any) -> ArticleReference:
    made = ArticleReference(
        id="story",
        url="https://gazette.example/story",
        title="Lawmakers accuse Moscow",
        outlet="The Gazette",
        published_at=PUBLISHED,
        revision="r1",
        outlet_country="GB",
        ownership="public",
    )
    return replace(made, **changes)


def report(signal_id: str = "5e1f00c9a8d1", **changes: Any) -> Interference:
    made = Interference(
        id=signal_id,
        article=article(),
        language="en",
        evidence=Evidence(field="text", text=SENTENCE, start=0, end=len(SENTENCE)),
        confidence=0.913,
        rule="interference.deed.pay",
        extractor=EXTRACTOR,
        detected_at=DETECTED,
        actor=RUSSIA,
        actor_link="proxy",
        target=MOLDOVA,
        event=named("referendum", "election"),
        techniques=(
            Technique(family="vote_buying", disarm="T0057.001", disarm_version="1.7", span=span("paying voters")),
            Technique(family="vote_tampering", disarm=None, disarm_version=None, span=span("voters")),
        ),
        platforms=("Telegram",),
        status="alleged",
        claimants=(
            Claimant(
                name="Parliament of Moldova",
                type="organisation",
                country="MD",
                id=None,
                mention=span("Lawmakers"),
                category="government",
            ),
            Claimant(
                name="some officials", type="organisation", country=None, id=None, mention=span("it"), category=None
            ),
        ),
        denied_by=(
            Denial(name="Russia", type="state", country="RU", id="Q159", mention=span("it"), span=span("denies")),
        ),
        claim=span("paying"),
    )
    return replace(made, **changes)


def stance(signal_id: str = "00136eddd9bf", **changes: Any) -> Stance:
    made = Stance(
        id=signal_id,
        article=article(),
        language="en",
        evidence=Evidence(field="text", text=SENTENCE, start=0, end=len(SENTENCE)),
        confidence=0.8,
        rule="stance.verb.accuse",
        extractor=EXTRACTOR,
        detected_at=DETECTED,
        holder=MOLDOVA,
        speaker=named("Maria Example", "person", "MD"),
        target=RUSSIA,
        polarity="adverse",
        condition=None,
        voice="narrated",
        line="official",
        act="ACCUSE",
        cue=span("accuse"),
    )
    return replace(made, **changes)


def revision(*, changed: Iterable[Replacement] = (), gone: Iterable[Gone] = (), **changes: Any) -> Revision:
    made = Revision(
        id="revision",
        article=article(revision="r2"),
        language="en",
        number=2,
        former_revision="r1",
        change="body",
        reason="other words",
        extractor=EXTRACTOR,
        detected_at=DETECTED + timedelta(hours=2),
        unchanged=(),
        changed=tuple(changed),
        gone=tuple(gone),
        added=(),
    )
    return replace(made, **changes)


def gone(signal: Interference | Stance) -> Gone:
    by, aim = (signal.holder, signal.target) if isinstance(signal, Stance) else (signal.actor, signal.target)
    return Gone(id=signal.id, kind=signal.kind, by=by.name, toward=aim.name if aim else None, evidence=SENTENCE)


def exported(*entries: Announcement, **options: Any) -> str:
    exporter = Exporter(KNOWN, **options)
    return "".join(bundle(each for entry in entries for each in exporter.objects(entry)))


def objects(*entries: Announcement, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(exported(*entries, **options)).get("objects", [])
    return found


def of_type(found: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in found if each["type"] == kind]


#: Advice that what goes to OpenCTI cannot follow: ids by chance (its own follow from what an object is), relationships
#: of the specification alone (`publishes` is its own), and hashes of the pages referred to, which nobody has.
NOT_FOLLOWED = ["uuid-check", "relationship-types", "extref-hashes"]


def complaints(text: str) -> list[str]:
    """What the validator says in its strict mode, where each piece of advice is a rule."""
    options = ValidationOptions(version="2.1", strict=True, enforce_refs=True, disabled=NOT_FOLLOWED)
    result = validate_string(text, options)
    return [] if result.is_valid else [str(each) for each in (result.errors or [])] or ["not valid"]
