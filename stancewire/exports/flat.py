"""An entry of the stream as one row of a flat table, for spreadsheets and whatever reads CSV.

The columns are our own; those of other programs are other modules' part. Names are only added, at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from stancewire.exports.reports import withdrawn_by
from stancewire.types import Announcement, Entity, Interference, Revision, Stance

Value: TypeAlias = str | float | None

COLUMNS = (
    "id",
    "kind",
    "detected_at",
    "by",
    "by_type",
    "by_country",
    "by_wikidata",
    "toward",
    "toward_type",
    "toward_country",
    "toward_wikidata",
    "polarity",
    "status",
    "confidence",
    "evidence",
    "outlet",
    "outlet_country",
    "ownership",
    "language",
    "published_at",
    "url",
    "title",
    "speaker",
    "voice",
    "line",
    "act",
    "condition",
    "actor_link",
    "event",
    "techniques",
    "disarm",
    "platforms",
    "claimants",
    "denied_by",
    "rule",
    "extractor",
    "article",
    "revision",
    "field",
    "start",
    "end",
    "replaces",
    "current",
    "change",
    "taken_back",
)


def row(entry: Announcement, stands: bool | None = None) -> tuple[Value, ...]:
    """Values in the order of `COLUMNS`; several in one cell are set apart by semicolons.

    `stands`: whether the article still carries the signal, None where that is not known. Of a revision, `evidence` is
    the reason and `taken_back` has the ids of the signals that it replaced or ended.
    """
    match entry:
        case Stance():
            own = _stance(entry)
        case Interference():
            own = _interference(entry)
        case Revision():
            own = _revision(entry)
    article = entry.article
    values: dict[str, Value] = {
        "id": entry.id,
        "kind": entry.kind,
        "detected_at": _time(entry.detected_at),
        "outlet": article.outlet,
        "outlet_country": article.outlet_country,
        "ownership": article.ownership,
        "language": entry.language,
        "published_at": _time(article.published_at),
        "url": article.url,
        "title": article.title,
        "extractor": f"{entry.extractor.name} {entry.extractor.version}",
        "article": article.id,
        "revision": article.revision,
        "current": None if stands is None or entry.kind == "revision" else str(stands).lower(),
        **own,
    }
    return tuple(values.get(name) for name in COLUMNS)


def _stance(stance: Stance) -> dict[str, Value]:
    return {
        **_signal(stance),
        **_party("by", stance.holder),
        **_party("toward", stance.target),
        "polarity": stance.polarity,
        "speaker": stance.speaker.name if stance.speaker else None,
        "voice": stance.voice,
        "line": stance.line,
        "act": stance.act,
        "condition": stance.condition.text if stance.condition else None,
    }


def _interference(report: Interference) -> dict[str, Value]:
    return {
        **_signal(report),
        **_party("by", report.actor),
        **_party("toward", report.target or report.event),
        "status": report.status,
        "actor_link": report.actor_link,
        "event": report.event.name if report.event else None,
        "techniques": _listed(each.family for each in report.techniques),
        "disarm": _listed(each.disarm for each in report.techniques if each.disarm),
        "platforms": _listed(report.platforms),
        "claimants": _listed(each.name for each in report.claimants),
        "denied_by": _listed(each.name for each in report.denied_by),
    }


def _revision(revision: Revision) -> dict[str, Value]:
    return {
        "change": revision.change,
        "evidence": revision.reason,
        "taken_back": _listed(withdrawn_by(revision)),
    }


def _signal(signal: Stance | Interference) -> dict[str, Value]:
    evidence = signal.evidence
    return {
        "confidence": signal.confidence,
        "evidence": evidence.text,
        "rule": signal.rule,
        "field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
        "replaces": signal.replaces,
    }


def _party(side: str, entity: Entity | None) -> dict[str, Value]:
    if entity is None:
        return {}
    return {
        side: entity.name,
        f"{side}_type": entity.type,
        f"{side}_country": entity.country,
        f"{side}_wikidata": entity.id,
    }


def _listed(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(names))


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
