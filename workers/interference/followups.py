"""What a later sentence does to a finding: adds means and claimants, confirms it, refutes it, or turns it round.

It changes one finding at a time; which findings a sentence is about is `episodes`'s part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference.finding import InterferenceFinding
from workers.interference.means import means_in, platforms_in
from workers.interference.scene import Scene, can_claim
from workers.interference.status import status_by
from workers.interference.telling import Told, findings

_DEFINITE = {"the", "this", "that", "these", "those", "both", "such", "its", "their"}


def is_taken_up(scene: Scene) -> bool:
    """Whether the sentence takes up a deed told before: "the campaign", "those accounts"."""
    sentence = scene.sentence
    return any(
        token.lemma in scene.words.status.taken_up
        and any(word.lower in _DEFINITE for word in sentence.children(token, "det", "poss", "amod"))
        for token in sentence.tokens
    )


def with_more(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding:
    """A finding with the means, platforms and claimants that a later sentence adds."""
    known = {means.family for means in finding.means}
    added = tuple(means for means in means_in(scene.sentence, scene.words) if means.family not in known)
    platforms = tuple(dict.fromkeys((*finding.platforms, *platforms_in(scene.sentence.text, scene.words))))
    richer = replace(finding, means=(*finding.means, *added), platforms=platforms)
    return admitted(richer, scene) or _claimed(richer, scene)


def commented(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding:
    """A finding after a sentence that tells of no deed: admitted, refuted, seconded, or as it was."""
    return (
        admitted(finding, scene)
        or _refuted(finding, scene)
        or _seconded(finding, scene)
        or _sourced(finding, scene)
        or finding
    )


def admitted(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding | None:
    """As confirmed, where the doer or somebody of its state admits the deed."""
    for said in scene.said:
        source = said.source
        if source is None or said.held != "admitted" or said.negated:
            continue
        if source.country == finding.actor.country is not None and _is_of_deed(scene, said.content):
            return replace(finding, status="confirmed", claimants=(*finding.claimants, source))
    return None


def further(near: Sequence[InterferenceFinding], actors: Sequence[Party], scene: Scene) -> list[InterferenceFinding]:
    """The last of the findings once more for each actor that a later sentence adds: "it was run from Togo"."""
    if not near or not is_taken_up(scene):
        return []
    known = {finding.actor.country for finding in near} | {f.target.country for f in near if f.target is not None}
    last = near[-1]
    return [replace(last, actor=actor) for actor in actors if actor.country not in known]


def warned(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding:
    """As a warning, where the sentence that names the doer speaks of a danger: "the threat comes from"."""
    is_danger = any(token.lemma in scene.words.status.dangers for token in scene.sentence.tokens)
    return replace(finding, status="warned") if is_danger and finding.status != "refuted" else finding


def is_mirrored(finding: InterferenceFinding, near: Sequence[InterferenceFinding]) -> bool:
    """Whether it only turns round what was just told, and nobody says so: a wrong reading of who is accused."""
    return not finding.claimants and any(
        finding.target is not None
        and other.target is not None
        and finding.actor.country == other.target.country
        and finding.target.country == other.actor.country
        for other in near
    )


def refuting(told: Told, near: Sequence[InterferenceFinding]) -> list[InterferenceFinding]:
    """Findings of a sentence that says of those named before that they did not do it."""
    actors = tuple({finding.actor.country: finding.actor for finding in near}.values())
    aims = tuple({f.target.country: f.target for f in near if f.target is not None}.values())
    refuted = (finding for finding in findings(told, actors, aims) if finding.status == "refuted")
    return [finding if finding.claimants else replace(finding, claimants=near[-1].claimants) for finding in refuted]


def countered(scene: Scene, told: Told, near: Sequence[InterferenceFinding]) -> list[InterferenceFinding]:
    """Findings of a sentence that turns a claim against who made it: "called the report disinformation"."""
    sentence, words = scene.sentence, scene.words
    for verb in sentence.tokens:
        if verb.pos != "VERB" or verb.lemma not in words.denial.calling:
            continue
        claim = sentence.child(verb, "dobj", "nsubjpass")
        subject = subject_of(sentence, verb)
        if claim is None or subject is None or claim.lemma not in words.status.claims | words.denial.objects:
            continue
        callers = {party.country for party in scene.parties(subject)}
        makers = tuple(p for finding in near for p in finding.claimants if p.country not in {None, *callers})
        turned = findings(told, makers[:1]) if makers else ()
        return [replace(finding, status="alleged") for finding in turned]
    return []


def _claimed(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding:
    """With who claims it, where nobody did so far."""
    if finding.claimants:
        return finding
    claimants = tuple(_others(finding, scene))[:1]
    if not claimants:
        return finding
    status = status_by(scene, claimants) if finding.status == "confirmed" else finding.status
    return replace(finding, claimants=claimants, status=status)


def _refuted(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding | None:
    """As refuted, where somebody else than the accused says that it is not so and nobody had found that it was."""
    if finding.status not in {"alleged", "confirmed"} or not scene.words.status.refuted.search(
        scene.sentence.text.lower()
    ):
        return None
    others = tuple(_others(finding, scene))
    return replace(finding, status="refuted", claimants=others) if others else None


def _seconded(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding | None:
    """With a further claimant, where one comes to the same conclusion."""
    if not any(token.lemma in scene.words.status.agreeing for token in scene.sentence.tokens):
        return None
    known = {claimant.entity.name for claimant in finding.claimants}
    others = tuple(party for party in _others(finding, scene) if party.entity.name not in known)
    return replace(finding, claimants=(*finding.claimants, *others[:1])) if others else None


def _sourced(finding: InterferenceFinding, scene: Scene) -> InterferenceFinding | None:
    """With the press whose account it is, where the sentence is about that: "Reuters based its account on"."""
    root = next((token for token in scene.sentence.tokens if token.dep == "ROOT"), None)
    subject = subject_of(scene.sentence, root) if root is not None else None
    if finding.claimants or subject is None:
        return None
    press = tuple(p for p in scene.parties(subject) if p.entity.type == "media" and p.country != finding.actor.country)
    return replace(finding, claimants=press[:1]) if press else None


def _others(finding: InterferenceFinding, scene: Scene) -> Iterator[Party]:
    """Sources of the sentence that are not the accused."""
    for party in scene.sources:
        if can_claim(party) and (party.country is None or party.country != finding.actor.country):
            yield party


def _is_of_deed(scene: Scene, content: frozenset[int]) -> bool:
    """Whether what is said is about the deed told before: "the campaign", "it"."""
    said = (scene.sentence.tokens[i] for i in sorted(content))
    return any(word.lemma in scene.words.status.taken_up or word.lower in {"it", "this", "that"} for word in said)
