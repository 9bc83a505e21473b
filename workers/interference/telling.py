"""One sentence's telling of interference: its deeds, who does them to whom, and the findings that follow.

What the sentences around it add is `episodes`'s part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference import ties
from workers.interference.aims import aims_of, elsewhere, event_in, impersonated, targets
from workers.interference.cues import Deed, deeds, denying
from workers.interference.doers import doers
from workers.interference.finding import InterferenceFinding, Standing
from workers.interference.means import is_grave, means_in, platforms_in
from workers.interference.scene import PRIVATE, Scene, can_claim, is_known_body
from workers.interference.status import standing_of
from workers.text.tree import Token

_SEVERAL = 2
#: Those who also tell what a state does to its own people.
_OF_HOME_AFFAIRS = frozenset({"civil_society"})
_PUBLIC_BODIES = frozenset({"court", "parliament", "prosecutor", "police", "election_commission", "government"})


@dataclass(frozen=True, kw_only=True)
class Told:
    """A sentence that tells of deeds, with the doers that it names for each."""

    scene: Scene
    #: The surest first; never empty.
    deeds: tuple[Deed, ...]
    done_by: Mapping[Deed, tuple[Party, ...]]

    @property
    def doers(self) -> tuple[Party, ...]:
        """The doers of the surest deed that has any."""
        return next((actors for actors in self.done_by.values() if actors), ())


def told_in(scene: Scene, *, follows: bool = False) -> Told | None:
    """What the sentence tells; None if it tells of no deed in public affairs.

    Where it `follows` on a telling of such deeds, a grave means or a campaign online is enough.
    """
    found = deeds(
        scene.sentence, scene.words, operations_in(scene), platform_speaks=scene.platform_speaks or _is_traced(scene)
    )
    is_public = _is_public(scene, found) or (follows and is_grave(scene.sentence, scene.words, or_online=True))
    done_by = {deed: doers(scene, deed) for deed in found if not _is_anothers(scene, deed)}
    if not done_by or not is_public:
        return None
    return Told(scene=scene, deeds=tuple(done_by), done_by=_from_abroad(scene, done_by))


def _is_anothers(scene: Scene, deed: Deed) -> bool:
    """Whether a deed is only denied, by somebody who is not its doer: whoever else is accused beside it did another."""
    denial = denying(scene.sentence, deed.token)
    if denial is None:
        return False
    denier = subject_of(scene.sentence, denial)
    own = {party.country for party in scene.parties(denier)} if denier is not None else set()
    return not any(doer.country in own for doer in doers(scene, deed))


def _from_abroad(scene: Scene, done_by: Mapping[Deed, tuple[Party, ...]]) -> Mapping[Deed, tuple[Party, ...]]:
    """Without doers of the country that speaks, where it speaks of others: it accuses, and is not accused."""
    homes = scene.homes
    if len({actor.country for actors in done_by.values() for actor in actors}) < _SEVERAL or not any(
        actor.country not in homes for actors in done_by.values() for actor in actors
    ):
        return done_by
    return {deed: tuple(a for a in actors if a.country not in homes) for deed, actors in done_by.items()}


def findings(
    told: Told, pooled: tuple[Party, ...], further_aims: tuple[Party, ...] = (), *, follows: bool = False
) -> Iterator[InterferenceFinding]:
    """One finding for each doer and target; a deed without doers or targets has those of the sentence.

    `further_aims` are targets that a neighbouring sentence names; where it `follows` on such a sentence, less is asked.
    """
    scene = told.scene
    everybody = tuple(actor for actors in (*told.done_by.values(), pooled) for actor in actors)
    aimed_at = {deed: targets(scene, deed, everybody) for deed in told.deeds}
    aims_of_all = max(aimed_at.values(), key=_is_definite)
    if further_aims and not any(aim.country for aim in aims_of_all):
        aims_of_all = further_aims
    seen: set[tuple[str | None, str | None]] = set()
    for deed in told.deeds:
        actors = told.done_by.get(deed) or pooled
        standing = standing_of(scene, deed.token, actors)
        if standing is None:
            continue
        own = aimed_at[deed]
        aims = _whole_aims(scene, deed, actors, own if _is_definite(own) else aims_of_all or own, standing)
        for actor in actors:
            for target in aims or (None,):
                key = (actor.country, target.country or target.entity.name if target else None)
                if key in seen or (target is None and any(country == actor.country for country, _ in seen)):
                    continue
                if not _is_worth_telling(scene, deed, actor, target, standing, is_clear=follows or _is_definite(own)):
                    continue
                seen.add(key)
                yield _finding(scene, deed, actor, target, standing)


def _is_worth_telling(
    scene: Scene, deed: Deed, actor: Party, target: Party | None, standing: Standing, *, is_clear: bool
) -> bool:
    """Whether it is about two sides: a target, or a claimant from elsewhere.

    A mere means that nobody claims and that is aimed at nothing in the sentence is everyday crime.
    """
    if target is None:
        return any(
            claimant.category in PRIVATE
            or claimant.entity.type == "group"
            or (claimant.country != actor.country and (claimant.named or claimant.country is not None))
            for claimant in standing.claimants
            if claimant.category not in _OF_HOME_AFFAIRS
        )
    is_person = deed.token.lemma in scene.words.links.members
    is_weak = deed.kind in {"technique", "act"} and not standing.claimants and not is_person
    is_claimed = any(
        said.held in {"alleged", "assessed"} and said.cue.pos == "VERB" and deed.token.i in said.content
        for said in scene.said
        if said.cue.lemma not in scene.words.status.accusing
    )
    return not is_weak or is_clear or is_claimed or event_in(scene) is not None


def _finding(scene: Scene, deed: Deed, actor: Party, target: Party | None, standing: Standing) -> InterferenceFinding:
    return InterferenceFinding(
        sentence=scene.index,
        actor=actor,
        link=link_of(scene, deed.token, actor),
        target=target,
        event=event_in(scene),
        means=means_in(scene.sentence, scene.words),
        platforms=platforms_in(scene.sentence.text, scene.words),
        status=standing.status,
        claimants=standing.claimants,
        denials=(),
        start=deed.token.start,
        end=deed.token.end,
        rule=f"{deed.kind}.{deed.token.lemma}",
    )


def _is_traced(scene: Scene) -> bool:
    """Whether somebody says so, and the sentence ties what it speaks of to another country."""
    return any(can_claim(source) for source in scene.sources) and any(ties.tied_by_words(scene))


def operations_in(scene: Scene) -> tuple[tuple[int, int], ...]:
    """Places of named operations, troll farms and the like: to name them is to speak of their deeds."""
    return tuple((name.start, name.end) for name in scene.names if name.actor.kind == "operation")


def _is_public(scene: Scene, found: Sequence[Deed]) -> bool:
    """Whether the sentence is about public affairs: deeds are also heard of in sport, crime and on the radio."""
    words, sentence = scene.words, scene.sentence
    is_claimed = any(said.held in {"alleged", "assessed"} for said in scene.said)
    if any(deed.kind == "deed" or (deed.kind == "sway" and is_claimed) for deed in found) or any(
        token.lemma in words.institution_nouns or token.lemma in words.event_nouns for token in sentence.tokens
    ):
        return True
    grave = is_grave(sentence, words) or any(
        token.lemma in words.status.accusing and token.pos == "VERB" for token in sentence.tokens
    )
    return grave and len({name.actor.country for name in scene.names if name.actor.country is not None}) > 1


def _is_definite(aims: Sequence[Party]) -> bool:
    """Whether any of them has a country, or is a body that has none."""
    return any(aim.country or is_known_body(aim) for aim in aims)


def _whole_aims(
    scene: Scene, deed: Deed, actors: tuple[Party, ...], aims: tuple[Party, ...], standing: Standing
) -> tuple[Party, ...]:
    """Targets with a country: those named, else the claimants' own, else the state last spoken of."""
    barred = {actor.country for actor in actors}
    speaking = {name for claimant in standing.claimants for name in _bodies_of(claimant)}
    aims = tuple(
        aim for aim in aims if (aim.country not in barred or aim.country is None) and aim.entity.name not in speaking
    )
    if _is_definite(aims):
        return aims
    known = barred | {claimant.country for claimant in standing.claimants}
    return (
        _home(scene, standing.claimants)
        or elsewhere(scene, known)
        or impersonated(scene, barred)
        or _spoken_of(scene, deed.token, actors, aims)
        or aims
        or _nationality(scene, standing.claimants)
        or _home(scene, standing.claimants, of_press=True)
    )


def _bodies_of(party: Party) -> Iterator[str]:
    """Names of the bodies for which a party speaks."""
    for entity in (party.entity, party.state):
        if entity is not None and entity.type == "organisation":
            yield entity.name
    if party.actor is not None and party.actor.organisation is not None:
        yield party.actor.organisation


def _home(scene: Scene, claimants: Sequence[Party], *, of_press: bool = False) -> tuple[Party, ...]:
    """The claimants' own country, where a body of state (or the press) speaks of a deed without saying against whom."""
    for party in claimants:
        is_press = of_press and party.entity.type == "media" and party.country is not None
        if (
            is_press
            or (party.state is not None and party.state.type == "state")
            or party.entity.type == "state"
            or _is_public_body(scene, party)
        ):
            state = scene.state_of(party)
            return (state,) if state is not None else ()
    return ()


def _nationality(scene: Scene, claimants: Sequence[Party]) -> tuple[Party, ...]:
    """The country of the person who says so, where nothing else tells whom the deed is aimed at."""
    people = (party for party in claimants if party.entity.type == "person" and party.country is not None)
    states = (scene.state_of(party) for party in people)
    return tuple(state for state in states if state is not None)[:1]


def _is_public_body(scene: Scene, party: Party) -> bool:
    """A court, an inquiry, a commission: it speaks of what was done to its own country."""
    if party.actor is not None:
        return party.actor.subkind in _PUBLIC_BODIES
    return party.entity.type == "organisation" and any(
        word.rstrip("s") in scene.words.status.public_bodies for word in party.entity.name.lower().split()
    )


def _spoken_of(scene: Scene, deed: Token, actors: Sequence[Party], aims: Sequence[Party]) -> tuple[Party, ...]:
    """The state last spoken of, where a deed is aimed at an election or the like without saying whose."""
    barred = {actor.country for actor in actors}
    if not aims and deed.pos != "VERB":
        return ()
    for _, _, party in scene.cast.before(scene.sentence, deed):
        is_state = party.entity.type == "state" or party.state is not None
        if is_state and not party.place and party.country not in barred:
            state = scene.state_of(party)
            return (state,) if state is not None else ()
    return ()


def link_of(scene: Scene, deed: Token, actor: Party) -> str:
    """How close a text puts the actor to its state."""
    low = scene.sentence.text.lower()
    if actor.entity.type == "group" or any(f"-{suffix}" in low for suffix in scene.words.links.distant):
        return "proxy"
    is_own = actor.entity.type in {"state", "organisation", "person"} and actor.token < deed.i
    return "direct" if is_own else "unspecified"


def later_aims(scene: Scene, actors: Sequence[Party]) -> tuple[Party, ...]:
    """Targets with a country that a sentence after the deed's names."""
    found = aims_of(scene, {actor.country for actor in actors})
    return tuple(party for party in found if party.country)
