"""Floors under what is read in real pages, which lie beside the repository and are no part of it."""

from __future__ import annotations

import pytest

from bench.pages import FOLDER, ours, read_pages

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real pages are not here")


def test_real_pages_give_their_text_title_authors_and_date() -> None:
    found = [ours(page) for page in read_pages()]
    authors = [one.authors for one in found if one.authors is not None]

    assert len(found) > 50
    assert sum(one.f1 for one in found) / len(found) >= 0.965
    assert sum(one.day for one in found) / len(found) >= 0.98
    assert sum(one.title for one in found) / len(found) >= 0.92
    assert sum(authors) / len(authors) >= 0.92
    assert sum(bool(one.flags) for one in found if one.f1 >= 0.8) <= 5
