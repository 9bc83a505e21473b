"""Makes the analysis take SLOWED_S seconds longer for each group of articles, in programs that find this on their path.

Everything else of a program is as it is; Python imports a module of this name when it starts.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

NAME = "workers.pipeline"


class Slowing(MetaPathFinder):
    """Finds the analysis as Python would, and slows what it loads."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != NAME:
            return None
        spec = PathFinder.find_spec(name, path, target)
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            load = module.load

            def slowed(*arguments: Any) -> Any:
                return Slowed(load(*arguments))

            module.load = slowed  # type: ignore[attr-defined]

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


class Slowed:
    """An analysis that takes its time."""

    def __init__(self, analysis: Any) -> None:
        self._analysis = analysis

    def analyse_together(self, articles: Any) -> Any:
        sys.stderr.write('{"event":"slow analysis begins"}\n')
        sys.stderr.flush()
        time.sleep(float(os.environ["SLOWED_S"]))
        return self._analysis.analyse_together(articles)


if "SLOWED_S" in os.environ:
    sys.meta_path.insert(0, Slowing())
