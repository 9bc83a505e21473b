"""How sure the text leaves an allegation, and who makes it.

The words over the deed decide; nothing is known here of whether anything happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stancewire.types import Status
from workers.attribution.cast import Cast
from workers.attribution.clauses import is_negated, subject_of
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.interference.lexicon import Lexicon
from workers.text.tree import Sentence, Token

_MODALS = {"may", "might", "could", "would", "will", "can"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a sentence makes of a deed."""

    status: Status
    claimants: tuple[Party, ...]


def standing_of(
    sentence: Sentence,
    deed: Token,
    attributions: Sequence[Attribution],
    cast: Cast,
    lexicon: Lexicon,
    actors: Iterable[Party],
) -> Standing | None:
    """The status of a deed and who claims it; None where the sentence says that nobody claims it."""
    barred = {actor.country for actor in actors}
    holding = [a for a in attributions if deed.i in a.content or a.cue.i == deed.i]
    if any(a.negated and a.held in {"alleged", "assessed"} for a in holding):
        return None
    accuser = _accuser(sentence, deed, cast, lexicon)
    claimants = _unique(
        [a.source for a in holding if a.source is not None and a.held not in {"denied"} and _can_claim(a.source)]
        + accuser
        + ([] if accuser else _agents(sentence, holding, cast)),
        barred,
    )
    status = _status(sentence, deed, holding, claimants, lexicon)
    if accuser and status == "confirmed":
        status = "alleged"
    own_word = any(a.source is not None and a.source.country in barred for a in holding)
    if deed.pos == "VERB" and is_negated(sentence, deed) and not own_word:
        status = "refuted"
    return Standing(status=status, claimants=claimants)


def _accuser(sentence: Sentence, deed: Token, cast: Cast, lexicon: Lexicon) -> list[Party]:
    """Who accuses, blames or punishes somebody for the deed."""
    for word in sentence.tokens:
        verb = _punishing(sentence, word, lexicon)
        if verb is None or not (sentence.is_below(deed, verb) or sentence.is_below(verb, deed)):
            continue
        subject = subject_of(sentence, verb)
        if subject is not None:
            return [party for party in cast.parties(sentence, subject) if _can_claim(party)]
    return []


def _punishing(sentence: Sentence, word: Token, lexicon: Lexicon) -> Token | None:
    """The verb of "accused", "expelled", or of "imposed sanctions"."""
    if word.pos == "VERB" and word.lemma in lexicon.accusing | lexicon.sanctioning:
        return word
    above = sentence.head(word)
    is_noun = word.pos == "NOUN" and word.lemma in lexicon.sanctioning and word.dep == "dobj"
    return above if is_noun and above is not None and above.pos == "VERB" else None


def _status(
    sentence: Sentence, deed: Token, holding: Sequence[Attribution], claimants: tuple[Party, ...], lexicon: Lexicon
) -> Status:
    low = sentence.text.lower()
    if lexicon.refuted.search(low):
        return "refuted"
    kinds = {a.held for a in holding}
    if "admitted" in kinds and "said" not in kinds:
        return "confirmed"
    if "warned" not in kinds and any(word.lower in lexicon.hedges_alleged for word in sentence.tokens):
        return "alleged"
    if "warned" in kinds or lexicon.warned.search(low) or _is_modal(sentence, deed):
        return "warned"
    if "alleged" in kinds:
        return "alleged"
    if claimants and all(_is_press(claimant) for claimant in claimants):
        return "alleged"
    if "assessed" in kinds or any(_assesses(claimant, lexicon) for claimant in claimants):
        return "assessed"
    if kinds or claimants or any(word.lemma in lexicon.claims for word in sentence.ancestors(deed)):
        return "alleged"
    return "confirmed"


def _assesses(claimant: Party, lexicon: Lexicon) -> bool:
    if claimant.actor is not None and claimant.actor.subkind in lexicon.assessed_by:
        return True
    words = claimant.entity.name.lower().split()
    return any(word.rstrip("s") in lexicon.assessing_nouns or word in lexicon.assessing_nouns for word in words)


def _is_press(claimant: Party) -> bool:
    """Reporting is a claim, however sure it sounds."""
    return claimant.entity.type == "media"


def _is_modal(sentence: Sentence, deed: Token) -> bool:
    for word in (deed, *sentence.ancestors(deed)):
        if word.pos == "VERB" and any(aux.lower in _MODALS for aux in sentence.children(word, "aux")):
            return True
        if word.dep in {"ccomp", "relcl", "ROOT"}:
            return False
    return False


def _agents(sentence: Sentence, holding: Sequence[Attribution], cast: Cast) -> list[Party]:
    """Those who hold the claim without a clause of speech: a body that is vigilant, on alert, or that punishes."""
    if holding:
        return []
    root = next((word for word in sentence.tokens if word.dep == "ROOT"), None)
    if root is None:
        return []
    subject = subject_of(sentence, root)
    if subject is None:
        return []
    return [p for p in cast.parties(sentence, subject) if p.entity.type == "organisation" or p.state is not None]


def _can_claim(party: Party) -> bool:
    return party.entity.type in {"state", "organisation", "person", "media", "group"} or party.state is not None


def _unique(parties: list[Party], barred: set[str | None]) -> tuple[Party, ...]:
    seen: dict[str, Party] = {}
    for party in parties:
        if party.country is None or party.country not in barred:
            seen.setdefault(party.entity.name, party)
    return tuple(seen.values())
