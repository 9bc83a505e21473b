"""Options that several commands share, and the settings that follow from them.

The environment is read here and handed on; no other part of the command line reads it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from config.layers import FILE_VARIABLE
from config.loading import load
from config.settings import Settings
from stancewire import __version__

Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file, instead of ~/.config/stancewire.")
]


def settings_of(config: Path | None) -> Settings:
    """The settings of this run; raises ConfigurationError."""
    return load(os.environ, user_file=config, version=__version__)


def config_folder(config: Path | None) -> Path:
    """Folder that the user's own files lie in."""
    named = config or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    if named is not None:
        return named.expanduser().absolute().parent
    return Path(os.environ.get("HOME") or Path.home()) / ".config/stancewire"


def is_set(variable: str) -> bool:
    """Whether the environment sets a variable to something."""
    return bool(os.environ.get(variable))
