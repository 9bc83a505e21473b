"""Reads a file of watches: filters with a name, and what is called with their matches.

Pure: text in, watches out, and all problems at once with their lines; no file is opened, a secret's neither.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from config.knowledge.loading import Family
from config.places import line_of
from stancewire.errors import ConfigurationError, Problem
from stancewire.filtering import as_names, as_pair
from stancewire.types import Filter, Kind, Ownership, Polarity, Status, Watch, Webhook

#: Watches that a file may hold: each signal is held against all of them. And bytes of what they ask for, which goes to
#: each worker through a pipe that holds 65,536.
MAX_WATCHES: Final = 200
MAX_BYTES: Final = 48_000

_HEADER = re.compile(r"\s*\[\[\s*watch\s*\]\]")
_SECTION = "watch"
_PARTY = "countries by their codes, names or Wikidata items, as RU, Dmitry Peskov or Q7747"
_HINTS = {
    "name": "A name is made of a-z, 0-9 and -, as `moldova-elections`.",
    "pair": 'Write "RU:US" for Russia toward the United States.',
    "technique": f"Families are {', '.join(get_args(Family))}; a DISARM id is written as T0049.",
    "outlet_country": "Two letters of ISO 3166, as GB or RU.",
    "lang": "Two or three small letters, as en.",
    "min_confidence": "A number from 0 to 1.",
    "url": "An address as https://desk.example/hooks/moldova, without a user name or a part after #.",
    "secret_file": "A file that holds a key, made with: echo whsec_$(openssl rand -base64 32)",
    **{name: f"Allowed: {', '.join(get_args(words))}." for name, words in (("kind", Kind), ("polarity", Polarity))},
    **{
        name: f"Allowed: {', '.join(get_args(words))}."
        for name, words in (("status", Status), ("ownership", Ownership))
    },
    **dict.fromkeys(("country", "by", "toward", "claimant", "denied_by"), f"Allowed: {_PARTY}."),
}


_packing: TypeAdapter[tuple[Watch, ...]] = TypeAdapter(tuple[Watch, ...])


def pack(watches: Sequence[Watch]) -> Any:
    """Names and filters of watches as JSON can hold them, for `unpack`; what they call is left out."""
    return orjson.loads(_packing.dump_json(_bare(watches), exclude_defaults=True))


def unpack(packed: Any) -> tuple[Watch, ...]:
    """The watches of which `pack` was given names and filters; raises ValueError."""
    return _packing.validate_python(packed)


def _bare(watches: Sequence[Watch]) -> tuple[Watch, ...]:
    return tuple(Watch(name=each.name, wanted=each.wanted) for each in watches)


def _listed(value: object) -> object:
    """One word stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _lowered(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _paired(value: object) -> object:
    return as_pair(value) if isinstance(value, str) else value


_Listed = BeforeValidator(_listed)
_Names = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], _Listed]
_Technique = Annotated[str, Field(pattern=rf"^(?:{'|'.join(get_args(Family))}|T\d{{4}}(?:\.\d{{3}})?)$")]
_Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")]
_Language = Annotated[str, BeforeValidator(_lowered), Field(pattern=r"^[a-z]{2,3}$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _WebhookTable(_Table):
    url: Annotated[str, Field(pattern=r"^https?://[^\s/?#@\\]+(?:[/?][^\s#\\]*)?$", max_length=4_096)]
    secret_file: Annotated[str, Field(min_length=1)]


class _WatchTable(_Table):
    """Field for field the options of `stancewire tail`."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$")]
    description: Annotated[str, Field(max_length=500)] = ""
    kind: Annotated[tuple[Annotated[Kind, BeforeValidator(_lowered)], ...], _Listed] = ()
    country: _Names = ()
    by: _Names = ()
    toward: _Names = ()
    pair: Annotated[tuple[Annotated[tuple[str, str], BeforeValidator(_paired)], ...], _Listed] = ()
    polarity: Annotated[tuple[Annotated[Polarity, BeforeValidator(_lowered)], ...], _Listed] = ()
    status: Annotated[tuple[Annotated[Status, BeforeValidator(_lowered)], ...], _Listed] = ()
    technique: Annotated[tuple[_Technique, ...], _Listed] = ()
    claimant: _Names = ()
    denied_by: _Names = ()
    outlet: _Names = ()
    outlet_country: Annotated[tuple[_Country, ...], _Listed] = ()
    ownership: Annotated[tuple[Annotated[Ownership, BeforeValidator(_lowered)], ...], _Listed] = ()
    lang: Annotated[tuple[_Language, ...], _Listed] = ()
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    webhook: _WebhookTable | None = None

    @property
    def wanted(self) -> Filter:
        """What the table asks for."""
        return Filter(
            kinds=frozenset(self.kind),
            parties=as_names(self.country),
            by=as_names(self.by),
            toward=as_names(self.toward),
            pairs=frozenset(self.pair),
            polarities=frozenset(self.polarity),
            statuses=frozenset(self.status),
            techniques=frozenset(self.technique),
            claimants=as_names(self.claimant),
            denied_by=as_names(self.denied_by),
            outlets=frozenset(self.outlet),
            outlet_countries=as_names(self.outlet_country),
            ownerships=frozenset(self.ownership),
            languages=frozenset(self.lang),
            min_confidence=self.min_confidence,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A table of the file, with its own lines."""

    fields: dict[str, Any]
    where: str
    #: Line that its header stands in, and its text from there to the next one; 0 where it has none.
    line: int
    text: str

    def problem(self, message: str, key: tuple[str, ...] = (), hint: str = "") -> Problem:
        inside = line_of(self.text, (_SECTION, *key)) if self.line else None
        return Problem(message, where=self.where, line=self.line + inside - 1 if inside else None, hint=hint)


def read_watches(text: str, where: str, folder: Path) -> tuple[Watch, ...]:
    """The watches of a file, in its order; raises ConfigurationError with all problems.

    `where` names the file in what is reported; secrets' files are taken from `folder`.
    """
    problems: list[Problem] = []
    watches: list[Watch] = []
    first: dict[str, int] = {}
    for placed in _tables(text, where, problems):
        try:
            table = _WatchTable.model_validate(placed.fields)
        except ValidationError as error:
            problems.extend(_explained(placed, error))
            continue
        if table.name in first:
            at = f", first in line {first[table.name]}" if first[table.name] else ""
            problems.append(placed.problem(f"name {table.name!r} is used twice{at}", ("name",), "Each has its own."))
            continue
        first[table.name] = placed.line
        watches.append(_watch(table, folder))
    if len(_packing.dump_json(_bare(watches), exclude_defaults=True)) > MAX_BYTES:
        problems.append(Problem(f"the filters take more than {MAX_BYTES:,} bytes", where=where, hint="Ask for less."))
    if problems:
        raise ConfigurationError(tuple(problems))
    return tuple(watches)


def _watch(table: _WatchTable, folder: Path) -> Watch:
    hook = table.webhook
    return Watch(
        name=table.name,
        description=" ".join(table.description.split()),
        wanted=table.wanted,
        webhook=Webhook(url=hook.url, secret_file=folder / Path(hook.secret_file).expanduser()) if hook else None,
    )


def _tables(text: str, where: str, problems: list[Problem]) -> tuple[_Placed, ...]:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        problems.append(Problem(f"not valid TOML: {error}", where=where, line=int(found[1]) if found else None))
        return ()
    tables = data.pop(_SECTION, [])
    for key in data:
        hint = "The file holds [[watch]] tables only."
        problems.append(Problem(f"unknown key {key!r}", where=where, line=line_of(text, (key,)), hint=hint))
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        hint = "A watch begins with [[watch]], in two pairs of brackets."
        problems.append(
            Problem("`watch` is not a list of tables", where=where, line=line_of(text, (_SECTION,)), hint=hint)
        )
        return ()
    if len(tables) > MAX_WATCHES:
        problems.append(Problem(f"more than {MAX_WATCHES} watches", where=where))
        return ()
    return tuple(_located(tables, text, where))


def _located(tables: Sequence[dict[str, Any]], text: str, where: str) -> Iterator[_Placed]:
    lines = text.split("\n")
    headers = [number for number, line in enumerate(lines, 1) if _HEADER.match(line)]
    # Tables in a line have no headers to count; their problems are then reported without lines.
    has_places = len(headers) == len(tables)
    for place, table in enumerate(tables):
        start = headers[place] if has_places else 0
        end = headers[place + 1] if has_places and place + 1 < len(headers) else len(lines) + 1
        yield _Placed(fields=table, where=where, line=start, text="\n".join(lines[start - 1 : end - 1]))


def _explained(placed: _Placed, error: ValidationError) -> Iterator[Problem]:
    told = set()
    for detail in error.errors():
        key = tuple(part for part in detail["loc"] if isinstance(part, str))
        name = ".".join(key)
        inside = _WebhookTable if key[:1] == ("webhook",) and len(key) > 1 else _WatchTable
        bad = repr(detail["input"])[:80]
        if (name, bad) in told:
            continue
        told.add((name, bad))
        if detail["type"] == "extra_forbidden":
            close = difflib.get_close_matches(key[-1], inside.model_fields, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(inside.model_fields)}."
            yield placed.problem(f"unknown key {name!r}", key, hint)
        elif detail["type"] == "missing":
            yield placed.problem(f"no {name!r}", key[:-1], _HINTS.get(key[-1], ""))
        else:
            hint = _HINTS.get(key[-1] if key else "", "Write it as a table, [watch.webhook].")
            yield placed.problem(f"{name} cannot be {bad}", key, hint)
