"""The settings of this run: the defaults, over them the user's file, over both the environment.

Everything wrong in any of them is reported at once, with its place. The environment is an argument, and nothing is kept
between calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from config.catalogue import Key, Setting, plain, settings
from config.layers import Given, Layer, read_defaults, read_environment, read_user_file
from config.settings import Settings
from config.watches import pack, unpack
from stancewire.errors import ConfigurationError, Problem
from stancewire.types import Watch

_lines: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])

_NOT_IN_A_HEADER = re.compile(r"[^\x20-\x7e]")
_AGENT_HINT = "Allowed: printable ASCII, with {version} and {contact} where these shall stand."


def load(
    environ: Mapping[str, str],
    *,
    user_file: Path | None = None,
    version: str,
) -> Settings:
    """The settings that hold; raises ConfigurationError with all problems found.

    `version` goes into the User-Agent.
    """
    problems: list[Problem] = []
    layers = (
        read_defaults(problems),
        read_user_file(environ, user_file, problems),
        read_environment(environ, problems),
    )
    given: Layer = {}
    for layer in layers:
        given |= layer
    home = Path(environ["HOME"]) if environ.get("HOME") else None
    loaded = _validated(_with_paths(given, home, problems), problems)
    if loaded is None or problems:
        raise ConfigurationError(tuple(problems))
    agent = loaded.fetch.user_agent.replace("{version}", version).replace("{contact}", loaded.fetch.contact)
    if wrong := _wrong_agent(agent):
        source = given[("fetch", "contact" if _wrong_agent(loaded.fetch.contact) else "user_agent")]
        raise ConfigurationError((Problem(wrong, where=source.where, line=source.line, hint=_AGENT_HINT),))
    return loaded.model_copy(update={"fetch": loaded.fetch.model_copy(update={"user_agent": agent})})


def dump(loaded: Settings, watches: Sequence[Watch] = ()) -> bytes:
    """One line of JSON that `restore` reads, secrets in the clear: for a pipe to an own process, never for a log.

    The watches go along as they were read: a file that is changed meanwhile must not tell processes apart.
    """
    nested: dict[str, Any] = {}
    for setting in settings():
        value: Any = loaded
        for part in setting.key:
            value = getattr(value, part)
        _put(nested, setting.key, plain(value))
    return orjson.dumps({"settings": nested, "watches": pack(watches)})


def restore(line: bytes) -> tuple[Settings, tuple[Watch, ...]]:
    """The settings and the watches that `dump` wrote; raises ValueError for what it did not."""
    given = _lines.validate_json(line)
    return Settings.model_validate(given.get("settings")), unpack(given.get("watches"))


def _wrong_agent(agent: str) -> str | None:
    if _NOT_IN_A_HEADER.search(agent):
        return "fetch.user_agent or fetch.contact holds characters that a request cannot carry"
    if "{" in agent or "}" in agent:
        return "fetch.user_agent or fetch.contact holds braces that stand for nothing known"
    if "://" not in agent and "@" not in agent:
        return "fetch.user_agent or fetch.contact names no address at which a site's owner could ask"
    return None


def _with_paths(given: Layer, home: Path | None, problems: list[Problem]) -> Layer:
    """Paths with `~` replaced, and those of a file taken from its folder."""
    resolved = dict(given)
    for setting in settings():
        source = given.get(setting.key)
        if source is None or not setting.is_path or not isinstance(source.value, str):
            continue
        path = Path(source.value)
        if path.parts[:1] == ("~",):
            if home is None:
                hint = f"Set {setting.variable} to a path that starts with /."
                problems.append(Problem(f"{setting.name}: no home directory is known", where=source.where, hint=hint))
                continue
            path = Path(home, *path.parts[1:])
        elif source.folder is not None:
            path = source.folder / path
        resolved[setting.key] = Given(value=str(path), where=source.where, line=source.line)
    return resolved


def _validated(given: Layer, problems: list[Problem]) -> Settings | None:
    nested: dict[str, Any] = {}
    for key, source in given.items():
        _put(nested, key, source.value)
    try:
        return Settings.model_validate(nested)
    except ValidationError as error:
        by_key = {setting.key: setting for setting in settings()}
        seen: set[tuple[Key, Any]] = set()
        for detail in error.errors():
            place = tuple(detail["loc"])
            key = next(key for key in by_key if place[: len(key)] == key)
            bad = _part(given[key].value, place[len(key) :])
            if (key, str(bad)) not in seen:
                seen.add((key, str(bad)))
                problems.append(_bad_value(by_key[key], bad, given[key], detail.get("ctx", {}).get("error")))
    return None


def _part(value: Any, place: tuple[int | str, ...]) -> Any:
    return value[place[0]] if isinstance(value, list) and place and isinstance(place[0], int) else value


def _bad_value(setting: Setting, bad: Any, source: Given, reason: object = None) -> Problem:
    shown = "what was given" if setting.is_secret else repr(bad)[:80]
    hint = f"Allowed: {setting.allowed}."
    if isinstance(reason, ValueError):
        # Ours, from a validator in `config.settings`.
        return Problem(f"{setting.name} cannot be {shown}: {reason}", where=source.where, line=source.line)
    return Problem(f"{setting.name} cannot be {shown}", where=source.where, line=source.line, hint=hint)


def _put(nested: dict[str, Any], key: Key, value: Any) -> None:
    for part in key[:-1]:
        nested = nested.setdefault(part, {})
    nested[key[-1]] = value
