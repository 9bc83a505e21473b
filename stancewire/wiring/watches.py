"""The watches of an installation: those of the file that the settings name.

What the file may hold is decided in `config.watches`; secrets are read only by who signs with them.
"""

from __future__ import annotations

from pathlib import Path

from config.settings import Settings
from config.watches import read_watches
from stancewire.errors import ConfigurationError, Problem
from stancewire.types import Watch

#: Bytes of a file of watches, more than the most of them need.
_MAX_BYTES = 1_000_000
_HINT = "Correct the setting `watches`, or leave it out: config/watches.toml shows what such a file holds."


def load_watches(settings: Settings) -> tuple[Watch, ...]:
    """The watches, none where no file is named; raises ConfigurationError with every problem of the file."""
    if settings.watches is None:
        return ()
    path = settings.watches.expanduser()
    return read_watches(_text_of(path), str(path), path.absolute().parent)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(_MAX_BYTES + 1)
    except OSError as error:
        message = f"the file of watches cannot be read: {(error.strerror or '').lower()}"
        raise ConfigurationError((Problem(message, where=str(path), hint=_HINT),)) from None
    if len(body) > _MAX_BYTES:
        raise ConfigurationError((Problem(f"the file has more than {_MAX_BYTES:,} bytes", where=str(path)),))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(f"the file is not UTF-8 text: {error.reason}", where=str(path), hint="Save it as UTF-8.")
        raise ConfigurationError((problem,)) from None
