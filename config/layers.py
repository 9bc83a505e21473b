"""The three places that settings come from, each read into values that remember where they stand.

Whether a value will do is not checked here; names that are no setting's are.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

from config.catalogue import PREFIX, Key, Setting, sections, settings
from config.places import line_of
from stancewire.errors import Problem

#: Names the user's file, in the environment.
FILE_VARIABLE = f"{PREFIX}CONFIG"
#: Kubernetes puts these into every container beside a service that is named after the program.
_SERVICE_LINK = re.compile(r".*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)")
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value as a layer gives it, and its place."""

    value: Any
    where: str
    line: int | None = None
    #: Folder that relative paths start from; None: the current one.
    folder: Path | None = None


Layer: TypeAlias = dict[Key, Given]


def read_defaults(problems: list[Problem]) -> Layer:
    """What `default.toml` sets."""
    text = (resources.files("config") / "default.toml").read_text("utf-8")
    return _read_text(text, "default.toml", None, problems)


def read_user_file(environ: Mapping[str, str], user_file: Path | None, problems: list[Problem]) -> Layer:
    """What the user's file sets: the one named, else the one in the home directory if there is one."""
    home = environ.get("HOME")
    named = user_file or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    if named is None and not home:
        return {}
    path = named or Path(home or "") / ".config/stancewire/config.toml"
    if path.parts[:1] == ("~",) and home:
        path = Path(home, *path.parts[1:])
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        if named is not None:
            hint = f"Correct --config or {FILE_VARIABLE}, or leave it out."
            problems.append(Problem("there is no such file", where=str(path), hint=hint))
        return {}
    except UnicodeDecodeError as error:
        problems.append(Problem(f"not UTF-8 text: {error}", where=str(path), hint="Save it as UTF-8."))
        return {}
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}", where=str(path)))
        return {}
    return _read_text(text, str(path), path.parent, problems)


def _read_text(text: str, where: str, folder: Path | None, problems: list[Problem]) -> Layer:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        last = max(1, len(text.splitlines()))
        problems.append(Problem(f"not valid TOML: {error}", where=where, line=int(place[1]) if place else last))
        return {}
    except RecursionError:
        problems.append(Problem("not valid TOML: nested too deeply", where=where))
        return {}
    layer: Layer = {}
    known = {setting.key for setting in settings()}
    for key, value in _leaves(data, known):
        line = line_of(text, key)
        if key in known:
            layer[key] = Given(value=value, where=where, line=line, folder=folder)
        else:
            problems.append(_unknown(key, where, line))
    return layer


def _leaves(table: Mapping[str, Any], known: set[Key], prefix: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Settings by key; a table that no setting stands under is left whole."""
    for name, value in table.items():
        key = (*prefix, name)
        inside = any(setting[: len(key)] == key for setting in known if len(setting) > len(key))
        if inside and isinstance(value, dict):
            yield from _leaves(value, known, key)
        else:
            yield key, value


def _unknown(key: Key, where: str, line: int | None) -> Problem:
    name = ".".join(key)
    groups = dict(sections())
    if len(key) == 1 and key[0] in groups:
        return Problem(f"{name} is a table", where=where, line=line, hint=f"Write [{name}] and its settings below it.")
    names = [setting.name for setting in settings()]
    siblings = [setting.key[-1] for setting in settings() if setting.key[:-1] == key[:-1]]
    inside = ".".join((*key[:-1], ""))
    close = (
        [known for known in names if known.rpartition(".")[2] == key[-1]]
        or [inside + match for match in difflib.get_close_matches(key[-1], siblings, n=1)]
        or difflib.get_close_matches(name, [*names, *(groups if len(key) == 1 else ())], n=1, cutoff=0.75)
        or difflib.get_close_matches(key[0], () if key[0] in groups else groups, n=1)
    )
    known_here = [*siblings, *(groups if len(key) == 1 else ())]
    hint = f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known_here or groups)}."
    return Problem(f"unknown setting {name}", where=where, line=line, hint=hint)


def read_environment(environ: Mapping[str, str], problems: list[Problem]) -> Layer:
    """What the environment sets; a variable without a value counts as not set."""
    by_variable = {setting.variable: setting for setting in settings()}
    layer: Layer = {}
    for variable in sorted(environ):
        text = environ[variable]
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE or not text:
            continue
        if setting := by_variable.get(variable):
            layer[setting.key] = Given(value=_split(setting, text), where=variable)
        elif setting := by_variable.get(variable.removesuffix("_FILE")):
            if environ.get(setting.variable):
                hint = "Keep one of the two."
                problems.append(Problem(f"{setting.variable} is set as well", where=variable, hint=hint))
            elif (content := _secret(text, variable, problems)) is not None:
                layer[setting.key] = Given(value=_split(setting, content), where=variable)
        elif not (_SERVICE_LINK.fullmatch(variable) or _SERVICE_ADDRESS.match(text)):
            known = [name.removeprefix(PREFIX) for name in (*by_variable, FILE_VARIABLE)]
            close = difflib.get_close_matches(variable.removeprefix(PREFIX), known, n=1)
            hint = f"Did you mean {PREFIX}{close[0]}?" if close else "The README lists all settings."
            problems.append(Problem("unknown setting in the environment", where=variable, hint=hint))
    return layer


def _secret(path: str, variable: str, problems: list[Problem]) -> str | None:
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError:
        problems.append(Problem(f"{path} is not UTF-8 text", where=variable))
    except OSError as error:
        hint = "It must name a file that holds the value."
        problems.append(Problem(f"{path} cannot be read: {error.strerror}", where=variable, hint=hint))
    else:
        return text.removesuffix("\n").removesuffix("\r")
    return None


def _split(setting: Setting, text: str) -> str | list[str]:
    return [part.strip() for part in text.split(",") if part.strip()] if setting.is_list else text
