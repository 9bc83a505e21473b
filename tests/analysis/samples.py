"""What several tests of the analysis need: signals as bytes and as spans.

Passages and articles come from `bench.parts.passages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from stancewire import codec
from stancewire.types import Analysis, Evidence, Span


def encoded(analysis: Analysis) -> bytes:
    """The signals of an analysis as they go out, one a line."""
    return b"\n".join(codec.signals.encode(signal) for signal in analysis.signals)


def spans(value: Any) -> Iterator[Span | Evidence]:
    """Every span within a signal, however deep."""
    if isinstance(value, Span | Evidence):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from spans(getattr(value, field.name))
