"""Joins quotations to the cues whose words they are: split, run on over sentences, set before or after their cue.

cue in the same sentence | a sentence before that ends in a colon | one after that only says who | the quotation before
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workers.attribution.cues import Cue
from workers.text.quotations import Quotation, QuotedWords
from workers.text.tree import Sentence, Token

#: Fewer words in quotation marks are a term or a mockery, and say nothing by themselves.
_UTTERANCE = 4
#: Sentences of the longest paragraph that is taken for a quotation without marks.
_LONGEST_BLOCK = 20


@dataclass(slots=True, kw_only=True)
class Draft:
    """A cue with what is known so far of its source and its content."""

    cue: Cue
    sentence: int
    source: Token | None
    #: Places of what is said, by sentence.
    content: dict[int, set[int]] = field(default_factory=dict)
    is_clause: bool = True
    is_done: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A sentence with its cues and the quotations that reach into it."""

    sentence: Sentence
    drafts: tuple[Draft, ...]
    quoted: Mapping[int, tuple[int, ...]]


def join_quotations(read: Sequence[Read], words: QuotedWords, text: str) -> None:
    """Add the words of each quotation to the draft that they belong to, if one is found."""
    places: dict[int, list[int]] = {}
    for place, item in enumerate(read):
        for quotation in item.quoted:
            places.setdefault(quotation, []).append(place)
    owners: dict[int, Draft] = {}
    for quotation, within in places.items():
        owner = _owner(read, words[quotation], quotation, within, owners, text)
        if owner is None:
            continue
        owners[quotation] = owner
        for place in within:
            _add(owner, read[place], quotation)
    for place, item in enumerate(read):
        _add_block(item, read, place, text)


def _add(owner: Draft, item: Read, quotation: int) -> None:
    content = owner.content.setdefault(item.sentence.index, set())
    content.update(item.quoted[quotation])
    owner.is_clause = True


def _add_block(item: Read, read: Sequence[Read], place: int, text: str) -> None:
    """As in `The statement read:` and a paragraph set off, without quotation marks."""
    line_ends = not text[item.sentence.end : item.sentence.end + 1].strip()
    if not item.sentence.text.endswith(":") or not line_ends:
        return
    draft = _introducing(item)
    if draft is None or draft.content:
        return
    before = item.sentence
    for following in read[place + 1 : place + 1 + _LONGEST_BLOCK]:
        if not _is_next(before, following.sentence):
            return
        same_line = "\n" not in text[before.end : following.sentence.start].strip(" ")
        if following.quoted or (same_line if before is item.sentence else not same_line):
            return
        draft.content[following.sentence.index] = {token.i for token in following.sentence.tokens}
        before = following.sentence


def _owner(
    read: Sequence[Read],
    quotation: Quotation,
    number: int,
    within: Sequence[int],
    owners: Mapping[int, Draft],
    text: str,
) -> Draft | None:
    size = sum(len(read[place].quoted[number]) for place in within)
    for place in within:
        holding = _holding(read[place], number)
        if holding is not None:
            return holding if size >= _UTTERANCE else None
    for place in (within[0], within[-1]):
        beside = _beside(read[place], number, size)
        if beside is not None:
            return beside
    first, last = read[within[0]], read[within[-1]]
    if first.quoted[number][0] == 0 and within[0] > 0:
        before = read[within[0] - 1]
        if before.sentence.text.endswith(":") and _is_next(before.sentence, first.sentence):
            return _introducing(before)
    if last.quoted[number][-1] == len(last.sentence.tokens) - 1 and within[-1] + 1 < len(read):
        after = read[within[-1] + 1]
        told = _telling(after)
        if told is not None and not text[last.sentence.end : after.sentence.start].strip(" "):
            return told
    return _running_on(read, quotation, number, within, owners, text)


def _holding(item: Read, number: int) -> Draft | None:
    """The innermost draft whose content reaches into the quotation from outside."""
    words = set(item.quoted[number])
    holding = [
        draft
        for draft in item.drafts
        if draft.cue.token.i not in words and words & draft.content.get(item.sentence.index, set())
    ]
    return min(holding, key=lambda d: len(d.content[item.sentence.index]), default=None)


def _beside(item: Read, number: int, size: int) -> Draft | None:
    """The nearest cue of speech in the sentence, outside of the quotation."""
    if size < _UTTERANCE:
        return None
    words = item.quoted[number]
    near = [
        draft
        for draft in item.drafts
        if not draft.cue.nested and draft.cue.kind == "verb" and (not draft.content or draft.cue.held != "expressed")
    ]
    return min(near, key=lambda d: _distance(d.cue.token.i, words), default=None)


def _distance(place: int, words: Sequence[int]) -> int:
    return words[0] - place if place < words[0] else place - words[-1]


def _introducing(item: Read) -> Draft | None:
    """The last cue of a sentence that ends in a colon."""
    free = [draft for draft in item.drafts if not draft.cue.nested and draft.cue.kind == "verb"]
    return max(free, key=lambda d: (not d.content, d.cue.token.i), default=None)


def _telling(item: Read) -> Draft | None:
    """The cue of a sentence that says who spoke and nothing else, as `Trump asked.` after a question."""
    if item.quoted or not item.drafts:
        return None
    first = item.drafts[0]
    return first if not first.content and first.cue.kind == "verb" and first.source is not None else None


def _running_on(
    read: Sequence[Read],
    quotation: Quotation,
    number: int,
    within: Sequence[int],
    owners: Mapping[int, Draft],
    text: str,
) -> Draft | None:
    """The owner of the quotation before, where nothing but its own sentence stands between."""
    owner = owners.get(number - 1)
    first = read[within[0]]
    if owner is None or first.quoted[number][0] != 0 or within[0] == 0:
        return None
    before = read[within[0] - 1]
    if number - 1 not in before.quoted or not _is_next(before.sentence, first.sentence):
        return None
    if quotation.runs_on:
        return owner
    whole = all(len(read[place].quoted[number]) > len(read[place].sentence.tokens) / 2 for place in within)
    same_line = "\n" not in text[before.sentence.end : first.sentence.start]
    ends_quoted = before.quoted[number - 1][-1] == len(before.sentence.tokens) - 1
    return owner if whole and (same_line or ends_quoted) else None


def _is_next(sentence: Sentence, following: Sentence) -> bool:
    """Whether no sentence of the text stands between the two: not all of them may have been parsed."""
    return following.index == sentence.index + 1
