"""Denials, joined to the allegations that they deny.

Only the one accused, or somebody who speaks for it, can deny; a denial is never read as evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workers.attribution.clauses import is_negated, subject_of
from workers.attribution.parties import Party
from workers.interference.finding import DenialFinding, InterferenceFinding
from workers.interference.scene import Scene
from workers.text.tree import Token

#: How many sentences after an allegation a denial may come.
_REACH = 3
#: A headline denies what the next sentence tells.
_AHEAD = -1
_MANY = 2


def denials_in(scene: Scene) -> tuple[DenialFinding, ...]:
    """Denials in one sentence, whoever they come from."""
    return (*_by_verbs(scene), *_in_speech(scene), *_called(scene))


def _by_verbs(scene: Scene) -> Iterator[DenialFinding]:
    sentence = scene.sentence
    for token in sentence.tokens:
        if token.lemma in scene.words.denial.verbs and token.pos == "VERB" and _denies(scene, token):
            subject = subject_of(sentence, token)
            if subject is not None:
                yield from _findings(scene, subject, token, token)
        elif token.lemma == "denial" and token.pos == "NOUN":
            owner = sentence.child(token, "poss") or next(scene.under(token, {"by", "from"}), None)
            if owner is not None:
                yield from _findings(scene, owner, token, token)


def _in_speech(scene: Scene) -> Iterator[DenialFinding]:
    sentence, words = scene.sentence, scene.words.denial
    for said in scene.said:
        if said.source is None or said.held == "assessed" or _is_operation(said.source):
            continue
        content = [sentence.tokens[i] for i in sorted(said.content)]
        low = sentence.text[content[0].start - sentence.start : content[-1].end - sentence.start].lower()
        if words.words.search(low) or (
            said.held in {"said", "alleged"}
            and any(w.lemma in words.objects and is_negated(sentence, w) for w in content)
        ):
            yield _finding(scene, said.source, content[0], content[-1])


def _is_operation(party: Party) -> bool:
    """A named operation answers nobody."""
    return party.actor is not None and party.actor.kind == "operation"


def _denies(scene: Scene, verb: Token) -> bool:
    sentence, words = scene.sentence, scene.words.denial
    objects = sentence.children(verb, "dobj", "ccomp", "xcomp", "nsubjpass")
    if verb.lemma in words.absolute and (objects or verb.lemma in words.absolute):
        return True
    if not objects:
        return any(preposition.lower == "as" for preposition in sentence.children(verb, "prep"))
    return any(
        word.lemma in words.objects or word.lower in words.objects
        for item in objects
        for word in sentence.subtree(item)
    )


def _called(scene: Scene) -> Iterator[DenialFinding]:
    """As in "called the allegations baseless", "described the report as absurd"."""
    sentence, words = scene.sentence, scene.words.denial
    for token in sentence.tokens:
        if token.pos != "VERB" or token.lemma not in words.calling:
            continue
        below = sentence.subtree(token)
        subject = subject_of(sentence, token)
        if subject is not None and words.words.search(" ".join(word.lower for word in below)):
            yield from _findings(scene, subject, token, below[-1])


def _findings(scene: Scene, denier: Token, first: Token, last: Token) -> Iterator[DenialFinding]:
    for party in scene.parties(denier):
        yield _finding(scene, party, first, last)


def _finding(scene: Scene, party: Party, first: Token, last: Token) -> DenialFinding:
    return DenialFinding(
        sentence=scene.index,
        denier=party,
        start=min(first.start, last.start),
        end=max(first.end, last.end),
        bare=_is_bare(scene, party),
    )


def _is_bare(scene: Scene, party: Party) -> bool:
    """Whether the phrase names no country, so that it may be whoever's is spoken of: "the embassy"."""
    if party.sentence != scene.index:
        return False
    word = scene.sentence.tokens[party.token]
    if word.lemma not in scene.words.denial.bare and word.pos != "PRON":
        return False
    below = scene.sentence.subtree(scene.sentence.tokens[party.token])
    return all(scene.cast.reader.name_at(word) is None for word in below)


def with_denials(
    found: Sequence[InterferenceFinding], denials: Sequence[DenialFinding]
) -> tuple[InterferenceFinding, ...]:
    """`found` with each denial joined to what the one accused was last accused of."""
    joined: dict[int, list[DenialFinding]] = {}
    told_in: dict[int, list[int]] = {}
    for place, finding in enumerate(found):
        told_in.setdefault(finding.sentence, []).append(place)
    for denial in denials:
        near = [told_in.get(denial.sentence - back, []) for back in (*range(_REACH + 1), _AHEAD)]
        answered = _answered([[place for place in places if _is_accused(denial, found[place])] for places in near])
        if not answered and denial.bare:
            answered = _answered(near[:-1])
        if not answered:
            answered = [place for place in near[0] if _is_aimed_at(denial, found[place])]
        for place in answered:
            joined.setdefault(place, []).append(_of(denial, found[place].actor))
    return tuple(replace(finding, denials=tuple(joined.get(place, ())[:_MANY])) for place, finding in enumerate(found))


def _is_accused(denial: DenialFinding, finding: InterferenceFinding) -> bool:
    return denial.denier.country is not None and denial.denier.country == finding.actor.country


def _is_aimed_at(denial: DenialFinding, finding: InterferenceFinding) -> bool:
    """As in "the party dismissed rumours that Iran had paid it": the supposed victim denies, and nobody accuses."""
    target = finding.target
    return (
        target is not None
        and denial.denier.country == target.country is not None
        and finding.status == "alleged"
        and not finding.claimants
    )


def _answered(near: Sequence[Sequence[int]]) -> Sequence[int]:
    """What a denial answers: the findings of the last sentence that has any."""
    return next((places for places in near if places), ())


def _of(denial: DenialFinding, actor: Party) -> DenialFinding:
    """A bare denier as the accused's own."""
    if denial.denier.country == actor.country or not denial.bare:
        return denial
    mention = denial.denier.entity.mention
    entity = actor.entity if denial.denier.named else denial.denier.entity
    own = replace(denial.denier, entity=replace(entity, country=actor.country, mention=mention), state=None)
    return replace(denial, denier=own)
