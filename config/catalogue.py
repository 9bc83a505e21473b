"""Every setting, one by one: its key, its name in the environment, its default, and what it may be.

Read off the models in `config.settings`; nothing is loaded or checked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.settings import Settings

#: Prefix of all names in the environment.
PREFIX = "STANCEWIRE_"

Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting."""

    key: Key
    default: Any
    meaning: str
    #: What it may be, in words.
    allowed: str
    is_list: bool
    is_path: bool
    is_secret: bool

    @property
    def name(self) -> str:
        """As written in a file: `fetch.concurrency`."""
        return ".".join(self.key)

    @property
    def variable(self) -> str:
        """As written in the environment: `STANCEWIRE_FETCH__CONCURRENCY`."""
        return PREFIX + "__".join(self.key).upper()


def settings(model: type[BaseModel] = Settings, prefix: Key = ()) -> Iterator[Setting]:
    """All settings, in the order of the models."""
    for name, field in model.model_fields.items():
        key = (*prefix, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings(field.annotation, key)
        else:
            types = _members(field.annotation)
            yield Setting(
                key=key,
                default=field.get_default(call_default_factory=True, validated_data={}),
                meaning=field.description or "",
                allowed=_allowed(field),
                is_list=get_origin(field.annotation) is tuple,
                is_path=Path in types,
                is_secret=SecretStr in types,
            )


def sections(model: type[BaseModel] = Settings) -> tuple[tuple[str, str], ...]:
    """Names and meanings of the groups of settings."""
    return tuple(
        (name, (field.annotation.__doc__ or "").strip())
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    )


def plain(value: Any) -> Any:
    """A default as TOML and JSON can hold it."""
    match value:
        case tuple():
            return [plain(item) for item in value]
        case Path() | IPv4Network() | IPv6Network():
            return str(value)
        case SecretStr():
            return value.get_secret_value()
    return value


def _members(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, UnionType):
        return tuple(member for part in get_args(annotation) for member in _members(part))
    return (annotation,)


def _allowed(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is tuple:
        return f"a list of {_kind(get_args(annotation)[0], plural=True)}"
    kinds = [_kind(member, plural=False) for member in _members(annotation) if member is not type(None)]
    return " or ".join(dict.fromkeys(kinds)) + _bounds(field)


def _kind(annotation: Any, *, plural: bool) -> str:
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(str(choice) for choice in get_args(annotation))
    kinds = {
        bool: ("true or false", "true or false"),
        int: ("a whole number", "whole numbers"),
        float: ("a number", "numbers"),
        Path: ("a path", "paths"),
    }
    if annotation in kinds:
        return kinds[annotation][plural]
    networks = (IPv4Network, IPv6Network)
    if any(member in networks for member in _members(annotation)):
        return "networks such as 127.0.0.0/8 or ::1/128, no bit set behind the prefix"
    return ("a text", "texts")[plural]


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    bounds = [
        f"{word} {getattr(bound, name):,}"
        for bound in field.metadata
        for name, word in words.items()
        if getattr(bound, name, None) is not None
    ]
    return ", " + " and ".join(bounds) if bounds else ""
