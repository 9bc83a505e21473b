"""What is published reads the same with and without the service's libraries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from store_samples import NOON, interference, revision, stance

from stancewire import codec, decoding
from stancewire.errors import CodecError
from stancewire.types import Announcement, Claimant, Denial, Span, Technique

WORDS = Span(text="thanks", start=7, end=13)


def samples() -> Iterator[Announcement]:
    plain, report = stance("s", detected_at=NOON), interference("i")
    actor = report.actor
    yield plain
    yield replace(plain, condition=WORDS, speaker=actor, act="PRAISE", replaces="former")
    yield replace(plain, article=replace(plain.article, outlet_country="GB", ownership="public", published_at=None))
    yield report
    yield replace(
        report,
        techniques=(Technique(family="ddos", disarm=None, disarm_version=None, span=WORDS),),
        platforms=("Telegram",),
        claimants=(
            Claimant(
                name=actor.name, type="state", country="RU", id="Q159", mention=WORDS, category="foreign_government"
            ),
        ),
        denied_by=(Denial(name="Russia", type="state", country="RU", id=None, mention=WORDS, span=WORDS),),
        target=None,
        event=actor,
    )
    yield revision("r")


@pytest.mark.parametrize("sample", tuple(samples()), ids=lambda each: f"{each.kind}-{each.id}")
def test_an_entry_reads_as_it_was_written(sample: Announcement) -> None:
    written = codec.announcements.encode(sample)
    assert decoding.announcement(written) == codec.announcements.decode(written) == sample


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the parts of a JSON value stand."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from _paths(child, (*path, name))
    if path:
        yield path


def _with(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    copy = json.loads(json.dumps(value))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return copy


@pytest.mark.parametrize("sample", tuple(samples()), ids=lambda each: f"{each.kind}-{each.id}")
def test_a_part_of_another_type_is_refused_wherever_it_stands(sample: Announcement) -> None:
    whole = codec.announcements.to_dict(sample)
    paths = list(_paths(whole))
    assert len(paths) > 15
    for path in paths:
        with pytest.raises(CodecError):
            decoding.announcement_from(_with(whole, path, {"not": ["this"]}))


def test_a_field_that_a_newer_writer_adds_is_passed_over() -> None:
    whole = codec.announcements.to_dict(stance("s"))
    newer = {**whole, "mood": 3, "article": {**whole["article"], "mood": 3}}
    assert decoding.announcement_from(newer) == stance("s")


def test_a_field_that_an_older_writer_lacks_has_its_default() -> None:
    whole = codec.announcements.to_dict(stance("s"))
    del whole["article"]["ownership"], whole["replaces"]
    assert decoding.announcement_from(whole) == stance("s")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{}", b'{"kind":"rumour"}', b'{"kind":["stance"]}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_entry_is_refused_with_words(data: bytes) -> None:
    with pytest.raises(CodecError, match="not a valid entry of the stream"):
        decoding.announcement(data)
