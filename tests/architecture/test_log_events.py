"""The event of a line in the log is a name of ours, written where it is logged: what was fetched may be a field."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("stancewire", "services", "workers", "config", "seeds")
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "msg", "fatal"})
#: The client is a library in other people's programs: it writes sentences to `logging`.
CLIENT = ROOT / "stancewire/client"
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if CLIENT not in path.parents)


def logs(path: Path) -> bool:
    text = path.read_text("utf-8")
    return "structlog" in text or "logging" in text


def unnamed_events(tree: ast.AST) -> Iterator[str]:
    """Calls of a logger whose first argument is not written out, as `line 3: log.info(title)`."""
    aliases = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_logging_method(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_of_a_logger(node.func, aliases):
            named = len(node.args) == 1 and _is_written_out(node.args[0])
            starred = any(isinstance(argument, ast.Starred) for argument in node.args)
            if not named or starred or any(keyword.arg == "event" for keyword in node.keywords):
                yield f"line {node.lineno}: {ast.unparse(node)[:80]}"


def _is_logging_method(value: ast.expr) -> bool:
    if isinstance(value, ast.IfExp):
        return _is_logging_method(value.body) or _is_logging_method(value.orelse)
    return isinstance(value, ast.Attribute) and value.attr in LEVELS


def _is_of_a_logger(called: ast.expr, aliases: set[str]) -> bool:
    if isinstance(called, ast.Name):
        return called.id in aliases
    return isinstance(called, ast.Attribute) and called.attr in LEVELS and not _is_of_a_module(called)


def _is_of_a_module(called: ast.Attribute) -> bool:
    """As in `math.log` and `sys.exception`."""
    return isinstance(called.value, ast.Name) and called.value.id in {"math", "np", "sys"}


def _is_written_out(event: ast.expr) -> bool:
    if isinstance(event, ast.IfExp):
        return _is_written_out(event.body) and _is_written_out(event.orelse)
    return isinstance(event, ast.Constant) and isinstance(event.value, str)


@pytest.mark.parametrize("path", [path for path in FILES if logs(path)], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_event_is_written_out(path: Path) -> None:
    assert list(unnamed_events(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "line",
    [
        "log.info(title)",
        "self._log.warning(f'feed {name}')",
        "log.error('feed %s', name)",
        "log.info('feed ' + name)",
        "log.info(*words)",
        "log.info(event=title)",
        "say = log.info if good else log.warning\nsay(title)",
        "structlog.get_logger().info(entry.title, feed=1)",
    ],
)
def test_an_event_that_is_made_up_is_noticed(line: str) -> None:
    assert list(unnamed_events(ast.parse(line)))


def test_files_that_log_are_looked_at() -> None:
    assert sum(map(logs, FILES)) > 15
