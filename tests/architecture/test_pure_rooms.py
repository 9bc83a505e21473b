"""The pure rooms never ask for the time, chance or a file: what import rules cannot see, found in the syntax."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Calls whose answer differs from run to run, or comes from outside.
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "monotonic", "perf_counter", "getenv", "urandom"})
IMPURE_NAMES = frozenset({"open", "input", "print", "breakpoint", "__import__", "exec", "eval"})


def pure_modules() -> tuple[str, ...]:
    """Modules and packages that `.importlinter` lists as pure."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter", encoding="utf-8")
    return tuple(rules["importlinter:contract:pure"]["source_modules"].split())


def sources(module: str) -> tuple[Path, ...]:
    """Files of a module or package."""
    place = ROOT.joinpath(*module.split("."))
    return tuple(sorted(place.rglob("*.py"))) if place.is_dir() else (place.with_suffix(".py"),)


def impure_calls(tree: ast.AST) -> Iterator[str]:
    """Calls that a pure room may not make, as `line 3: datetime.now`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) as called) if name in IMPURE_CALLS:
                yield f"line {node.lineno}: {ast.unparse(called)}"
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_NAMES | IMPURE_CALLS:
                yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize("module", pure_modules())
def test_a_pure_room_asks_for_no_time_chance_or_file(module: str) -> None:
    found = {
        str(path.relative_to(ROOT)): calls
        for path in sources(module)
        if (calls := tuple(impure_calls(ast.parse(path.read_text("utf-8")))))
    }

    assert not found


def test_a_clock_that_is_read_is_noticed() -> None:
    assert tuple(impure_calls(ast.parse("def age():\n    return datetime.now(UTC)"))) == ("line 2: datetime.now",)
