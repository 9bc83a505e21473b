"""Reads and writes feed lists: TOML as the catalogue has it, and OPML as feed readers exchange it.

Pure: text in, feeds out, and all problems at once with their lines; no file is opened and no feed asked for.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seeds.opml import MAX_OUTLINES, Outline, read_outlines
from stancewire.codec import digest
from stancewire.errors import ConfigurationError, Problem
from stancewire.types import Feed, Ownership

#: Problems of a list that are told one by one.
MAX_TOLD = 100

_BAD_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_SLUG = re.compile(r"[^a-z0-9]+")
_HEADER = re.compile(r"^\s*\[\[\s*feed\s*\]\]", re.MULTILINE)
_HINTS = {
    "id": "An id is made of a-z, 0-9 and -, as `bbc-world`.",
    "country": "Two capital letters of ISO 3166, as GB or RU; EU for the European Union.",
    "language": "Two or three small letters, as `en`.",
    "ownership": "One of independent, public, state_run, state_affiliated.",
}


class _FeedTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
    url: Annotated[str, Field(min_length=1, max_length=4_096)]
    outlet: Annotated[str, Field(min_length=1, max_length=200)]
    country: Annotated[str, Field(pattern=r"^(?:[A-TV-Z][A-Z]|U[A-JL-Z])$")] | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    ownership: Ownership | None = None
    source: str = ""


class _Placed:
    """A table of the list with the places its problems are reported at."""

    def __init__(self, fields: dict[str, Any], where: str, line: int, lines: dict[str, int]) -> None:
        self.fields = fields
        self.where = where
        self.line = line
        self.lines = lines

    def problem(self, message: str, *, key: str = "", hint: str = "") -> Problem:
        return Problem(message, where=self.where, line=self.lines.get(key, self.line), hint=hint)


def read_feeds(text: str, where: str) -> tuple[Feed, ...]:
    """The feeds of a list, TOML or OPML, in its order; `where` names the list in what is reported.

    Raises ConfigurationError with all problems. A feed that an OPML list holds in several folders is taken once.
    """
    sifted = sift_feeds(text, where)
    if sifted.problems:
        raise ConfigurationError(sifted.problems)
    return sifted.feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What a list holds that can be used, and what is wrong with the rest."""

    feeds: tuple[Feed, ...]
    problems: tuple[Problem, ...]


def sift_feeds(text: str, where: str) -> Sifted:
    """As `read_feeds`, without what cannot be used: lists of others are taken as far as they go."""
    problems: list[Problem] = []
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        placed = _unique_by_url(_from_outline(outline, where) for outline in read_outlines(text, where, problems))
    else:
        placed = _from_toml(text, where, problems)
    feeds = _feeds(placed, problems)
    if not feeds and not problems:
        problems.append(Problem("no feeds in this list", where=where, hint="A feed begins with [[feed]]."))
    if (more := len(problems) - MAX_TOLD) > 0:
        problems[MAX_TOLD:] = [Problem(f"{more} more problems, which are not told", where=where)]
    return Sifted(feeds=feeds, problems=tuple(problems))


def _feeds(placed: Iterable[_Placed], problems: list[Problem]) -> tuple[Feed, ...]:
    feeds: list[Feed] = []
    first_line: dict[tuple[str, str], int] = {}
    for each in placed:
        try:
            feed: Feed | None = Feed(**_FeedTable.model_validate(each.fields).model_dump())
        except ValidationError as error:
            problems.extend(_explain(each, dict(detail)) for detail in error.errors())
            feed = None
        problem = _problem_with_url(each.fields.get("url"))
        if problem:
            problems.append(each.problem(problem, key="url", hint="Give the feed's own http or https address."))
        if feed is None or problem:
            continue
        for key, value in (("id", feed.id), ("url", feed.url)):
            if (key, value) in first_line:
                message = f"{key} {value!r} is used twice, first in line {first_line[key, value]}"
                problems.append(each.problem(message, key=key, hint=f"Every feed has its own {key}."))
        if ("id", feed.id) not in first_line and ("url", feed.url) not in first_line:
            feeds.append(feed)
        for key, value in (("id", feed.id), ("url", feed.url)):
            first_line.setdefault((key, value), each.lines.get(key, each.line))
    return tuple(feeds)


def _explain(placed: _Placed, detail: dict[str, Any]) -> Problem:
    key = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        return placed.problem(f"unknown key {key!r}", key=key, hint=f"Known: {', '.join(_FeedTable.model_fields)}.")
    if detail["type"] == "missing":
        return placed.problem(f"no {key!r}", hint="A feed needs at least id, url and outlet.")
    reason = "is not allowed" if detail["type"] == "string_pattern_mismatch" else f"- {detail['msg']}"
    hint = "The United Kingdom is GB." if detail.get("input") == "UK" else _HINTS.get(key, "")
    return placed.problem(f"{key} {str(detail.get('input'))[:60]!r} {reason}", key=key, hint=hint)


def _problem_with_url(url: object) -> str | None:
    if not isinstance(url, str) or not url:
        return None
    if _BAD_IN_URL.search(url):
        return "the url holds a blank, a backslash or a control character"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        return f"the url cannot be read: {error}"
    if parts.scheme not in {"http", "https"}:
        return f"the url begins with {parts.scheme[:20] or url[:20]!r}, not with http or https"
    if not host or "@" in parts.netloc:
        return "the url has no host, or a user name before it"
    return None


def _from_toml(text: str, where: str, problems: list[Problem]) -> tuple[_Placed, ...]:
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        problems.append(Problem(str(error), where=where, line=line, hint="The list is TOML: see seeds/feeds.toml."))
        return ()
    tables = data.pop("feed", [])
    problems.extend(
        Problem(f"unknown key {key!r}", where=where, hint="The list holds [[feed]] tables only.") for key in data
    )
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(Problem("`feed` is not a list of tables", where=where, hint="A feed begins with [[feed]]."))
        return ()
    if len(tables) > MAX_OUTLINES:
        problems.append(Problem(f"more than {MAX_OUTLINES} feeds", where=where))
        return ()
    return tuple(_located(tables, text, where))


def _located(tables: list[dict[str, Any]], text: str, where: str) -> Iterator[_Placed]:
    lines = text.split("\n")
    headers = [number for number, line in enumerate(lines, 1) if _HEADER.match(line)]
    # An inline list has no headers to count; its problems are then reported without their lines.
    ends = [*headers[1:], len(lines) + 1] if headers else []
    known = list(zip(headers, ends, strict=True)) if len(headers) == len(tables) else [(0, 0)] * len(tables)
    for table, (start, end) in zip(tables, known, strict=True):
        assignments = ((number, lines[number - 1].partition("=")) for number in range(start + 1, end))
        keys = {name.strip(): number for number, (name, equals, _) in assignments if equals}
        yield _Placed(table, where, start, keys)


def _from_outline(outline: Outline, where: str) -> _Placed:
    fields = {key: value for key, value in outline.fields.items() if value}
    fields["outlet"] = fields.get("outlet", "")[:200] or _host(outline.url)
    fields["url"] = outline.url
    fields.setdefault("id", id_of(outline.url))
    if "language" in fields:
        fields["language"] = fields["language"].partition("-")[0].lower()
    return _Placed(fields, where, outline.line, {})


def _unique_by_url(placed: Iterable[_Placed]) -> tuple[_Placed, ...]:
    first: dict[str, _Placed] = {}
    for each in placed:
        first.setdefault(each.fields["url"], each)
    return tuple(first.values())


def id_of(url: str) -> str:
    """A feed's id made from its address: readable, and unique by its last six characters.

    >>> id_of("https://www.example.org/news/world.rss")
    'example-org-news-world-rss-fefa0f'
    """
    slug = _SLUG.sub("-", url.partition("://")[2].removeprefix("www.").lower()).strip("-")
    return f"{slug[:60].strip('-')}-{digest('feed', url, length=6)}".lstrip("-")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url)[:200]
    except ValueError:
        return url[:200]


def write_toml(feeds: Iterable[Feed]) -> str:
    """The feeds as a list that `read_feeds` reads."""
    return "\n".join(_toml_table(feed) for feed in feeds)


def _toml_table(feed: Feed) -> str:
    fields = {name: getattr(feed, name) for name in _FeedTable.model_fields}
    # A basic string of TOML is one of JSON, but for DEL.
    lines = (
        f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
        for name, value in fields.items()
        if value
    )
    return "\n".join(("[[feed]]", *lines, ""))


def write_opml(feeds: Iterable[Feed]) -> str:
    """The feeds as OPML 2.0, those of one country in a folder.

    What feed readers do not know is in attributes of a namespace of our own.
    """
    outlines = "".join(_opml_folder(country, tuple(of_one)) for country, of_one in groupby(feeds, _country))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0" xmlns:stancewire="urn:stancewire:feeds">\n'
        f"<head><title>stancewire feeds</title></head>\n<body>\n{outlines}</body>\n</opml>\n"
    )


def _country(feed: Feed) -> str | None:
    return feed.country


def _opml_folder(country: str | None, feeds: Iterable[Feed]) -> str:
    outlines = "".join(_opml_outline(feed) for feed in feeds)
    return f"<outline text={quoteattr(country)}>\n{outlines}</outline>\n" if country else outlines


def _opml_outline(feed: Feed) -> str:
    own = {"id": feed.id, "country": feed.country, "ownership": feed.ownership, "source": feed.source}
    attributes = {"type": "rss", "text": feed.outlet, "title": feed.outlet, "xmlUrl": feed.url}
    attributes |= {"language": feed.language or ""} | {f"stancewire:{key}": value or "" for key, value in own.items()}
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items() if value)
    return f"<outline {written}/>\n"
