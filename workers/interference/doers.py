"""Who is said to do a deed, within its sentence: the nearest tie decides, from the deed's own words outwards.

A doer must belong to a country or be a foreign power left unnamed; a deed at home is nobody's interference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from stancewire.types import Entity, Span
from workers.attribution.cast import SPEAKER_PRONOUNS
from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference import bonds, ties
from workers.interference.cues import Deed
from workers.interference.scene import Scene, can_claim, unique
from workers.text.tree import Token


def doers(scene: Scene, deed: Deed) -> tuple[Party, ...]:
    """Who is said to do the deed: those tied to it most closely; those who say so only if they own up to it."""
    owned = tuple(_owned(scene, deed.token))
    if owned or is_called_so(scene, deed.token):
        return unique(owned)
    saying = _saying(scene)
    homes = scene.homes
    at_home: tuple[Party, ...] = ()
    for find in _TIES:
        found = tuple(
            party
            for party in find(scene, deed.token)
            if can_act(scene, party) and (find is bonds.accused_of or (party.sentence, party.token) not in saying)
        )
        if found and find is bonds.accused_of:
            return _masters(scene, deed.token, found) or _with_joined(scene, unique(found))
        if any(party.country not in homes for party in found):
            return _with_joined(scene, unique(found))
        at_home = at_home or unique(tuple(party for party in found if not _is_watchful(scene, party)))
        if at_home and find is bonds.by:
            return at_home
    return at_home


def _masters(scene: Scene, token: Token, accused: Collection[Party]) -> tuple[Party, ...]:
    """For which other country people who are accused have done it: "convicted a man of spying on exiles for Oman"."""
    if any(party.entity.type == "state" for party in accused):
        return ()
    own = {party.country for party in accused}
    ways = (bonds.colluding, _anywhere(ties.serving), _anywhere(ties.ordered))
    found = (party for find in ways for party in find(scene, token))
    return unique(tuple(party for party in found if can_act(scene, party) and party.country not in own))


def _is_watchful(scene: Scene, party: Party) -> bool:
    """A service, an agency: at home it watches for such deeds, unless its own state admits one."""
    admitting = {said.source.country for said in scene.said if said.held == "admitted" and said.source is not None}
    return (
        party.sentence == scene.index
        and scene.sentence.tokens[party.token].lemma in scene.words.status.assessing_nouns
        and party.country not in admitting
    )


def _saying(scene: Scene) -> set[tuple[int, int]]:
    """Places of those who say so, under each of their names: "Viginum, the agency that"."""
    places = {(source.sentence, source.token) for source in scene.sources if can_claim(source)}
    for sentence, place in sorted(places):
        if sentence == scene.index:
            token = scene.sentence.tokens[place]
            places.update((sentence, other.i) for other in scene.sentence.children(token, "appos"))
            if token.dep == "appos" and not any(said.cue.text == ":" for said in scene.said):
                places.add((sentence, token.head))
    return places


def _with_joined(scene: Scene, found: tuple[Party, ...]) -> tuple[Party, ...]:
    """With those whom the words of one tie name beside them: "one traced to ... and two to ..."."""
    joined = tuple(party for party in ties.tied_by_words(scene) if can_act(scene, party))
    countries = {party.country for party in found}
    return unique((*found, *joined)) if any(party.country in countries for party in joined) else found


def is_called_so(scene: Scene, token: Token) -> bool:
    """As in "called the claims fake news": a word for a claim, not for a deed."""
    sentence, words = scene.sentence, scene.words
    for verb in sentence.ancestors(token):
        if verb.pos == "VERB" and verb.lemma in words.denial.calling and not sentence.children(verb, "prt"):
            small = (verb, *sentence.children(verb, "ccomp", "xcomp", "oprd"))
            objects = [w for head in small for w in sentence.children(head, "dobj", "nsubjpass", "nsubj")]
            claims = (w for w in objects if w.pos == "NOUN" and w.lemma in words.status.claims | words.denial.objects)
            return any(not sentence.is_below(token, claim) for claim in claims)
    return False


def _owned(scene: Scene, token: Token) -> Iterator[Party]:
    """The source of "we have interfered": who owns up to a deed is its doer."""
    subject = subject_of(scene.sentence, token) if token.pos == "VERB" else None
    if subject is not None and subject.lower in SPEAKER_PRONOUNS:
        for said in scene.said:
            if said.source is not None and token.i in said.content and said.source.country is not None:
                yield said.source


def accused_in(scene: Scene) -> tuple[Party, ...]:
    """Those to whom a sentence lays what was told before it: "traced the network to China", "Moscow was behind it"."""
    for find in (
        ties.traced,
        ties.behind,
        ties.responsible,
        ties.ordered,
        ties.accused,
        ties.serving,
        ties.identified,
        ties.tied_by_words,
        ties.resembling,
        ties.pointed,
    ):
        found = tuple(
            party
            for party in find(scene)
            if can_act(scene, party) and (party.sentence, party.token) not in _saying(scene)
        )
        if found:
            return unique(found)
    return ()


def unnamed(scene: Scene) -> tuple[Party, ...]:
    """A foreign power that the sentence leaves without a name: "foreign actors", "a hostile state"."""
    tokens = scene.sentence.tokens
    for token in tokens:
        for phrase in scene.words.links.unnamed:
            words = tokens[token.i : token.i + len(phrase)]
            if tuple(word.lemma for word in words) == phrase and not scene.is_somebodys(words[-1]):
                span = Span(
                    text=scene.sentence.text[
                        words[0].start - scene.sentence.start : words[-1].end - scene.sentence.start
                    ],
                    start=words[0].start,
                    end=words[-1].end,
                )
                entity = Entity(name=span.text.lower(), type="group", country=None, id=None, mention=span)
                return (Party(entity=entity, state=None, sentence=scene.index, token=words[-1].i, named=False),)
    return ()


def can_act(scene: Scene, party: Party) -> bool:
    """Whether a party may be the doer of anything."""
    words = scene.words
    if party.country is None or party.entity.type == "election":
        return False
    if party.sentence == scene.index and (party.token in scene.masks or scene.is_bystander(party)):
        return False
    lemma = scene.sentence.tokens[party.token].lemma if party.sentence == scene.index else ""
    if lemma in (words.status.assessing_nouns | words.status.public_bodies) - words.links.direct:
        return False
    doing = words.deed.carriers | words.deed.intruders | words.deed.weak | words.links.direct
    return party.entity.type != "thing" or lemma in doing


def _anywhere(find: Callable[[Scene], Iterator[Party]]) -> Callable[[Scene, Token], Iterator[Party]]:
    """A tie that holds for whatever the sentence tells."""
    return lambda scene, _: find(scene)


_TIES: tuple[Callable[[Scene, Token], Iterator[Party]], ...] = (
    bonds.operating,
    bonds.modifying,
    bonds.accused_of,
    bonds.colluding,
    bonds.subject,
    bonds.denying,
    bonds.predicated,
    bonds.by,
    bonds.linked,
    _anywhere(ties.behind),
    _anywhere(ties.responsible),
    _anywhere(ties.ordered),
    _anywhere(ties.accused),
    bonds.listed,
    _anywhere(ties.serving),
    _anywhere(ties.threatening),
    _anywhere(ties.identified),
    _anywhere(ties.tied_by_words),
    _anywhere(ties.resembling),
    _anywhere(ties.pointed),
)
