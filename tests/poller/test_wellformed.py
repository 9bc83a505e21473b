"""The quick reader beside the one of feedparser: whatever it takes, it reads with the same answers."""

from __future__ import annotations

import gzip
from importlib import resources
from pathlib import Path

import pytest
from feed_documents import feed_documents
from hypothesis import given, settings

from services.poller.charset import decode
from services.poller.document import bound_xml
from services.poller.raw_feed import RawEntry
from services.poller.tolerant import read_tolerantly
from services.poller.wellformed import read_wellformed

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
NEWSROOM = resources.files("seeds") / "newsroom"


def differences(body: bytes) -> list[str] | None:
    """What the two readers say otherwise, entry by entry and field by field; None where only one reads the document."""
    quick = read_wellformed(body, max_entries=1_000)
    if quick is None:
        return None
    document = bound_xml(decode(body, ""), 1_000)
    tolerant = read_tolerantly(document.text, max_entries=1_000)
    assert tolerant is not None
    told = [
        f"{field}: {getattr(quick, field)!r}, feedparser {getattr(tolerant, field)!r}"
        for field in ("title", "language", "ttl", "truncated", "malformed")
        if getattr(quick, field) != getattr(tolerant, field)
    ]
    if len(quick.entries) != len(tolerant.entries):
        return [*told, f"{len(quick.entries)} entries, feedparser {len(tolerant.entries)}"]
    pairs = enumerate(zip(quick.entries, tolerant.entries, strict=True))
    return [
        *told,
        *(
            f"entry {place}, {field}: {getattr(one, field)!r}, feedparser {getattr(other, field)!r}"
            for place, (one, other) in pairs
            for field in RawEntry.__dataclass_fields__
            if getattr(one, field) != getattr(other, field)
        ),
    ]


@settings(max_examples=400, deadline=None)
@given(feed_documents())
def test_documents_made_at_random_are_read_as_feedparser_reads_them(document: str) -> None:
    assert not differences(document.encode())


@pytest.mark.skipif(not (SHARED / "feeds").is_dir(), reason="the real feeds are not here")
def test_real_documents_are_read_as_feedparser_reads_them_and_without_it() -> None:
    for path in sorted((SHARED / "feeds").glob("*.xml.gz")):
        assert differences(gzip.decompress(path.read_bytes())) == [], path.name
