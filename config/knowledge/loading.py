"""Reads and validates the knowledge files; all problems are raised at once, with file and entry.

Every file says where it is from and of when; a user's own file need not. Files are read only when `load_knowledge` is
called; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.knowledge.actors import ActorKind, KnownActor, NameForm, Office
from stancewire.errors import ConfigurationError, Problem

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Family = Literal[
    "disinformation",
    "state_media",
    "social_media_campaign",
    "impersonation",
    "ai_generated",
    "cyber_intrusion",
    "hack_and_leak",
    "ddos",
    "illicit_funding",
    "vote_buying",
    "vote_tampering",
    "proxies",
    "intimidation",
    "sabotage",
    "economic_coercion",
]


class _Provenance(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    #: Offices without an end were held on this day, and may have ended since.
    known_until: date | None = None
    dated: date = Field(alias="date")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    wikidata: str | None = Field(None, pattern=r"^Q\d+$")
    names: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    source: str = ""
    country: CountryCode | None = None

    def known_as(self, kind: ActorKind, *more: str, **fields: Any) -> KnownActor:
        """The actor with its plain names, `more` of them, and further `fields`."""
        return KnownActor(
            kind=kind,
            name=self.name,
            country=self.country,
            wikidata=self.wikidata,
            names=tuple(("name", name) for name in (self.name, *more, *self.names)),
            ambiguous=frozenset(self.ambiguous),
            **fields,
        )


class _Abroad(_Entry):
    """An actor with names in other languages that all mean the actor itself."""

    ru: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()

    @property
    def foreign(self) -> tuple[tuple[str, NameForm, str], ...]:
        """Its names by language."""
        return tuple((language, "name", name) for language in ("ru", "fr") for name in getattr(self, language))


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    names: tuple[str, ...] = ()
    adjective: str = ""
    capital: str = ""
    capitals: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()

    def forms(self, language: str) -> Iterator[tuple[str, NameForm, str]]:
        """Its names by form."""
        forms: list[tuple[NameForm, Iterable[str]]] = [
            ("name", (self.name, *self.names)),
            ("adjective", (self.adjective,)),
            ("capital", (self.capital, *self.capitals)),
            ("seat", self.seats),
        ]
        yield from ((language, form, name) for form, names in forms for name in names if name)


class _State(_Entry):
    code: CountryCode | None = None
    status: Literal["un_member", "un_observer", "contested", "territory", "subnational", "union"]
    adjectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    capital: str = ""
    capitals: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    epithets: tuple[str, ...] = ()
    ru: _Foreign = _Foreign()
    fr: _Foreign = _Foreign()

    def actor(self) -> KnownActor:
        forms: list[tuple[NameForm, Iterable[str]]] = [
            ("name", (self.name, *self.names)),
            ("adjective", self.adjectives),
            ("people", self.people),
            ("capital", (self.capital, *self.capitals)),
            ("seat", self.seats),
        ]
        return KnownActor(
            kind="state",
            name=self.name,
            country=self.code,
            wikidata=self.wikidata,
            names=tuple((form, name) for form, names in forms for name in names if name),
            ambiguous=frozenset(self.ambiguous),
            subkind=self.status,
            speaks_for_state=True,
            epithets=self.epithets,
            foreign=(*self.ru.forms("ru"), *self.fr.forms("fr")),
        )


class _Office(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    office: Literal[
        "head_of_state",
        "head_of_government",
        "foreign_minister",
        "defence_minister",
        "spokesperson",
        "intelligence_chief",
        "supreme_leader",
        "international_official",
        "opposition",
        "candidate",
        "other",
    ]
    title: str = ""
    country: CountryCode | None = None
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    precision: Literal["day", "month", "year"] = "day"


class _Person(_Abroad):
    organisation: str | None = None
    aliases: tuple[str, ...] = ()
    gender: Literal["m", "f"] | None = None
    office: tuple[_Office, ...] = Field(min_length=1)

    def actor(self) -> KnownActor:
        return self.known_as(
            "person",
            *self.aliases,
            gender=self.gender,
            organisation=self.organisation,
            foreign=self.foreign,
            offices=tuple(
                Office(office=term.office, title=term.title, start=term.start, end=term.end, country=term.country)
                for term in self.office
            ),
        )


class _Organisation(_Abroad):
    kind: str
    speaks_for_state: bool = False
    category: str | None = None

    def actor(self) -> KnownActor:
        return self.known_as(
            "organisation",
            subkind=self.kind,
            speaks_for_state=self.speaks_for_state,
            category=self.category,
            foreign=self.foreign,
        )


class _Outlet(_Abroad):
    ownership: Literal["independent", "public", "state_run", "state_affiliated"]
    domains: tuple[str, ...] = ()

    def actor(self) -> KnownActor:
        return self.known_as("outlet", subkind=self.ownership, category="media", foreign=self.foreign)


class _Operation(_Abroad):
    kind: Literal["influence_operation", "troll_farm", "threat_group", "network", "front"]
    attributed_by: tuple[str, ...] = ()
    families: tuple[Family, ...] = ()

    def actor(self) -> KnownActor:
        return self.known_as("operation", subkind=self.kind, families=self.families, foreign=self.foreign)


_TABLES: dict[str, type[_State | _Person | _Organisation | _Outlet | _Operation]] = {
    "state": _State,
    "person": _Person,
    "organisation": _Organisation,
    "outlet": _Outlet,
    "operation": _Operation,
}


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """All that is known: the actors, and the word lists of each language by file name."""

    actors: tuple[KnownActor, ...]
    #: Word lists: `english/stance` and so on, as read.
    lists: dict[str, dict[str, Any]]


def load_knowledge(folder: Traversable | None = None, own: Path | None = None) -> Knowledge:
    """Read every TOML file of `folder` (the one that comes along if None), and the user's `own` file over it.

    Raises ConfigurationError with all problems: syntax, unknown keys, values that are not allowed.
    """
    root = folder or resources.files("config.knowledge")
    problems: list[Problem] = []
    actors: list[KnownActor] = []
    lists: dict[str, dict[str, Any]] = {}
    for name, path in _files(root, ""):
        try:
            # As tomllib, whose origin it is, but compiled, and so three times as fast.
            data = tomli.loads(path.read_text("utf-8"))
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(str(error), where=str(path)))
            continue
        problems.extend(_provenance_problems(data, str(path)))
        if "/" in name:
            lists[name] = data
        else:
            actors.extend(_actors(data, str(path), problems))
    if own is not None:
        actors = _with_own(actors, own, problems)
    if problems:
        raise ConfigurationError(tuple(problems))
    return Knowledge(actors=tuple(actors), lists=lists)


def _provenance_problems(data: dict[str, Any], where: str) -> Iterator[Problem]:
    """What is wrong with how a file says where it is from, and of when."""
    hint = "Write [provenance] with `source` and `date`."
    if "provenance" not in data:
        yield Problem("no [provenance]: nothing says where this is from, and of when", where=where, hint=hint)
        return
    try:
        _Provenance.model_validate(data["provenance"])
    except ValidationError as error:
        for problem in error.errors():
            place = ".".join(("provenance", *(str(part) for part in problem["loc"])))
            yield Problem(f"{place}: {problem['msg']}", where=where, hint=hint)


def _with_own(actors: list[KnownActor], path: Path, problems: list[Problem]) -> list[KnownActor]:
    """`actors` with those of the user's file: new ones added, those of the same table and name replaced or removed."""
    where = str(path)
    try:
        data = tomli.loads(path.expanduser().read_text("utf-8-sig"))
    except OSError as error:
        hint = "Correct the path, or leave out `knowledge`."
        problems.append(Problem(f"cannot be read: {(error.strerror or '').lower()}", where=where, hint=hint))
        return actors
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(str(error), where=where))
        return actors
    known = {(actor.kind, actor.name): actor for actor in actors}
    for kind, name in _removed(data, where, problems):
        if known.pop((kind, name), None) is None:
            problems.append(Problem(f"{kind} {name!r}: remove: nothing of that name is known", where=where))
    added = list(_actors(data, where, problems))
    known |= {(actor.kind, actor.name): actor for actor in added}
    countries = {actor.country for actor in known.values() if actor.kind == "state"}
    problems.extend(
        Problem(f"{actor.kind} {actor.name!r}: country: no state has the code {actor.country}", where=where)
        for actor in added
        if actor.country is not None and actor.country not in countries
    )
    return list(known.values())


def _removed(data: dict[str, Any], where: str, problems: list[Problem]) -> Iterator[tuple[ActorKind, str]]:
    """(table, name) of the entries that only say `remove = true`; they are taken out of `data`."""
    for table, entries in data.items():
        if table not in _TABLES or not isinstance(entries, list):
            continue
        for entry in [entry for entry in entries if isinstance(entry, dict) and "remove" in entry]:
            entries.remove(entry)
            if entry["remove"] is True and set(entry) == {"name", "remove"}:
                yield table, entry["name"]  # type: ignore[misc]
            else:
                message = f"{table} {entry.get('name', '?')!r}: remove: goes with `name` alone, and is true"
                problems.append(Problem(message, where=where))


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.is_dir() and not path.name.startswith("_"):
            yield from _files(path, f"{prefix}{path.name}/")
        elif path.name.endswith(".toml"):
            yield prefix + path.name.removesuffix(".toml"), path


def _actors(data: dict[str, Any], where: str, problems: list[Problem]) -> Iterator[KnownActor]:
    for table, entries in data.items():
        if table == "provenance":
            continue
        model = _TABLES.get(table)
        if model is not None and not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
            problems.append(Problem(f"{table} is not a list of entries", where=where, hint=f"Write [[{table}]]."))
            continue
        if model is None:
            problems.append(Problem(f"unknown table [[{table}]]", where=where, hint=f"Known: {', '.join(_TABLES)}."))
            continue
        for entry in entries:
            try:
                yield model.model_validate(entry).actor()
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(str(part) for part in first["loc"])
                problems.append(Problem(f"{table} {entry.get('name', '?')!r}: {place}: {first['msg']}", where=where))
