"""Objects as one STIX bundle, written as they come.

Where the pieces are written to is the caller's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import orjson

from config.characters import escaped
from stancewire.exports import stix_identifiers as ids
from stancewire.exports.latest import Latest
from stancewire.exports.stix_objects import StixObject

#: Objects that are known to stand in a bundle already, so many of the latest; one that comes back later stands twice.
_REMEMBERED = 200_000


def without_repeats(objects: Iterable[StixObject]) -> Iterator[StixObject]:
    """Each version of an object once."""
    written: Latest[str] = Latest(_REMEMBERED)
    for each in objects:
        version = each.get("modified", "once")
        if written.get(each["id"]) != version:
            written.set(each["id"], version)
            yield each


def bundle(objects: Iterable[StixObject]) -> Iterator[str]:
    """The pieces of a bundle's JSON, an object a line.

    Its id follows from the ids and versions of its objects, and therefore stands at the end.
    """
    content = hashlib.sha256()
    before = '{"type":"bundle","objects":[\n'
    for each in without_repeats(objects):
        content.update(f"{each['id']} {each.get('modified', '')}\n".encode())
        yield before + escaped(orjson.dumps(each).decode())
        before = ",\n"
    # One without objects has no list of them.
    opening = '{"type":"bundle",' if before.startswith("{") else "\n],"
    yield f'{opening}"id":"{ids.bundle_id(content.hexdigest())}"}}\n'
