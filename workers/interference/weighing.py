"""Finds reported interference that no precise rule found: facts about a stretch of text weighed against each other.

    scenes | evidence | stretches | the likeliest pairs of actor and target | chance | findings

The weights are data, fitted by `bench/weighing.py`. What a precise rule has found is left as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stancewire.types import Status
from workers.attribution.parties import Party
from workers.interference.aims import event_in
from workers.interference.evidence import Evidence
from workers.interference.finding import InterferenceFinding
from workers.interference.followups import commented, with_more
from workers.interference.means import means_in, platforms_in
from workers.interference.scene import Scene
from workers.interference.status import is_warning, standing_of, status_by
from workers.interference.stretch import UNSAID, Stretch, is_of_deeds
from workers.interference.telling import link_of
from workers.text.tree import Token

#: How likely a further actor or target of the same deed must be.
_FURTHER = 0.75
#: From which log odds of its parts a pair is how plausible.
_STEPS = (-4, -2, 0, 1, 2)


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Logistic weights by fact, and the least chance that makes a finding."""

    actor: Mapping[str, float]
    target: Mapping[str, float]
    report: Mapping[str, float]
    least: float


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The likeliest pair of a stretch, and how likely it is that interference is reported there."""

    actor: str
    target: str
    facts: frozenset[str]
    chance: float


def read_weights(data: Mapping[str, Any]) -> Weights:
    """The weights of the knowledge file."""
    return Weights(actor=data["actor"], target=data["target"], report=data["report"], least=data["least"]["chance"])


def odds(facts: Iterable[str], weights: Mapping[str, float]) -> float:
    """The log odds that `facts` come to; those without a weight count nothing."""
    return weights.get("any", 0.0) + math.fsum(weights.get(fact, 0.0) for fact in facts)


def likeliest(stretch: Stretch, actor: Mapping[str, float], target: Mapping[str, float]) -> tuple[str, str] | None:
    """The pair whose actor looks most like one, and whose target."""

    def standing(pair: tuple[str, str]) -> float:
        return odds(stretch.facts[pair[0]], actor) + odds(stretch.facts[pair[1]], target)

    return max(stretch.pairs, key=standing, default=None)


def facts_of(
    stretch: Stretch, pair: tuple[str, str], actor: Mapping[str, float], target: Mapping[str, float]
) -> frozenset[str]:
    """What speaks for and against a report with this pair, how plausible the pair is among it."""
    total = odds(stretch.facts[pair[0]], actor) + odds(stretch.facts[pair[1]], target)
    return stretch.of_pair(*pair).union(f"pair over {step}" for step in _STEPS if total > step)


def weigh(stretch: Stretch, weights: Weights) -> Weighed | None:
    """The likeliest pair of a stretch with its chance; None where nobody may interfere with another."""
    pair = likeliest(stretch, weights.actor, weights.target)
    if pair is None:
        return None
    facts = facts_of(stretch, pair, weights.actor, weights.target)
    return Weighed(actor=pair[0], target=pair[1], facts=facts, chance=_chance(odds(facts, weights.report)))


def _chance(total: float) -> float:
    return 1 / (1 + math.exp(-total))


def weighed_findings(stretches: Iterable[Stretch], weights: Weights) -> tuple[InterferenceFinding, ...]:
    """Findings of the stretches likely enough, in the order of the text; of those that overlap the likeliest."""
    likely = [
        (weighed, stretch)
        for stretch in stretches
        if (weighed := weigh(stretch, weights)) is not None and weighed.chance >= weights.least
    ]
    likely.sort(key=lambda found: -found[0].chance)
    taken: set[int] = set()
    found: list[InterferenceFinding] = []
    for weighed, stretch in likely:
        places = {sentence.scene.index for sentence in stretch.evidence}
        if not places & taken:
            taken |= places
            found.extend(_findings(stretch, weighed, weights))
    return tuple(sorted(found, key=lambda finding: finding.sentence))


def _findings(stretch: Stretch, weighed: Weighed, weights: Weights) -> Iterator[InterferenceFinding]:
    """The pair of a stretch, and the further actors and targets that are likely enough."""
    actors = _with_further(stretch, weighed.actor, weighed.target, weights.actor)
    targets = _with_further(stretch, weighed.target, weighed.actor, weights.target)
    for actor in actors:
        for target in targets:
            if target not in actors and (finding := _finding(stretch, weighed, actor, target, weights)) is not None:
                yield finding


def _with_further(stretch: Stretch, chosen: str, barred: str, weights: Mapping[str, float]) -> list[str]:
    others = (key for key in stretch.facts if key not in {chosen, barred})
    return [chosen, *(key for key in others if _chance(odds(stretch.facts[key], weights)) >= _FURTHER)]


def _finding(
    stretch: Stretch, weighed: Weighed, actor_key: str, target_key: str, weights: Weights
) -> InterferenceFinding | None:
    place, cue = _cue(stretch, weighed, weights)
    scene = stretch.evidence[place].scene
    actor = _mention(stretch, actor_key, weights.actor)
    target = _mention(stretch, target_key, weights.target)
    standing = standing_of(scene, cue, (actor,))
    if standing is None:
        return None
    finding = InterferenceFinding(
        sentence=scene.index,
        actor=actor,
        link=link_of(scene, cue, actor),
        target=target,
        event=event_in(scene),
        means=means_in(scene.sentence, scene.words),
        platforms=platforms_in(scene.sentence.text, scene.words),
        status=standing.status,
        claimants=standing.claimants,
        denials=(),
        start=cue.start,
        end=cue.end,
        rule=f"weighed.{_strongest(weighed.facts, weights.report).replace(' ', '_')}",
        chance=weighed.chance,
    )
    for number, sentence in enumerate(stretch.evidence):
        if number != place:
            finding = with_more(finding, sentence.scene)
            finding = commented(finding, sentence.scene) if number > place else finding
    return replace(finding, status=_doubted(finding, stretch, scene))


def _doubted(finding: InterferenceFinding, stretch: Stretch, scene: Scene) -> Status:
    """The status: sure only where the accused admits it or nobody has a word in it; no denial refutes it."""
    own = any(party.country == finding.actor.country for party in finding.claimants)
    if finding.status == "warned" and not is_warning(scene):
        return status_by(scene, finding.claimants) if finding.claimants else "alleged"
    if finding.status == "refuted" and "denies" in stretch.facts.get(finding.actor.country or "", ()):
        return "alleged"
    if finding.status != "confirmed" or own:
        return finding.status
    if finding.claimants:
        return status_by(scene, finding.claimants)
    return "confirmed" if UNSAID in stretch.words else "alleged"


def _cue(stretch: Stretch, weighed: Weighed, weights: Weights) -> tuple[int, Token]:
    """The sentence that carries most of the evidence, and its word for a deed or else for a doing that weighs most."""

    def weight(sentence: Evidence) -> float:
        named = [f"actor {fact}" for fact in sentence.facts.get(weighed.actor, ())]
        named += [f"target {fact}" for fact in sentence.facts.get(weighed.target, ())]
        return math.fsum(max(0.0, weights.report.get(fact, 0.0)) for fact in (*sentence.words, *named))

    doings = [{f: token for f, token in e.words.items() if is_of_deeds(f)} for e in stretch.evidence]
    told = [number for number, words in enumerate(doings) if words]
    place = max(told, key=lambda number: weight(stretch.evidence[number]))
    deeds = {fact: token for fact, token in doings[place].items() if " " in fact and not fact.startswith("much ")}
    words = deeds or doings[place]
    return place, words[_strongest(words, weights.report)]


def _strongest(facts: Iterable[str], weights: Mapping[str, float]) -> str:
    """The fact that weighs most; the first by name of several."""
    return max(sorted(fact for fact in facts if not fact.startswith("pair ")), key=lambda fact: weights.get(fact, 0.0))


def _mention(stretch: Stretch, key: str, weights: Mapping[str, float]) -> Party:
    """A party where it looks most like what it is taken for; its state where a place, a thing or a speaker is named."""
    naming: Sequence[Evidence] = [sentence for sentence in stretch.evidence if key in sentence.parties]
    best = max(naming, key=lambda sentence: odds(sentence.facts[key], weights))
    party = best.parties[key]
    is_other = party.place or party.entity.type in {"thing", "election"} or "speaks" in best.facts[key]
    state = best.scene.state_of(party) if is_other else None
    return replace(state, place=False) if state is not None else party
