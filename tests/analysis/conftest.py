"""The analysis and its knowledge, loaded once for the session, and what it finds in the passages."""

from __future__ import annotations

import pytest

from bench.parts.passages import Passage
from bench.quality import SETS, analyse_set
from config.knowledge import Knowledge, load_knowledge
from stancewire.types import Signal
from workers.pipeline import Pipeline, load


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return load()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def found(pipeline: Pipeline) -> tuple[tuple[Passage, tuple[Signal, ...]], ...]:
    """Each passage with its signals."""
    return analyse_set(pipeline, SETS["passages"])
