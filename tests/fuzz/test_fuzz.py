"""Parsers and the analysis on what nobody wrote; always the same examples, so that a failure comes again.

`make fuzz` goes on from here with atheris, for as long as it is given. What either found is kept in `examples/`, in a
folder by target, and tried here for ever.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_material import DOCUMENTS, changed, pieces
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.parts.fuzzing import TARGETS

#: Examples by target; all together take less than a minute.
EXAMPLES = {
    "feed": 500,
    "page": 150,
    "link": 600,
    "date": 600,
    "markup": 600,
    "feed_list": 400,
    "stored": 500,
    "body": 300,
    "analyse": 60,
}
KEPT = sorted(path for path in (Path(__file__).parent / "examples").glob("*/*") if path.is_file())


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_it(name: str) -> None:
    @settings(
        max_examples=EXAMPLES[name],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.one_of(changed(DOCUMENTS[name]), changed(DOCUMENTS[name]), pieces(), st.binary(max_size=300)))
    def tried(data: bytes) -> None:
        TARGETS[name](data)

    tried()


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_broke_it_once_does_so_no_more(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
