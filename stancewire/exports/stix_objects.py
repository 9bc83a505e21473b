"""STIX objects as dictionaries: what all have in common, the extensions, and who says all this.

What is said of an article is made in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from stancewire.exports import stix_identifiers as ids

#: One object as STIX 2.1 has it in JSON.
StixObject: TypeAlias = dict[str, Any]

#: Under which OpenCTI has its own types and properties, and those that it takes from ATT&CK.
OPENCTI = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"
OPENCTI_OBSERVABLES = "extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82"
ATTACK = "extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b"
#: Under which an object carries the signal that it was made of.
STANCEWIRE = "extension-definition--0c050de3-7208-438e-873d-5a422da00608"

#: Since when objects that many signals share are made in this way; no signal may tell, or one id had many versions.
_LAID_DOWN = "2026-11-26T00:00:00.000Z"
_EMPTY: tuple[Any, ...] = ({}, [], "")
AUTHOR_ID = ids.identity_id("stancewire", "system")


def common(kind: str, object_id: str, **fields: Any) -> StixObject:
    """An object that is nobody's in particular: the same whichever signal names it."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": object_id,
        "created": _LAID_DOWN,
        "modified": _LAID_DOWN,
        **given(fields),
    }


def own(kind: str, object_id: str, created: str, modified: str, **fields: Any) -> StixObject:
    """An object that says what a signal says, with this program as its author."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": object_id,
        "created_by_ref": AUTHOR_ID,
        "created": created,
        "modified": modified,
        **given(fields),
    }


def new_type(extension: str = "new-sdo") -> dict[str, Any]:
    """The extensions of an object whose type is OpenCTI's."""
    return {(OPENCTI_OBSERVABLES if extension == "new-sco" else OPENCTI): {"extension_type": extension}}


def properties(definition: str, **more: Any) -> dict[str, Any]:
    """The extensions of an object with properties of one extension."""
    return {definition: {"extension_type": "property-extension", **given(more)}}


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` without those that are None or empty, which STIX does not have."""
    return {key: each for key, each in fields.items() if each is not None and each not in _EMPTY}


def without_gaps(value: Any) -> Any:
    """`value`, of JSON, without what is None or empty anywhere in it."""
    if isinstance(value, dict):
        kept = {key: without_gaps(each) for key, each in value.items() if each is not None}
        return {key: each for key, each in kept.items() if each not in _EMPTY}
    if isinstance(value, list):
        return [without_gaps(each) for each in value]
    return value


def ids_of(objects: Iterable[StixObject]) -> list[str]:
    """Their ids, each once, in their order."""
    return list(dict.fromkeys(each["id"] for each in objects))


AUTHOR = common(
    "identity",
    AUTHOR_ID,
    name="stancewire",
    identity_class="system",
    description="Reads news and says what they report. It asserts nothing of its own about who did what.",
)


def _definition(extension: str, name: str, description: str, schema: str, *types: str) -> StixObject:
    return common(
        "extension-definition",
        extension,
        created_by_ref=AUTHOR_ID,
        name=name,
        description=description,
        schema=schema,
        version="1.0.0",
        extension_types=list(types),
    )


_OF_OPENCTI = "Named here for readers other than OpenCTI, which defines it."
#: For readers that look up what an extension is.
DEFINITIONS = (
    _definition(
        STANCEWIRE,
        "stancewire signal",
        "The signal that an object was made of, or the version of DISARM that a technique is taken from.",
        "signal: an entry as `stancewire schema signal` describes it, without fields that are null or empty. "
        "signal_id: its id alone. disarm_version: version of the DISARM Red framework that a technique is taken from. "
        "disarm_stix_id: its id in the bundle of the framework.",
        "property-extension",
    ),
    _definition(
        OPENCTI,
        "OpenCTI",
        f"Types and properties of OpenCTI. {_OF_OPENCTI}",
        "New types channel, event and narrative, each with a name; property type of a location; property aliases.",
        "new-sdo",
        "property-extension",
    ),
    _definition(
        OPENCTI_OBSERVABLES,
        "OpenCTI observables",
        f"Types of observables of OpenCTI. {_OF_OPENCTI}",
        "New type media-content: url (id contributing), title, content, media_category, publication_date.",
        "new-sco",
    ),
    _definition(
        ATTACK,
        "MITRE ATT&CK in OpenCTI",
        f"Properties that OpenCTI takes from ATT&CK. {_OF_OPENCTI}",
        "Property id of an attack pattern: its id in the framework that it is taken from.",
        "property-extension",
    ),
)
