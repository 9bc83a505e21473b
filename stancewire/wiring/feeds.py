"""Which feeds are read: the user's list where there is one, else the catalogue that comes along.

Lists are read from and written to files here; what a list may hold is decided in `seeds.lists`.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from config.settings import Settings
from seeds.lists import Sifted, read_feeds, sift_feeds, write_toml
from services.poller.charset import decode
from stancewire.errors import ConfigurationError, Problem
from stancewire.types import Feed

LIST_NAME = "feeds.toml"
#: Bytes of a list, which are those of a hundred thousand feeds with everything known of them.
MAX_BYTES = 64_000_000
_HEAD = "# Feeds that stancewire reads. `stancewire feeds` changes this list; you may as well.\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """The feeds to read, and where they stand."""

    feeds: tuple[Feed, ...]
    #: The user's list; None: the catalogue that comes along.
    path: Path | None


def user_list(settings: Settings, config_folder: Path) -> Path:
    """Where the user's list is or would be."""
    return settings.feeds.expanduser() if settings.feeds else config_folder / LIST_NAME


def load_feeds(settings: Settings, config_folder: Path) -> FeedList:
    """The feeds to read; raises ConfigurationError with every problem of the list."""
    path = user_list(settings, config_folder)
    if settings.feeds is None and not path.exists():
        return FeedList(feeds=catalogue(), path=None)
    return FeedList(feeds=read_list(path), path=path)


def catalogue() -> tuple[Feed, ...]:
    """The feeds that come along."""
    return read_feeds((resources.files("seeds") / "feeds.toml").read_text("utf-8"), "seeds/feeds.toml")


def read_list(path: Path) -> tuple[Feed, ...]:
    """The feeds of a file, TOML or OPML; raises ConfigurationError."""
    return read_feeds(_text_of(path), str(path))


def sift_list(path: Path) -> Sifted:
    """The feeds of a file that can be used, with what is wrong with the others; raises ConfigurationError."""
    sifted = sift_feeds(_text_of(path), str(path))
    if not sifted.feeds:
        raise ConfigurationError(sifted.problems)
    return sifted


def _text_of(path: Path) -> str:
    hint = "Correct the path, or add a first feed: stancewire feeds add URL"
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"the feed list cannot be read: {(error.strerror or '').lower()}"
        raise ConfigurationError((Problem(message, where=str(path), hint=hint),)) from None
    if len(body) > MAX_BYTES:
        message = f"the feed list has more than {MAX_BYTES:,} bytes"
        raise ConfigurationError((Problem(message, where=str(path), hint="Split it, or take out what is no feed."),))
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        # OPML says itself what it is encoded in, as every XML does.
        return decode(body, "")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(f"the feed list is not UTF-8 text: {error.reason}", where=str(path), hint="Save it as UTF-8.")
        raise ConfigurationError((problem,)) from None


def write_list(path: Path, feeds: tuple[Feed, ...]) -> None:
    """Replace a list by one of these feeds, as a whole or not at all; raises ConfigurationError."""
    if path.exists() and path.read_text("utf-8", "replace").lstrip("\ufeff \t\r\n").startswith("<"):
        hint = "Turn it into TOML first: stancewire feeds export --toml FILE, and set `feeds` to that."
        raise ConfigurationError((Problem("an OPML list is read but not changed", where=str(path), hint=hint),))
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(_HEAD + write_toml(feeds), "utf-8")
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        message = f"the feed list cannot be written: {(error.strerror or '').lower()}"
        raise ConfigurationError((Problem(message, where=str(path)),)) from error
