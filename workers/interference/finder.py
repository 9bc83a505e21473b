"""From the words of interference to findings: one for each doer and target of a sentence.

Doer and deed must stand in one sentence; a target that is only "the election" may be the state last spoken of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stancewire.types import Status
from workers.attribution.cast import Cast
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.interference.cues import Deed, Means, deeds, means_in, platforms_in
from workers.interference.denials import DenialFinding, denials_in, joined
from workers.interference.lexicon import Lexicon
from workers.interference.roles import doers, targets
from workers.interference.status import standing_of
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
        denials = [
            denial
            for sentence in sentences
            for denial in denials_in(sentence, said.get(sentence.index, []), cast, self._lexicon)
        ]
        found: list[InterferenceFinding] = []
        for sentence in sentences:
            found.extend(self._in_sentence(sentence, cast, said.get(sentence.index, []), denials))
        return tuple(found)

    def _in_sentence(
        self, sentence: Sentence, cast: Cast, said: Sequence[Attribution], denials: Sequence[DenialFinding]
    ) -> Iterator[InterferenceFinding]:
        words = self._lexicon
        found = deeds(sentence, words)
        if not found or not self._is_public(sentence, found):
            return
        means = means_in(sentence, words)
        seen: set[tuple[str | None, str | None]] = set()
        for deed in sorted(found, key=lambda d: ("deed", "sway", "technique").index(d.kind)):
            actors = doers(sentence, deed, cast, words)
            if not actors:
                continue
            aims = targets(sentence, deed, cast, words, actors)
            standing = standing_of(sentence, deed.token, said, cast, words, actors)
            if not any(aim.country for aim in aims):
                aims = (
                    self._home(standing.claimants) or self._spoken_of(sentence, deed.token, cast, actors, aims) or aims
                )
            for actor in actors:
                for target in aims or (None,):
                    key = (actor.country, target.country or target.entity.name if target else None)
                    if key in seen or (any(a == actor.country for a, _ in seen) and target is None):
                        continue
                    if target is None and (deed.kind != "deed" or not standing.claimants):
                        continue
                    seen.add(key)
                    yield InterferenceFinding(
                        sentence=sentence.index,
                        actor=actor,
                        link=self._link(sentence, deed.token, actor),
                        target=target,
                        event=self._event(sentence, cast),
                        means=means,
                        platforms=platforms_in(sentence.text, words),
                        status=standing.status,
                        claimants=standing.claimants,
                        denials=joined(denials, sentence.index, actor, sentence.index + 3),
                        start=deed.token.start,
                        end=deed.token.end,
                        rule=f"{deed.kind}.{deed.token.lemma}",
                    )

    def _is_public(self, sentence: Sentence, found: Sequence[Deed]) -> bool:
        """Whether the sentence is about public affairs at all: deeds alone are also heard on the radio and in sport."""
        words = self._lexicon
        return any(
            token.lemma in words.institution_nouns or token.lemma in words.event_nouns for token in sentence.tokens
        ) or any(deed.kind == "deed" for deed in found)

    def _home(self, claimants: Sequence[Party]) -> tuple[Party, ...]:
        """The claimants' own country, where a body of state speaks of a deed without saying against whom."""
        return tuple(c for c in claimants if c.state is not None or c.entity.type == "state")[:1]

    @staticmethod
    def _spoken_of(
        sentence: Sentence, deed: Token, cast: Cast, actors: Sequence[Party], aims: Sequence[Party]
    ) -> tuple[Party, ...]:
        """The state last spoken of, where a deed is aimed at an election or the like without saying whose."""
        barred = {actor.country for actor in actors}
        if not aims:
            return ()
        for _, _, party in cast.before(sentence, deed):
            if party.entity.type == "state" and party.country not in barred:
                return (party,)
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
