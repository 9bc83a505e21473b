"""What is left out when a library is imported, and that whoever wants it later has it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workers.text.lean_imports import without

LEFT_OUT = ("spacy.cli", "robust_downloader", "requests", "httpx", "typer", "jinja2")
PROGRAM = """import sys
import workers.pipeline
from workers.text import english
english.import_libraries()
print(*sys.modules)
import spacy.cli.info
print(*sys.modules)"""


def test_the_analysis_imports_no_command_line_and_no_way_to_download() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    there, in_the_end = (set(line.split()) for line in run.stdout.splitlines())

    assert not there.intersection(LEFT_OUT)
    assert {"spacy.cli", "spacy.cli.info", "typer"} <= in_the_end


def test_what_was_left_out_says_so_and_can_be_imported_afterwards() -> None:
    name = "this"
    sys.modules.pop(name, None)
    with without(name, "poem"):
        import this  # noqa: PLC0415

        with pytest.raises(ImportError, match="left out"):
            this.poem()  # type: ignore[attr-defined]

    assert name not in sys.modules


def test_what_is_there_already_stays() -> None:
    with without("sys"):
        import sys as again  # noqa: PLC0415

        assert again is sys
