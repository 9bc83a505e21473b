"""Compares the signals of gold passages with those expected, and counts hits, false signals and misses.

    passage, signals | match stances, match interference | count

It finds no signals itself and knows no floors; those are `bench.quality`'s part.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.parts.passages import ExpectedInterference, ExpectedStance, Passage
from stancewire.types import Entity, Interference, Signal, Stance

SIGNS = {"favourable": "+", "adverse": "-", "neutral": "0"}
Gold = TypeVar("Gold")
Found = TypeVar("Found", Stance, Interference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Hits, false signals and misses, and the shares that follow from them."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the signals found that are right."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 0.0

    @property
    def recall(self) -> float:
        """Share of the signals expected that are found."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hits / (2 * self.hits + self.false + self.missed) if self.hits else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came of a set of passages."""

    passages: int
    stance: Figures
    interference: Figures
    #: Families of techniques, over the interference that was found.
    technique: Figures
    #: (found, expected) among the signals that were found.
    conditions: tuple[int, int]
    speakers: tuple[int, int]
    claimants: tuple[int, int]
    denials: tuple[int, int]
    #: (with any signal, all) passages of which none is expected.
    negatives: tuple[int, int]
    #: Signals whose evidence is not the words at its offsets.
    bad_evidence: int
    #: One line for each false or missed signal, opening with the id of its passage.
    errors: tuple[str, ...]

    @property
    def overall(self) -> Figures:
        """Stance and interference together."""
        pair = (self.stance, self.interference)
        return Figures(
            hits=sum(f.hits for f in pair), false=sum(f.false for f in pair), missed=sum(f.missed for f in pair)
        )


def score(pairs: Iterable[tuple[Passage, Sequence[Signal]]]) -> Score:
    """The score of passages with the signals found in each."""
    counts: Counter[str] = Counter()
    errors: list[str] = []
    for passage, signals in pairs:
        is_negative = not passage.stances and not passage.interference
        counts["passages"] += 1
        counts["negatives"] += is_negative
        counts["negatives hit"] += is_negative and bool(signals)
        counts["bad evidence"] += sum(
            passage.text[s.evidence.start : s.evidence.end] != s.evidence.text for s in signals
        )
        _count_stances(passage, signals, counts, errors)
        _count_interference(passage, signals, counts, errors)

    def figures(kind: str) -> Figures:
        return Figures(hits=counts[f"{kind} hits"], false=counts[f"{kind} false"], missed=counts[f"{kind} missed"])

    def share(kind: str) -> tuple[int, int]:
        return counts[f"{kind} found"], counts[f"{kind} expected"]

    return Score(
        passages=counts["passages"],
        stance=figures("stance"),
        interference=figures("interference"),
        technique=figures("technique"),
        conditions=share("conditions"),
        speakers=share("speakers"),
        claimants=share("claimants"),
        denials=share("denials"),
        negatives=(counts["negatives hit"], counts["negatives"]),
        bad_evidence=counts["bad evidence"],
        errors=tuple(errors),
    )


def verdicts(passage: Passage, signals: Sequence[Signal]) -> tuple[tuple[Signal, bool], ...]:
    """Signals of a passage that are right or wrong; what is neither (repeated, implied) is left out."""
    stances, false_stances, _ = _stances(passage, signals)
    reports, false_reports, _ = _interference(passage, signals)
    return (
        *((signal, True) for _, signal in stances),
        *((signal, True) for _, signal in reports),
        *((signal, False) for signal in false_stances),
        *((signal, False) for signal in false_reports),
    )


def _stances(
    passage: Passage, signals: Sequence[Signal]
) -> tuple[list[tuple[ExpectedStance, Stance]], list[Stance], list[ExpectedStance]]:
    def matches(gold: ExpectedStance, stance: Stance) -> bool:
        signs = {alternative.rstrip("c") for alternative in gold.polarity.split("|")}
        return (
            is_meant(gold.holder, stance.holder)
            and is_meant(gold.target, stance.target)
            and SIGNS[stance.polarity] in signs
        )

    found = [signal for signal in signals if isinstance(signal, Stance)]
    pairs, false, missed = _match(passage.stances, found, matches)
    return pairs, [stance for stance in false if not _is_implied(passage, stance)], missed


def _interference(
    passage: Passage, signals: Sequence[Signal]
) -> tuple[list[tuple[ExpectedInterference, Interference]], list[Interference], list[ExpectedInterference]]:
    def matches(gold: ExpectedInterference, signal: Interference) -> bool:
        return (
            is_meant(gold.actor, signal.actor, is_media_state=True)
            and is_meant(gold.target, signal.target, is_media_state=True)
            and signal.status in gold.status.split("|")
        )

    return _match(passage.interference, [signal for signal in signals if isinstance(signal, Interference)], matches)


def _count_stances(passage: Passage, signals: Sequence[Signal], counts: Counter[str], errors: list[str]) -> None:
    pairs, false, missed = _stances(passage, signals)
    counts.update({"stance hits": len(pairs), "stance false": len(false), "stance missed": len(missed)})
    for gold, stance in pairs:
        wanted = SIGNS[stance.polarity] + ("c" if stance.condition is not None else "")
        counts["conditions expected"] += 1
        counts["conditions found"] += wanted in gold.polarity.split("|")
        if gold.via:
            counts["speakers expected"] += 1
            counts["speakers found"] += is_meant(gold.via, stance.speaker) or is_meant(gold.via, stance.holder)
    errors += [
        f"{passage.id} false stance: {s.holder.name} {SIGNS[s.polarity]} {s.target.name} ({s.rule})" for s in false
    ]
    errors += [f"{passage.id} missed stance: {g.holder} {g.polarity} {g.target}" for g in missed]


def _count_interference(passage: Passage, signals: Sequence[Signal], counts: Counter[str], errors: list[str]) -> None:
    pairs, false, missed = _interference(passage, signals)
    counts.update(
        {"interference hits": len(pairs), "interference false": len(false), "interference missed": len(missed)}
    )
    for gold, signal in pairs:
        wanted, got = set(gold.techniques), {technique.family for technique in signal.techniques}
        counts["technique hits"] += len(wanted & got)
        counts["technique missed"] += len(wanted - got)
        counts["technique false"] += len(got - wanted) if wanted else 0
        for kind, names, entities in (
            ("claimants", gold.claimants, signal.claimants),
            ("denials", gold.denied_by, signal.denied_by),
        ):
            counts[f"{kind} expected"] += bool(names)
            counts[f"{kind} found"] += any(is_meant(name, entity) for name in names for entity in entities)
    errors += [
        f"{passage.id} false interference: {s.actor.name} {s.status} {s.target.name if s.target else '-'} ({s.rule})"
        for s in false
    ]
    errors += [f"{passage.id} missed interference: {g.actor} {g.status} {g.target}" for g in missed]


def _match(
    expected: Sequence[Gold], found: Sequence[Found], matches: Callable[[Gold, Found], bool]
) -> tuple[list[tuple[Gold, Found]], list[Found], list[Gold]]:
    """(pairs, false, missed); what repeats a signal that is already matched is neither right nor wrong."""
    free = list(range(len(expected)))
    pairs: list[tuple[Gold, Found]] = []
    false: list[Found] = []
    for signal in found:
        hits = [place for place, gold in enumerate(expected) if matches(gold, signal)]
        hit = next((place for place in hits if place in free), None)
        if hit is not None:
            free.remove(hit)
            pairs.append((expected[hit], signal))
        elif not hits:
            false.append(signal)
    return pairs, false, [expected[place] for place in free]


def _is_implied(passage: Passage, stance: Stance) -> bool:
    """An accuser against the accused, or a denier against the accusation: follows from the interference."""
    return stance.polarity == "adverse" and any(
        (any(is_meant(name, stance.holder) for name in gold.claimants) and is_meant(gold.actor, stance.target))
        or any(is_meant(name, stance.holder) for name in gold.denied_by)
        for gold in passage.interference
    )


def is_meant(expected: str, entity: Entity | None, *, is_media_state: bool = False) -> bool:
    """Whether `entity` is one of the alternatives: `RU`, `media:RU`, `name:Foo`, or empty for none."""
    return any(_is_one(choice.strip(), entity, is_media_state=is_media_state) for choice in expected.split("|"))


def _is_one(choice: str, entity: Entity | None, *, is_media_state: bool) -> bool:
    if not choice or entity is None:
        return not choice and entity is None
    words = _plain(f"{entity.name} {entity.mention.text}")
    if choice.startswith("media:"):
        return entity.type == "media" and entity.country == choice[6:]
    if len(choice) == 2 and choice.isupper():
        is_state = entity.country == choice and (entity.type != "media" or is_media_state)
        return is_state or (choice == "EU" and "european union" in words)
    return _plain(choice.removeprefix("name:")) in words


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
