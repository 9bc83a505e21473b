"""What is published, from JSON to its types, with the standard library alone: for consumers that have nothing else.

Unknown fields are passed over, so that an older reader understands a newer writer; writing is `stancewire.codec`'s.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from itertools import repeat
from operator import itemgetter
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from stancewire.errors import CodecError
from stancewire.types import (
    Announcement,
    ArticleReference,
    Evidence,
    Extractor,
    Interference,
    Revision,
    Stance,
)

_Reader: TypeAlias = Callable[[Any], Any]

# Setting a field returns None, so that `any` goes through all of them.
_new, _set = object.__new__, object.__setattr__

#: What an entry has most often in common with the one before it: signals of an article follow each other.
_OFTEN_THE_SAME = frozenset({ArticleReference, Evidence, Extractor})


def announcement(data: bytes | str) -> Announcement:
    """The entry of the stream that `data` holds; raises CodecError for anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CodecError(f"not a valid entry of the stream: {error}") from error
    return announcement_from(value)


def announcement_from(value: Any) -> Announcement:
    """The entry of the stream that a JSON object, parsed already, holds; raises CodecError for anything else."""
    try:
        found: Announcement = _READERS[value["kind"]](value)
    except KeyError as error:
        raise CodecError(f"not a valid entry of the stream: {error} is missing or unknown") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise CodecError(f"not a valid entry of the stream: {error}") from error
    return found


def _reader(kind: Any) -> _Reader:
    """A function that makes a value of the type `kind` of JSON data; it raises KeyError, TypeError or ValueError."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if is_dataclass(kind):
        return _kept(_object(kind)) if kind in _OFTEN_THE_SAME else _object(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _list(_reader(inner[0]))
    if origin is Literal:
        return _one_of(frozenset(inner))
    if origin in (Union, types.UnionType):
        present = [each for each in inner if each is not types.NoneType]
        if all(get_origin(each) is Literal for each in present):
            words = frozenset(word for each in present for word in get_args(each))
            return _one_of(words | {None} if types.NoneType in inner else words)
        if len(present) == 1:
            return _optional(_reader(present[0]))
    raise TypeError(f"no reader for {kind}")


def _object(kind: Any) -> _Reader:
    """Most of the time goes here, so each step is one call for all fields and not one for each.

    The types of the values, taken together, are looked up among those that were found right before; a value is made
    without its `__init__`, which for frozen types takes as long as all the rest.
    """
    hints = get_type_hints(kind)
    names = tuple(hints)
    values_of = itemgetter(*names)
    defaults = {each.name: each.default for each in fields(kind) if each.default is not MISSING}
    leaves = tuple((place, *leaf) for place, hint in enumerate(hints.values()) if (leaf := _leaf(hint)) is not None)
    parts = tuple((place, _reader(hint)) for place, hint in enumerate(hints.values()) if _leaf(hint) is None)
    choices = tuple((place, words) for place, _, words in leaves if words)
    right: set[tuple[type, ...]] = set()

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise TypeError(f"an object is expected, not {value!r:.40}")
        try:
            values = values_of(value)
        except KeyError:
            values = values_of(defaults | value)
        types_found = tuple(map(type, values))
        if not (is_known := types_found in right):
            for place, allowed, _ in leaves:
                if types_found[place] not in allowed:
                    raise TypeError(f"{names[place]} is {values[place]!r:.40}")
        for place, words in choices:
            if values[place] not in words:
                raise ValueError(f"{names[place]} is {values[place]!r:.40}")
        if parts:
            values = list(values)
            for place, part in parts:
                values[place] = part(values[place])
        if not is_known:
            # Only now, so that no more are kept than a right value can have.
            right.add(types_found)
        made = _new(kind)
        any(map(_set, repeat(made), names, values))
        return made

    return read


def _leaf(hint: Any) -> tuple[frozenset[type], frozenset[Any]] | None:
    """Of a text, a whole number or a choice of words: the types it may have, and the words, if these are given."""
    inner = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    if all(each in (str, int, types.NoneType) for each in inner):
        return frozenset(inner), frozenset()
    words = frozenset(word for each in inner if get_origin(each) is Literal for word in get_args(each))
    if words and all(get_origin(each) is Literal or each is types.NoneType for each in inner):
        words |= {None} if types.NoneType in inner else set()
        return frozenset(map(type, words)), words
    return None


def _kept(reader: _Reader) -> _Reader:
    """The value of the last call once more where the data are the same."""
    last: tuple[Any, Any] = (object(), None)

    def read(value: Any) -> Any:
        nonlocal last
        if value != last[0]:
            last = value, reader(value)
        return last[1]

    return read


def _list(reader: _Reader) -> _Reader:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise TypeError(f"a list is expected, not {value!r:.40}")
        return tuple(map(reader, value))

    return read


def _optional(reader: _Reader) -> _Reader:
    return lambda value: None if value is None else reader(value)


def _one_of(words: frozenset[Any]) -> _Reader:
    def read(value: Any) -> Any:
        if value in words:
            return value
        raise ValueError(f"{value!r:.40} is none of {', '.join(sorted(map(str, words)))}")

    return read


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    raise TypeError(f"a text is expected, not {value!r:.40}")


def _whole(value: Any) -> int:
    if type(value) is int:
        return value
    raise TypeError(f"a whole number is expected, not {value!r:.40}")


def _number(value: Any) -> float:
    if type(value) is float or type(value) is int:
        return float(value)
    raise TypeError(f"a number is expected, not {value!r:.40}")


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return found


_PLAIN: dict[Any, _Reader] = {str: _text, int: _whole, float: _number, datetime: _moment}
_READERS: dict[str, _Reader] = {
    "stance": _reader(Stance),
    "interference": _reader(Interference),
    "revision": _reader(Revision),
}
