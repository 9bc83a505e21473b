"""From parsed sentences to reported interference: scenes in order, episodes over them, denials joined to them.

It only sets the parts to work; what counts as interference is decided in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.knowledge.actors import KnownActor
from workers.attribution.cast import Cast
from workers.attribution.speech import Attribution
from workers.interference.credible import is_credible
from workers.interference.cues import may_name_a_deed
from workers.interference.denials import denials_in, with_denials
from workers.interference.episodes import Episodes
from workers.interference.evidence import Evidence, evidence_of, party_key
from workers.interference.finding import DenialFinding, InterferenceFinding
from workers.interference.lexicon import Lexicon
from workers.interference.scene import Scene
from workers.interference.stretch import stretches_of
from workers.interference.weighing import Weights, weighed_findings
from workers.text.tree import Sentence

#: So many sentences around what a precise rule has found are its telling, and not weighed.
_NEAR = 2


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """What facts are weighed by: groups of words by name, and the weights."""

    groups: Mapping[str, frozenset[str]]
    weights: Weights


class InterferenceFinder:
    """Finds the reported interference of one document."""

    def __init__(self, words: Lexicon, weighing: Weighing | None = None) -> None:
        """Without `weighing` only the precise rules find."""
        self._words = words
        self._weighing = weighing

    def may_tell(self, sentence: Sentence, named: Iterable[KnownActor]) -> bool:
        """Whether a sentence with a clue may tell of interference, when those `named` in and around it are all.

        A precise rule needs a deed; facts are weighed only where two parties are named.
        """
        actors = tuple(named)
        if may_name_a_deed(sentence, self._words) or any(actor.kind == "operation" for actor in actors):
            return True
        return self._weighing is not None and len({party_key(actor) for actor in actors} - {None}) > 1

    def find(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[InterferenceFinding, ...]:
        """Findings in the order of the text."""
        scenes = self._scenes(sentences, cast, attributions)
        denials = {scene.index: denials_in(scene) for scene in scenes}
        found = self._credible(precise_findings(scenes, denials), scenes, denials)
        if self._weighing is not None:
            weighed = self._credible(_weighed(scenes, denials, found, self._weighing), scenes, denials)
            found = sorted([*found, *weighed], key=lambda finding: finding.sentence)
        return with_denials(found, _all(denials))

    def _credible(
        self,
        found: Sequence[InterferenceFinding],
        scenes: Sequence[Scene],
        denials: Mapping[int, Sequence[DenialFinding]],
    ) -> list[InterferenceFinding]:
        """Of what is found, what is credible with the denials near it."""
        trees = {scene.index: scene.sentence for scene in scenes}
        denied = with_denials(found, _all(denials))
        claimed = {f.sentence + step for f in denied if f.claimants for step in range(-_NEAR, _NEAR + 1)}
        return [
            finding
            for finding, told in zip(found, denied, strict=True)
            if is_credible(told, trees[told.sentence], self._words, is_near_another=told.sentence in claimed)
        ]

    def evidence(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[tuple[Evidence, ...], bool]:
        """The evidence of every sentence, and whether the precise rules find anything, to fit weights by.

        There is none where nothing is weighed.
        """
        if self._weighing is None:
            return (), False
        groups = self._weighing.groups
        scenes = self._scenes(sentences, cast, attributions)
        denials = {scene.index: denials_in(scene) for scene in scenes}
        found = self._credible(precise_findings(scenes, denials), scenes, denials)
        return tuple(evidence_of(scene, denials[scene.index], groups) for scene in scenes), bool(found)

    def _scenes(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[Scene, ...]:
        said: dict[int, list[Attribution]] = {}
        for attribution in attributions:
            said.setdefault(attribution.sentence, []).append(attribution)
        return tuple(
            Scene(sentence=sentence, cast=cast, words=self._words, said=tuple(said.get(sentence.index, ())))
            for sentence in sentences
        )


def precise_findings(
    scenes: Sequence[Scene], denials: Mapping[int, Sequence[DenialFinding]]
) -> list[InterferenceFinding]:
    """What the precise rules find, denials not yet joined."""
    episodes = Episodes()
    for scene in scenes:
        episodes.add(scene, denials[scene.index])
    episodes.close()
    return episodes.found


def _all(denials: Mapping[int, Sequence[DenialFinding]]) -> list[DenialFinding]:
    return [denial for here in denials.values() for denial in here]


def _weighed(
    scenes: Sequence[Scene],
    denials: Mapping[int, Sequence[DenialFinding]],
    found: Sequence[InterferenceFinding],
    weighing: Weighing,
) -> list[InterferenceFinding]:
    """Findings by weighed facts, away from those `found`, and of other pairs than theirs."""
    told = {finding.sentence + step for finding in found for step in range(-_NEAR, _NEAR + 1)}
    evidence = [evidence_of(s, denials[s.index], weighing.groups) for s in scenes if s.index not in told]
    known = {_pair(finding) for finding in found}
    return [
        finding for finding in weighed_findings(stretches_of(evidence), weighing.weights) if _pair(finding) not in known
    ]


def _pair(finding: InterferenceFinding) -> tuple[str | None, str | None]:
    return finding.actor.country, finding.target.country if finding.target is not None else None
