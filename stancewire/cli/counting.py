"""Counts of what was found: how many in all, or by pair, outlet, day and the like.

Only counts are kept, so that it takes as much memory as there are groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Literal, TypeAlias, get_args

import orjson
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from config.characters import escaped, safe
from stancewire.cli.forms import Form, write
from stancewire.cli.terminal import show
from stancewire.errors import UsageError
from stancewire.exports.cells import csv_line
from stancewire.types import Announcement, Entity, Interference, Revision, Stance

Group: TypeAlias = Literal["kind", "pair", "by", "toward", "polarity", "status", "outlet", "language", "day"]
Groups: TypeAlias = tuple[Group, ...]
Key: TypeAlias = tuple[str | None, ...]

_NAME = "signals"
_LONGEST_NAME = 40


def groups_of(written: Sequence[str]) -> Groups:
    """The groups that are named, as often as they are; raises UsageError."""
    allowed: tuple[Group, ...] = get_args(Group)
    known: Mapping[str, Group] = {each: each for each in allowed}
    for each in written:
        if each not in known:
            raise UsageError(f"--count-by {each!r} is not known", f"There are: {', '.join(allowed)}.")
    return tuple(known[each] for each in written)


def key_of(entry: Announcement, groups: Groups) -> Key:
    """What an entry is counted under; None for what it has not."""
    return tuple(_VALUES[group](entry) for group in groups)


def _parties(entry: Announcement) -> tuple[Entity | None, Entity | None]:
    match entry:
        case Stance():
            return entry.holder, entry.target
        case Interference():
            return entry.actor, entry.target or entry.event
        case Revision():
            return None, None


def _by(entry: Announcement) -> str | None:
    return _code(_parties(entry)[0])


def _toward(entry: Announcement) -> str | None:
    return _code(_parties(entry)[1])


def _pair(entry: Announcement) -> str | None:
    one, other = map(_code, _parties(entry))
    return f"{one}:{other}" if one and other else None


def _day(entry: Announcement) -> str | None:
    return entry.detected_at.astimezone(UTC).date().isoformat() if entry.detected_at else None


def _code(entity: Entity | None) -> str | None:
    return (entity.country or entity.name) if entity else None


_VALUES: Mapping[Group, Callable[[Announcement], str | None]] = {
    "kind": lambda entry: entry.kind,
    "pair": _pair,
    "by": _by,
    "toward": _toward,
    "polarity": lambda entry: entry.polarity if isinstance(entry, Stance) else None,
    "status": lambda entry: entry.status if isinstance(entry, Interference) else None,
    "outlet": lambda entry: entry.article.outlet,
    "language": lambda entry: entry.language,
    "day": _day,
}


def in_order(counts: Counter[Key], groups: Groups) -> Iterator[tuple[Key, int]]:
    """The greatest first; where they are counted by day first, one day after the other."""
    by_name = sorted(counts.items(), key=lambda each: tuple(name or "" for name in each[0]))
    if groups[:1] == ("day",):
        return iter(sorted(by_name, key=lambda each: (each[0][0] or "", -each[1])))
    return iter(sorted(by_name, key=lambda each: -each[1]))


def print_counts(counts: Counter[Key], groups: Groups, form: Form, console: Console) -> None:
    """Print them, `counts` of no group being one number."""
    ordered = in_order(counts, groups) if groups else iter([((), counts.total())])
    match form:
        case "json":
            write("".join(_json(groups, key, count) for key, count in ordered))
        case "csv":
            write(csv_line((*groups, _NAME)))
            write("".join(csv_line((*key, count)) for key, count in ordered))
        case "lines":
            write(
                "".join("\t".join((*(safe(name or "") for name in key), str(count))) + "\n" for key, count in ordered)
            )
        case "table" | "text":
            _print_table(groups, tuple(ordered), console)


def _json(groups: Groups, key: Key, count: int) -> str:
    values: dict[str, str | int | None] = {**dict(zip(groups, key, strict=True)), _NAME: count}
    return escaped(orjson.dumps(values).decode()) + "\n"


def _print_table(groups: Groups, counts: Sequence[tuple[Key, int]], console: Console) -> None:
    if not groups:
        show(console, f"{counts[0][1]:,}")
        return
    rows = [([safe(name or "–") for name in key], f"{count:,}") for key, count in counts]
    widths = [_widest((group, *(names[place] for names, _ in rows))) for place, group in enumerate(groups)]
    last = _widest((_NAME, *(count for _, count in rows)))

    def line(names: Iterable[str], count: str) -> str:
        return "  ".join((*map(set_cell_size, names, widths), count.rjust(last)))

    console.print(Text(line(groups, _NAME), style="bold"), soft_wrap=True)
    for names, count in rows:
        console.print(Text(line(names, count)), soft_wrap=True)


def _widest(texts: Iterable[str]) -> int:
    return min(max(map(cell_len, texts)), _LONGEST_NAME)
