"""Options that several commands share, and the settings that follow from them.

The environment is read here and handed on; no other part of the command line reads it.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, get_type_hints

import typer

from stancewire import __version__

if TYPE_CHECKING:
    from config.settings import Settings

T = TypeVar("T")

Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file, instead of ~/.config/stancewire.")
]


def settings_of(config: Path | None) -> Settings:
    """The settings of this run; raises ConfigurationError."""
    from config.loading import load  # noqa: PLC0415 - a tenth of a second, which help does not need

    return load(os.environ, user_file=config, version=__version__)


def config_folder(config: Path | None) -> Path:
    """Folder that the user's own files lie in."""
    from config.layers import FILE_VARIABLE  # noqa: PLC0415

    named = config or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    if named is not None:
        return named.expanduser().absolute().parent
    return Path(os.environ.get("HOME") or Path.home()) / ".config/stancewire"


def is_set(variable: str) -> bool:
    """Whether the environment sets a variable to something."""
    return bool(os.environ.get(variable))


def taking(command: Callable[..., None], options: Callable[..., T], name: str) -> Callable[..., None]:
    """Give a command the options that `options` takes; it gets what these say as its argument `name`."""
    asked = inspect.signature(options).parameters
    own = {each: parameter for each, parameter in inspect.signature(command).parameters.items() if each != name}

    @functools.wraps(command)
    def run(**given: Any) -> None:
        answers = {each: given.pop(each) for each in asked}
        command(**given, **{name: options(**answers)})

    hints = {**get_type_hints(command, include_extras=True), **get_type_hints(options, include_extras=True)}
    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[each])
        for each, parameter in (*own.items(), *asked.items())
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run
