"""From positions to stances: holders and targets resolved, speakers named, conditions joined.

A position whose holder cannot be told, or is nobody who takes part in public affairs, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from stancewire.types import Entity, Span
from workers.attribution.cast import SPEAKER_PRONOUNS, Cast
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.stance.conditions import condition_of, condition_told_after
from workers.stance.finding import Position, StanceFinding
from workers.stance.frames import positions
from workers.stance.lexicon import Lexicon
from workers.text.tree import Sentence, Token

#: Entities that can hold a stance.
_HOLDERS = {"state", "organisation", "media", "person"}


class StanceFinder:
    """Finds the stances of one document."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[StanceFinding, ...]:
        """Stances in the order of the text; the same one is given once a sentence."""
        by_sentence: dict[int, list[Attribution]] = {}
        for attribution in attributions:
            by_sentence.setdefault(attribution.sentence, []).append(attribution)
        found: list[StanceFinding] = []
        last: list[StanceFinding] = []
        for sentence in sentences:
            told = condition_told_after(sentence, self._lexicon)
            if told is not None and last and last[-1].sentence == sentence.index - 1 and last[-1].condition is None:
                found[-1] = replace(last[-1], condition=_words(sentence, *told))
            last = list(self._in_sentence(sentence, cast, by_sentence.get(sentence.index, [])))
            found.extend(last)
        return tuple(found)

    def _in_sentence(self, sentence: Sentence, cast: Cast, attributions: list[Attribution]) -> Iterator[StanceFinding]:
        seen: set[tuple[object, ...]] = set()
        for position in positions(sentence, self._lexicon):
            said = _innermost(attributions, position.cue)
            for holder, speaker in _holders(sentence, position, cast, said):
                for target in _targets(sentence, position, cast, holder):
                    key = (holder.holder.name, target.entity.name, position.polarity)
                    if (
                        key in seen
                        or not _is_stance(holder, target)
                        or not self._fits(sentence, position, cast, target)
                    ):
                        continue
                    finding = self._finding(sentence, position, holder, speaker, target, said)
                    if finding.condition is None and position.only_if:
                        continue
                    seen.add(key)
                    yield finding

    def _fits(self, sentence: Sentence, position: Position, cast: Cast, target: Party) -> bool:
        """Whether the target is of the kind that the frame needs."""
        if position.needs is None:
            return True
        is_somebody = target.entity.type in {"state", "person", "organisation", "media"}
        if position.needs == "actor":
            return is_somebody or (target.entity.type == "group" and target.country is not None)
        is_actor = is_somebody or target.country is not None
        mention = target.entity.mention
        if position.needs == "thing":
            return not is_somebody
        if is_actor or cast.reader.names_in(mention.start, mention.end):
            return True
        return position.needs == "matter" and any(
            word.lemma in self._lexicon.matters for word in sentence.at(mention.start, mention.end)
        )

    def _finding(
        self,
        sentence: Sentence,
        position: Position,
        holder: Party,
        speaker: Party | None,
        target: Party,
        said: Attribution | None,
    ) -> StanceFinding:
        condition = condition_of(sentence, position, self._lexicon)
        return StanceFinding(
            sentence=sentence.index,
            holder=holder,
            speaker=speaker,
            target=target,
            polarity=position.polarity,
            condition=_words(sentence, *condition) if condition is not None else None,
            voice=said.voice if said is not None else "narrated",
            act=position.act,
            cue=_words(sentence, position.cue.start, position.cue.end),
            rule=position.rule,
        )


def _innermost(attributions: list[Attribution], token: Token) -> Attribution | None:
    holding = [a for a in attributions if token.i in a.content]
    return min(holding, key=lambda a: len(a.content), default=None)


def _holders(
    sentence: Sentence, position: Position, cast: Cast, said: Attribution | None
) -> Iterator[tuple[Party, Party | None]]:
    """Who holds the position, each with the speaker who voices it for them."""
    source = said.source if said is not None else None
    if position.holder is None or position.holder.lower in SPEAKER_PRONOUNS:
        if source is not None and said is not None and said.held not in {"denied"}:
            yield source, source
        return
    for holder in cast.parties(sentence, position.holder):
        if holder.place:
            continue
        if holder.entity.type in {"thing", "election"} and not _is_body(holder):
            continue
        yield holder, source if source is not None and _speaks_for(source, holder) else holder


def _is_body(party: Party) -> bool:
    return party.state is not None


def _speaks_for(source: Party, holder: Party) -> bool:
    return source.entity.type == "person" and source.country is not None and source.country == holder.country


def _targets(sentence: Sentence, position: Position, cast: Cast, holder: Party) -> Iterator[Party]:
    if position.target.entity in {"DATE", "TIME", "PERCENT", "QUANTITY", "CARDINAL", "MONEY"}:
        return
    if position.target.pos == "VERB":
        yield _deed(sentence, position.target, cast)
        return
    for target in cast.parties(sentence, position.target):
        if target.holder != holder.holder:
            yield target


def _deed(sentence: Sentence, verb: Token, cast: Cast) -> Party:
    """Something done as a target: "lift the sanctions on Cuba", with the country that it is about."""
    words = [verb]
    country = None
    for child in sentence.children(verb, "prt", "dobj", "dative", "prep"):
        words.extend(word for word in sentence.subtree(child) if word.i > verb.i)
        thing = child if child.dep != "prep" else sentence.child(child, "pobj")
        party = cast.party(sentence, thing) if thing is not None and country is None else None
        country = country or (party.country if party is not None else None)
    last = max(words, key=lambda word: word.i)
    span = _words(sentence, verb.start, last.end)
    entity = Entity(name=span.text, type="thing", country=country, id=None, mention=span)
    return Party(entity=entity, state=None, sentence=sentence.index, token=verb.i, named=False)


def _is_stance(holder: Party, target: Party) -> bool:
    """Public affairs only: a holder with a country or a known name, and a target that is not the holder itself."""
    entity = holder.holder
    if entity.type not in _HOLDERS:
        return False
    known = entity.country is not None or holder.actor is not None
    if not known and not (holder.public and entity.type == "person"):
        return False
    same = target.entity.type == "state" and entity.type == "state" and target.country == entity.country
    return not same


def _words(sentence: Sentence, start: int, end: int) -> Span:
    return Span(text=sentence.text[start - sentence.start : end - sentence.start], start=start, end=end)
