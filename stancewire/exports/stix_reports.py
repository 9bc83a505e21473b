"""Reported interference as a STIX report: what is said to have been done, by whom it is said, and who denies it.

No object attributes a deed to anybody: the parties are what the report is about, a denial is an opinion on it.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.exports import stix_identifiers as ids
from stancewire.exports.stix_articles import Times, article_objects, references_of
from stancewire.exports.stix_objects import ATTACK, STANCEWIRE, StixObject, common, ids_of, new_type, own, properties
from stancewire.exports.stix_parties import Reference, party
from stancewire.exports.stix_wording import carried, confidence_of, denial_text, report_text, words
from stancewire.types import Denial, Interference, Technique

_LONGEST_LABEL = 60
#: Where DISARM describes its techniques, an address that its own STIX refers to.
_PAGES = "https://github.com/DISARMFoundation/DISARMframeworks/blob/main/generated_pages/techniques"


def report_objects(signal: Interference, known: Reference, times: Times) -> Iterator[StixObject]:
    """All objects of one allegation; the report follows what it is about, the denials follow the report."""
    about = [*article_objects(signal.article, times), *_parties(signal, known, times.year)]
    about += [_narrative(signal, known), *(_technique(each, known) for each in signal.techniques if each.disarm)]
    yield from about
    created, modified = times.written
    name = report_name(signal.actor.name, toward(signal), signal.id)
    report = own(
        "report",
        ids.report_id(name, created),
        created,
        modified,
        name=name,
        description=report_text(signal),
        published=created,
        confidence=confidence_of(signal.confidence),
        labels=_labels(signal),
        external_references=references_of(signal.article),
        object_refs=ids_of(about),
        extensions=carried(signal),
    )
    yield report
    for denial in {each.name: each for each in signal.denied_by}.values():
        yield _opinion(denial, signal, report["id"], times)


def report_name(by: str, against: str | None, signal_id: str) -> str:
    """Name of a report, which tells it from any other; it follows from what is also known of a signal that is gone."""
    where = f" – {against}" if against else ""
    return f"Reported interference: {by}{where} ({signal_id[:8]})"


def toward(signal: Interference) -> str | None:
    """Name of the target, or of the event where there is none."""
    aim = signal.target or signal.event
    return aim.name if aim is not None else None


def _parties(signal: Interference, known: Reference, year: int | None) -> Iterator[StixObject]:
    at = signal.target.country if signal.target is not None else None
    aims = (signal.actor, signal.target, signal.event, *signal.claimants, *signal.denied_by)
    for entity in aims:
        if entity is not None:
            yield from party(entity, known, year=year, at=at)


def _narrative(signal: Interference, known: Reference) -> StixObject:
    """What is claimed; one object for all reports of the same actor in the same state."""
    aims = [each for each in (signal.target, signal.event) if each is not None]
    states = [known.countries.get(each.country or "") for each in aims]
    where = next((each for each in (*states, *(each.name for each in aims)) if each), None)
    name = f"Claimed interference: {signal.actor.name}" + (f" – {where}" if where else "")
    return common(
        "narrative",
        ids.named_id("narrative", name),
        name=name,
        description="What reports say, and others deny. Whether it is so is not said here.",
        extensions=new_type(),
    )


def _technique(technique: Technique, known: Reference) -> StixObject:
    external_id = technique.disarm or ""
    entry = known.techniques.get(external_id)
    name = entry.name if entry is not None else words(technique.family)
    version = entry.version if entry is not None else technique.disarm_version
    return common(
        "attack-pattern",
        ids.technique_id(external_id),
        name=name,
        external_references=[
            {
                "source_name": "DISARM",
                "external_id": external_id,
                "url": f"{_PAGES}/{external_id}.md",
                "description": f"DISARM Red framework {version}",
            }
        ],
        extensions={
            **properties(ATTACK, id=external_id),
            **properties(STANCEWIRE, disarm_version=version, disarm_stix_id=entry.stix if entry is not None else None),
        },
    )


def _opinion(denial: Denial, signal: Interference, report: str, times: Times) -> StixObject:
    # OpenCTI takes opinions of one moment that say the same for one: each gets a moment of its own.
    created = ids.timestamp(ids.moment_within_hour(times.created, f"{signal.id} {denial.name}"))
    return own(
        "opinion",
        ids.opinion_id("strongly-disagree", created),
        created,
        max(created, times.written[1]),
        opinion="strongly-disagree",
        explanation=denial_text(denial, signal),
        authors=[denial.name],
        confidence=confidence_of(signal.confidence),
        labels=["stancewire", "denial"],
        object_refs=[report],
        extensions=properties(STANCEWIRE, signal_id=signal.id),
    )


def _labels(signal: Interference) -> list[str]:
    labels = ["stancewire", "reported-interference", f"status:{signal.status}", f"actor-link:{signal.actor_link}"]
    labels += ["denied"] if signal.denied_by else []
    labels += [f"technique:{each.family}" for each in signal.techniques]
    labels += [f"platform:{each.lower()}"[:_LONGEST_LABEL] for each in signal.platforms]
    return list(dict.fromkeys(labels))
