"""Reports of interference as rows in the columns of the Foreign Interference Attribution Tracker, as CSV (RFC 4180).

One row is one report in one article, as one row of the tracker is one allegation, with all its sources in one cell.
Nothing is filled in that the report does not say, and nothing is written to a file here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from config.knowledge.fiat import FiatWords
from stancewire.exports.cells import csv_line
from stancewire.types import Entity, Interference, Technique

#: The tracker's own columns, in its order; a description is the coder's to write.
FIAT_COLUMNS = (
    "source",
    "source_nation",
    "source_category",
    "disinformant",
    "disinformant_nation",
    "disinformant_attribution",
    "short_title",
    "short_description",
    "attribution_url",
    "open_web",
    "social_media",
    "messaging_platforms",
    "other",
    "attribution_date",
    "methods",
)
#: Columns of ours, after the tracker's.
OWN_COLUMNS = (
    "evidence",
    "status",
    "denied_by",
    "target",
    "target_nation",
    "event",
    "techniques",
    "disarm",
    "platforms",
    "confidence",
    "outlet",
    "outlet_nation",
    "outlet_ownership",
    "language",
    "published_at",
    "detected_at",
    "article_id",
    "signal_id",
)
COLUMNS = FIAT_COLUMNS + OWN_COLUMNS


def lines(reports: Iterable[Interference], words: FiatWords, countries: Mapping[str, str]) -> Iterator[str]:
    """The lines of the file, the names of the columns first, each with its CR LF.

    `countries` are names by code.
    """
    yield csv_line(COLUMNS)
    for report in reports:
        yield csv_line(row(report, words, countries))


def row(report: Interference, words: FiatWords, countries: Mapping[str, str]) -> tuple[str, ...]:
    """What a report says, in the order of COLUMNS."""
    article = report.article

    def nation(code: str | None) -> str:
        return countries.get(code, code) if code else words.unknown

    return (
        _list([each.name for each in report.claimants] or [words.unknown]),
        _list([nation(each.country) for each in report.claimants] or [words.unknown]),
        _list(
            [words.source_category.get(each.category or "", words.unknown) for each in report.claimants]
            or [words.unknown]
        ),
        report.actor.name,
        nation(report.actor.country),
        words.disinformant_attribution.get(report.actor_link, words.unknown),
        article.title,
        "",
        article.url or "",
        _list([words.open_web[each.family] for each in report.techniques if each.family in words.open_web]),
        *_platforms(report.platforms, words),
        _tracker_date(article.published_at),
        _list([name for each in report.techniques for name in _methods(each, words)] or [words.unknown]),
        report.evidence.text,
        report.status,
        _list([each.name for each in report.denied_by]),
        _name(report.target),
        nation(report.target.country) if report.target else "",
        _name(report.event),
        _list([each.family for each in report.techniques]),
        _list([each.disarm for each in report.techniques if each.disarm]),
        _list(report.platforms),
        f"{report.confidence:.2f}",
        article.outlet or "",
        nation(article.outlet_country) if article.outlet else "",
        article.ownership or "",
        report.language,
        _moment(article.published_at),
        _moment(report.detected_at),
        article.id,
        report.id,
    )


def _methods(technique: Technique, words: FiatWords) -> list[str]:
    """The tracker's methods, or in brackets the family that is none of them."""
    if technique.family in words.open_web:
        return []
    fitting = [
        method.name
        for method in words.methods
        if method.family == technique.family and (method.words is None or method.words.search(technique.span.text))
    ]
    return fitting or [f"[{technique.family.replace('_', ' ')}]"]


def _platforms(platforms: Iterable[str], words: FiatWords) -> tuple[str, str, str]:
    names = [words.platform_names.get(each, each) for each in platforms]
    social = [name for name in names if name in words.social_media]
    messaging = [name for name in names if name in words.messaging_platforms]
    return _list(social), _list(messaging), _list([name for name in names if name not in {*social, *messaging}])


def _list(texts: Iterable[str]) -> str:
    """As the tracker writes a list: each once, with commas between, which it therefore takes out of the names."""
    return ", ".join(dict.fromkeys(" ".join(text.replace(",", " ").split()) for text in texts))


def _name(entity: Entity | None) -> str:
    return entity.name if entity else ""


def _tracker_date(moment: datetime | None) -> str:
    """As the tracker writes a day: month, day and year, in UTC."""
    if moment is None:
        return ""
    day = moment.astimezone(UTC)
    return f"{day.month}/{day.day}/{day.year}"


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""
