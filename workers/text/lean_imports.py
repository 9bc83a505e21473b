"""Imports a library without a part of it that nothing here uses, where that part takes as long as the rest.

It does not know which library that is; whoever imports it says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn


@contextmanager
def without(module: str, *names: str) -> Iterator[None]:
    """Whoever imports `module` inside gets an empty one with `names`; afterwards it can be imported as ever."""
    if module in sys.modules:
        yield
        return
    empty = ModuleType(module)
    vars(empty).update(dict.fromkeys(names, _left_out))
    sys.modules[module] = empty
    try:
        yield
    finally:
        if sys.modules.get(module) is empty:
            del sys.modules[module]


def _left_out(*_: Any, **__: Any) -> NoReturn:
    raise ImportError("left out when its library was imported")
