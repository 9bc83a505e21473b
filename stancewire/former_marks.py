"""Marks of articles as layouts 1 and 2 of the store kept them, for the 90 days after an update from these.

Pure, and for reading alone: none is written any more.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from stancewire.codec import FINGERPRINT_LENGTH, Codec
from stancewire.types import Mark, Note, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class _Json:
    """A mark in layout 1."""

    fingerprint: str
    revision: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rare:
    """What few marks have, in layout 2."""

    story: str = ""
    former: tuple[str, ...] = ()
    returns: Annotated[int, Field(ge=0)] = 0
    shared: bool = False


_json: Codec[_Json] = Codec(TypeAdapter(_Json), "mark")
_rare: Codec[_Rare] = Codec(TypeAdapter(_Rare), "mark")

#: Revision, note, number of words and of sequences kept, title, text, outlet, feed, and the second when it was met.
_MARK = struct.Struct(">HBBB4s4s4s4sI")
_NOTES: tuple[Note, ...] = ("", "correction", "retraction")


def read_former_mark(data: bytes, article_id: str) -> Mark:
    """The mark of an article in layout 1, JSON, or in layout 2; raises CodecError, ValueError or struct.error.

    In layout 2 the fingerprint stands before a colon, then the rest in base64, and after a full stop what few have.
    """
    if data.startswith(b"{"):
        former = _json.decode(data)
        wording = Wording(fingerprint=_checked_name(former.fingerprint[:FINGERPRINT_LENGTH]))
        return Mark(article_id=article_id, story_id=article_id, wording=wording, revision=former.revision)
    head, _, tail = data.partition(b".")
    fingerprint, _, packed = head.decode("ascii").partition(":")
    rare = _rare.decode(tail) if tail else _Rare()
    raw = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    revision, note, words, opening, *names, met = _MARK.unpack_from(raw)
    numbers = struct.unpack_from(f">{words + opening}H", raw, _MARK.size)
    title, text, outlet, feed = (name.hex() if any(name) else "" for name in names)
    return Mark(
        article_id=article_id,
        story_id=rare.story or article_id,
        wording=Wording(
            fingerprint=_checked_name(fingerprint),
            title=title,
            text=text,
            note=_NOTES[note],
            title_words=numbers[:words],
            opening=numbers[words:],
        ),
        revision=revision,
        outlet=outlet,
        feed=feed,
        met_at=datetime.fromtimestamp(met, UTC) if met else None,
        former=rare.former,
        returns=rare.returns,
        link_is_shared=rare.shared,
    )


def _checked_name(fingerprint: str) -> str:
    if not (fingerprint.isascii() and fingerprint.isalnum()):
        raise ValueError(f"not the name of words: {fingerprint[:40]!a}")
    return fingerprint
