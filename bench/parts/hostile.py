"""Texts that no editor wrote, by name: made when they are needed, as some are large.

What becomes of them is not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable

SENTENCE = "Kenya condemned the closure of the canal. "

HOSTILE: dict[str, Callable[[], str]] = {
    "bytes read as text": lambda: bytes(range(256)).decode("latin-1") * 200,
    "control characters": lambda: "\x00\x01\x02\x1b[31m\x7f" * 1_000,
    "one megabyte on one line": lambda: "a" * 1_000_000,
    "ten megabytes of words on one line": lambda: "the quiet canal " * 650_000,
    "a million quotation marks": lambda: '"' * 1_000_000,
    "a million curly quotation marks": lambda: "“”" * 500_000,
    "a hundred thousand quoted words": lambda: "“Kenya” " * 50_000,
    "lone surrogates": lambda: "\ud800\udfff " * 5_000,
    "marks of direction": lambda: "\u202e\u2066Kenya\u2069\u202c \u200f" * 5_000,
    "only punctuation": lambda: ".,;:!?-—…()[]{}<>" * 5_000,
    "deeply nested brackets": lambda: "(" * 20_000 + "Kenya" + ")" * 20_000,
    "nested square brackets in a quotation": lambda: f"“{'[' * 50_000}Kenya{']' * 50_000}”",
    "brackets that never close": lambda: "[(" * 50_000,
    "a hundred thousand stops": lambda: ". A" * 33_000,
    "a hundred thousand empty lines": lambda: "\n" * 100_000,
    "a hundred thousand lines of one word": lambda: "Kenya\ncanal\n" * 50_000,
    "a name a hundred thousand times": lambda: "Kenya " * 100_000,
    "names without a break": lambda: "Kenya" * 20_000,
    "a name list": lambda: "Kenya, Ghana, Peru and Chile " * 3_000,
    "a sentence that never ends": lambda: "Kenya condemned the closure of the canal and " * 1_000,
    "zero-width characters within a name": lambda: "Ken\u200bya con\u00addemned the clo\u2060sure. " * 500,
    "combining marks": lambda: "e" + "\u0301" * 50_000,
    "letters that grow when lowered": lambda: "İ" * 50_000,
    "a thousand sentences with a signal": lambda: SENTENCE * 1_000,
    "that that that": lambda: "that said that said that said " * 1_000,
    "markup": lambda: "<b><i><a href='x'>Kenya</a>" * 3_000,
    "emoji": lambda: "\U0001f1f0\U0001f1ea" * 20_000,
}
