"""Makes what consumers build against from the types and the names: JSON Schemas, and the AsyncAPI document.

    python -m scripts.contract            # says what is out of date
    python -m scripts.contract --write

Nothing is decided here about what is published; `make check` fails where what is committed is out of date.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from scripts import asyncapi, stream_page
from stancewire import schemas, types
from stancewire.types import Article, DeadLetter, Interference, Revision, Stance

ROOT = Path(__file__).parents[1]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS: Mapping[schemas.SchemaName, Any] = {
    "article": Article,
    "stance": Stance,
    "interference": Interference,
    "revision": Revision,
    "dead": DeadLetter,
}
#: What the types alone do not say, by the name of the field.
_BOUNDS: Mapping[str, Mapping[str, Any]] = {
    "confidence": {"minimum": 0, "maximum": 1},
    "start": {"minimum": 0},
    "end": {"minimum": 0},
    "left_out": {"minimum": 0},
    "attempts": {"minimum": 0},
    "number": {"minimum": 1},
    "country": {"pattern": "^[A-Z]{2}$"},
    "outlet_country": {"pattern": "^[A-Z]{2}$"},
}


def schema(name: schemas.SchemaName) -> dict[str, Any]:
    """The JSON Schema of one kind, described in the words of the types."""
    if name == "signal":
        either = [{"$ref": schemas.url(kind)} for kind in ("stance", "interference")]
        return {
            "$schema": _DIALECT,
            "$id": schemas.url(name),
            "title": "Signal",
            "description": "Either kind of signal; `kind` says which.",
            "oneOf": either,
        }
    kind = _KINDS[name]
    made = TypeAdapter(kind).json_schema(mode="validation")
    inner = made.pop("$defs", {})
    _describe(kind.__name__, made)
    for each, definition in inner.items():
        _describe(each, definition)
    made.pop("title", None)
    whole = {"$schema": _DIALECT, "$id": schemas.url(name), "title": kind.__name__, **made}
    return whole | ({"$defs": inner} if inner else {})


def _describe(name: str, definition: dict[str, Any]) -> None:
    """Fields that a later writer adds are allowed, and those that have a default may be missing in older entries."""
    said = dict(_comments(getattr(types, name)))
    for field, about in definition.get("properties", {}).items():
        about.pop("title", None)
        about.pop("default", None)
        if text := said.get(field):
            # A description beside a reference is allowed since 2019-09.
            about["description"] = re.sub(r"\bNone\b", "null", text)
        for place in (about, *about.get("anyOf", ())):
            if place.get("type") in ("string", "number", "integer") and "enum" not in place:
                place.update(_BOUNDS.get(field, {}))
    if "kind" in definition.get("properties", {}) and "const" in definition["properties"]["kind"]:
        definition["required"] = sorted(
            {"kind", *definition.get("required", ())}, key=list(definition["properties"]).index
        )


def _comments(kind: type) -> Iterator[tuple[str, str]]:
    """Names of a type's fields with the `#:` comments above them."""
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("stancewire."):
            source = textwrap.dedent(inspect.getsource(base))
            lines = source.splitlines()
            for node in ast.parse(source).body[0].body:  # type: ignore[attr-defined]
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    above = list(_above(lines, node.lineno - 1))
                    if above:
                        yield node.target.id, " ".join(reversed(above))


def _above(lines: list[str], number: int) -> Iterator[str]:
    while number and (comment := re.fullmatch(r"\s*#: ?(.*)", lines[number - 1])):
        yield comment[1]
        number -= 1


def _made() -> dict[Path, str]:
    """Everything that is made, by the file it stands in."""
    folder = ROOT / "stancewire/schemas" / schemas.VERSION
    files = {folder / f"{name}.json": _pretty(schema(name)) for name in (*_KINDS, "signal")}
    document = asyncapi.document({name: schema(name) for name in _KINDS})
    return files | {
        ROOT / "docs/asyncapi.json": _pretty(document),
        ROOT / "docs/stream.html": stream_page.page(document),
    }


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Exit status: 1 where something is out of date and was not written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="bring the files up to date")
    write = parser.parse_args().write
    stale = {path: text for path, text in _made().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        print(f"{'written' if write else 'out of date'}: {path.relative_to(ROOT)}")  # noqa: T201
    if stale and not write:
        print("run: python -m scripts.contract --write", file=sys.stderr)  # noqa: T201
    return 1 if stale and not write else 0


if __name__ == "__main__":
    sys.exit(main())
