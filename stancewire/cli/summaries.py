"""An entry of the stream on one line: who, what, toward whom, how sure, where it stood, and the words.

It is laid out as a line for `grep` and `cut`, or as a row of a table as wide as the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from config.characters import safe
from stancewire.cli.signals import HOLDER, NEUTRAL, TARGET, what_style
from stancewire.types import Announcement, Entity, Interference, Revision, Signal, Span, Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The texts of one line; they come from strangers as they are."""

    at: datetime | None
    by: str
    #: Polarity or status; of a revision, what was revised.
    what: str
    toward: str
    #: None of a revision.
    confidence: float | None
    outlet: str
    words: str
    #: Where in the words the signal begins.
    begins: int
    #: `current`, `taken back`, or nothing where it is not known.
    standing: str
    id: str


def summary_of(entry: Announcement, stands: bool | None = None) -> Summary:
    """`stands`: whether the article still carries the signal, None where that is not known."""
    by, what, toward, confidence, words, begins = _parts(entry)
    return Summary(
        at=entry.detected_at,
        by=by,
        what=what,
        toward=toward,
        confidence=confidence,
        outlet=entry.article.outlet or "",
        words=words,
        begins=begins,
        standing="" if stands is None or entry.kind == "revision" else "current" if stands else "taken back",
        id=entry.id,
    )


_Parts: TypeAlias = tuple[str, str, str, float | None, str, int]


def _parts(entry: Announcement) -> _Parts:
    match entry:
        case Stance():
            says = (entry.speaker.mention,) if entry.speaker else ()
            begins = _begins(entry, entry.cue, entry.holder.mention, *says)
            toward = _name(entry.target)
            return _name(entry.holder), entry.polarity, toward, entry.confidence, entry.evidence.text, begins
        case Interference():
            claimants = (each.mention for each in entry.claimants)
            begins = _begins(entry, entry.claim, entry.actor.mention, *claimants)
            toward = _name(entry.target or entry.event)
            return _name(entry.actor), entry.status, toward, entry.confidence, entry.evidence.text, begins
        case Revision():
            gone = f" ({len(entry.gone)} gone, {len(entry.changed)} changed)" if entry.gone or entry.changed else ""
            return entry.article.title, f"revised: {entry.change}", "", None, entry.reason + gone, 0


def _begins(signal: Signal, *spans: Span) -> int:
    """With who says it: an excerpt that left that out would say it itself."""
    return max(min(span.start for span in spans) - signal.evidence.start, 0)


def _name(entity: Entity | None) -> str:
    return " ".join(entity.name.split()) if entity else ""


LINE_FIELDS = ("time", "by", "what", "toward", "confidence", "outlet", "standing", "id", "words")


def line_of(summary: Summary) -> str:
    """One line, its `LINE_FIELDS` set apart by tabs; the time is UTC."""
    return "\t".join(
        (
            f"{summary.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if summary.at else "",
            safe(summary.by),
            safe(summary.what),
            safe(summary.toward),
            f"{summary.confidence:.2f}" if summary.confidence is not None else "",
            safe(summary.outlet),
            summary.standing,
            safe(summary.id),
            safe(summary.words),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """How many cells of a terminal each column of a table takes; 0: the column is left out."""

    time: int
    party: int
    what: int
    outlet: int
    words: int


_GAP = 2
_MARK = "✗ "


def widths_for(terminal: int) -> Widths:
    """What fits a terminal of so many cells; the words get what the others leave.

    >>> widths_for(120)
    Widths(time=16, party=18, what=10, outlet=16, words=26)
    >>> widths_for(80)
    Widths(time=11, party=12, what=10, outlet=0, words=21)
    """
    time, party, outlet = (16, 18, 16) if terminal >= 110 else (11, 12, 0)
    taken = time + 2 * party + 10 + 4 + outlet + _GAP * (6 if outlet else 5)
    return Widths(time=time, party=party, what=10, outlet=outlet, words=max(terminal - taken, 10))


def header(widths: Widths) -> Text:
    """The names of the columns."""
    cells = (
        ("time", widths.time),
        ("by", widths.party),
        ("what", widths.what),
        ("toward", widths.party),
        ("sure", 4),
        ("outlet", widths.outlet),
        ("words", widths.words),
    )
    return Text((" " * _GAP).join(set_cell_size(name, width) for name, width in cells if width).rstrip(), style="bold")


def table_row(summary: Summary, widths: Widths) -> Text:
    """A row with its colours; a signal that was taken back since is struck through."""
    at = summary.at.astimezone() if summary.at else None
    time = f"{at:%Y-%m-%d %H:%M}"[-widths.time :] if at else ""
    taken_back = summary.standing == "taken back"
    mark = _MARK if taken_back else ""
    cells = (
        (time, widths.time, "dim"),
        (summary.by, widths.party, HOLDER if summary.confidence is not None else ""),
        (mark + summary.what, widths.what, what_style(summary.what) or NEUTRAL),
        (summary.toward, widths.party, TARGET),
        ("" if summary.confidence is None else f"{summary.confidence:.2f}", 4, "dim"),
        (summary.outlet, widths.outlet, ""),
        (_excerpt(summary.words, summary.begins, widths.words), widths.words, ""),
    )
    row = Text()
    for text, width, style in cells:
        if width:
            row.append(_fitted(safe(text), width), style="dim strike" if taken_back else style)
            row.append(" " * _GAP)
    row.rstrip()
    return row


def _fitted(text: str, width: int) -> str:
    """`text` in exactly so many cells."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _excerpt(words: str, begins: int, width: int) -> str:
    """From where the signal begins, if the words are too many."""
    if cell_len(words) <= width or begins < width // 2:
        return words
    return "…" + words[begins:]
