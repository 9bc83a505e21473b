"""The settings as people read them: the table in the README and the file of defaults, both made from the models.

`python -m config.documentation --write README.md` renews both, `--check README.md` says whether they are in step.
Nothing here is needed to run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from config.catalogue import Setting, plain, sections, settings

BEGIN = "<!-- settings: made by `python -m config.documentation --write README.md` -->"
END = "<!-- end of settings -->"
DEFAULTS = Path(__file__).with_name("default.toml")


def table() -> str:
    """Markdown table of all settings."""
    rows = ["| setting | environment | default | meaning |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{setting.name}` | `{setting.variable}` | {_shown(setting.default)} | {_meaning(setting)} |"
        for setting in settings()
    ]
    return "\n".join(rows)


def defaults() -> str:
    """Text of `default.toml`: every setting with its meaning; those without a default are commented out."""
    groups = dict(sections())
    lines = ["# All settings with their defaults. Copy what you change to ~/.config/stancewire/config.toml."]
    group = ""
    for setting in sorted(settings(), key=lambda setting: (len(setting.key) > 1, _order(setting, groups))):
        if len(setting.key) > 1 and setting.key[0] != group:
            group = setting.key[0]
            lines += ["", f"# {groups[group]}", f"[{group}]"]
        lines += ["", f"# {_one_line(setting.meaning)} Allowed: {setting.allowed}."]
        name = setting.key[-1]
        lines.append(f"# {name} =" if setting.default is None else f"{name} = {_toml(plain(setting.default))}")
    return "\n".join(lines) + "\n"


def replaced(text: str) -> str:
    """`text` with the table between its markers renewed; raises ValueError where a marker is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the markers {BEGIN!r} and {END!r} are missing")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    """Renew or check both files; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.documentation", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", type=Path, metavar="README")
    action.add_argument("--check", type=Path, metavar="README")
    options = parser.parse_args(arguments)
    readme: Path = options.write or options.check
    try:
        wanted = {readme: replaced(readme.read_text("utf-8")), DEFAULTS: defaults()}
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{readme}: {error}\n")
        return 2
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if options.write:
            path.write_text(wanted[path], "utf-8")
        else:
            sys.stderr.write(f"{path} is not in step with config/settings.py: run with --write\n")
    return 1 if stale and options.check else 0


def _order(setting: Setting, groups: dict[str, str]) -> int:
    return list(groups).index(setting.key[0]) if len(setting.key) > 1 else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _meaning(setting: Setting) -> str:
    return f"{_one_line(setting.meaning)} Allowed: {setting.allowed}.".replace("|", "\\|")


def _shown(default: Any) -> str:
    match plain(default):
        case None | []:
            return "none"
        case bool(value):
            return f"`{str(value).lower()}`"
        case list(values):
            return f"`{','.join(str(value) for value in values)}`"
        case value:
            return f"`{value}`"


def _toml(value: Any) -> str:
    """A value as TOML writes it: for what settings hold, the same as JSON but for the grouping of numbers."""
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000:
        return f"{value:_}"
    return orjson.dumps(value).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
