"""Who says what: each source with its cue and the words it stands for.

It finds speech and how it is held (said, alleged, assessed ...); what the words mean for anybody is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from stancewire.types import Voice
from workers.attribution.cast import Cast
from workers.attribution.clauses import is_negated, subject_of
from workers.attribution.parties import Party
from workers.text.tree import Sentence, Token

Held = Literal["said", "alleged", "assessed", "warned", "denied", "admitted"]


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


class SpeechFinder:
    """Finds attributions in the sentences of one document."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._verbs: dict[str, Held] = {lemma: held for held, lemmas in words["verbs"].items() for lemma in lemmas}
        self._nouns: dict[str, Held] = {lemma: held for held, lemmas in words["nouns"].items() for lemma in lemmas}

    def find(self, sentences: Sequence[Sentence], cast: Cast) -> tuple[Attribution, ...]:
        """Attributions in order; a quotation that runs on keeps its source."""
        found: list[Attribution] = []
        open_source: Attribution | None = None
        last: Attribution | None = None
        for sentence in sentences:
            here = self._in_sentence(sentence, cast)
            quoted = _quoted(sentence, is_open=open_source is not None)
            if open_source is not None and not here and quoted[0]:
                cue = sentence.tokens[0]
                here.append(
                    Attribution(
                        source=open_source.source,
                        held=open_source.held,
                        cue=cue,
                        sentence=sentence.index,
                        content=frozenset(quoted[0]),
                        voice="quoted",
                    )
                )
            if (
                not any(a.source for a in here)
                and last is not None
                and last.sentence == sentence.index - 1
                and _is_backshifted(sentence)
            ):
                here.append(replace(last, sentence=sentence.index, cue=sentence.tokens[0], content=_all_of(sentence)))
            found.extend(here)
            last = max((a for a in here if a.source is not None), key=lambda a: len(a.content), default=None)
            open_source = here[-1] if here and quoted[1] else None
        return tuple(found)

    def _in_sentence(self, sentence: Sentence, cast: Cast) -> list[Attribution]:
        quoted, _ = _quoted(sentence, is_open=False)
        found: list[Attribution] = []
        for token in sentence.tokens:
            if token.pos in {"VERB", "AUX"} and token.lemma in self._verbs:
                attribution = self._verb(sentence, token, cast, quoted)
            elif token.lower == "according":
                attribution = self._according(sentence, token, cast)
            elif token.pos == "NOUN" and token.lemma in self._nouns:
                attribution = self._noun(sentence, token, cast)
            else:
                attribution = None
            if attribution is not None:
                found.append(attribution)
        return found

    def _verb(self, sentence: Sentence, verb: Token, cast: Cast, quoted: set[int]) -> Attribution | None:
        content = self._content(sentence, verb)
        if not content:
            return None
        subject = subject_of(sentence, verb)
        source = cast.party(sentence, subject) if subject is not None else None
        if source is not None and source.entity.type in {"thing", "election"}:
            source = self._possessor(sentence, subject, cast) or source
        share = len(content & quoted) / len(content)
        return Attribution(
            source=source,
            held=self._verbs[verb.lemma],
            cue=verb,
            sentence=sentence.index,
            content=frozenset(content),
            voice="quoted" if share > 0.6 else "paraphrased",
            negated=is_negated(sentence, verb),
        )

    def _content(self, sentence: Sentence, verb: Token) -> set[int]:
        content: set[int] = set()
        for clause in sentence.children(verb, "ccomp", "xcomp"):
            content.update(word.i for word in sentence.subtree(clause))
        if verb.dep in {"parataxis", "ccomp", "conj", "advcl"} and not content:
            above = sentence.head(verb)
            if above is not None and (verb.dep == "parataxis" or _is_inserted(sentence, verb)):
                own = {word.i for word in sentence.subtree(verb)}
                content = {word.i for word in sentence.subtree(above)} - own
        for relation in ("dobj", "prep"):
            if content:
                break
            for item in sentence.children(verb, relation):
                if self._verbs[verb.lemma] != "said" and (
                    relation == "dobj" or item.lower in {"of", "for", "that", "as", "to", "with", "against", "about"}
                ):
                    content.update(word.i for word in sentence.subtree(item))
        if self._verbs[verb.lemma] == "alleged":
            for item in sentence.children(verb, "prep", "dobj"):
                content.update(word.i for word in sentence.subtree(item))
        return content

    def _according(self, sentence: Sentence, token: Token, cast: Cast) -> Attribution | None:
        preposition = sentence.child(token, "prep")
        holder = preposition if preposition is not None else token
        source_token = sentence.child(holder, "pobj")
        if source_token is None:
            return None
        own = {word.i for word in sentence.subtree(token)}
        if len(own) == len(sentence.tokens):
            return None
        source = cast.party(sentence, source_token)
        if source is not None and source.entity.type == "thing":
            source = self._possessor(sentence, source_token, cast) or source
        return Attribution(
            source=source,
            held=self._nouns.get(source_token.lemma, "said"),
            cue=token,
            sentence=sentence.index,
            content=frozenset(word.i for word in sentence.tokens if word.i not in own),
            voice="paraphrased",
        )

    def _noun(self, sentence: Sentence, noun: Token, cast: Cast) -> Attribution | None:
        content: set[int] = set()
        for child in sentence.children(noun, "acl", "ccomp", "prep", "relcl"):
            if child.dep == "prep" and child.lower not in {"of", "about", "that", "over"}:
                continue
            if child.dep == "relcl" and not any(word.lower == "that" for word in sentence.children(child, "mark")):
                continue
            content.update(word.i for word in sentence.subtree(child))
        own = sentence.child(noun, "nsubj")
        source = cast.party(sentence, own) if own is not None else self._possessor(sentence, noun, cast)
        if not content:
            return None
        return Attribution(
            source=source,
            held=self._nouns[noun.lemma],
            cue=noun,
            sentence=sentence.index,
            content=frozenset(content),
            voice="paraphrased",
        )

    def _possessor(self, sentence: Sentence, noun: Token | None, cast: Cast) -> Party | None:
        """Whose report, accusation or warning it is."""
        if noun is None:
            return None
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


def _all_of(sentence: Sentence) -> frozenset[int]:
    return frozenset(token.i for token in sentence.tokens)


def _is_backshifted(sentence: Sentence) -> bool:
    """As in "Russia, by contrast, had pushed false claims": told on from the sentence before, in its source's words."""
    root = next((token for token in sentence.tokens if token.dep == "ROOT"), None)
    return root is not None and root.tag == "VBN" and any(w.lower == "had" for w in sentence.children(root, "aux"))


def _is_inserted(sentence: Sentence, verb: Token) -> bool:
    """As in "..., he said, ...": a clause of speech set into the sentence between commas."""
    if verb.dep not in {"ccomp", "conj"} or sentence.child(verb, "nsubj") is None:
        return False
    first = sentence.subtree(verb)[0]
    return first.i > 0 and sentence.child(verb, "mark") is None and sentence.tokens[first.i - 1].text in {",", '"', "-"}


def _quoted(sentence: Sentence, *, is_open: bool) -> tuple[set[int], bool]:
    """Places of the words inside quotation marks, and whether the quotation is still open at the end."""
    inside: set[int] = set()
    for token in sentence.tokens:
        if '"' in token.text:
            is_open = not is_open
        elif is_open:
            inside.add(token.i)
    return inside, is_open
