"""Signals as people read them: the evidence with its parties lit up in place, and a line that says what was found.

Text comes from outside, so every character that could drive a terminal is replaced before it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.text import Text

from config.characters import safe
from stancewire.types import Entity, Evidence, Interference, Revision, Signal, Span, Stance, Statement

HOLDER = "bold cyan"
TARGET = "bold magenta"
ASIDE = "italic"
NEUTRAL = "bold yellow"
_POLARITIES = {"favourable": "bold green", "adverse": "bold red", "neutral": NEUTRAL}
_STATUSES = {
    "alleged": "bold yellow",
    "assessed": "bold yellow",
    "warned": "bold yellow",
    "confirmed": "bold red",
    "refuted": "bold green",
}
_LONGEST_QUOTE = 90


def by_evidence(signals: Iterable[Signal]) -> Iterator[tuple[Evidence, tuple[Signal, ...]]]:
    """Signals by the words they rest on: those of one article, one after the other, in the order of its text."""
    for _, of_article in groupby(signals, key=lambda signal: signal.article):
        in_order = sorted(of_article, key=lambda signal: (signal.evidence.field == "text", signal.evidence.start))
        for evidence, together in groupby(in_order, key=lambda signal: signal.evidence):
            yield evidence, tuple(together)


def evidence_text(evidence: Evidence, signals: Sequence[Signal]) -> Text:
    """The evidence with the parties and cues of `signals` in colour; first ones win where they overlap."""
    text = Text(safe(evidence.text))
    # The last style laid on a character shows, so the first signal is laid on last.
    for signal in reversed(signals):
        for span, style in _marks(signal):
            text.stylize(style, max(span.start - evidence.start, 0), max(span.end - evidence.start, 0))
    return text


def what_style(word: str) -> str:
    """The colour of a polarity or a status; nothing for another word."""
    return _POLARITIES.get(word) or _STATUSES.get(word, "")


def _marks(signal: Signal) -> Iterator[tuple[Span, str]]:
    match signal:
        case Stance():
            if signal.condition is not None:
                yield signal.condition, "underline"
            if signal.speaker is not None:
                yield signal.speaker.mention, ASIDE
            yield signal.target.mention, TARGET
            yield signal.holder.mention, HOLDER
            yield signal.cue, _POLARITIES[signal.polarity]
        case Interference():
            for technique in signal.techniques:
                yield technique.span, "underline"
            for claimant in signal.claimants:
                yield claimant.mention, ASIDE
            for denial in signal.denied_by:
                yield denial.span, ASIDE
            if signal.event is not None:
                yield signal.event.mention, TARGET
            if signal.target is not None:
                yield signal.target.mention, TARGET
            yield signal.actor.mention, HOLDER
            yield signal.claim, _STATUSES[signal.status]


def relation(signal: Signal) -> Text:
    """What the signal says, on one line."""
    return _stance(signal) if isinstance(signal, Stance) else _interference(signal)


def _stance(signal: Stance) -> Text:
    style = _POLARITIES[signal.polarity]
    text = Text.assemble(
        (_name(signal.holder), HOLDER),
        (" ▸ ", "dim"),
        (signal.polarity, style),
        (" ▸ ", "dim"),
        (_name(signal.target), TARGET),
    )
    details = []
    if signal.line == "state_media":
        details.append("state media")
    if signal.speaker is not None and signal.speaker.name != signal.holder.name:
        details.append(f"speaker {_name(signal.speaker)}")
    if signal.condition is not None:
        details.append(f"holds only if “{_quote(signal.condition)}”")
    if signal.act is not None:
        details.append(signal.act.lower())
    return _with_details(text, details, signal)


def _interference(signal: Interference) -> Text:
    target = signal.target or signal.event
    style = _STATUSES[signal.status]
    through = {"proxy": " (through a proxy)", "unspecified": " (link not stated)", "direct": ""}[signal.actor_link]
    text = Text.assemble(
        ("interference  ", "bold"),
        (_name(signal.actor), HOLDER),
        (through, "dim"),
        (" → ", "dim"),
        (_name(target) if target else "nobody named", TARGET),
        "  ",
        (signal.status, style),
    )
    details = []
    if signal.denied_by:
        details.append(f"denied by {_names(signal.denied_by)}")
    if signal.event is not None and signal.event is not target:
        details.append(f"about “{_quote(signal.event.mention)}”")
    if signal.techniques:
        named = (_technique(technique.family, technique.disarm) for technique in signal.techniques)
        details.append(f"techniques {', '.join(dict.fromkeys(named))}")
    if signal.platforms:
        details.append(f"on {safe(', '.join(signal.platforms))}")
    if signal.claimants:
        details.append(f"claimants {_names(signal.claimants)}")
    return _with_details(text, details, signal)


def what_became(revision: Revision) -> Iterator[Text]:
    """What became of a revised article's signals, a line each: what was revised, and each signal that is gone."""
    counts = [
        f"{len(ids)} {word}"
        for ids, word in (
            (revision.gone, "gone"),
            (revision.changed, "changed"),
            (revision.added, "new"),
            (revision.unchanged, "unchanged"),
        )
        if ids
    ]
    what = "analysed anew" if revision.change == "extractor" else f"revised: {revision.change}"
    yield Text.assemble(
        (what, NEUTRAL), (f"   {', '.join(counts) or 'no signals'}", ""), (f" · {safe(revision.reason)}", "dim")
    )
    for each in revision.gone:
        parties = " → ".join(safe(" ".join(name.split())) for name in (each.by, each.toward) if name)
        yield Text.assemble(("gone  ", "bold"), (parties, HOLDER), (f"   “{_shortened(each.evidence)}”", "dim"))


def explanation(signal: Signal) -> Text:
    """Why the signal was found: the rule that fired, the words of each part with their offsets, and how it was said."""
    facts = [f"rule {signal.rule}", *(f"{part} {_place(span)}" for part, span in _parts(signal))]
    facts += (
        [f"voice {signal.voice}", f"line {signal.line}"]
        if isinstance(signal, Stance)
        else [f"link {signal.actor_link}"]
    )
    facts.append(f"{signal.evidence.field} {signal.evidence.start}–{signal.evidence.end}")
    facts.append(f"id {signal.id}")
    return Text(safe(" · ".join(facts)), style="dim")


def _parts(signal: Signal) -> Iterator[tuple[str, Span]]:
    """The parts of a signal with the words that they were read from, which may be a pronoun or stand elsewhere."""
    if isinstance(signal, Stance):
        yield "cue", signal.cue
        yield "holder", signal.holder.mention
        if signal.speaker is not None and signal.speaker.mention != signal.holder.mention:
            yield "speaker", signal.speaker.mention
        yield "target", signal.target.mention
        if signal.condition is not None:
            yield "condition", signal.condition
        return
    yield "claim", signal.claim
    yield "actor", signal.actor.mention
    for part, entity in (("target", signal.target), ("event", signal.event)):
        if entity is not None:
            yield part, entity.mention
    yield from ((technique.family, technique.span) for technique in signal.techniques)
    yield from (("claimant", claimant.mention) for claimant in signal.claimants)
    yield from (("denial", denial.span) for denial in signal.denied_by)


def _place(span: Span) -> str:
    return f"“{_quote(span)}” {span.start}–{span.end}"


def attribution(statement: Statement) -> Text:
    """Who says what, on one line: the words of the source, how it says it, and what."""
    source = _quote(statement.source) if statement.source is not None else "nobody named"
    speaker = statement.speaker
    known = speaker is not None and speaker.country is not None and speaker.name not in source
    return Text.assemble(
        (source, HOLDER),
        (f" ({_name(speaker)})" if known and speaker is not None else "", "dim"),
        (" ▸ ", "dim"),
        (_quote(statement.cue), NEUTRAL),
        (" ▸ ", "dim"),
        " … ".join(_quote(span) for span in statement.content),
        (f"   {statement.held} · {statement.voice}", "dim"),
    )


def _with_details(text: Text, details: Sequence[str], signal: Signal) -> Text:
    text.append("   " + " · ".join((*details, f"{signal.confidence:.2f}")), style="dim")
    return text


def _technique(family: str, disarm: str | None) -> str:
    return safe(family.replace("_", " ") + (f" ({disarm})" if disarm else ""))


def _names(entities: Iterable[Entity]) -> str:
    return ", ".join(dict.fromkeys(_name(entity) for entity in entities))


def _name(entity: Entity) -> str:
    return safe(" ".join(entity.name.split()))


def _quote(span: Span) -> str:
    return _shortened(span.text)


def _shortened(text: str) -> str:
    words = " ".join(safe(text).split())
    return words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE].rstrip()} …"
