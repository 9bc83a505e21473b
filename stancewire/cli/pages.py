"""How an article that was read from a page is shown: its fields, where each was found, and how good its text is.

It prints nothing itself; articles from a text have nothing of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stancewire.types import Provenance

if TYPE_CHECKING:
    from stancewire.types import Article

_NAMES = {"published_at": "date", "canonical_url": "canonical address", "site_name": "site name"}


def page_lines(article: Article) -> Iterator[str]:
    """What was read, and from where, in a few lines; nothing for an article without a page."""
    if article.provenance == Provenance():
        return
    published = article.published_at if article.provenance.published_at not in (None, "fetch") else None
    facts = (
        ", ".join(article.authors),
        published.isoformat(sep=" ", timespec="minutes") if published else "",
        f"{len(article.text.split()):,} words",
    )
    yield " · ".join(fact for fact in facts if fact)
    places: dict[str, list[str]] = {}
    for field, source in asdict(article.provenance).items():
        if source is not None:
            places.setdefault(source, []).append(_NAMES.get(field, field))
    yield "; ".join(f"{', '.join(fields)} from {source}" for source, fields in places.items())
    if article.page_quality is not None:
        reasons = f": {'; '.join(article.page_quality.reasons)}" if article.page_quality.reasons else ""
        yield f"text quality {article.page_quality.score:.2f}{reasons}"


def page_fields(article: Article) -> dict[str, Any]:
    """The same as JSON; empty for an article without a page."""
    if article.provenance == Provenance():
        return {}
    return {
        "text": article.text,
        "authors": list(article.authors),
        "time_confidence": article.time_confidence,
        "canonical_url": article.canonical_url,
        "site_name": article.site_name,
        "quality": article.quality,
        "provenance": asdict(article.provenance),
        "page_quality": asdict(article.page_quality) if article.page_quality is not None else None,
    }
