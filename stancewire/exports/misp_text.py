"""What a report of interference says, in lines for people: as plain text, and as Markdown for the report of an event.

Every line says whose word it is; nothing is asserted, and text from articles is no markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from config.characters import safe
from config.knowledge.reference import DisarmTechnique
from stancewire.exports.reports import ReportedArticle
from stancewire.types import Claimant, Entity, Interference, Technique

#: What means something in Markdown or HTML.
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#|~!&$@])")
_LINKS = {"direct": "directly", "proxy": "by proxy or as it is inferred", "unspecified": "how is not said"}


def as_text(report: Interference, disarm: Mapping[str, DisarmTechnique]) -> str:
    """One line for each thing that is said."""
    return "\n".join(f"{name}: {safe(value)}" for name, value in _said(report, disarm))


def as_markdown(article: ReportedArticle, disarm: Mapping[str, DisarmTechnique]) -> str:
    """The reports that an article carries, and how many it took back."""
    standing, withdrawn = article.standing, [each for each in article.reports if each.withdrawn is not None]
    blocks = [
        "What follows was found in the article by a program. It says what the article reports, not what happened."
    ]
    for number, report in enumerate(standing, 1):
        lines = [f"- **{name}:** {_plain(value)}" for name, value in _said(report, disarm)]
        blocks.append("\n".join([f"## Report {number} of {len(standing)}", "", *lines]))
    if withdrawn:
        why = sorted({_plain(each.withdrawn or "") for each in withdrawn})
        blocks.append(f"Withdrawn with a revision of the article: {len(withdrawn)} ({'; '.join(why)}).")
    return "\n\n".join(blocks) + "\n"


def _said(report: Interference, disarm: Mapping[str, DisarmTechnique]) -> Iterator[tuple[str, str]]:
    yield "Status", report.status
    yield "Said to have acted", f"{_entity(report.actor)}, {_LINKS[report.actor_link]}"
    yield "Against", _entity(report.target) if report.target else "not said"
    if report.event:
        yield "Event", _entity(report.event)
    yield "Said by", "; ".join(_each_once(map(_claimant, report.claimants))) or "nobody who is named"
    yield "Denied by", "; ".join(_each_once(map(_entity, report.denied_by))) or "nobody in this article"
    for denial in report.denied_by:
        yield f"Denial of {denial.name}", f'"{denial.span.text}"'
    if report.techniques:
        yield "Techniques", "; ".join(_each_once(_technique(each, disarm) for each in report.techniques))
    if report.platforms:
        yield "Platforms", ", ".join(report.platforms)
    yield "Evidence", f'"{report.evidence.text}"'
    yield "Confidence that it is rightly read", f"{report.confidence:.2f}"
    yield "Language", report.language
    yield "Signal", f"{report.id}, {report.extractor.name} {report.extractor.version}"


def _entity(entity: Entity) -> str:
    known = ", ".join(each for each in (entity.type, entity.country, entity.id) if each)
    return f"{entity.name} ({known})"


def _claimant(claimant: Claimant) -> str:
    return f"{_entity(claimant)}, {(claimant.category or 'category unknown').replace('_', ' ')}"


def _technique(technique: Technique, disarm: Mapping[str, DisarmTechnique]) -> str:
    family = technique.family.replace("_", " ")
    if technique.disarm is None:
        return family
    known = disarm.get(technique.disarm)
    name = f" {known.name}" if known else ""
    return f"{family} (DISARM {technique.disarm_version} {technique.disarm}{name})"


def _each_once(texts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(texts)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", safe(text))
