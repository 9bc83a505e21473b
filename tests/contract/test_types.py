"""The types as others import them: by their names, from one place, though modules are imported when asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from stancewire import types
from stancewire.types import __all__ as public

_PROGRAM = """import sys
import stancewire.client
print(*sorted(name for name in sys.modules if name.startswith("stancewire.types.")))"""


def _imported_for_type_checkers() -> dict[str, str]:
    """Each name that type checkers see, with its module."""
    tree = ast.parse(Path(types.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


def test_what_type_checkers_see_is_what_there_is() -> None:
    seen = _imported_for_type_checkers()

    assert sorted(seen) == sorted(public)
    for name, module in seen.items():
        there = getattr(types, name)
        assert getattr(sys.modules[module], name) is there


def test_a_name_that_is_not_there_is_told_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match=r"module 'stancewire.types' has no attribute 'Nothing'"):
        _ = types.Nothing


def test_a_client_makes_no_types_but_those_of_signals() -> None:
    run = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)

    assert run.stdout.split() == [f"stancewire.types.{name}" for name in ("filters", "signals", "words")]
