"""Reports of interference as events of a MISP feed: one event for each article, with what it reports and took back.

An event says what an outlet reports that somebody says. It names no threat actor, and nothing in it is an indicator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from config.characters import safe
from config.knowledge.reference import DisarmTechnique
from stancewire.exports.misp_text import as_markdown, as_text
from stancewire.exports.reports import Reported, ReportedArticle
from stancewire.types import ArticleReference, Interference

#: Names of organisations become ids under this one.
_ORGANISATIONS = uuid5(NAMESPACE_URL, "https://stancewire.org/misp/organisation")
#: MISP object templates, as of misp-objects: name, category, description, id, version.
_NEWS_MEDIA = {
    "name": "news-media",
    "meta-category": "misc",
    "description": "News media are forms of mass media delivering news to the general public.",
    "template_uuid": "691463c5-5302-4847-9bec-4c56ccfec677",
    "template_version": "3",
}
_ANNOTATION = {
    "name": "annotation",
    "meta-category": "misc",
    "description": "An annotation object allowing analysts to add annotations, comments, executive summary to a MISP"
    " event, objects or attributes.",
    "template_uuid": "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487",
    "template_version": "3",
}
_UNDEFINED_THREAT, _INITIAL_ANALYSIS = "4", "0"
#: Of everything: publicly reported, open source, a news report.
_TAGS_OF_ALL = (("tlp:clear", "#ffffff"), ("type:OSINT", "#004646"), ('osint:source-type="news-report"', "#00a6ff"))
_GALAXY_COLOUR, _OWN_COLOUR = "#0088cc", "#7a7a7a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who publishes the feed."""

    name: str
    uuid: UUID


def organisation(name: str) -> Organisation:
    """The organisation of that name: the same name has the same id."""
    return Organisation(name=name, uuid=uuid5(_ORGANISATIONS, name))


def event_of(article: ReportedArticle, owner: Organisation, disarm: Mapping[str, DisarmTechnique]) -> dict[str, Any]:
    """The event of an article, as its file in a feed holds it; the same article has the same id in every export.

    Its timestamp is that of its latest change. Reports that the article took back are in it as deleted, by which a MISP
    that knows them deletes them as well.
    """
    uuid = uuid5(owner.uuid, f"event {article.article.id}")
    stamp = _stamp(article.changed_at or article.article.published_at)
    media = _news_media(article.article, uuid, stamp)
    event = {
        "uuid": str(uuid),
        "info": _info(article),
        "date": _day(article).isoformat(),
        "threat_level_id": _UNDEFINED_THREAT,
        "analysis": _INITIAL_ANALYSIS,
        "timestamp": stamp,
        "publish_timestamp": stamp,
        "published": True,
        "protected": False,
        "extends_uuid": "",
        "Orgc": {"name": owner.name, "uuid": str(owner.uuid)},
        "Tag": _tags(article.standing, disarm, of_all=True),
        "Object": [media, *(_annotation(each, uuid, media["uuid"], disarm) for each in article.reports)],
        "EventReport": [
            {
                "uuid": str(uuid5(uuid, "report")),
                "name": "What is reported, by whom, and who denies it",
                "content": as_markdown(article, disarm),
                "timestamp": stamp,
                "deleted": False,
            }
        ],
    }
    return {"Event": event}


def manifest_of(event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The event's id, and its entry in the feed's manifest, where numbers are numbers."""
    inner = event["Event"]
    words = {name: inner[name] for name in ("Orgc", "Tag", "info", "date")}
    return inner["uuid"], words | {name: int(inner[name]) for name in ("analysis", "threat_level_id", "timestamp")}


def hashes_of(event: dict[str, Any]) -> Iterator[str]:
    """The lines of `hashes.csv` for an event: MD5 of each value, and the event's id."""
    inner = event["Event"]
    for each in inner["Object"]:
        for attribute in each["Attribute"]:
            digest = hashlib.md5(attribute["value"].encode(), usedforsecurity=False).hexdigest()
            yield f"{digest},{inner['uuid']}\n"


def _info(article: ReportedArticle) -> str:
    title = safe(article.article.title) or article.article.url or article.article.id
    outlet = f" ({safe(article.article.outlet)})" if article.article.outlet else ""
    return f"{'Interference reported' if article.standing else 'Withdrawn'}: {title}{outlet}"


def _day(article: ReportedArticle) -> date:
    moment = article.article.published_at or article.changed_at
    return moment.astimezone(UTC).date() if moment else date(1970, 1, 1)


def _stamp(moment: datetime | None) -> str:
    return str(int(moment.timestamp())) if moment else "0"


def _tags(
    reports: tuple[Interference, ...], disarm: Mapping[str, DisarmTechnique], *, of_all: bool = False
) -> list[dict[str, Any]]:
    """Tags of these reports, each once; a technique that is refuted is none."""
    tags = dict(_TAGS_OF_ALL) if of_all else {}
    for report in reports:
        tags[f'stancewire:status="{report.status}"'] = _OWN_COLOUR
        if report.denied_by:
            tags['stancewire:denied="yes"'] = _OWN_COLOUR
        for technique in report.techniques if report.status != "refuted" else ():
            known = disarm.get(technique.disarm or "")
            if known is not None and known.misp is not None:
                tags[f'misp-galaxy:disarm-techniques="{known.name}"'] = _GALAXY_COLOUR
    return [{"name": name, "colour": colour, "relationship_type": "", "local": False} for name, colour in tags.items()]


def _news_media(article: ArticleReference, event: UUID, stamp: str) -> dict[str, Any]:
    uuid = uuid5(event, "news-media")
    about_outlet = ", ".join(
        f"{what} {value}"
        for what, value in (("at home in", article.outlet_country), ("ownership:", article.ownership))
        if value
    )
    attributes = [
        _attribute(uuid, "title", article.title, stamp),
        _attribute(uuid, "source", article.outlet, stamp, comment=about_outlet),
        _attribute(uuid, "link", article.url, stamp, type_="link"),
    ]
    published = article.published_at.astimezone(UTC).isoformat() if article.published_at else None
    return {
        **_NEWS_MEDIA,
        "uuid": str(uuid),
        "timestamp": stamp,
        "comment": "The article, as it reads now; first seen is when the outlet published it.",
        **({"first_seen": published} if published else {}),
        "deleted": False,
        "Attribute": [each for each in attributes if each],
    }


def _annotation(reported: Reported, event: UUID, media: str, disarm: Mapping[str, DisarmTechnique]) -> dict[str, Any]:
    report, deleted = reported.report, reported.withdrawn is not None
    uuid = uuid5(event, f"report {report.id}")
    stamp = _stamp(reported.since or report.article.published_at)
    why = f"Withdrawn: {safe(reported.withdrawn)}. " if reported.withdrawn else ""
    attributes = [
        _attribute(uuid, "text", as_text(report, disarm), stamp, deleted=deleted, tags=_tags((report,), disarm)),
        _attribute(uuid, "ref", report.article.url, stamp, type_="link", deleted=deleted),
        _attribute(uuid, "format", "text", stamp, deleted=deleted),
    ]
    reference = {
        "uuid": str(uuid5(uuid, "reference")),
        "timestamp": stamp,
        "relationship_type": "annotates",
        "comment": "",
        "object_uuid": str(uuid),
        "referenced_uuid": media,
    }
    return {
        **_ANNOTATION,
        "uuid": str(uuid),
        "timestamp": stamp,
        "comment": f"{why}What an article reports that somebody says, found by a program; nothing here is established.",
        "deleted": deleted,
        **({} if deleted else {"ObjectReference": [reference]}),
        "Attribute": [each for each in attributes if each],
    }


def _attribute(
    owner: UUID,
    relation: str,
    value: str | None,
    stamp: str,
    *,
    type_: str = "text",
    comment: str = "",
    deleted: bool = False,
    tags: list[dict[str, Any]] | None = None,
) -> dict[str, Any] | None:
    """An attribute of an object; None without a value."""
    if not value or not value.strip():
        return None
    # What holds lines of ours is safe already, line by line.
    shown = value if relation == "text" else safe(value).strip()
    return {
        "uuid": str(uuid5(owner, relation)),
        "object_relation": relation,
        "type": type_,
        "category": "External analysis" if type_ == "link" else "Other",
        "value": shown,
        "to_ids": False,
        "disable_correlation": type_ != "link",
        "comment": comment,
        "timestamp": stamp,
        "deleted": deleted,
        **({"Tag": tags} if tags else {}),
    }
