"""How sure the text leaves an allegation, and who makes it.

The words over the deed decide; nothing is known here of whether anything happened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from stancewire.types import Status
from workers.attribution.cast import SPEAKER_PRONOUNS
from workers.attribution.clauses import is_negated, subject_of
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.interference.finding import Standing
from workers.interference.scene import PRIVATE, Scene, can_claim, is_go_between
from workers.text.tree import Token

#: Clauses that tell what a story is.
_TELLING = {"acl", "relcl", "ccomp"}
_CLAUSES = {"ccomp", "relcl", "ROOT"}
_FORBIDDING = {"should", "must", "ought", "will", "shall"}


def standing_of(scene: Scene, deed: Token, actors: Iterable[Party]) -> Standing | None:
    """The status of a deed and who claims it; None where the sentence says that nobody claims it."""
    barred = {actor.country for actor in actors if actor.country is not None}
    holding = [said for said in scene.said if said.asserts and (deed.i in said.content or said.cue.i == deed.i)]
    if any(said.negated and said.held in {"alleged", "assessed"} for said in holding) or _is_spread(scene, deed):
        return None
    if _is_forbidden(scene, deed):
        return None
    accuser = _accuser(scene, deed)
    claimants = _unique(
        [s.source for s in holding if s.source is not None and s.held != "denied" and can_claim(s.source)]
        + list(scene.announcers)
        + accuser
        + ([] if accuser else _agents(scene, holding)),
        barred,
    )
    if not claimants:
        claimants = _unique([party for said in holding for party in _airing(scene, said)], barred)
    kinds: set[str] = {said.held for said in holding}
    if not claimants and not kinds:
        speaking = tuple(_speaking(scene, deed))
        claimants = _unique([party for party, _ in speaking], barred)
        kinds = {held for _, held in speaking} if claimants else set()
    status = _status(scene, deed, holding, kinds, claimants)
    if accuser and status == "confirmed":
        status = "alleged"
    own_word = any(said.source is not None and said.source.country in barred for said in holding)
    if own_word and not claimants and _is_undone(scene, deed):
        return None  # the one meant says that it never did: a denial is no report
    if not own_word and (_is_undone(scene, deed) or _is_disbelieved(scene, deed, barred)):
        status = "refuted"
    is_admitted = any(s.held == "admitted" and s.source is not None and s.source.country in barred for s in holding)
    if own_word and (is_admitted or _is_owned(scene, deed)):
        status = "confirmed"
    if status == "refuted" and not claimants:
        rejecting = [s.source for s in scene.said if s.source is not None and can_claim(s.source)]
        claimants = _unique(rejecting, barred)
    return Standing(status=status, claimants=claimants)


def _is_undone(scene: Scene, deed: Token) -> bool:
    """As in "did not meddle", "did not mount an effort to sway"; "cleared Moscow of" says it too."""
    sentence, words = scene.sentence, scene.words
    if any(word.lower == "no" for word in sentence.children(deed, "det")):
        return True
    for word in (deed, *sentence.ancestors(deed)):
        if word.pos == "VERB" and word.lemma in words.status.clearing:
            return True
        if word.pos == "VERB" and is_negated(sentence, word) and (word.i == deed.i or word.lemma in words.deed.doing):
            return True
        if word.dep in _CLAUSES:
            return False
    return False


def _is_forbidden(scene: Scene, deed: Token) -> bool:
    """As in "should not meddle", "there will be no interference": nobody says that it happened, or that it did not."""
    sentence = scene.sentence
    no_deed = any(word.lower == "no" for word in sentence.children(deed, "det"))
    for word in (deed, *sentence.ancestors(deed)):
        if word.pos in {"VERB", "AUX"}:
            helpers = {aux.lower for aux in sentence.children(word, "aux")}
            if helpers & _FORBIDDING and (no_deed or is_negated(sentence, word)):
                return True
        if word.dep in _CLAUSES:
            return False
    return False


def _is_disbelieved(scene: Scene, deed: Token, barred: Collection[str | None]) -> bool:
    """As in "claims that it meddled are fiction", "were rejected by the agency": not so if the accused rejects them."""
    sentence, words = scene.sentence, scene.words
    claim = next((word for word in sentence.ancestors(deed) if word.lemma in words.status.claims), None)
    verb = sentence.head(claim) if claim is not None else None
    if claim is None or verb is None or claim.dep not in {"nsubj", "nsubjpass", "dobj"}:
        return False
    own = {word.i for word in sentence.subtree(claim)}
    rest = " ".join(word.lower for word in sentence.subtree(verb) if word.i not in own and word.i > verb.i)
    if verb.lemma in words.denial.verbs:
        subject = subject_of(sentence, verb)
        deniers = scene.parties(subject) if subject is not None else ()
        return bool(deniers) and all(p.country is not None and p.country not in barred for p in deniers)
    return verb.lemma in {"be", *words.denial.calling} and words.denial.words.search(rest) is not None


def _is_owned(scene: Scene, deed: Token) -> bool:
    """As in "we have interfered": said by the doer of itself, and not denied."""
    subject = subject_of(scene.sentence, deed) if deed.pos == "VERB" else None
    return subject is not None and subject.lower in SPEAKER_PRONOUNS and not is_negated(scene.sentence, deed)


def status_by(scene: Scene, claimants: tuple[Party, ...]) -> Status:
    """How sure a deed told before stands once this sentence has said who claims it."""
    if all(_is_press(claimant) for claimant in claimants):
        return "alleged"
    kinds = {said.held for said in scene.said}
    return "assessed" if "assessed" in kinds or any(_assesses(scene, party) for party in claimants) else "alleged"


def is_warning(scene: Scene) -> bool:
    """Whether the sentence warns of what may come, be the deed in its warning or not."""
    is_said = any(said.held == "warned" for said in scene.said)
    return is_said or scene.words.status.warned.search(scene.sentence.text.lower()) is not None


def _accuser(scene: Scene, deed: Token) -> list[Party]:
    """Who accuses, blames or punishes somebody for the deed."""
    sentence = scene.sentence
    for word in sentence.tokens:
        verb = _punishing(scene, word)
        if verb is None or not (sentence.is_below(deed, verb) or sentence.is_below(verb, deed)):
            continue
        subject = subject_of(sentence, verb)
        if subject is not None:
            return [party for party in scene.parties(subject) if can_claim(party)]
    return []


def _punishing(scene: Scene, word: Token) -> Token | None:
    """The verb of "accused", "expelled", or of "imposed sanctions"."""
    status = scene.words.status
    if word.pos == "VERB" and word.lemma in status.accusing | status.sanctioning | scene.words.links.laying:
        return word
    above = scene.sentence.head(word)
    is_noun = word.pos == "NOUN" and word.lemma in status.sanctioning and word.dep == "dobj"
    return above if is_noun and above is not None and above.pos == "VERB" else None


def _is_spread(scene: Scene, deed: Token) -> bool:
    """As in "pushed the story that Kyiv had meddled": who says so, says that the story is spread."""
    sentence, words = scene.sentence, scene.words.status
    is_told = deed.dep in _TELLING
    for word in sentence.ancestors(deed):
        above = sentence.head(word)
        if is_told and word.lemma in words.claims and word.dep == "dobj" and above is not None:
            return above.lemma in words.spreading
        is_told = is_told or word.dep in _TELLING
    return False


def _is_on_record(scene: Scene, said: Attribution) -> bool:
    word = said.source_word
    if word is None or said.home != scene.index:
        return False
    phrase = (word, *scene.sentence.children(word, "poss", "compound"))
    return any(part.lemma in scene.words.status.records for part in phrase)


def _airing(scene: Scene, said: Attribution) -> tuple[Party, ...]:
    """Who publishes the report or the assessment that holds the deed: "NRK had aired a report that"."""
    verb = scene.sentence.head(said.cue)
    if said.source is not None or said.cue.dep != "dobj" or verb is None or said.cue.lemma in scene.words.status.claims:
        return ()
    subject = subject_of(scene.sentence, verb)
    return tuple(p for p in scene.parties(subject) if can_claim(p)) if subject is not None else ()


def _speaking(scene: Scene, deed: Token) -> Iterator[tuple[Party, str]]:
    """Who says so in a clause that no attribution was read from: "..., investigators in Vienna suspect"."""
    sentence, held = scene.sentence, scene.words.status.held
    for word in sentence.tokens:
        if word.pos == "VERB" and word.lemma in held and held[word.lemma] != "denied" and word.i != deed.i:
            subject = sentence.child(word, "nsubj")
            if subject is None or sentence.is_below(deed, subject) or is_negated(sentence, word):
                continue
            yield from ((party, held[word.lemma]) for party in scene.parties(subject) if can_claim(party))
    first = sentence.tokens[0]
    if first.lower in {"for", "to"} and first.dep == "prep":
        for item in sentence.children(first, "pobj"):
            bodies = (p for p in scene.parties(item) if p.entity.type == "organisation" and _assesses(scene, p))
            yield from ((party, "assessed") for party in bodies)


def _status(
    scene: Scene,
    deed: Token,
    holding: Sequence[Attribution],
    kinds: Collection[str],
    claimants: tuple[Party, ...],
) -> Status:
    words, sentence = scene.words.status, scene.sentence
    low = sentence.text.lower()
    if words.refuted.search(low):
        return "refuted"
    if "admitted" in kinds and "said" not in kinds:
        return "confirmed"
    if holding and all(_is_on_record(scene, said) for said in holding):
        return "confirmed"
    if "warned" not in kinds and any(word.lower in words.hedges for word in sentence.tokens):
        return "alleged"
    if "warned" in kinds or words.warned.search(low) or _is_modal(scene, deed):
        return "warned"
    if "alleged" in kinds:
        return "alleged"
    if claimants and all(_is_press(claimant) for claimant in claimants):
        return "alleged"
    if "assessed" in kinds or any(_assesses(scene, claimant) for claimant in claimants):
        return "assessed"
    if kinds or claimants or any(word.lemma in words.claims for word in sentence.ancestors(deed)):
        return "alleged"
    return "confirmed"


def _assesses(scene: Scene, claimant: Party) -> bool:
    status = scene.words.status
    if claimant.actor is not None and claimant.actor.subkind in status.assessed_by:
        return True
    names = claimant.entity.name.lower().split()
    return any(name.rstrip("s") in status.assessing_nouns or name in status.assessing_nouns for name in names)


def _is_press(claimant: Party) -> bool:
    """Reporting is a claim, however sure it sounds."""
    return claimant.entity.type == "media"


def _is_modal(scene: Scene, deed: Token) -> bool:
    for word in (deed, *scene.sentence.ancestors(deed)):
        if word.pos == "VERB" and any(
            aux.lower in scene.words.status.modals for aux in scene.sentence.children(word, "aux")
        ):
            return True
        if word.dep in _CLAUSES:
            return False
    return False


def _agents(scene: Scene, holding: Sequence[Attribution]) -> list[Party]:
    """Those who hold the claim without a clause of speech: a body that is vigilant, on alert, or that punishes."""
    if holding:
        return []
    root = next((word for word in scene.sentence.tokens if word.dep == "ROOT"), None)
    if root is None:
        return []
    subject = subject_of(scene.sentence, root)
    if subject is None or root.lemma in scene.words.denial.verbs:
        return []
    return [
        p for p in scene.parties(subject) if p.entity.type == "organisation" or p.state is not None or _is_free_press(p)
    ]


def _is_free_press(party: Party) -> bool:
    return party.actor is not None and party.entity.type == "media" and is_go_between(party.actor)


def _unique(parties: list[Party], barred: Collection[str | None]) -> tuple[Party, ...]:
    seen: dict[str, Party] = {}
    for party in parties:
        if party.country is None or party.country not in barred or party.category in PRIVATE:
            seen.setdefault(party.entity.name, party)
    return tuple(seen.values())
