"""Frames of stance: which word of a sentence gives whom a position toward what, and which way.

One small rule for each way of saying it; who the words stand for is resolved afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator

from stancewire.types import Polarity
from workers.attribution.clauses import is_negated, subject_of
from workers.stance.finding import Position
from workers.stance.lexicon import Frame, Lexicon
from workers.text.tree import Sentence, Token

_OPPOSITE: dict[Polarity, Polarity] = {"favourable": "adverse", "adverse": "neutral", "neutral": "neutral"}
_SUBJECTS = ("nsubj", "nsubjpass")
_SUPPOSING = {"if", "whether", "unless"}


def positions(sentence: Sentence, lexicon: Lexicon) -> Iterator[Position]:
    """All positions that the frames find in a sentence, in the order of its words."""
    for token in sentence.tokens:
        if token.pos in {"VERB", "AUX", "ADJ"} and token.tag.startswith("VB"):
            yield from _verb(sentence, token, lexicon)
            yield from _seen_as(sentence, token, lexicon)
            yield from _change(sentence, token, lexicon)
            yield from _refused(sentence, token, lexicon)
        if token.pos in {"NOUN", "PROPN"}:
            yield from _noun(sentence, token, lexicon)
            yield from _stated_position(sentence, token, lexicon)
        if token.lower in {"favour", "favor", "support"} and token.dep == "pobj":
            yield from _in_favour(sentence, token)
        yield from _judged(sentence, token, lexicon)
        yield from _standing_with(sentence, token)
        yield from _sides(sentence, token, lexicon)
        yield from _willing(sentence, token, lexicon)


def _verb(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "Egypt rejected the proposal", "was rejected by Egypt", "a condition rejected by Egypt"."""
    for frame in lexicon.verbs.get(_with_particle(sentence, verb), ()):
        if frame.only_negated and not is_negated(sentence, verb):
            continue
        target = _target(sentence, verb, frame)
        if target is None:
            continue
        polarity, anchor = _turned(sentence, verb, "favourable" if frame.only_negated else frame.polarity, lexicon)
        if frame.only_negated:
            polarity = "neutral"
        if polarity is None or _is_purpose(sentence, verb):
            return
        yield Position(
            holder=subject_of(sentence, verb),
            target=target,
            polarity=polarity,
            act=frame.act,
            cue=verb,
            rule=f"verb.{frame.lemma}",
            anchor=anchor,
            needs="party" if frame.needs_party else "thing" if frame.needs_thing else None,
        )
        return


def _is_purpose(sentence: Sentence, verb: Token) -> bool:
    """As in "so as to discredit the vote": an aim, not a position taken."""
    return verb.dep == "advcl" and any(word.lower == "to" for word in sentence.children(verb, "aux"))


def _with_particle(sentence: Sentence, verb: Token) -> str:
    """The verb as the lists have it: "rule out" is not "rule", and "back down" is not "back"."""
    particle = sentence.child(verb, "prt")
    return verb.lemma if particle is None else f"{verb.lemma} {particle.lower}"


def _refused(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "refused to attend the summit": against whatever it will not do."""
    if verb.lemma not in lexicon.refuse:
        return
    clause = sentence.child(verb, "xcomp")
    if (
        clause is None
        or clause.lemma in lexicon.deeds | lexicon.unspoken
        or _with_particle(sentence, clause) in lexicon.verbs
    ):
        return
    target = _object(sentence, clause) or _any_preposition(sentence, clause) or clause
    polarity: Polarity = "neutral" if is_negated(sentence, verb) else "adverse"
    yield Position(
        holder=subject_of(sentence, verb),
        target=target,
        polarity=polarity,
        act="REJECT",
        cue=verb,
        rule="refused",
        anchor=verb,
    )


def _target(sentence: Sentence, verb: Token, frame: Frame) -> Token | None:
    if _is_passive(sentence, verb):
        if "object" not in frame.target:
            return None
        own = sentence.child(verb, "nsubjpass")
        if own is not None:
            return own
        if verb.dep == "acl":
            return sentence.head(verb)
        above = sentence.head(verb)
        return sentence.child(above, "nsubjpass") if above is not None and verb.dep == "conj" else None
    for slot in frame.target:
        found = _object(sentence, verb) if slot == "object" else _preposition(sentence, verb, slot)
        if found is not None:
            return found
    return None


def _object(sentence: Sentence, verb: Token) -> Token | None:
    own = sentence.children(verb, "dobj")
    if own:
        return own[-1]
    clause = sentence.child(verb, "xcomp", "pcomp")
    if clause is not None and clause.pos == "VERB" and sentence.child(clause, "mark", "nsubj", "nsubjpass") is None:
        return _object(sentence, clause) or _any_preposition(sentence, clause) or clause
    if verb.dep == "relcl" and sentence.child(verb, "nsubj") is not None:
        return sentence.head(verb)
    return None


def _preposition(sentence: Sentence, word: Token, name: str) -> Token | None:
    for child in sentence.children(word, "prep", "dative", "agent", "prt", "advmod"):
        if child.lower == name:
            found = sentence.child(child, "pobj") or sentence.child(child, "pcomp")
            if found is not None and found.dep == "pcomp":
                return _object(sentence, found) or found
            if found is not None:
                return found
    return None


def _any_preposition(sentence: Sentence, word: Token) -> Token | None:
    for child in sentence.children(word, "prep"):
        if (
            child.lower in {"with", "to", "on", "in", "for", "about"}
            and (found := sentence.child(child, "pobj")) is not None
        ):
            return found
    return None


def _is_passive(sentence: Sentence, verb: Token) -> bool:
    if sentence.child(verb, "nsubjpass", "auxpass") is not None:
        return True
    if verb.tag == "VBN" and verb.dep == "acl":
        return sentence.child(verb, "dobj") is None
    above = sentence.head(verb)
    return (
        verb.dep == "conj"
        and verb.tag == "VBN"
        and above is not None
        and sentence.child(verb, "dobj", "aux") is None
        and _is_passive(sentence, above)
    )


def _turned(sentence: Sentence, word: Token, polarity: Polarity, lexicon: Lexicon) -> tuple[Polarity | None, Token]:
    """`polarity` after negation and the verbs above ("refused to", "stopped short of"), and the topmost of them.

    None where the text only supposes it ("if Serbia condemned ...").
    """
    current = _OPPOSITE[polarity] if is_negated(sentence, word) else polarity
    anchor = word
    for _ in range(6):
        above = sentence.head(anchor)
        if above is None:
            break
        if anchor.dep == "pcomp":
            short = _short_of(sentence, above, lexicon)
            return ("neutral", short) if short is not None else (current, anchor)
        if anchor.dep == "advcl" and any(w.lower in _SUPPOSING for w in sentence.children(anchor, "mark")):
            return None, anchor
        if anchor.dep == "xcomp" and above.lemma in {"deny", "accuse"}:
            return None, anchor
        if not _carries(sentence, anchor, above, lexicon):
            break
        current = _through(sentence, anchor, above, current, lexicon)
        anchor = above
    return current, anchor


def _carries(sentence: Sentence, word: Token, above: Token, lexicon: Lexicon) -> bool:
    """Whether what stands at `above` bears on the stance at `word`."""
    if word.dep == "acl":
        return above.lemma in lexicon.willing_nouns | lexicon.unwilling_nouns
    if word.dep in {"ccomp", "conj"} and sentence.child(word, *_SUBJECTS) is not None:
        return False
    return word.dep in {"xcomp", "ccomp", "conj", "acomp"}


def _through(sentence: Sentence, word: Token, above: Token, polarity: Polarity, lexicon: Lexicon) -> Polarity:
    """`polarity` as it comes out of the verb, adjective or noun above it."""
    if word.dep == "conj":
        return polarity
    negated = is_negated(sentence, above)
    if above.lemma in lexicon.refuse | lexicon.unwilling_adjectives | lexicon.unwilling_nouns:
        return polarity if negated else _OPPOSITE[polarity]
    return _OPPOSITE[polarity] if negated else polarity


def _short_of(sentence: Sentence, preposition: Token, lexicon: Lexicon) -> Token | None:
    """The verb of "stopped short of ...", if `preposition` is its "of"."""
    for above in sentence.ancestors(preposition):
        if above.lemma in lexicon.short_of:
            return above if any(word.lower == "short" for word in sentence.subtree(above)) else None
        if above.lower != "short":
            return None
    return None


def _noun(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "Beijing's condemnation of the sale", "voiced support for Serbia", "has the backing of Rome"."""
    frame = lexicon.nouns.get(noun.lemma)
    if frame is None or noun.dep == "compound":
        return
    verb = _light_verb(sentence, noun, lexicon)
    if frame.only_with_verb and (verb is None or verb.lemma not in frame.only_with_verb):
        return
    target = next((t for slot in frame.target if (t := _preposition(sentence, noun, slot)) is not None), None)
    if target is None and verb is not None:
        target = next(
            (t for slot in frame.target if slot != "of" and (t := _preposition(sentence, verb, slot)) is not None), None
        )
    if target is None and "of" in frame.target:
        target = _after_holders(sentence, noun)
    holder = (
        sentence.child(noun, "poss")
        or _coming_from(sentence, noun)
        or _preposition(sentence, noun, "by")
        or _compound_holder(sentence, noun)
    )
    polarity: Polarity | None = frame.polarity
    anchor = noun
    if verb is not None:
        polarity, anchor = _turned(sentence, verb, frame.polarity, lexicon)
        if any(word.lower == "no" for word in sentence.children(noun, "det")):
            polarity = _OPPOSITE[frame.polarity]
        if verb.lemma in lexicon.ending and polarity is not None:
            polarity = _ended(frame.polarity) if verb.lemma != "soften" else polarity
        if verb.lemma in lexicon.inverted and holder is not None and target is None and holder.dep == "poss":
            target = subject_of(sentence, verb)
        elif verb.lemma in lexicon.inverted and holder is None:
            giver = (
                _preposition(sentence, noun, "from")
                or _preposition(sentence, noun, "of")
                or _preposition(sentence, verb, "from")
            )
            receiver = subject_of(sentence, verb)
            if holder is None and giver is not None and receiver is not None and (target is None or target is giver):
                if polarity is not None:
                    yield Position(
                        holder=giver,
                        target=receiver,
                        polarity=polarity,
                        act=frame.act,
                        cue=noun,
                        rule=f"noun.{frame.lemma}.received",
                        anchor=anchor,
                    )
                return
        holder = holder or subject_of(sentence, verb)
    if target is None or holder is None or polarity is None or holder.i == target.i or not _is_asserted(sentence, noun):
        return
    yield Position(
        holder=holder,
        target=target,
        polarity=polarity,
        act=frame.act,
        cue=noun,
        rule=f"noun.{frame.lemma}",
        anchor=anchor,
    )


def _after_holders(sentence: Sentence, noun: Token) -> Token | None:
    """As in "criticism by Australia and New Zealand of Japan's return": the parser hangs "of" on the last holder."""
    first = _preposition(sentence, noun, "by")
    if first is None:
        return None
    return next((t for w in sentence.conjuncts(first) if (t := _preposition(sentence, w, "of")) is not None), None)


def _coming_from(sentence: Sentence, noun: Token) -> Token | None:
    """As in "congratulations came from Cuba and Bolivia"."""
    verb = sentence.head(noun)
    if verb is None or noun.dep != "nsubj" or verb.lemma not in {"come", "arrive", "pour"}:
        return None
    return _preposition(sentence, verb, "from")


def _ended(polarity: Polarity) -> Polarity:
    """What is left when support or opposition ends."""
    return "favourable" if polarity == "adverse" else "adverse"


def _is_asserted(sentence: Sentence, noun: Token) -> bool:
    """Not "changes to Washington's backing of Kyiv" nor "US support is expected to": there it is only spoken of."""
    first = sentence.first_conjunct(noun)
    above = sentence.head(first)
    if first.dep == "pobj":
        return above is not None and above.lower in {"after", "despite", "amid", "following", "in", "with", "by"}
    if first.dep in {"nsubj", "nsubjpass"} and above is not None:
        return above.lemma not in {"expect", "remain"} and not any(
            word.lower in {"may", "might", "could", "would"} for word in sentence.children(above, "aux")
        )
    return True


def _light_verb(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Token | None:
    first = sentence.first_conjunct(noun)
    above = sentence.head(first)
    if above is None or first.dep not in {"dobj", "nsubjpass", "attr", "oprd"}:
        return None
    return above if above.lemma in lexicon.light | lexicon.ending else None


def _compound_holder(sentence: Sentence, noun: Token) -> Token | None:
    """As in "US support for Kyiv", "Russian condemnation": a name set before the noun."""
    for word in sentence.children(noun, "compound", "amod", "nmod"):
        if word.pos in {"PROPN", "ADJ"} and word.text[0].isupper():
            return word
    return None


def _stated_position(sentence: Sentence, noun: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "have taken a neutral stance on US politics"."""
    if noun.lemma not in lexicon.position_nouns or noun.dep not in {"dobj", "attr", "nsubjpass"}:
        return
    words = [w.lower for w in sentence.children(noun, "amod", "det", "compound")]
    polarity = next((lexicon.position_words[w] for w in words if w in lexicon.position_words), None)
    verb = sentence.head(noun)
    if polarity is None or verb is None:
        return
    given = sentence.child(verb, "dative")
    if given is not None and given.pos != "ADP":
        yield Position(
            holder=subject_of(sentence, verb),
            target=given,
            polarity=polarity,
            act=None,
            cue=noun,
            rule="position",
            anchor=verb,
        )
        return
    for slot in sorted(lexicon.position_prepositions):
        target = _preposition(sentence, noun, slot) or _preposition(sentence, verb, slot)
        if target is not None:
            yield Position(
                holder=subject_of(sentence, verb),
                target=target,
                polarity=polarity,
                act=None,
                cue=noun,
                rule="position",
                anchor=verb,
            )
            return


def _in_favour(sentence: Sentence, word: Token) -> Iterator[Position]:
    """As in "have leaned in favour of Trump"."""
    preposition = sentence.head(word)
    target = _preposition(sentence, word, "of") or _preposition(sentence, word, "for")
    if preposition is None or target is None or preposition.lower != "in":
        return
    verb = sentence.head(preposition)
    if verb is None or verb.pos not in {"VERB", "AUX"}:
        return
    polarity: Polarity = "adverse" if is_negated(sentence, verb) else "favourable"
    yield Position(
        holder=subject_of(sentence, verb),
        target=target,
        polarity=polarity,
        act="SUPPORT",
        cue=word,
        rule="in_favour_of",
        anchor=verb,
    )


_FIRMLY = {"fully", "firmly", "squarely", "solidly", "right", "foursquare", "wholly", "totally"}
_STANDING: dict[str, Polarity] = {"with": "favourable", "behind": "favourable", "against": "adverse"}


def _standing_with(sentence: Sentence, token: Token) -> Iterator[Position]:
    """As in "Turkey is with Baku on the point", "we are fully behind it", "was firmly against the plan"."""
    if token.lemma not in {"be", "stand", "remain"} or token.pos not in {"AUX", "VERB"}:
        return
    subject = subject_of(sentence, token)
    for preposition in sentence.children(token, "prep"):
        polarity = _STANDING.get(preposition.lower)
        target = sentence.child(preposition, "pobj")
        between = sentence.tokens[token.i + 1 : preposition.i]
        if polarity is None or target is None or subject is None or any(w.pos not in {"ADV", "PART"} for w in between):
            continue
        firm = any(
            w.lower in _FIRMLY for w in (*sentence.children(token, "advmod"), *sentence.children(preposition, "advmod"))
        )
        if preposition.lower == "behind" and not firm and subject.lower != "we":
            continue
        yield Position(
            holder=subject,
            target=target,
            polarity=_OPPOSITE[polarity] if is_negated(sentence, token) else polarity,
            act="SUPPORT" if polarity == "favourable" else "REJECT",
            cue=preposition,
            rule=f"standing.{preposition.lower}",
            anchor=token,
        )
        return


def _sides(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "declined to take sides in the quarrel": neutral in so many words."""
    if token.lemma != "side" or token.dep != "dobj":
        return
    verb = sentence.head(token)
    if verb is None or verb.lemma not in {"take", "choose", "pick"}:
        return
    above = sentence.head(verb)
    refused = verb.dep == "xcomp" and above is not None and above.lemma in lexicon.refuse
    if not refused and not is_negated(sentence, verb):
        return
    for name in ("in", "between", "on", "over"):
        target = _preposition(sentence, token, name) or _preposition(sentence, verb, name)
        if target is not None:
            yield Position(
                holder=subject_of(sentence, verb),
                target=target,
                polarity="neutral",
                act=None,
                cue=token,
                rule="take_sides",
                anchor=verb,
            )
            return


def _seen_as(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "sees the US as adversarial", "considers the curbs unacceptable", "called it a sham"."""
    if verb.lemma not in lexicon.see_as:
        return
    passive = _is_passive(sentence, verb)
    target = _target(sentence, verb, Frame(lemma=verb.lemma, polarity="neutral", act=None, target=("object",)))
    complements: list[Token] = []
    for child in sentence.children(verb, "prep", "oprd", "ccomp", "xcomp", "acomp", "attr", "dobj", "advcl"):
        if child.dep == "prep" and child.lower == "as":
            complements.append(child)
        elif child.dep in {"ccomp", "xcomp"} and child.pos in {"ADJ", "NOUN", "PROPN"}:
            complements.append(child)
            target = sentence.child(child, "nsubj") or target
        elif child.dep == "dobj" and target is not None and child.i == target.i:
            complements.extend(w for w in sentence.subtree(child) if w.dep == "amod" and w.i > w.head)
        elif child.dep in {"oprd", "acomp", "attr"} or (
            child.dep == "dobj" and target is not None and child.i != target.i
        ):
            complements.append(child)
    if verb.dep == "relcl" and not complements and target is not None and target.dep == "dobj":
        complements, target = [target], sentence.head(verb)
    if target is None and not passive:
        return
    for complement in complements:
        inside = target is not None and sentence.is_below(complement, target)
        words = [
            w for w in sentence.subtree(complement) if inside or target is None or not sentence.is_below(w, target)
        ]
        judgement = _judgement(words, lexicon)
        if judgement is None or target is None:
            continue
        polarity, cue = judgement
        turned, anchor = _turned(sentence, verb, polarity, lexicon)
        if turned is not None:
            yield Position(
                holder=subject_of(sentence, verb),
                target=target,
                polarity=turned,
                act="ACCUSE" if turned == "adverse" else None,
                cue=cue,
                rule=f"seen_as.{verb.lemma}",
                anchor=anchor,
            )
        return


def _judgement(words: list[Token], lexicon: Lexicon) -> tuple[Polarity, Token] | None:
    negated = any(word.lower in {"not", "no", "never", "n't"} for word in words)
    for word in words:
        polarity = lexicon.judgements.get(word.lower) or lexicon.judgements.get(word.lemma)
        if polarity is not None:
            return (_OPPOSITE[polarity] if negated else polarity), word
    return None


def _judged(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "the coup was unacceptable", said by somebody: the holder is whoever the words are laid to."""
    if token.lemma != "be" or token.pos not in {"AUX", "VERB"}:
        return
    subject = sentence.child(token, "nsubj")
    if subject is None:
        return
    for complement in sentence.children(token, "acomp", "attr", "prep", "advmod"):
        words = _close(sentence, complement)
        judgement = _judgement(words, lexicon)
        if judgement is None:
            continue
        polarity, cue = judgement
        if is_negated(sentence, token):
            polarity = _OPPOSITE[polarity]
        yield Position(
            holder=None,
            target=subject,
            polarity=polarity,
            act="ACCUSE" if polarity == "adverse" else None,
            cue=cue,
            rule="judged",
            anchor=token,
        )
        return


def _close(sentence: Sentence, complement: Token) -> list[Token]:
    """The judging word itself with its modifiers, not what hangs further below it."""
    heads = (
        [complement] if complement.dep != "prep" else [w for p in (complement,) for w in sentence.children(p, "pobj")]
    )
    heads += [w for h in heads for w in sentence.children(h, "conj")]
    heads += [
        w for h in heads for p in sentence.children(h, "prep") if p.lower == "of" for w in sentence.children(p, "pobj")
    ]
    near = [w for h in heads for w in (*sentence.children(h, "amod", "compound", "neg", "det"), h)]
    return sorted(near, key=lambda word: word.i)


def _willing(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "is prepared to sign the agreement", "refused to attend", "a willingness to negotiate"."""
    if token.pos != "VERB" or token.lemma not in lexicon.deeds or token.lemma in lexicon.verbs:
        return
    above = sentence.head(token)
    is_operated = (
        token.dep in {"xcomp", "acl", "acomp", "ccomp"}
        and above is not None
        and (
            above.lemma
            in lexicon.willing
            | lexicon.refuse
            | lexicon.willing_adjectives
            | lexicon.unwilling_adjectives
            | lexicon.willing_nouns
        )
    )
    will = any(word.lower in {"will", "would", "'ll", "wo"} for word in sentence.children(token, "aux"))
    if not is_operated and not will and not is_negated(sentence, token):
        return
    target = _object(sentence, token) or _any_preposition(sentence, token) or token
    polarity, anchor = _turned(sentence, token, "favourable", lexicon)
    if polarity is None:
        return
    yield Position(
        holder=subject_of(sentence, token),
        target=target,
        polarity=polarity,
        act="SUPPORT" if polarity == "favourable" else "REJECT",
        cue=token,
        rule=f"willing.{token.lemma}",
        anchor=anchor,
    )


def _change(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "only real shifts in US policy would change Russia's stance": open, under a condition."""
    subject = sentence.child(verb, "nsubj")
    if subject is None:
        return
    if verb.lemma in lexicon.change_verbs:
        held = sentence.child(verb, "dobj")
        if held is None or held.lemma not in lexicon.change_nouns:
            return
        if not any(
            word.lower in {"only", "would", "could"}
            for word in (*sentence.children(verb, "aux", "advmod"), *sentence.subtree(subject))
        ):
            return
        yield Position(
            holder=sentence.child(held, "poss"),
            target=subject,
            polarity="neutral",
            act=None,
            cue=verb,
            rule="change",
            anchor=verb,
        )
    elif verb.lemma in lexicon.depend:
        if _preposition(sentence, verb, "on") is None:
            return
        yield Position(holder=None, target=subject, polarity="neutral", act=None, cue=verb, rule="depend", anchor=verb)
