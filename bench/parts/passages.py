"""Gold passages: texts with the signals expected of them, read from a file with one JSON object a line.

Whether they are found is not looked at here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stancewire.types import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStance:
    """A stance that a passage reports; `A|B` leaves either right, and `c` behind a sign asks for a condition."""

    holder: str
    target: str
    polarity: str
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedInterference:
    """Interference that a passage reports, or reports as denied."""

    actor: str
    target: str
    status: str
    techniques: tuple[str, ...]
    claimants: tuple[str, ...]
    denied_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text with the signals expected of it."""

    id: str
    language: str
    text: str
    stances: tuple[ExpectedStance, ...]
    interference: tuple[ExpectedInterference, ...]
    note: str

    @property
    def article(self) -> Article:
        """The passage as an article without title or date."""
        return article(self.text, name=self.id)


def article(text: str, *, title: str = "", name: str = "article", language: str | None = None) -> Article:
    """An article of these words and nothing else known about it."""
    return Article(
        id=name, revision=name, url=None, title=title, text=text, outlet=None, outlet_country=None, ownership=None,
        feed_id=None, authors=(), published_at=None, time_confidence=None, language=language, quality="full",
    )  # fmt: skip


def read_passages(path: Path) -> tuple[Passage, ...]:
    """Passages of a file with one JSON object a line."""
    return tuple(_passage(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip())


def _passage(row: dict[str, Any]) -> Passage:
    return Passage(
        id=row["id"],
        language=row["lang"],
        text=row["text"],
        stances=tuple(
            ExpectedStance(holder=s["holder"], target=s["target"], polarity=s["polarity"], via=s["via"])
            for s in row["stances"]
        ),
        interference=tuple(
            ExpectedInterference(
                actor=i["actor"],
                target=i["target"],
                status=i["status"],
                techniques=tuple(i["techniques"]),
                claimants=tuple(i["claimants"]),
                denied_by=tuple(i["denied_by"]),
            )
            for i in row["interference"]
        ),
        note=row["note"],
    )
