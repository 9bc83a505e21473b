"""What `stancewire analyse` reads: one article from a file, an address or standard input, or lines with one each.

What cannot be read is told with a way out; nothing is analysed here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rich.text import Text

from config.characters import safe
from stancewire.cli.options import settings_of
from stancewire.cli.terminal import errors, show
from stancewire.errors import StancewireError, UsageError

if TYPE_CHECKING:
    from stancewire.types import Article

#: Bytes of a file or of standard input that are read as one article.
MAX_INPUT_BYTES = 8_000_000
SOURCES = "Give a text file, an HTML file, an http(s) address, or - for standard input."


def article_of(source: str, language: str | None, config: Path | None) -> Article:
    """The article that `source` names; raises StancewireError."""
    from stancewire.wiring.desk import (  # noqa: PLC0415 - the reader's libraries take a second to load
        article_from_page,
        article_from_text,
        fetch_page,
        holds_words,
        primary_subtag,
    )

    wanted = primary_subtag(language)
    if source.lower().startswith(("http://", "https://")):
        import asyncio  # noqa: PLC0415

        with errors().status(Text(f"fetching {safe(source)}")):
            page = asyncio.run(fetch_page(source, settings_of(config)))
        return article_from_page(page, language=wanted)
    with opened(source) as file:
        data = file.read(MAX_INPUT_BYTES + 1)
    name = "standard input" if source == "-" else source
    _check(data, name)
    if _is_page(data, source):
        from stancewire.types import Page  # noqa: PLC0415

        page = Page(url=Path(source).absolute().as_uri() if source != "-" else "", content_type="text/html", body=data)
        return article_from_page(page, language=wanted)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8: iconv -f windows-1252 -t utf-8 FILE"
        raise StancewireError(f"{name} is not UTF-8 text: byte {error.start} cannot be read", hint) from None
    if not holds_words(text):
        raise StancewireError(f"{name} holds no words", SOURCES)
    return article_from_text(text, name=name, language=wanted)


def _check(data: bytes, name: str) -> None:
    if len(data) > MAX_INPUT_BYTES:
        raise StancewireError(
            f"{name} has more than {MAX_INPUT_BYTES:,} bytes", "give one article at a time, or many with --jsonl"
        )
    if not data.strip():
        raise StancewireError(f"{name} is empty", SOURCES)
    if b"\x00" in data[:65_536] or data.startswith((b"%PDF", b"PK\x03\x04", b"\x1f\x8b")):
        raise StancewireError(f"{name} is not text", "text and HTML are read; save other files as one of them")


def _is_page(data: bytes, source: str) -> bool:
    start = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return source.lower().endswith((".html", ".htm", ".xhtml")) or start.startswith((b"<!doctype html", b"<html"))


def numbered_lines(lines: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their numbers; of one that is too long, no more than tells that it is."""
    for number, line in enumerate(iter(lambda: lines.readline(MAX_INPUT_BYTES + 1), b""), 1):
        rest = line
        while len(rest) > MAX_INPUT_BYTES and not rest.endswith(b"\n"):
            rest = lines.readline(MAX_INPUT_BYTES + 1)
        if line.strip() or len(line) > MAX_INPUT_BYTES:
            yield number, line


class opened:  # noqa: N801 - reads as a function
    """A file or standard input; raises UsageError where there is no such file."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __enter__(self) -> BinaryIO:
        if self._source == "-":
            if sys.stdin.isatty():
                show(errors(), Text("reading from the terminal; end with Ctrl-D", style="dim"))
            self._file: BinaryIO = sys.stdin.buffer
            return self._file
        try:
            self._file = Path(self._source).open("rb")
        except OSError as error:
            raise UsageError(f"{self._source} cannot be read: {(error.strerror or '').lower()}", SOURCES) from None
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._source != "-":
            self._file.close()
