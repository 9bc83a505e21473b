"""A stance as a STIX note: who takes what stance toward whom, on the article and the parties.

It is no opinion: STIX has those on objects alone, with the holder as their author, and not toward a party.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.exports import stix_identifiers as ids
from stancewire.exports.stix_articles import Times, article_objects, references_of
from stancewire.exports.stix_objects import StixObject, ids_of, own
from stancewire.exports.stix_parties import Reference, party
from stancewire.exports.stix_wording import carried, confidence_of, stance_text
from stancewire.types import Stance


def note_objects(stance: Stance, known: Reference, times: Times) -> Iterator[StixObject]:
    """All objects of one stance, the note behind what it is about."""
    about = [*article_objects(stance.article, times)]
    for entity in (stance.holder, stance.speaker, stance.target):
        if entity is not None:
            about += party(entity, known, year=times.year)
    yield from about
    created, modified = times.written
    content = stance_text(stance)
    yield own(
        "note",
        ids.note_id(content, created),
        created,
        modified,
        content=content,
        authors=[(stance.speaker or stance.holder).name],
        confidence=confidence_of(stance.confidence),
        labels=["stancewire", "stance", f"polarity:{stance.polarity}", f"line:{stance.line}"],
        external_references=references_of(stance.article),
        object_refs=ids_of(about),
        extensions=carried(stance),
    )
