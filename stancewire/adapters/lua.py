"""The Lua scripts that lie beside this file, made ready to be called on one client.

What they do stands in the scripts themselves, each under a table of its keys and arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import redis

ScriptName: TypeAlias = Literal[
    "accept",
    "recall",
    "publish",
    "bury",
    "fail",
    "renew",
    "reap",
    "requeue",
    "note_end",
    "retry",
    "drop",
    "hold",
    "release",
    "trim",
]
Argument: TypeAlias = str | bytes | int | float

#: A line of a script in whose place another file stands, which several scripts share.
_TAKES_IN = re.compile(r"^-- Takes in (\w+\.lua)$", re.MULTILINE)


def source(name: ScriptName) -> str:
    """Text of a script, with what it takes in."""
    return _TAKES_IN.sub(lambda found: _read(found[1]), _read(f"{name}.lua"))


def shared(file: Literal["known", "burying"]) -> str:
    """Text that several scripts take in."""
    return _read(f"{file}.lua")


def _read(file: str) -> str:
    return (files("stancewire.adapters") / "scripts" / file).read_text(encoding="utf-8")


class Script:
    """One script on one client; it is sent to the server again where the server has forgotten it."""

    def __init__(self, client: redis.Redis, name: ScriptName) -> None:
        self._script = client.register_script(source(name))

    def __call__(self, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        """What the script returns."""
        return self._script(keys=list(keys), args=list(arguments))
