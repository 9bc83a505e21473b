"""A few neighbouring sentences with their facts taken together, and who in them may be actor and target.

What the facts weigh is `weighing`'s part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workers.interference.evidence import Evidence

#: How many sentences one telling takes at most.
LENGTH = 5
#: One sentence that was not worth a parse may stand between two.
_STEP = 2
#: The fact that nobody says, finds, judges or denies anything.
UNSAID = "nobody says so"
_SAYING = frozenset({"accusing", "finding", "judging", "denying"})
#: Groups of words for what is done; several together say more than each alone.
DOINGS = frozenset(
    {"cyber", "deceit", "secret", "bidding", "money", "coercing", "stirring", "breaking", "planting", "online"}
)
_STEPS = (1, 2, 3, 4)
_COUNTRY = 2
_FEW = 3


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Neighbouring sentences, and what is known of them and of each party in them."""

    evidence: tuple[Evidence, ...]
    words: frozenset[str]
    #: Facts by the country or name of a party.
    facts: Mapping[str, frozenset[str]]

    @property
    def names_deeds(self) -> bool:
        """Whether any word says what is done: without one, there is nothing to report."""
        return any(is_of_deeds(word) for word in self.words)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each country with each other party: where only one is named, nobody interferes with another."""
        for actor in self.facts:
            if len(actor) == _COUNTRY:
                yield from ((actor, target) for target in self.facts if target != actor)

    def of_pair(self, actor: str, target: str) -> frozenset[str]:
        """What speaks for or against the report that `actor` interferes with `target`."""
        return self.words.union(
            (f"actor {fact}" for fact in self.facts[actor]), (f"target {fact}" for fact in self.facts[target])
        )


def is_of_deeds(fact: str) -> bool:
    """Whether a fact is about a word for what is done."""
    return fact.removeprefix("much ") in DOINGS or fact.startswith(("deed ", "means "))


def stretch_of(evidence: Sequence[Evidence]) -> Stretch:
    """The facts of neighbouring sentences together, with those that only show over all of them."""
    facts: dict[str, set[str]] = {}
    times: Counter[str] = Counter()
    for sentence in evidence:
        times.update(sentence.facts.keys())
        for key, found in sentence.facts.items():
            facts.setdefault(key, set()).update(found)
    for place, (key, known) in enumerate(facts.items()):
        if place == 0:
            known.add("named first")
        elif place == len(facts) - 1:
            known.add("named last")
        if times[key] > 1:
            known.add("in several sentences")
    words = {word for sentence in evidence for word in sentence.words}
    words.add({2: "two countries", _FEW: "three countries"}.get(len(facts), "many countries"))
    if not words & _SAYING and not any(word.endswith(" by somebody") for word in words):
        words.add(UNSAID)
    doings = len(words & DOINGS)
    words.update(f"kinds of doing over {number}" for number in _STEPS if doings > number)
    return Stretch(
        evidence=tuple(evidence),
        words=frozenset(words),
        facts={key: frozenset(found) for key, found in facts.items()},
    )


def stretches_of(evidence: Sequence[Evidence]) -> Iterator[Stretch]:
    """Stretches of neighbouring sentences that name several parties and a deed, none lying within another."""
    ended = -1
    for first in range(len(evidence)):
        last = first
        while last + 1 < len(evidence) and last + 1 - first < LENGTH and _follows(evidence[last], evidence[last + 1]):
            last += 1
        if last > ended:
            ended = last
            stretch = stretch_of(evidence[first : last + 1])
            if len(stretch.facts) > 1 and stretch.names_deeds:
                yield stretch


def _follows(before: Evidence, after: Evidence) -> bool:
    """Whether the two stand together in the text."""
    return after.scene.index - before.scene.index <= _STEP
