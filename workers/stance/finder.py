"""From positions to stances: holders and targets resolved, speakers named, conditions joined.

A position whose holder cannot be told, or is nobody who takes part in public affairs, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from stancewire.types import Span
from workers.attribution.cast import Cast
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.stance.conditions import condition_of, condition_told_after
from workers.stance.finding import Position, StanceFinding
from workers.stance.frames import positions
from workers.stance.holding import Holder, holders
from workers.stance.lexicon import Lexicon
from workers.stance.resolving import asked_before, targets
from workers.stance.turning import OPPOSITE
from workers.text.tree import Sentence, Token

#: How many sentences back an elliptic one may reach.
_BACK = 2
#: What is said so is said of others' things.
_OF_OTHERS = ("idiom.in_favour_of", "verb.talk up", "verb.tout", "verb.promote", "adjective.committed")
#: Entities that can hold a stance.
_HOLDERS = {"state", "organisation", "media", "person"}


class StanceFinder:
    """Finds the stances of one document."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def has_cue(self, sentence: Sentence) -> bool:
        """Whether some frame fits the sentence, whoever its words stand for."""
        if _asks(sentence) or self._is_elsewhere(sentence):
            return False
        return next(positions(sentence, self._lexicon), None) is not None or _is_parted(sentence)

    def find(
        self, sentences: Sequence[Sentence], cast: Cast, attributions: Iterable[Attribution]
    ) -> tuple[StanceFinding, ...]:
        """Stances in the order of the text; the same one is given once a sentence."""
        by_sentence: dict[int, list[Attribution]] = {}
        for attribution in attributions:
            by_sentence.setdefault(attribution.sentence, []).append(attribution)
        found: list[StanceFinding] = []
        last: list[StanceFinding] = []
        for place, sentence in enumerate(sentences):
            told = condition_told_after(sentence, self._lexicon)
            if told is not None and last and last[-1].sentence == sentence.index - 1 and last[-1].condition is None:
                found[-1] = replace(last[-1], condition=_words(sentence, *told))
            before = last[-1] if last and last[-1].sentence == sentence.index - 1 else None
            back = sentences[max(0, place - _BACK) : place]
            last = list(self._in_sentence(sentence, back, cast, by_sentence.get(sentence.index, []), before))
            found.extend(last)
        return tuple(found)

    def _in_sentence(
        self,
        sentence: Sentence,
        back: Sequence[Sentence],
        cast: Cast,
        attributions: list[Attribution],
        before: StanceFinding | None,
    ) -> Iterator[StanceFinding]:
        """Stances of one sentence; `back` are sentences before it, and `before` is the last stance of the last."""
        seen: set[tuple[object, ...]] = set()
        if _asks(sentence) or self._is_elsewhere(sentence):
            return
        for position in positions(sentence, self._lexicon):
            if position.joins and (before is None or before.act not in {"ACCUSE", "PROTEST"}):
                continue
            said = _innermost(attributions, position.cue)
            topic = before.target if before is not None else None
            latest = before
            for holder in holders(sentence, position, cast, said):
                if position.rule == "doing_so":
                    asked = asked_before(back, self._lexicon, cast)
                    found: Iterable[Party] = () if asked is None else (asked,)
                else:
                    found = targets(
                        sentence, position, cast, holder.party, topic, back[-1] if back else None, self._lexicon
                    )
                for target in found:
                    finding = self._finding(sentence, position, holder, target, said)
                    if position.follows and before is not None:
                        finding = replace(finding, polarity=before.polarity)
                    key = (holder.party.holder.name, target.entity.name, finding.polarity)
                    if key in seen or not self._is_told(sentence, position, cast, holder, target):
                        continue
                    if finding.condition is None and position.only_if:
                        continue
                    seen.add(key)
                    latest = finding
                    yield finding
            before = latest

    def _is_elsewhere(self, sentence: Sentence) -> bool:
        """Whether it is of sport or of the arts."""
        return bool(self._lexicon.elsewhere.find_matches_as_indexes(f" {sentence.text.lower()} "))

    def _is_told(self, sentence: Sentence, position: Position, cast: Cast, holder: Holder, target: Party) -> bool:
        return (
            _is_stance(holder.party, target)
            and not _is_own(sentence, position, holder.party, target)
            and not self._is_vague(sentence, target)
            and self._fits(sentence, position, cast, holder.party, target)
        )

    def _is_vague(self, sentence: Sentence, target: Party) -> bool:
        """As in "the man", "for the first time": words that say nothing of what is meant."""
        if target.entity.type != "thing" or target.sentence != sentence.index:
            return False
        lemma = sentence.tokens[target.token].lemma
        is_bare = " " not in target.entity.mention.text
        return lemma in self._lexicon.times | {"time"} or (is_bare and lemma in self._lexicon.vague)

    def _fits(self, sentence: Sentence, position: Position, cast: Cast, holder: Party, target: Party) -> bool:
        """Whether the target is of the kind that the frame needs."""
        is_taken_up = position.target is None or position.target.pos == "PRON"
        if position.needs is None or is_taken_up:
            return True
        is_somebody = target.entity.type in {"state", "person", "organisation", "media"}
        if position.needs == "actor":
            return is_somebody or (target.entity.type == "group" and target.country is not None)
        is_known = target.entity.type in {"state", "person", "media"} or target.actor is not None
        is_actor = is_known or target.country is not None
        mention = target.entity.mention
        if position.needs == "thing":
            return not is_somebody
        if position.needs == "no guest":
            return not _is_guest(sentence, position, target)
        if position.needs == "dealing":
            return not is_somebody and self._is_matter(sentence, target)
        if position.needs == "party" and is_somebody:
            return True
        if is_actor or cast.reader.names_in(mention.start, mention.end):
            return True
        is_refusal = position.rule.startswith("willing") and position.polarity == "adverse"
        if is_refusal and holder.entity.type in {"state", "organisation"}:
            return True
        return position.needs == "matter" and self._is_matter(sentence, target)

    def _is_matter(self, sentence: Sentence, target: Party) -> bool:
        mention = target.entity.mention
        return any(word.lemma in self._lexicon.matters for word in sentence.at(mention.start, mention.end))

    def _finding(
        self,
        sentence: Sentence,
        position: Position,
        holder: Holder,
        target: Party,
        said: Attribution | None,
    ) -> StanceFinding:
        condition = condition_of(sentence, position, self._lexicon)
        return StanceFinding(
            sentence=sentence.index,
            holder=holder.party,
            speaker=holder.speaker,
            target=target,
            polarity=OPPOSITE[position.polarity] if holder.contrary else position.polarity,
            condition=_words(sentence, *condition) if condition is not None else None,
            voice=said.voice if said is not None else "narrated",
            act=position.act,
            cue=_words(sentence, position.cue.start, position.cue.end),
            rule=f"{position.rule}.contrary" if holder.contrary else position.rule,
        )


def _is_parted(sentence: Sentence) -> bool:
    """As in "Peru, she told us, had accepted it": who does it is joined to the verb only when speech is read."""
    first, second = (*sentence.tokens[:2], None, None)[:2]
    return first is not None and second is not None and first.dep == "npadvmod" and second.text == ","


def _asks(sentence: Sentence) -> bool:
    """As in "Will Oslo accept the offer?": nothing is told."""
    return sentence.text.rstrip().endswith("?")


def _is_guest(sentence: Sentence, position: Position, target: Party) -> bool:
    """As in "welcomed the president with a ceremony": somebody received, and not "as" something."""
    if any(word.lower == "as" for word in sentence.children(position.cue, "prep")):
        return False
    return target.entity.type == "person" or target.official


def _is_own(sentence: Sentence, position: Position, holder: Party, target: Party) -> bool:
    """As in "in support of its own operations", "talks up his record": nobody takes a side on what is theirs."""
    is_said_of_others = position.polarity == "favourable" and position.rule.startswith(_OF_OTHERS)
    if not is_said_of_others or target.sentence != sentence.index:
        return False
    owner = sentence.child(sentence.tokens[target.token], "poss")
    return owner is not None and owner.pos == "PRON" and target.country in {None, holder.country}


def _innermost(attributions: list[Attribution], token: Token) -> Attribution | None:
    holding = [a for a in attributions if token.i in a.content]
    return min(holding, key=lambda a: len(a.content), default=None)


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
