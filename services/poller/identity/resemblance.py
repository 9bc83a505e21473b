"""How much two texts resemble each other, told from a few numbers kept of each.

Pure. Of the sequences of three words in a text's opening the smallest hashes are kept (a bottom-k sketch); texts that
share most of them share most of their words in the same order. It does not compare what comes after the opening.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

#: Words of a text that are looked at: news agencies' texts are cut and continued differently, but open alike.
OPENING_WORDS = 60
#: Sequences kept of an opening, and of those the ones it is looked up by.
KEPT = 12
LOOKED_UP = 4
#: Fewer words than this say too little to be compared with anything.
FEWEST_WORDS = 12
#: Hashes of words with figures lie below this.
NUMBERS = 0x1000
_SEQUENCE = 3

# One character is a word in scripts written without blanks.
_TOKEN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")
_DATELINE = re.compile(
    r"(?:[^.!?\n]{0,60}?\((?:[A-Z][\w./ ]{1,20})\)|[A-Z][A-Z .,'/-]{2,40}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?)\s*[-:]+\s+"
)


def tokens(text: str) -> list[str]:
    """Words in lower case."""
    return _TOKEN.findall(text.casefold())


def opening_of(folded: str) -> list[str]:
    """The first words of a folded text, after the place and agency that it may begin with."""
    start = _DATELINE.match(folded)
    return tokens(folded[start.end() if start else 0 :][: OPENING_WORDS * 30])[:OPENING_WORDS]


def hashes_of(opening: Sequence[str]) -> tuple[int, ...]:
    """Hashes of 64 bits of the sequences in an opening, the smallest `KEPT`; none of one that is too short."""
    if len(opening) < FEWEST_WORDS:
        return ()
    sequences = {" ".join(opening[at : at + _SEQUENCE]) for at in range(len(opening) - _SEQUENCE + 1)}
    return tuple(sorted(hash64(sequence) for sequence in sequences)[:KEPT])


def hash64(text: str) -> int:
    """A stable number of 64 bits."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def word_hash(word: str) -> int:
    """A stable number of 16 bits, below `NUMBERS` for words with figures in them."""
    value = short(hash64(word))
    if any(character.isdigit() for character in word):
        return value % NUMBERS
    return NUMBERS + value % (0x10000 - NUMBERS)


def short(value: int) -> int:
    """The upper 16 of 64 bits, which keep the order."""
    return value >> 48


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated share of sequences that two openings have in common, 0 to 1; 0 where one has none.

    >>> resemblance((1, 2, 3, 4), (1, 2, 3, 9))
    0.6
    """
    if not one or not other:
        return 0.0
    union = sorted(set(one) | set(other))
    if len(one) == KEPT or len(other) == KEPT:
        # What is larger than the largest that is kept was not looked at.
        union = union[:KEPT]
    both = set(one) & set(other)
    return sum(value in both for value in union) / len(union)


def alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two titles share enough of their words to be versions of one."""
    shared, fewest = len(set(one) & set(other)), min(len(one), len(other))
    return fewest > 0 and shared >= min(2, fewest) and shared / fewest >= 0.4
