"""What a revision makes of the signals that its article carries: which stand, which are gone, changed or new.

It compares what signals say and the words they rest on, not where these stand; it reads and stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stancewire.codec import digest
from stancewire.types import (
    NOTHING_CARRIED,
    Carried,
    Entity,
    Gone,
    Interference,
    Outcome,
    Publication,
    Replacement,
    Revision,
    Signal,
    Stance,
    Standing,
)
from workers.assembly import EXTRACTOR, reference

#: From the least to the most of an article that could be read.
_QUALITIES = ("thin", "feed", "full")

_Content = dict[str, object]
_PARTIES = ("kind", "by", "toward")


def compared(outcome: Outcome, carried: Carried = NOTHING_CARRIED) -> Publication | None:
    """What is to be published of an outcome; None of an article analysed anew that was revised in the meantime."""
    former = carried.standing
    if outcome.change == "extractor" and former is not None:
        if former.revision != outcome.article.revision:
            return None
        outcome = replace(outcome, number=former.number)
    if former is not None and outcome.number < former.number:
        return _late(outcome, carried)
    matched = _Matched(carried.signals, outcome.signals)
    is_like_before = former is None or (
        former.quality == outcome.article.quality and former.language == outcome.article.language
    )
    gone = matched.gone if is_like_before else ()
    signals = (*matched.replacing, *matched.added)
    standing = Standing(
        number=outcome.number,
        revision=outcome.article.revision,
        quality=outcome.article.quality
        if former is None
        else max(former.quality, outcome.article.quality, key=_QUALITIES.index),
        language=outcome.article.language,
        signal_ids=(
            *(signal.id for signal in matched.unchanged),
            *(signal.id for signal in signals),
            *(signal.id for signal in matched.gone if not is_like_before),
        ),
    )
    return Publication(
        item_id=outcome.item_id,
        article=outcome.article,
        page=outcome.page,
        signals=signals,
        revision=_revision(outcome, carried, matched, gone) if _is_told(outcome, carried, signals, gone) else None,
        follows=carried.turn,
        standing=standing if _is_kept(standing, former) else None,
    )


def _is_told(outcome: Outcome, carried: Carried, signals: Sequence[Signal], gone: Sequence[Signal]) -> bool:
    """Whether there is anything to tell consumers of: a revised article that has or had signals."""
    if outcome.change is None:
        return False
    if outcome.change == "extractor":
        return carried.standing is not None and bool(signals or gone)
    return bool(signals or gone or carried.signals)


def _is_kept(standing: Standing, former: Standing | None) -> bool:
    """Whether a record is worth its place: the first version of an article without signals needs none."""
    if former is None:
        return bool(standing.signal_ids) or standing.number > 1
    return standing != former


def _late(outcome: Outcome, carried: Carried) -> Publication:
    """Of a revision that a later one overtook: what it alone said was said, and is gone."""
    alone = _Matched(carried.signals, outcome.signals)
    signals = tuple(replace(signal, replaces=None) for signal in (*alone.replacing, *alone.added))
    revision = None
    if signals:
        told = replace(outcome, change=outcome.change or "body", reason=_overtaken(outcome))
        ids = tuple(signal.id for signal in signals)
        revision = replace(_revision(told, carried, alone, signals), former_revision=None, changed=(), added=ids)
    return Publication(
        item_id=outcome.item_id,
        article=outcome.article,
        page=outcome.page,
        signals=signals,
        revision=revision,
        follows=carried.turn,
        standing=None,
        is_late=True,
    )


def _overtaken(outcome: Outcome) -> str:
    return "; ".join(filter(None, (outcome.reason, "a later revision was read before this one")))


def _revision(outcome: Outcome, carried: Carried, matched: _Matched, gone: Sequence[Signal]) -> Revision:
    article, former = outcome.article, carried.standing
    name = digest(
        "revision",
        article.id,
        article.revision,
        str(outcome.number),
        str(carried.turn),
        EXTRACTOR.name,
        EXTRACTOR.version,
    )
    return Revision(
        id=name,
        article=reference(article),
        language=article.language,
        number=outcome.number,
        former_revision=former.revision if former is not None else None,
        change=outcome.change or "body",
        reason=outcome.reason,
        extractor=EXTRACTOR,
        detected_at=None,
        unchanged=tuple(signal.id for signal in matched.unchanged),
        changed=matched.replacements,
        gone=tuple(_gone(signal) for signal in gone),
        added=tuple(signal.id for signal in matched.added),
    )


def _gone(signal: Signal) -> Gone:
    by, toward = _parties(signal)
    return Gone(id=signal.id, kind=signal.kind, by=by, toward=toward, evidence=signal.evidence.text)


class _Matched:
    """Former signals beside those of now: those that say the same, those that say another thing of the same parties."""

    def __init__(self, former: Sequence[Signal], now: Sequence[Signal]) -> None:
        left = [(signal, _content(signal)) for signal in former]
        new: list[tuple[Signal, _Content]] = []
        unchanged = []
        for signal in now:
            content = _content(signal)
            place = next((place for place, (_, said) in enumerate(left) if said == content), None)
            if place is None:
                new.append((signal, content))
            else:
                unchanged.append(left.pop(place)[0])
        nearest = sorted(
            (len(_differing(said, says)), before, after)
            for before, (_, said) in enumerate(left)
            for after, (_, says) in enumerate(new)
            if all(said[part] == says[part] for part in _PARTIES)
        )
        former_of: dict[int, int] = {}
        for _, before, after in nearest:
            if before not in former_of.values() and after not in former_of:
                former_of[after] = before
        pairs = [(left[before], new[after]) for after, before in sorted(former_of.items())]
        self.unchanged: tuple[Signal, ...] = tuple(unchanged)
        self.gone = tuple(signal for place, (signal, _) in enumerate(left) if place not in former_of.values())
        self.added = tuple(signal for place, (signal, _) in enumerate(new) if place not in former_of)
        self.replacing = tuple(replace(after, replaces=before.id) for (before, _), (after, _) in pairs)
        self.replacements = tuple(
            Replacement(former=before.id, now=after.id, differs=_differing(said, says))
            for (before, said), (after, says) in pairs
        )


def _differing(before: _Content, after: _Content) -> tuple[str, ...]:
    return tuple(name for name in before if before[name] != after[name])


def _content(signal: Signal) -> _Content:
    """What a signal says, by the names of its fields; those of one kind have the same names."""
    evidence = (signal.evidence.field, " ".join(signal.evidence.text.split()))
    by, toward = _parties(signal)
    shared: _Content = {"kind": signal.kind, "by": by, "toward": toward, "evidence": evidence}
    if isinstance(signal, Stance):
        return shared | {
            "speaker": _name(signal.speaker),
            "polarity": signal.polarity,
            "condition": " ".join(signal.condition.text.split()) if signal.condition else None,
            "voice": signal.voice,
            "line": signal.line,
            "act": signal.act,
        }
    return shared | {
        "actor_link": signal.actor_link,
        "event": _name(signal.event),
        "techniques": frozenset(technique.family for technique in signal.techniques),
        "platforms": frozenset(signal.platforms),
        "status": signal.status,
        "claimants": frozenset(claimant.name for claimant in signal.claimants),
        "denied_by": frozenset(denial.name for denial in signal.denied_by),
        "claim": " ".join(signal.claim.text.split()),
    }


def _parties(signal: Stance | Interference) -> tuple[str, str | None]:
    if isinstance(signal, Stance):
        return signal.holder.name, signal.target.name
    return signal.actor.name, _name(signal.target or signal.event)


def _name(entity: Entity | None) -> str | None:
    return entity.name if entity is not None else None
