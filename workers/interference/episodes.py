"""Interference told over several sentences: what follows a deed may name its doer, target, means or claimant.

    scene | told_in | fresh findings, a deed still without a doer, or something about the deed before

A sentence adds to what was told at most `_REACH` sentences before it, and never makes two findings of one telling.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from workers.attribution.parties import Party
from workers.interference.doers import accused_in, is_called_so, unnamed
from workers.interference.finding import DenialFinding, InterferenceFinding
from workers.interference.followups import (
    commented,
    countered,
    further,
    is_mirrored,
    is_taken_up,
    refuting,
    warned,
    with_more,
)
from workers.interference.scene import Scene
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
            self.close()
        told = told_in(scene, follows=self._open is not None or self._first_near(scene) < len(self.found))
        if told is not None and told.doers:
            self._complete(scene, told, {denial.denier.country for denial in denials})
        elif told is None or (self._open is not None and accused_in(scene)):
            self._comment(scene)
        else:
            self._continue(scene, told)
        if self._open is not None:
            self._close_by_denial(denials)

    def close(self) -> None:
        """What still waits for its doer has none but a foreign power left unnamed, if it speaks of one."""
        opened, self._open = self._open, None
        actors = unnamed(opened.scene) if opened is not None else ()
        if opened is not None and actors:
            self._insert(list(findings(opened, actors)))

    def _insert(self, fresh: list[InterferenceFinding]) -> None:
        """Put findings where their sentence has its place."""
        if fresh:
            place = bisect_right(self.found, fresh[0].sentence, key=lambda finding: finding.sentence)
            self.found[place:place] = fresh

    def _complete(self, scene: Scene, told: Told, deniers: set[str | None]) -> None:
        """A deed with its doer; it also answers a deed before it that has none.

        Where the doer was named before and only denies it here, nothing new is told.
        """
        aims = self._aims_near(scene)
        fresh = list(findings(told, told.doers, aims, follows=bool(aims)))
        if self._open is not None:
            opened, self._open = self._open, None
            actors = tuple({finding.actor.country: finding.actor for finding in fresh}.values()) or told.doers
            earlier = list(
                findings(opened, actors, tuple(f.target for f in fresh if f.target is not None), follows=True)
            )
            if earlier and (is_taken_up(scene) or not fresh):
                fresh = [with_more(finding, scene) for finding in earlier]
        near = self.found[self._first_near(scene) :]
        known = {finding.actor.country for finding in near} & deniers
        aimed = {finding.target.country for finding in near if finding.target is not None}
        fresh = [finding for finding in fresh if finding.actor.country not in known or _is_elsewhere(finding, aimed)]
        self.found.extend(finding for finding in fresh if not is_mirrored(finding, near))

    def _continue(self, scene: Scene, told: Told) -> None:
        """A deed without a doer: it is about what was just told, or waits for its doer."""
        first = self._first_near(scene)
        near = self.found[first:]
        if near:
            fresh = countered(scene, told, near) or refuting(told, near)
            self.found[first:] = [*near, *fresh] if fresh else [with_more(finding, scene) for finding in near]
        elif self._open is None and not all(is_called_so(scene, deed.token) for deed in told.deeds):
            self._open = told

    def _comment(self, scene: Scene) -> None:
        """Nothing new is told: it may name the doer of what was told before, admit it or refute it."""
        actors = accused_in(scene)
        if self._open is None:
            first = self._first_near(scene)
            near = [commented(finding, scene) for finding in self.found[first:]]
            self.found[first:] = [*near, *further(near, actors, scene)]
            return
        if actors:
            opened, self._open = self._open, None
            fresh = findings(opened, actors, later_aims(scene, actors), follows=True)
            self.found.extend(warned(with_more(finding, scene), scene) for finding in fresh)

    def _aims_near(self, scene: Scene) -> tuple[Party, ...]:
        """Targets of what somebody was said to tell in the sentences before."""
        near = [finding for finding in self.found[self._first_near(scene) :] if finding.claimants]
        return tuple({f.target.country: f.target for f in near if f.target is not None and f.target.country}.values())

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
                self.found.extend(findings(opened, (party,), follows=True))
                return

    def _first_near(self, scene: Scene) -> int:
        return bisect_left(self.found, scene.index - _REACH, key=lambda finding: finding.sentence)


def _is_elsewhere(finding: InterferenceFinding, aimed: set[str | None]) -> bool:
    """Whether a finding is aimed at another country than what was told before."""
    return finding.target is not None and finding.target.country is not None and finding.target.country not in aimed
