"""Whether an entry of the stream is one that a filter asks for.

One meaning for `tail`, `query`, exports, watches and the client; nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Iterable

from stancewire.types import Announcement, Entity, Filter, Interference, Revision, Stance


def fits(entry: Announcement, wanted: Filter) -> bool:
    """Whether an entry is among those wanted.

    What became of a revised article's signals has no parties, polarity, status or confidence of its own: where such
    are asked for it fits only if `kinds` names revisions, and then by what is asked of the article.
    """
    if wanted.kinds and entry.kind not in wanted.kinds:
        return False
    if not _article_fits(entry, wanted):
        return False
    match entry:
        case Revision():
            return "revision" in wanted.kinds or not asks_for_parts(wanted)
        case Stance():
            return entry.confidence >= wanted.min_confidence and _stance_fits(entry, wanted)
        case Interference():
            return entry.confidence >= wanted.min_confidence and _interference_fits(entry, wanted)


def asks_for_parts(wanted: Filter) -> bool:
    """Whether a filter asks for anything that a revision has not."""
    return bool(
        wanted.parties
        or wanted.by
        or wanted.toward
        or wanted.pairs
        or wanted.polarities
        or wanted.statuses
        or wanted.techniques
        or wanted.claimants
        or wanted.denied_by
        or wanted.min_confidence
    )


def as_names(given: Iterable[str]) -> frozenset[str]:
    """Names as a filter has them: codes in capitals, as people do not always write them so."""
    return frozenset(each.upper() if len(each) == 2 else each for each in given)


def as_pair(written: str) -> tuple[str, str]:
    """By whom and toward whom, of `RU:US`; raises ValueError."""
    one, colon, other = written.partition(":")
    if not (colon and one.strip() and other.strip()):
        raise ValueError(f"{written!r} is no pair")
    (first,), (second,) = as_names([one.strip()]), as_names([other.strip()])
    return first, second


def _article_fits(entry: Announcement, wanted: Filter) -> bool:
    article, at = entry.article, entry.detected_at
    return (
        (not wanted.languages or entry.language in wanted.languages)
        and (not wanted.outlets or _among(article.outlet, wanted.outlets))
        and (not wanted.outlet_countries or article.outlet_country in wanted.outlet_countries)
        and (not wanted.ownerships or article.ownership in wanted.ownerships)
        and (wanted.since is None or (at is not None and at >= wanted.since))
        and (wanted.until is None or (at is not None and at < wanted.until))
    )


def _stance_fits(stance: Stance, wanted: Filter) -> bool:
    if wanted.statuses or wanted.techniques or wanted.claimants or wanted.denied_by:
        return False
    if wanted.polarities and stance.polarity not in wanted.polarities:
        return False
    return _parties_fit((stance.holder,), (stance.target,), wanted)


def _interference_fits(report: Interference, wanted: Filter) -> bool:
    if wanted.polarities or (wanted.statuses and report.status not in wanted.statuses):
        return False
    if wanted.techniques and not any(
        each.family in wanted.techniques or each.disarm in wanted.techniques for each in report.techniques
    ):
        return False
    if wanted.claimants and not _any_is(report.claimants, wanted.claimants):
        return False
    if wanted.denied_by and not _any_is(report.denied_by, wanted.denied_by):
        return False
    aims = tuple(each for each in (report.target, report.event) if each is not None)
    return _parties_fit((report.actor,), aims, wanted)


def _parties_fit(by: tuple[Entity, ...], toward: tuple[Entity, ...], wanted: Filter) -> bool:
    return (
        (not wanted.by or _any_is(by, wanted.by))
        and (not wanted.toward or _any_is(toward, wanted.toward))
        and (not wanted.parties or _any_is((*by, *toward), wanted.parties))
        and (not wanted.pairs or any(_any_is(by, {one}) and _any_is(toward, {other}) for one, other in wanted.pairs))
    )


def _any_is(entities: Iterable[Entity], names: Iterable[str]) -> bool:
    return any(_is(entity, name) for entity in entities for name in names)


def _is(entity: Entity, name: str) -> bool:
    return name in (entity.country, entity.id) or entity.name.casefold() == name.casefold()


def _among(name: str | None, names: Iterable[str]) -> bool:
    return name is not None and name.casefold() in {each.casefold() for each in names}
