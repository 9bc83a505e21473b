"""Who says what: each source with its cue and the words it stands for.

    cues | contents, sources | quotations joined | parties resolved | told on in the sentence after

It finds speech and how it is held (said, alleged, assessed ...); what the words mean for anybody is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stancewire.types import Held, Voice
from workers.attribution.cast import SPEAKER_PRONOUNS, Cast
from workers.attribution.clauses import is_negated
from workers.attribution.content import ContentReader
from workers.attribution.cues import CueWords
from workers.attribution.mending import mended
from workers.attribution.parties import Party
from workers.attribution.quoting import Draft, Read, join_quotations
from workers.attribution.sources import SourceReader
from workers.text.quotations import QuotedWords, find_quotations
from workers.text.tree import Sentence, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Words of one sentence laid to a source."""

    source: Party | None
    held: Held
    cue: Token
    sentence: int
    #: Places of the words, in their sentence.
    content: frozenset[int]
    voice: Voice
    negated: bool = False
    #: Attributions with the same number are parts of one utterance.
    number: int
    #: The sentence of the word that lays it to the source; where that is another one, `cue` is the first word of this.
    home: int
    cue_word: Token
    #: Head of the source's phrase at home; None where no source is named.
    source_word: Token | None
    #: The person whose own words lay it to the source: "Oslo rejects the charge, the minister said".
    voiced_by: Party | None = None
    #: It tells of something that was done, not of what is to be said or would be.
    is_done: bool = True
    #: Its cue stands within a quotation: those quoted lay it to somebody.
    is_nested: bool = False

    @property
    def asserts(self) -> bool:
        """Whether the words are given as true by their source, not wished, judged or merely spoken about."""
        return self.held != "expressed"


class SpeechFinder:
    """Finds attributions in the sentences of one document."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = CueWords(words)
        self._mending = frozenset(lemma for lemma, held in self._words.verbs.items() if held != "expressed")
        self._contents = ContentReader(self._words)
        self._sources = SourceReader(self._words, self._contents)

    def mended(self, sentence: Sentence) -> Sentence:
        """`sentence` with the subjects in place that clauses of speech part from their verbs."""
        return mended(sentence, self._mending)

    def find(self, sentences: Sequence[Sentence], cast: Cast) -> tuple[Attribution, ...]:
        """Attributions in order; a quotation that runs on keeps its source."""
        text = cast.reader.text
        quoted = QuotedWords(find_quotations(text))
        people = frozenset(token.lower for s in sentences for token in s.tokens if token.entity == "PERSON")
        read = {}
        for sentence in sentences:
            opens_line = text[max(0, sentence.start - 1) : sentence.start] in {"", "\n"}
            read[sentence.index] = self._read(sentence, quoted, people if opens_line else None)
        join_quotations(tuple(read.values()), quoted, text)
        by_sentence: dict[int, list[Attribution]] = {}
        drafts = [draft for item in read.values() for draft in item.drafts if draft.content]
        for number, draft in enumerate(drafts):
            for attribution in _attributions(number, draft, read, cast):
                by_sentence.setdefault(attribution.sentence, []).append(attribution)
        return tuple(_told_on(sentences, {i: _voiced(here) for i, here in by_sentence.items()}))

    def _read(self, sentence: Sentence, quoted: QuotedWords, people: frozenset[str] | None) -> Read:
        inside = quoted.of(sentence)
        places = frozenset(place for words in inside.values() for place in words)
        drafts = []
        for cue in self._words.in_sentence(sentence, places, people):
            content, is_clause = self._contents.read(sentence, cue, places)
            source = self._sources.read(sentence, cue, places)
            drafts.append(
                Draft(
                    cue=cue,
                    sentence=sentence.index,
                    source=source,
                    content={sentence.index: set(content)} if content else {},
                    is_clause=is_clause,
                    is_done=cue.kind != "verb" or self._words.is_done(sentence, cue.token),
                )
            )
        return Read(sentence=sentence, drafts=tuple(drafts), quoted=inside)


def _attributions(number: int, draft: Draft, read: Mapping[int, Read], cast: Cast) -> Iterator[Attribution]:
    """The parts of one utterance, one for each sentence that it reaches into."""
    home, cue = read[draft.sentence], draft.cue
    source = _source(home.sentence, draft, cast) if draft.source is not None else None
    held: Held = cue.held if draft.is_clause or cue.held != "said" else "expressed"
    for index in sorted(draft.content):
        item, content = read[index], frozenset(draft.content[index])
        quoted = {place for words in item.quoted.values() for place in words}
        yield Attribution(
            source=source,
            held=held,
            cue=cue.token if index == draft.sentence else item.sentence.tokens[0],
            sentence=index,
            content=content,
            voice="quoted" if cue.kind == "verb" and len(content & quoted) > 0.6 * len(content) else "paraphrased",
            negated=is_negated(home.sentence, cue.token) if cue.kind == "verb" else False,
            number=number,
            home=draft.sentence,
            cue_word=cue.token,
            source_word=draft.source,
            is_done=draft.is_done,
            is_nested=cue.nested,
        )


def _source(sentence: Sentence, draft: Draft, cast: Cast) -> Party | None:
    """Who the source is; an official of no country named before speaks for the state that the words are about."""
    party = _party(sentence, draft.source, cast) if draft.source is not None else None
    if party is None or party.country is not None or not party.official or party.entity.type != "person":
        return party
    for clause in sentence.children(draft.cue.token, "ccomp"):
        subject = sentence.child(clause, "nsubj", "nsubjpass")
        owner = cast.party(sentence, subject) if subject is not None else None
        if owner is not None and owner.entity.type == "state":
            return cast.settle(party, owner)
    return party


def _party(sentence: Sentence, word: Token, cast: Cast) -> Party | None:
    """Who the source is; of a thing, as a report or a claim, whose it is."""
    party = cast.party(sentence, word)
    if party is not None and party.entity.type in {"thing", "election"}:
        return _possessor(sentence, word, cast) or party
    return party


def _possessor(sentence: Sentence, noun: Token, cast: Cast) -> Party | None:
    """Whose report, accusation or warning it is."""
    owner = sentence.child(noun, "poss")
    for preposition in sentence.children(noun, "prep", "agent"):
        if owner is None and preposition.lower in {"by", "from"}:
            owner = sentence.child(preposition, "pobj")
    if owner is not None:
        return cast.party(sentence, owner)
    for modifier in sentence.children(noun, "compound", "amod"):
        name = cast.reader.name_at(modifier)
        if name is not None and name.actor.kind in {"organisation", "outlet"}:
            return cast.reader.read(sentence, modifier)
    return None


def _voiced(here: Sequence[Attribution]) -> list[Attribution]:
    """Attributions of one sentence in order; in another's words, those who speak of themselves or for their state."""
    found = []
    for attribution in sorted(here, key=lambda a: (a.cue.i, a.number)):
        outer = [a for a in here if a.number != attribution.number and attribution.cue.i in a.content and a.asserts]
        quoting = [a for a in outer if not a.is_nested]
        word, source = attribution.source_word, attribution.source
        if attribution.is_nested and quoting and word is not None and word.lower in SPEAKER_PRONOUNS:
            speaker = min(quoting, key=lambda a: len(a.content)).source
            found.append(replace(attribution, source=speaker))
            continue
        speakers = (a.source for a in sorted(outer, key=lambda a: len(a.content)))
        voice = next((s for s in speakers if s is not None and source is not None and _speaks_for(s, source)), None)
        found.append(replace(attribution, voiced_by=voice))
    return found


def _speaks_for(speaker: Party, source: Party) -> bool:
    is_person = speaker.entity.type == "person" and source.entity.type != "person"
    return is_person and speaker.country is not None and speaker.country == source.country


def _told_on(sentences: Iterable[Sentence], found: Mapping[int, list[Attribution]]) -> Iterator[Attribution]:
    """Attributions in the order of the text, with those told on from the sentence before in its source's words."""
    last: Attribution | None = None
    for sentence in sentences:
        here = found.get(sentence.index, [])
        asserted = [a for a in here if a.source is not None and a.asserts]
        if not asserted and last is not None and last.sentence == sentence.index - 1 and _is_backshifted(sentence):
            whole = frozenset(token.i for token in sentence.tokens)
            asserted = [replace(last, sentence=sentence.index, cue=sentence.tokens[0], content=whole)]
            here = [*here, *asserted]
        yield from here
        last = max(asserted, key=lambda a: len(a.content), default=None)


def _is_backshifted(sentence: Sentence) -> bool:
    """As in "Russia, by contrast, had pushed false claims": told on from the sentence before, in its source's words."""
    root = next((token for token in sentence.tokens if token.dep == "ROOT"), None)
    return root is not None and root.tag == "VBN" and any(w.lower == "had" for w in sentence.children(root, "aux"))
