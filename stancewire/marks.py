"""Marks of articles, and the names that lead to them, to bytes and back: few bytes, since there are very many of them.

Pure. Most of a mark is hashes, which nothing makes shorter but that those of the words of title and text are sorted.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from stancewire.codec import Codec
from stancewire.errors import CodecError
from stancewire.former_marks import read_former_mark
from stancewire.types import Mark, Note, Wording

#: Title words, and sequences of the opening, that are kept of each; no article has more.
MOST_NUMBERS = 15
#: The first byte, outlet, feed, fingerprint, revision, numbers of words and sequences, bits of the steps between them,
#: title, text, and the second when it was met. `known.lua` counts on where outlet, feed and fingerprint stand.
_MARK = struct.Struct(">B4s4s8sBBB4s4sI")
_NOTES: tuple[Note, ...] = ("", "correction", "retraction")
#: Bits of the first byte, beside the note in the lowest two and the number of former wordings in two others: that it is
#: a mark, and what follows at its end.
_IS_MARK, _IS_SPELT_OUT, _IS_SHARED, _HAS_STORY = 0x80, 0x10, 0x08, 0x04
_FORMER_AT, _MOST_FORMER = 5, 3

_NAME, _FINGERPRINT, _SHORT = (re.compile(f"[0-9a-f]{{{length}}}") for length in (32, 16, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SpeltOut:
    """What a mark has that is named by anything but the digests that this program makes."""

    fingerprint: str
    story: str = ""
    former: tuple[str, ...] = ()
    returns: Annotated[int, Field(ge=0)] = 0


_spelt_out: Codec[_SpeltOut] = Codec(TypeAdapter(_SpeltOut), "mark")


def packed_name(name: str) -> bytes:
    """16 bytes that stand for a name: those that a digest spells out, or a digest of what is none."""
    return _packed(name, _NAME, 16)


def lead_to(article_id: str) -> bytes:
    """What is kept under a further name of an article; of no article where several share the name."""
    if not article_id:
        return b">"
    return b">" + bytes.fromhex(article_id) if _NAME.fullmatch(article_id) else b"=" + article_id.encode()


def article_led_to(lead: bytes) -> str:
    """Id of the article that a further name leads to, empty for none."""
    return lead[1:].hex() if lead.startswith(b">") else lead[1:].decode(errors="replace")


def encode_mark(mark: Mark) -> bytes:
    """A mark in some seventy bytes. The article's id is left out: a mark is kept under it."""
    wording = mark.wording
    story = mark.story_id if mark.story_id != mark.article_id else ""
    words, opening = wording.title_words[:MOST_NUMBERS], wording.opening[:MOST_NUMBERS]
    steps = tuple(_steps(words)), tuple(_steps(opening))
    widths = tuple(max(1, *(step.bit_length() for step in each), 1) for each in steps)
    is_spelt_out = _is_unusual(mark, story)
    former = () if is_spelt_out else mark.former
    packed = _MARK.pack(
        _IS_MARK
        | _IS_SPELT_OUT * is_spelt_out
        | _IS_SHARED * mark.link_is_shared
        | _HAS_STORY * (bool(story) and not is_spelt_out)
        | len(former) << _FORMER_AT
        | _NOTES.index(wording.note),
        _hex(mark.outlet),
        _hex(mark.feed),
        _packed(wording.fingerprint, _FINGERPRINT, 8),
        min(mark.revision, 0xFF),
        len(words) << 4 | len(opening),
        (widths[0] - 1) << 4 | (widths[1] - 1),
        _hex(wording.title),
        _hex(wording.text),
        min(max(round(mark.met_at.timestamp()), 0), 0xFFFFFFFF) if mark.met_at else 0,
    )
    packed += _together(steps, widths)
    if is_spelt_out:
        rest = _SpeltOut(fingerprint=wording.fingerprint, story=story, former=mark.former, returns=mark.returns)
        return packed + _spelt_out.encode(rest)
    packed += bytes.fromhex(story + "".join(former))
    return packed + bytes([mark.returns]) if former else packed


def decode_mark(data: bytes, article_id: str) -> Mark:
    """The mark that `encode_mark` wrote, or a former layout of the store; raises CodecError."""
    try:
        return _read(data, article_id) if data[0] & _IS_MARK else read_former_mark(data, article_id)
    except (ValueError, IndexError, struct.error) as error:
        raise CodecError(f"not a valid mark: {error}") from error


def _read(data: bytes, article_id: str) -> Mark:
    first, outlet, feed, fingerprint, revision, counts, widths, title, text, met = _MARK.unpack_from(data)
    width_of_words, width_of_opening = (widths >> 4) + 1, (widths & 0xF) + 1
    bits_of_words, bits_of_opening = (counts >> 4) * width_of_words, (counts & 0xF) * width_of_opening
    end = _MARK.size + (bits_of_words + bits_of_opening + 7) // 8
    if len(data) < end:
        raise ValueError("it is cut off")
    numbers = int.from_bytes(data[_MARK.size : end], "big")
    words = _numbers(numbers >> bits_of_opening, counts >> 4, width_of_words)
    opening = _numbers(numbers, counts & 0xF, width_of_opening)
    rest = _rest_of(first, fingerprint.hex(), data[end:])
    return Mark(
        article_id=article_id,
        story_id=rest.story or article_id,
        wording=Wording(
            fingerprint=rest.fingerprint,
            title=_name(title),
            text=_name(text),
            note=_NOTES[first & 0x3],
            title_words=words,
            opening=opening,
        ),
        revision=revision,
        outlet=_name(outlet),
        feed=_name(feed),
        met_at=datetime.fromtimestamp(met, UTC) if met else None,
        former=rest.former,
        returns=rest.returns,
        link_is_shared=bool(first & _IS_SHARED),
    )


def _rest_of(first: int, fingerprint: str, tail: bytes) -> _SpeltOut:
    if first & _IS_SPELT_OUT:
        return _spelt_out.decode(tail)
    story_ends = 16 if first & _HAS_STORY else 0
    former = first >> _FORMER_AT & _MOST_FORMER
    former_ends = story_ends + 4 * former
    return _SpeltOut(
        fingerprint=fingerprint,
        story=tail[:story_ends].hex(),
        former=tuple(tail[start : start + 4].hex() for start in range(story_ends, former_ends, 4)),
        returns=tail[former_ends] if former else 0,
    )


def _is_unusual(mark: Mark, story: str) -> bool:
    """Whether a mark has something that does not fit in its place."""
    return (
        not _FINGERPRINT.fullmatch(mark.wording.fingerprint)
        or (bool(story) and not _NAME.fullmatch(story))
        or len(mark.former) > _MOST_FORMER
        or not all(map(_SHORT.fullmatch, mark.former))
        or mark.returns > (0xFF if mark.former else 0)
    )


def _steps(numbers: Sequence[int]) -> Iterator[int]:
    """From each number of 16 bits to the next, upwards and round; of sorted ones the steps are small."""
    before = 0
    for number in numbers:
        yield (number - before) & 0xFFFF
        before = number


def _together(steps: Sequence[Sequence[int]], widths: Sequence[int]) -> bytes:
    """The steps behind each other, each list's in as many bits as its greatest needs."""
    number = bits = 0
    for each, width in zip(steps, widths, strict=True):
        for step in each:
            number = number << width | step
        bits += len(each) * width
    return number.to_bytes((bits + 7) // 8, "big")


def _numbers(steps: int, count: int, width: int) -> tuple[int, ...]:
    """The numbers that the lowest steps of a width lead to."""
    found = []
    number, mask = 0, (1 << width) - 1
    for place in reversed(range(count)):
        number = (number + (steps >> place * width & mask)) & 0xFFFF
        found.append(number)
    return tuple(found)


def _packed(name: str, digest: re.Pattern[str], length: int) -> bytes:
    if digest.fullmatch(name):
        return bytes.fromhex(name)
    # Of this kind because the server's scripts can make it as well; it keeps no secret.
    return hashlib.sha1(name.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:length]


def _hex(name: str) -> bytes:
    return bytes.fromhex(name) if name else bytes(4)


def _name(raw: bytes) -> str:
    return raw.hex() if any(raw) else ""
