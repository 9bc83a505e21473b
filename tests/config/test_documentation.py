"""The README's table and the file of defaults are in step with the models."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config import documentation
from config.catalogue import plain, settings
from config.documentation import BEGIN, DEFAULTS, END, defaults, main, replaced, table


def test_the_file_of_defaults_is_the_one_the_models_make() -> None:
    assert DEFAULTS.read_text("utf-8") == defaults()


def test_the_file_of_defaults_sets_every_setting_that_has_a_default() -> None:
    data = tomllib.loads(defaults())

    for setting in settings():
        value = data
        for part in setting.key:
            value = value.get(part, {})
        assert (value or None) == (plain(setting.default) or None), setting.name


def test_the_table_has_a_row_for_every_setting() -> None:
    for setting in settings():
        assert f"| `{setting.name}` | `{setting.variable}` |" in table()


def test_what_stands_around_the_table_is_kept() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert replaced(text) == f"before\n{BEGIN}\n{table()}\n{END}\nafter\n"


def test_a_stale_readme_is_found_and_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentation, "DEFAULTS", tmp_path / "default.toml")
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\nold\n{END}\n")

    assert main(["--check", str(readme)]) == 1
    assert main(["--write", str(readme)]) == 0
    assert main(["--check", str(readme)]) == 0


def test_a_readme_without_markers_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no table\n")

    assert main(["--check", str(readme)]) == 2
    assert "markers" in capsys.readouterr().err
