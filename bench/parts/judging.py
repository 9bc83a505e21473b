"""Signals laid before a judge, and what the judge found: a share, and a table that can be published.

The table leaves out what the items say: their words belong to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stancewire.types import Article, Entity, Interference, Signal, Stance

#: What a judge answers for each signal.
QUESTIONS = ("holder_right", "target_right", "value_right")


def case(article: Article, signal: Signal) -> dict[str, Any]:
    """What a judge needs to see of a signal: the item's words, and the signal in short."""
    return {
        "item": article.id,
        "signal": signal.id,
        "outlet": article.outlet,
        "date": article.published_at.date().isoformat() if article.published_at is not None else None,
        "title": article.title,
        "description": article.text,
        "kind": signal.kind,
        **(_stance(signal) if isinstance(signal, Stance) else _interference(signal)),
        "rule": signal.rule,
        "confidence": signal.confidence,
        "evidence": signal.evidence.text,
        **dict.fromkeys(QUESTIONS),
        "note": "",
    }


def _stance(signal: Stance) -> dict[str, Any]:
    return {
        "holder": _name(signal.holder),
        "target": _name(signal.target),
        "value": signal.polarity,
        "condition": signal.condition.text if signal.condition is not None else None,
        "speaker": _name(signal.speaker),
        "cue": signal.cue.text,
    }


def _interference(signal: Interference) -> dict[str, Any]:
    return {
        "holder": _name(signal.actor),
        "target": _name(signal.target),
        "value": signal.status,
        "event": _name(signal.event),
        "techniques": [technique.family for technique in signal.techniques],
        "claimants": [_name(claimant) for claimant in signal.claimants],
        "denied_by": [_name(denial) for denial in signal.denied_by],
        "claim": signal.claim.text,
    }


def _name(entity: Entity | None) -> str | None:
    """What is meant, and how the text calls it where that is something else."""
    if entity is None:
        return None
    known = f"{entity.name} ({entity.country})" if entity.country is not None else entity.name
    return (
        known if entity.mention.text in {entity.name, f"the {entity.name}"} else f'{known} as "{entity.mention.text}"'
    )


def table(judged: Iterable[Mapping[str, Any]]) -> str:
    """The share that is right, and a row for each signal, as Markdown."""
    rows = sorted(judged, key=lambda row: (str(row["date"]), str(row["item"])))
    right = [row for row in rows if all(row[question] for question in QUESTIONS)]
    lines = [f"{len(right)} of {len(rows)} right in holder, target and value: {len(right) / max(1, len(rows)):.3f}."]
    lines += [
        f"- {question.removesuffix('_right')}: {sum(bool(row[question]) for row in rows)}" for question in QUESTIONS
    ]
    lines += ["", "| item | outlet | date | signal | verdict | why |", "| --- | --- | --- | --- | --- | --- |"]
    lines += ["| " + " | ".join(_cell(cell) for cell in _cells(row)) + " |" for row in rows]
    return "\n".join(lines)


def _cells(row: Mapping[str, Any]) -> tuple[object, ...]:
    wrong = [question.removesuffix("_right") for question in QUESTIONS if not row[question]]
    verdict = f"wrong: {', '.join(wrong)}" if wrong else "right"
    return row["item"], row["outlet"], row["date"], _in_short(row), verdict, row.get("note") or ""


def _in_short(row: Mapping[str, Any]) -> str:
    """The signal by the names of its actors; a thing that only the item's words describe is called a thing."""
    return f"{_actor(row['holder'])} ▸ {row['value']} ▸ {_actor(row['target'])}" + (
        " (on a condition)" if row.get("condition") else ""
    )


def _actor(name: str | None) -> str:
    if name is None:
        return "nobody named"
    known = name.partition(' as "')[0]
    return known if " (" in known or len(known.split()) <= 3 else "a thing"


def _cell(value: object) -> str:
    return " ".join(str(value if value is not None else "").split()).replace("|", "\\|")
