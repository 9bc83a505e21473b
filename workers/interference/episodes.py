"""Interference told over several sentences: what follows a deed may name its doer, target, means or claimant.

    scene | told_in | fresh findings, a deed still without a doer, or something about the deed before

A sentence adds to what was told at most `_REACH` sentences before it, and never makes two findings of one telling.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from workers.interference.doers import accused_in
from workers.interference.finding import DenialFinding, InterferenceFinding
from workers.interference.means import means_in, platforms_in
from workers.interference.scene import Scene
from workers.interference.status import can_claim, status_by
from workers.interference.telling import Told, findings, later_aims, told_in

#: How many sentences on a deed may still gain something.
_REACH = 2


class Episodes:
    """The findings of one document as they are told, sentence by sentence."""

    def __init__(self) -> None:
        self.found: list[InterferenceFinding] = []
        self._open: Told | None = None

    def add(self, scene: Scene, denials: Sequence[DenialFinding]) -> None:
        """Take in the next sentence and the denials that it holds."""
        if self._open is not None and scene.index - self._open.scene.index > _REACH:
            self._open = None
        told = told_in(scene)
        if told is not None and told.doers:
            self._complete(scene, told)
        elif told is None or (self._open is not None and accused_in(scene)):
            self._comment(scene)
        else:
            self._continue(scene, told)
        if self._open is not None:
            self._close_by_denial(denials)

    def _complete(self, scene: Scene, told: Told) -> None:
        """A deed with its doer; it also answers a deed before it that has none."""
        fresh = list(findings(told, told.doers))
        if self._open is not None:
            opened, self._open = self._open, None
            actors = tuple({finding.actor.country: finding.actor for finding in fresh}.values()) or told.doers
            earlier = list(findings(opened, actors, tuple(f.target for f in fresh if f.target is not None)))
            if earlier and _taken_up(scene):
                fresh = [_with_more(finding, scene) for finding in earlier]
        self.found.extend(fresh)

    def _continue(self, scene: Scene, told: Told) -> None:
        """A deed without a doer: it adds means to what was just told, or waits for its doer."""
        first = self._first_near(scene)
        if first < len(self.found):
            self.found[first:] = [_with_more(finding, scene) for finding in self.found[first:]]
        elif self._open is None:
            self._open = told

    def _comment(self, scene: Scene) -> None:
        """Nothing new is told: it may name the doer of what was told before, or admit it."""
        if self._open is None:
            first = self._first_near(scene)
            self.found[first:] = [_admitted(finding, scene) or finding for finding in self.found[first:]]
            return
        actors = accused_in(scene)
        if actors:
            opened, self._open = self._open, None
            fresh = findings(opened, actors, later_aims(scene, actors))
            self.found.extend(_with_more(finding, scene) for finding in fresh)

    def _close_by_denial(self, denials: Sequence[DenialFinding]) -> None:
        """Who denies a deed that nobody was named for is who was meant."""
        opened = self._open
        if opened is None:
            return
        home = {source.country for source in opened.scene.sources}
        for denial in denials:
            party = denial.denier
            is_state = party.state is not None or party.entity.type == "state"
            if party.country is not None and party.country not in home and is_state:
                self._open = None
                self.found.extend(findings(opened, (party,)))
                return

    def _first_near(self, scene: Scene) -> int:
        return bisect_left(self.found, scene.index - _REACH, key=lambda finding: finding.sentence)


def _taken_up(scene: Scene) -> bool:
    """Whether the sentence takes up a deed told before: "the campaign", "it"."""
    return any(
        token.lemma in scene.words.status.taken_up
        and any(
            word.lower in {"the", "this", "that", "these", "those", "both"}
            for word in scene.sentence.children(token, "det")
        )
        for token in scene.sentence.tokens
    )


def _with_more(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding:
    """A finding with the means, platforms and claimants that a later sentence adds."""
    known = {means.family for means in finding.means}
    added = tuple(means for means in means_in(scene.sentence, scene.words) if means.family not in known)
    platforms = tuple(dict.fromkeys((*finding.platforms, *platforms_in(scene.sentence.text, scene.words))))
    richer = replace(finding, means=(*finding.means, *added), platforms=platforms)
    return _admitted(richer, scene) or _claimed(richer, scene)


def _claimed(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding:
    """With who claims it, where nobody did so far."""
    if finding.claimants:
        return finding
    claimants = tuple(p for p in scene.sources if can_claim(p) and p.country != finding.actor.country)[:1]
    if not claimants:
        return finding
    status = status_by(scene, claimants) if finding.status == "confirmed" else finding.status
    return replace(finding, claimants=claimants, status=status)


def _admitted(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding | None:
    """As confirmed, where the doer or somebody of its state admits the deed."""
    for said in scene.said:
        source = said.source
        if source is None or said.held != "admitted" or said.negated:
            continue
        if source.country == finding.actor.country is not None and _is_of_deed(scene, said.content):
            return replace(finding, status="confirmed", claimants=(*finding.claimants, source))
    return None


def _is_of_deed(scene: Scene, content: frozenset[int]) -> bool:
    """Whether what is said is about the deed told before: "the campaign", "it"."""
    said = (scene.sentence.tokens[i] for i in content)
    return any(word.lemma in scene.words.status.taken_up or word.lower in {"it", "this", "that"} for word in said)
