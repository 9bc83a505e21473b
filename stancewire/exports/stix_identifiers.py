"""Ids and times of STIX objects, made as OpenCTI makes its own: what is sent twice is one object there.

What the objects say is decided in the modules beside this one.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid5

#: Of STIX for the ids of observables; OpenCTI takes it for all.
_NAMESPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_HOUR_MS = 3_600_000


def identity_id(name: str, identity_class: str) -> str:
    """Of a person, an organisation or a system."""
    return _id("identity", name=_folded(name), identity_class=identity_class.lower())


def country_id(name: str) -> str:
    """Of a location that is a country."""
    return _id("location", name=_folded(name), x_opencti_location_type="Country")


def named_id(kind: str, name: str) -> str:
    """Of a channel, an event or a narrative, which are known by their names alone."""
    return _id(kind, name=_folded(name))


def technique_id(external_id: str) -> str:
    """Of an attack pattern by its id in a framework, as `T0049`; under it OpenCTI keeps that of an imported DISARM."""
    return _id("attack-pattern", x_mitre_id=_folded(external_id))


def media_id(url: str) -> str:
    """Of a media content, the observable that an article is."""
    return _id("media-content", url=url)


def report_id(name: str, published: str) -> str:
    """Of a report; `published` as `timestamp` writes it."""
    return _id("report", name=_folded(name), published=published)


def opinion_id(opinion: str, created: str) -> str:
    """Of an opinion; nothing that it says or is about counts, so that each needs a moment of its own."""
    return _id("opinion", opinion=opinion.strip(), created=created)


def note_id(content: str, created: str) -> str:
    """Of a note without an abstract."""
    return _id("note", content=content.strip(), created=created)


def relationship_id(relationship: str, source: str, target: str) -> str:
    """Of a relationship without times."""
    return _id("relationship", relationship_type=relationship, source_ref=source, target_ref=target)


def bundle_id(content: str) -> str:
    """Of a bundle by what names its content; OpenCTI keeps no bundles."""
    return f"bundle--{uuid5(_NAMESPACE, content)}"


def timestamp(moment: datetime) -> str:
    """To the millisecond, which is all that OpenCTI keeps, and in its form: another would give another id.

    >>> timestamp(datetime(2026, 1, 31, 8, 0, 0, 123999, UTC))
    '2026-01-31T08:00:00.123Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_within_hour(moment: datetime, name: str) -> datetime:
    """A moment of the same hour, to the millisecond, that follows from `name`."""
    offset = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8]) % _HOUR_MS
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(milliseconds=offset)


def _folded(name: str) -> str:
    return name.lower().strip()


@lru_cache(maxsize=8192)
def _id(kind: str, **contributing: str) -> str:
    """UUIDv5 of the canonical JSON (RFC 8785) of what tells one object from another."""
    canonical = json.dumps(contributing, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{kind}--{uuid5(_NAMESPACE, canonical)}"
