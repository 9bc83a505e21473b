"""What speaks for and against a report of interference, as named facts about a sentence and about each country in it.

A fact is a role or a kind of word, never a country's name; what the facts weigh together is `weighing`'s part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.knowledge.actors import KnownActor
from workers.attribution.parties import Party
from workers.interference import ties
from workers.interference.aims import aims_of
from workers.interference.cues import Deed, deeds, denying
from workers.interference.doers import doers
from workers.interference.finding import DenialFinding
from workers.interference.means import means_in
from workers.interference.scene import PRIVATE, Scene, can_claim, is_go_between
from workers.interference.telling import operations_in
from workers.text.names import Name
from workers.text.tree import Sentence, Token

#: Relations by which a word belongs to the noun above it.
_MODIFYING = {"amod", "compound", "poss", "nmod", "npadvmod", "appos"}
#: Prepositions by which a noun is somebody's.
_OWNING = {"of", "from", "in", "at", "by"}
#: How far up a phrase it is looked whose part a name is.
_DEPTH = 3
_TIES: tuple[tuple[str, Callable[[Scene], Iterator[Party]]], ...] = (
    ("traced to", ties.traced),
    ("behind it", ties.behind),
    ("responsible", ties.responsible),
    ("giving orders", ties.ordered),
    ("accused", ties.accused),
    ("served", ties.serving),
    ("a threat", ties.threatening),
    ("identified", ties.identified),
    ("tied by words", ties.tied_by_words),
    ("bearing the marks", ties.resembling),
    ("pointed at", ties.pointed),
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The facts of one sentence."""

    scene: Scene
    #: About the sentence, with the word that shows each.
    words: Mapping[str, Token]
    #: About each party, by its country or name.
    parties: Mapping[str, Party]
    facts: Mapping[str, frozenset[str]]


def evidence_of(scene: Scene, denials: Sequence[DenialFinding], groups: Mapping[str, frozenset[str]]) -> Evidence:
    """All facts of a sentence; `groups` are words by the name of their group."""
    parties: dict[str, Party] = {}
    facts: dict[str, set[str]] = {}
    for key, party, found in _mentions(scene, groups):
        parties.setdefault(key, party)
        facts.setdefault(key, set()).update(found)
    told = _deeds_told(scene)
    for key, fact in _roles(scene, told, denials):
        if key in facts:
            facts[key].add(fact)
    return Evidence(
        scene=scene,
        words=dict(_words(scene, told, groups)),
        parties=parties,
        facts={key: frozenset(found) for key, found in facts.items()},
    )


def key_of(party: Party) -> str | None:
    """By what a party is told apart: its country, or the name of an international body."""
    if party.country is None and party.actor is not None and party.actor.subkind == "international":
        return party.entity.name
    return party.country


def party_key(actor: KnownActor) -> str | None:
    """As `key_of`, of an actor by itself; its name stands for an international body's."""
    return actor.country or (actor.name if actor.subkind == "international" else None)


def _words(scene: Scene, told: Sequence[Deed], groups: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Token]]:
    """Facts about the sentence, the earlier word first."""
    sentence = scene.sentence
    found: dict[str, Token] = {}
    lemmas: dict[str, set[str]] = {}
    for token in sentence.tokens:
        if token.pos in {"PUNCT", "SPACE", "DET", "ADP", "PRON"}:
            continue
        for group, words in groups.items():
            if token.lemma in words or token.lower in words:
                lemmas.setdefault(group, set()).add(token.lemma)
                found.setdefault(group if len(lemmas[group]) == 1 else f"much {group}", token)
    for means in means_in(sentence, scene.words):
        found.setdefault(f"means {means.family}", sentence.at(means.start, means.end)[0])
    for deed in told:
        found.setdefault(f"deed {deed.kind}", deed.token)
    for said in scene.said:
        if said.source is not None:
            found.setdefault(f"{said.held} by somebody", said.cue)
    yield from found.items()


def _deeds_told(scene: Scene) -> tuple[Deed, ...]:
    """The deeds of a sentence without those that are only denied: a denial speaks for nothing but itself."""
    found = deeds(scene.sentence, scene.words, operations_in(scene), platform_speaks=scene.platform_speaks)
    return tuple(deed for deed in found if denying(scene.sentence, deed.token) is None)


def _mentions(scene: Scene, groups: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Party, Iterator[str]]]:
    """Each party named or taken up in the sentence, with what its place there tells."""
    sentence = scene.sentence
    named: set[int] = set()
    for name in scene.names:
        if is_go_between(name.actor) or name.actor.subkind in PRIVATE:
            continue  # who tells of it is no party to it
        tokens = sentence.at(name.start, name.end)
        named.update(token.i for token in tokens)
        party = scene.party_of(name)
        key = key_of(party) or name.actor.country
        if key is not None:
            yield key, party, _of_name(scene, name, tokens[-1], groups)
    for token in sentence.tokens:
        if token.i in named or not _takes_up(token, groups):
            continue
        for party in scene.parties(token):
            key = key_of(party)
            if key is not None and (party.sentence, party.token) != (scene.index, token.i):
                yield key, party, _around(scene, token, groups)


def _takes_up(token: Token, groups: Mapping[str, frozenset[str]]) -> bool:
    """Whether a word may stand for somebody named before: "its", "the embassy"."""
    if token.pos == "PRON":
        return token.lower in {"its", "it", "their", "they", "his", "her", "he", "she"}
    return token.pos == "NOUN" and token.lemma in groups["posted"] | groups["officials"]


def _of_name(scene: Scene, name: Name, token: Token, groups: Mapping[str, frozenset[str]]) -> Iterator[str]:
    yield f"as {name.actor.kind}" if name.actor.kind != "state" else f"as {name.form}"
    if name.actor.kind == "organisation" and name.actor.subkind in {"intelligence", "threat_group", "paramilitary"}:
        yield f"as {name.actor.subkind}"
    if name.form == "capital" and token.dep == "pobj":
        yield "only a place"
    yield from _around(scene, token, groups)


def _around(scene: Scene, token: Token, groups: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Whose parts a name is, and what that whole does in its clause."""
    sentence = scene.sentence
    word = sentence.first_conjunct(token)
    yield from (f"is {group}" for group in _groups(word, groups))
    for _ in range(_DEPTH):
        above = _owner(sentence, word)
        if above is None:
            break
        yield from (f"has {group}" for group in _groups(above, groups))
        word = sentence.first_conjunct(above)
    yield from _relation(sentence, word, groups)


def _owner(sentence: Sentence, word: Token) -> Token | None:
    """The noun whose owner, kind or place a word tells."""
    above = sentence.head(word)
    if above is None:
        return None
    if word.dep in _MODIFYING and above.pos in {"NOUN", "PROPN", "ADJ"}:
        return above
    if word.dep == "pobj" and above.lower in _OWNING:
        noun = sentence.head(above)
        return noun if noun is not None and noun.pos in {"NOUN", "PROPN"} else None
    return None


def _relation(sentence: Sentence, word: Token, groups: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What a phrase does in its clause, and to which kind of verb."""
    above = sentence.head(word)
    if above is None:
        return
    if word.dep in {"pobj", "pcomp"}:
        verb = sentence.head(above)
        relation = above.lower
    else:
        verb, relation = above, {"nsubj": "subject", "nsubjpass": "object", "dobj": "object"}.get(word.dep, "")
    if not relation:
        return
    yield f"{relation}"
    if verb is not None:
        yield from (f"{relation} of {group}" for group in _groups(verb, groups))


def _groups(word: Token, groups: Mapping[str, frozenset[str]]) -> Iterator[str]:
    return (group for group, words in groups.items() if word.lemma in words)


def _roles(scene: Scene, told: Sequence[Deed], denials: Sequence[DenialFinding]) -> Iterator[tuple[str, str]]:
    """What the precise rules read of a party's part, each by itself."""
    for denial in denials:
        yield from _keyed((denial.denier,), "denies")
    for source in scene.sources:
        if can_claim(source):
            yield from _keyed((source,), "speaks")
    for fact, find in _TIES:
        yield from _keyed(find(scene), fact)
    for deed in told:
        yield from _keyed(doers(scene, deed), f"doer of {deed.kind}")
    yield from _keyed(aims_of(scene, set()), "aimed at")


def _keyed(parties: Iterator[Party] | Sequence[Party], fact: str) -> Iterator[tuple[str, str]]:
    for party in parties:
        key = key_of(party)
        if key is not None:
            yield key, fact
