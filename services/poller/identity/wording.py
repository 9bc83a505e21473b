"""What an entry says, made small enough to keep and even enough to compare.

Pure; typography, stamps of time and counters are left out of what is compared, dates of the entry never enter it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from html import unescape

from config.knowledge.notes import EditorialNotes
from services.poller.identity.resemblance import hashes_of, opening_of, short, tokens, word_hash
from stancewire.codec import FINGERPRINT_LENGTH, digest
from stancewire.types import Entry, Note, Wording

#: Words of a title that are kept to compare it with others.
TITLE_WORDS = 8
#: Characters of a text in which its opening is looked for.
_OPENING_CHARACTERS = 3_000

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_UNSPACED = "\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef"
_NEXT_TO_UNSPACED = re.compile(rf"(?<=[{_UNSPACED}\"']) +(?=[{_UNSPACED}])|(?<=[{_UNSPACED}]) +(?=[{_UNSPACED}\"'])")
_MOMENT = re.compile(
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\b"
    r"|\b(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:[A-Z]{2,4}|[+-]\d{4})"
)
# What follows a word such as "updated": numbers, each after two words at most, and the half of the day or the zone.
_STAMPED = (
    r"[:\s]{1,3}(?:\W{0,3}(?:[^\W\d]{1,12}\.?\W{1,3}){0,2}\d[\w:./,+-]{0,20}){1,6}"
    r"(?:\s?(?:am|pm|a\.m\.|p\.m\.|gmt|utc|uhr|[a-z]{1,3}t)\b)?"
)


def fold(text: str) -> str:
    r"""`text` with one form for quotes, dashes and blanks; its letters and their case as they are.

    >>> fold("The\u00a0minister\u2019s  \u201cno\u201d \u2013 again")
    'The minister\'s "no" - again'
    """
    even = unicodedata.normalize("NFKC", unescape(_INVISIBLE.sub("", text)).translate(_TYPOGRAPHY))
    even = " ".join(even.translate(_TYPOGRAPHY).split())
    return even if even.isascii() else _NEXT_TO_UNSPACED.sub("", even)


class WordingReader:
    """Reads wordings with the notes, stamps and counters given."""

    def __init__(self, notes: EditorialNotes) -> None:
        self._retraction = _opening(notes.retraction)
        self._correction = _opening(notes.correction)
        self._stamp = re.compile(rf"(?<!\w)(?:{_any_of(notes.stamp)}){_STAMPED}", re.IGNORECASE)
        counters = (re.escape(phrase).replace(r"\#", r"\d[\d.,]*") for phrase in notes.counter)
        self._counter = re.compile(rf"(?<!\w)(?:{'|'.join(counters)})(?!\w)", re.IGNORECASE)

    def read(self, entry: Entry) -> Reading:
        """What the entry says."""
        return Reading(entry, self)

    def compared(self, text: str) -> str:
        """Of `text` what is compared: folded, without stamps and counters."""
        return fold(self._counter.sub(" ", self._stamp.sub(" ", _MOMENT.sub(" ", text))))

    def note_in(self, text: str) -> Note:
        """The editors' note in `text`, the graver of several."""
        even = text.translate(_TYPOGRAPHY)
        if self._retraction.search(even):
            return "retraction"
        return "correction" if self._correction.search(even) else ""


class Reading:
    """What one entry says, read as far as it is asked for: most entries are known by their fingerprint alone."""

    def __init__(self, entry: Entry, reader: WordingReader) -> None:
        self._entry = entry
        self._reader = reader
        self.fingerprint = fingerprint(entry)

    @cached_property
    def title(self) -> str:
        """The title, folded."""
        return fold(self._entry.title)

    @cached_property
    def title_words(self) -> tuple[int, ...]:
        """All of the title's words that tell it from others, of which the wording holds some."""
        return title_words(self.title)

    @cached_property
    def wording(self) -> Wording:
        """The whole of it, as it is kept."""
        body = self._compared
        return Wording(
            fingerprint=self.fingerprint,
            title=short_name(self.title) if self.title else "",
            text=short_name(body) if body else "",
            note=self._reader.note_in(f"{self._entry.title}\n{self._text}"),
            title_words=self.title_words[:TITLE_WORDS],
            opening=tuple(short(value) for value in self.opening),
        )

    @cached_property
    def opening(self) -> tuple[int, ...]:
        """Hashes of 64 bits of the opening of the text, the smallest first."""
        return hashes_of(self._opening)

    @property
    def opening_words(self) -> int:
        """Words of the opening that were looked at."""
        return len(self._opening)

    @cached_property
    def _opening(self) -> list[str]:
        is_short = len(self._text) <= _OPENING_CHARACTERS
        return opening_of(self._compared if is_short else self._reader.compared(self._text[:_OPENING_CHARACTERS]))

    @cached_property
    def _compared(self) -> str:
        return self._reader.compared(self._text)

    @cached_property
    def _text(self) -> str:
        return "\n".join(part for part in (self._entry.summary, self._entry.content) if part)


def fingerprint(entry: Entry) -> str:
    """Names the words of an entry: the same words give the same fingerprint."""
    return digest("entry", entry.title, entry.summary, entry.content, length=FINGERPRINT_LENGTH)


def short_name(text: str) -> str:
    """Tells one wording of an article from its others, which are few."""
    return digest("wording", text, length=8)


def title_words(folded: str) -> tuple[int, ...]:
    """Hashes of the words of a folded title that are long enough to tell it from others, numbers first."""
    words = tokens(folded)
    long = [word for word in words if len(word) > 3 or not word.isascii() or word.isdigit()]
    return tuple(sorted({word_hash(word) for word in long or words}))


def _opening(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches where one of the phrases opens a line or a sentence."""
    return re.compile(rf"(?:^|[.!?:)\]]\s|\n)[\s*\[(_>\"-]{{0,5}}(?:{_any_of(phrases)})", re.IGNORECASE)


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) + (r"(?!\w)" if phrase[-1:].isalnum() else "") for phrase in phrases)
