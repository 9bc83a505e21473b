"""Takes off one layer of gzip or deflate in bounded pieces, with a limit on what goes in and on what comes out.

It refuses every other content coding, and several layers: 265 bytes of three layers grow to gigabytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15
_PIECE = 65_536
#: Pieces in which a body may come: chunks of a byte each take longer to read than all that may be in them.
_MOST_PIECES = 100_000
_GZIP_MAGIC = b"\x1f\x8b"


class UndecodableError(Exception):
    """The body is not what its headers say."""


class OverflowedError(Exception):
    """The body is larger than it may be, or in more pieces than a body of that size is sent in."""


class Decoder:
    """Collects a body chunk by chunk: `feed` each one, then `finish`."""

    def __init__(self, codings: Sequence[str], max_bytes: int) -> None:
        """`codings` are the values of Content-Encoding; raises UndecodableError unless none or one is known."""
        names = [name.strip().lower() for value in codings for name in value.split(",")]
        names = [name for name in names if name not in {"", "identity"}]
        if names and (len(names) > 1 or names[0] not in {"gzip", "x-gzip", "deflate"}):
            raise UndecodableError(f"content coding {', '.join(names)[:60]!r}")
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB) if names else None
        self._may_be_raw = names == ["deflate"]
        self._max_bytes = max_bytes
        self._wire_bytes = 0
        #: Chunks taken in so far.
        self.pieces = 0
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take in one chunk as it came; raises OverflowedError or UndecodableError."""
        self._wire_bytes += len(chunk)
        self.pieces += 1
        if self._wire_bytes > self._max_bytes or self.pieces > _MOST_PIECES:
            raise OverflowedError
        if self._inflater is None:
            self._body += chunk
        else:
            self._inflater = self._inflate(self._inflater, chunk)

    def finish(self) -> bytes:
        """The whole body; raises UndecodableError where it was cut off."""
        if self._inflater is not None and self._wire_bytes and not self._inflater.eof:
            raise UndecodableError("the compressed body is cut off")
        return bytes(self._body)

    def beginning(self) -> bytes:
        """What came before it was too much."""
        return bytes(self._body[: self._max_bytes])

    def _inflate(self, inflater: zlib._Decompress, chunk: bytes) -> zlib._Decompress:
        rest = chunk
        while rest:
            if inflater.eof:
                if not rest.startswith(_GZIP_MAGIC):
                    break
                inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                piece = inflater.decompress(rest, _PIECE)
            except zlib.error as error:
                if not self._may_be_raw:
                    raise UndecodableError(f"damaged compression: {error}") from error
                # Some servers send deflate without the zlib header that HTTP asks for.
                inflater = zlib.decompressobj(_RAW_DEFLATE)
                self._may_be_raw = False
                continue
            self._may_be_raw = self._may_be_raw and not piece
            self._body += piece
            if len(self._body) > self._max_bytes:
                raise OverflowedError
            rest = inflater.unconsumed_tail or inflater.unused_data
        return inflater
