"""From the words of interference to findings: one for each doer and target of a sentence.

A sentence that names no doer may take it from the two sentences after it, or add its means to the findings before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from stancewire.types import Status
from workers.attribution.cast import Cast
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.interference.cues import Deed, Means, deeds, means_in, platforms_in
from workers.interference.denials import DenialFinding, denials_in, denied_sentence
from workers.interference.lexicon import Lexicon
from workers.interference.roles import accused_in, aims_of, doers, elsewhere, targets
from workers.interference.status import Standing, standing_of
from workers.text.tree import Sentence, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferenceFinding:
    """One actor's reported activity against one target."""

    sentence: int
    actor: Party
    link: str
    target: Party | None
    event: Party | None
    means: tuple[Means, ...]
    platforms: tuple[str, ...]
    status: Status
    claimants: tuple[Party, ...]
    denials: tuple[DenialFinding, ...]
    #: Words of the deed.
    start: int
    end: int
    rule: str


def _operations(scene: Scene) -> tuple[tuple[int, int], ...]:
    """Places of named operations, troll farms and the like: to name them is to speak of their deeds."""
    names = scene.cast.reader.names_in(scene.sentence.start, scene.sentence.end)
    return tuple((name.start, name.end) for name in names if name.actor.kind == "operation")


def with_denials(
    found: Sequence[InterferenceFinding], denials: Sequence[DenialFinding]
) -> tuple[InterferenceFinding, ...]:
    """`found` with each denial joined to what the one accused was last accused of."""
    joined: dict[int, list[DenialFinding]] = {}
    by_country: dict[str | None, list[tuple[int, int]]] = {}
    for place, finding in enumerate(found):
        by_country.setdefault(finding.actor.country, []).append((place, finding.sentence))
    for denial in denials:
        mine = by_country.get(denial.denier.country, [])
        last = denied_sentence(denial, [sentence for _, sentence in mine])
        for place, sentence in mine:
            if sentence == last and denial.denier.country is not None:
                joined.setdefault(place, []).append(denial)
    return tuple(replace(finding, denials=tuple(joined.get(place, ())[:2])) for place, finding in enumerate(found))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A sentence with what bears on it: who speaks in it, what follows, and what is denied."""

    sentence: Sentence
    after: tuple[Sentence, ...]
    cast: Cast
    said: tuple[Attribution, ...]
    denials: tuple[DenialFinding, ...]

    @property
    def sources(self) -> tuple[Party, ...]:
        """Those to whom words of the sentence are laid."""
        return tuple(said.source for said in self.said if said.source is not None and said.held != "denied")


def _as_state(scene: Scene, party: Party) -> tuple[Party, ...]:
    """The state to which a party belongs, mentioned where the party is."""
    state = party.state or scene.cast.reader.state(party.country, party.entity.mention)
    return (replace(party, entity=state, state=None),) if state is not None else ()


def _is_public_body(party: Party, lexicon: Lexicon) -> bool:
    """A court, an inquiry, a commission: it speaks of what was done to its own country."""
    if party.actor is not None:
        return party.actor.subkind in {
            "court",
            "parliament",
            "prosecutor",
            "police",
            "election_commission",
            "government",
        }
    return party.entity.type == "organisation" and any(
        word.rstrip("s") in lexicon.public_bodies for word in party.entity.name.lower().split()
    )


#: How many sentences on a finding may still gain means.
_REACH = 2
#: Means that are nobody's everyday business.
_GRAVE = frozenset(
    {
        "cyber_intrusion",
        "hack_and_leak",
        "ddos",
        "illicit_funding",
        "vote_buying",
        "vote_tampering",
        "intimidation",
        "sabotage",
        "impersonation",
        "disinformation",
        "economic_coercion",
    }
)
_KINDS = ("deed", "sway", "operation", "technique")


class InterferenceFinder:
    """Finds the reported interference of one document."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[InterferenceFinding, ...]:
        """Findings in the order of the text."""
        said: dict[int, list[Attribution]] = {}
        for attribution in attributions:
            said.setdefault(attribution.sentence, []).append(attribution)
        denials = tuple(
            denial
            for sentence in sentences
            for denial in denials_in(sentence, said.get(sentence.index, []), cast, self._lexicon)
        )
        found: list[InterferenceFinding] = []
        for place, sentence in enumerate(sentences):
            after = sentences[place + 1 : place + 3]
            scene = Scene(
                sentence=sentence,
                after=tuple(after),
                cast=cast,
                said=tuple(said.get(sentence.index, [])),
                denials=denials,
            )
            first = bisect_left(found, sentence.index - _REACH, key=lambda finding: finding.sentence)
            near = found[first:]
            fresh = list(self._in_sentence(scene, near))
            found[first:] = [*near, *fresh]
        return with_denials(found, denials)

    def _with_means(self, finding: InterferenceFinding, sentence: Sentence) -> InterferenceFinding:
        """A finding with the means that a later sentence adds without naming anybody."""
        known = {means.family for means in finding.means}
        added = tuple(means for means in means_in(sentence, self._lexicon) if means.family not in known)
        platforms = tuple(dict.fromkeys((*finding.platforms, *platforms_in(sentence.text, self._lexicon))))
        return replace(finding, means=(*finding.means, *added), platforms=platforms)

    def _in_sentence(self, scene: Scene, before: list[InterferenceFinding]) -> Iterator[InterferenceFinding]:
        """One finding for each doer and target; doers and targets are pooled over the deeds of the sentence.

        A sentence that names no doer adds its means to the findings just `before` it, which are changed in place.
        """
        words = self._lexicon
        found = sorted(deeds(scene.sentence, words, _operations(scene)), key=lambda deed: _KINDS.index(deed.kind))
        if not found or not self._is_public(scene, found):
            return
        done_by = {deed: doers(scene.sentence, deed, scene.cast, words, scene.sources) for deed in found}
        pooled = next((actors for actors in done_by.values() if actors), ())
        if not pooled and before:
            before[:] = [self._with_means(finding, scene.sentence) for finding in before]
            return
        pooled = pooled or self._named_later(scene)
        if not pooled:
            return
        aimed_at = {deed: targets(scene.sentence, deed, scene.cast, words, done_by[deed] or pooled) for deed in found}
        aims_of_all = max(aimed_at.values(), key=lambda aims: any(aim.country for aim in aims))
        if not done_by[found[0]] and not any(aim.country for aim in aims_of_all):
            aims_of_all = self._aimed_later(scene, pooled) or aims_of_all
        seen: set[tuple[str | None, str | None]] = set()
        for deed in found:
            actors = done_by[deed] or pooled
            standing = standing_of(scene.sentence, deed.token, scene.said, scene.cast, words, actors)
            if standing is None:
                continue
            aims = self._whole_aims(scene, deed, actors, aimed_at[deed] or aims_of_all, standing)
            for actor in actors:
                for target in aims or (None,):
                    key = (actor.country, target.country or target.entity.name if target else None)
                    if key in seen or (target is None and any(country == actor.country for country, _ in seen)):
                        continue
                    if target is None and not standing.claimants:
                        continue
                    seen.add(key)
                    yield self._finding(scene, deed, actor, target, standing)

    def _whole_aims(
        self, scene: Scene, deed: Deed, actors: tuple[Party, ...], aims: tuple[Party, ...], standing: Standing
    ) -> tuple[Party, ...]:
        """Targets with a country: those named, else the claimants' own, else the state last spoken of."""
        barred = {actor.country for actor in actors}
        aims = tuple(aim for aim in aims if aim.country not in barred or aim.country is None)
        if any(aim.country for aim in aims):
            return aims
        known = barred | {claimant.country for claimant in standing.claimants}
        return (
            self._home(scene, standing.claimants)
            or elsewhere(scene.sentence, scene.cast, known)
            or self._spoken_of(scene, deed.token, actors, aims)
            or aims
        )

    def _named_later(self, scene: Scene) -> tuple[Party, ...]:
        """Doers that only the next sentences name: tied to the deed there, or denying it."""
        for sentence in scene.after:
            tied = accused_in(sentence, scene.cast, self._lexicon)
            if tied:
                return tied
        index = scene.sentence.index
        deniers = [d.denier for d in scene.denials if index <= d.sentence <= index + 2 and d.denier.country is not None]
        home = {source.country for source in scene.sources}
        foreign = [d for d in deniers if d.country not in home and (d.state is not None or d.entity.type == "state")]
        return tuple(foreign[:1])

    def _aimed_later(self, scene: Scene, actors: tuple[Party, ...]) -> tuple[Party, ...]:
        """Targets that only the next sentence names, with the doers."""
        for sentence in scene.after[:1]:
            found = aims_of(sentence, scene.cast, self._lexicon, {actor.country for actor in actors})
            if any(party.country for party in found):
                return tuple(party for party in found if party.country)
        return ()

    def _finding(
        self, scene: Scene, deed: Deed, actor: Party, target: Party | None, standing: Standing
    ) -> InterferenceFinding:
        sentence, words = scene.sentence, self._lexicon
        return InterferenceFinding(
            sentence=sentence.index,
            actor=actor,
            link=self._link(sentence, deed.token, actor),
            target=target,
            event=self._event(sentence, scene.cast),
            means=means_in(sentence, words),
            platforms=platforms_in(sentence.text, words),
            status=standing.status,
            claimants=standing.claimants,
            denials=(),
            start=deed.token.start,
            end=deed.token.end,
            rule=f"{deed.kind}.{deed.token.lemma}",
        )

    def _is_public(self, scene: Scene, found: Sequence[Deed]) -> bool:
        """Whether the sentence is about public affairs: deeds are also heard of in sport, crime and on the radio."""
        words, sentence = self._lexicon, scene.sentence
        if any(deed.kind == "deed" for deed in found) or any(
            token.lemma in words.institution_nouns or token.lemma in words.event_nouns for token in sentence.tokens
        ):
            return True
        names = scene.cast.reader.names_in(sentence.start, sentence.end)
        if any(name.actor.subkind == "technology_company" for name in names) and any(
            token.lemma in words.removing and token.pos == "VERB" for token in sentence.tokens
        ):
            return True
        grave = any(means.family in _GRAVE for means in means_in(sentence, words)) or (
            any(token.lemma in words.accusing and token.pos == "VERB" for token in sentence.tokens)
        )
        return grave and len({name.actor.country for name in names if name.actor.country is not None}) > 1

    def _home(self, scene: Scene, claimants: Sequence[Party]) -> tuple[Party, ...]:
        """The claimants' own country, where a body of state speaks of a deed without saying against whom."""
        for party in claimants:
            if party.state is not None or party.entity.type == "state" or _is_public_body(party, self._lexicon):
                return _as_state(scene, party)
        return ()

    @staticmethod
    def _spoken_of(scene: Scene, deed: Token, actors: Sequence[Party], aims: Sequence[Party]) -> tuple[Party, ...]:
        """The state last spoken of, where a deed is aimed at an election or the like without saying whose."""
        barred = {actor.country for actor in actors}
        if not aims:
            return ()
        for _, _, party in scene.cast.before(scene.sentence, deed):
            is_state = party.entity.type == "state" or party.state is not None
            if is_state and not party.place and party.country not in barred:
                return _as_state(scene, party)
        return ()

    def _link(self, sentence: Sentence, deed: Token, actor: Party) -> str:
        low = sentence.text.lower()
        if actor.entity.type == "group" or any(
            f"-{suffix}" in low for suffix in ("linked", "backed", "sponsored", "aligned")
        ):
            return "proxy"
        return (
            "direct"
            if actor.entity.type in {"state", "organisation", "person"} and actor.token < deed.i
            else "unspecified"
        )

    def _event(self, sentence: Sentence, cast: Cast) -> Party | None:
        for token in sentence.tokens:
            if token.lemma in self._lexicon.event_nouns and token.pos == "NOUN":
                party = cast.party(sentence, token)
                if party is not None and party.entity.type == "election":
                    return party
        return None
