"""Reads the newsroom's material: outlets, and articles with their releases and revisions.

All problems are raised at once; what is on show at a given time is `edition`'s part.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stancewire.errors import ConfigurationError, Problem
from stancewire.types import Ownership

Format = Literal["rss", "atom", "json", "hostile"]
_FENCE = "+++"


class Outlet(BaseModel):
    """An invented outlet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    ownership: Ownership
    format: Format


class Revision(BaseModel):
    """A later state of an article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Seconds after the start.
    after: float = Field(ge=0)
    title: str | None = None
    #: A paragraph for the end.
    append: str | None = None
    #: Pairs of exact text in the body.
    replace: tuple[tuple[str, str], ...] = ()


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    outlet: str
    title: str = Field(min_length=1)
    authors: tuple[str, ...] = ()
    release: float = Field(ge=0)
    kind: str = "report"
    sources: tuple[str, ...] = ()
    summary: str = ""
    revision: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article of the newsroom with all its states."""

    id: str
    outlet: str
    title: str
    authors: tuple[str, ...]
    #: Seconds after the start.
    release: float
    kind: str
    sources: tuple[str, ...]
    summary: str
    paragraphs: tuple[str, ...]
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything the newsroom has to show."""

    outlets: tuple[Outlet, ...]
    stories: tuple[Story, ...]
    #: The feed of the outlet that sends a hostile one, as it stands.
    hostile: bytes


def load_material(folder: Traversable) -> Material:
    """Read `outlets.toml`, `articles/*.md` and `hostile.xml`; raises ConfigurationError with all problems."""
    problems: list[Problem] = []
    outlets = _read_outlets(folder / "outlets.toml", problems)
    names = {outlet.id for outlet in outlets}
    stories = []
    for path in sorted((folder / "articles").iterdir(), key=lambda entry: entry.name):
        if not path.name.endswith(".md"):
            continue
        story = _read_story(path, problems)
        if story is not None and story.outlet not in names:
            problems.append(Problem(f"no outlet {story.outlet!r} in outlets.toml", where=str(path)))
        elif story is not None:
            stories.append(story)
    hostile = folder / "hostile.xml"
    if problems:
        raise ConfigurationError(tuple(problems))
    return Material(outlets=outlets, stories=tuple(stories), hostile=hostile.read_bytes() if hostile.is_file() else b"")


def _read_outlets(path: Traversable, problems: list[Problem]) -> tuple[Outlet, ...]:
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("outlet", [])
        return tuple(Outlet.model_validate(table) for table in tables)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        problems.append(Problem(_first_line(error), where=str(path)))
        return ()


def _read_story(path: Traversable, problems: list[Problem]) -> Story | None:
    try:
        head, body = _split(path.read_text("utf-8"))
        fields = _Head.model_validate(tomllib.loads(head))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        problems.append(Problem(_first_line(error), where=str(path)))
        return None
    return Story(
        id=fields.id,
        outlet=fields.outlet,
        title=fields.title,
        authors=fields.authors,
        release=fields.release,
        kind=fields.kind,
        sources=fields.sources,
        summary=fields.summary,
        paragraphs=tuple(" ".join(part.split()) for part in body.split("\n\n") if part.strip()),
        revisions=fields.revision,
    )


def _split(text: str) -> tuple[str, str]:
    parts = text.split(_FENCE, 2)
    if len(parts) < 3 or parts[0].strip():
        raise ValueError(f"does not begin with a head between two lines of {_FENCE}")
    return parts[1], parts[2]


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).partition("\n")[0]
